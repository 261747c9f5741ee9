"""Parquet and Arrow beyond the contract of all writers: types, metadata, groups, memory."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench.slices import big_dataset
from sdmx_service.formats import parquet as parquet_format
from sdmx_service.formats import splice
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.model.message import Action
from tests.facts import Facts, context_of, out_dataset
from tests.writing import (
    CODED,
    COLUMNAR,
    COLUMNAR_SCHEMAS,
    FLAT,
    HEADER,
    ONE,
    written,
)


@pytest.mark.parametrize("writer", [*COLUMNAR, write_xlsx])
def test_a_large_table_takes_the_memory_of_a_group(writer: DataWriter) -> None:
    most, before = {}, pa.total_allocated_bytes()
    for series in (2_000, 8_000):
        dataset = big_dataset(series=series, periods=20, batch_rows=8_192)
        pieces = 0
        with (
            patch.object(splice, "BLOCK_ROWS", 1024),
            patch.object(parquet_format, "GROUP_ROWS", 8192),
        ):
            for piece in writer(HEADER, [dataset], FLAT):
                assert len(piece) <= splice.PIECE_BYTES
                pieces += 1
                used = pa.total_allocated_bytes() - before
                most[series] = max(most.get(series, 0), used)
        assert pieces > 3
    # The series themselves are in memory whatever is written: what grows with them is theirs.
    assert most[8_000] < most[2_000] + 2_000_000


def test_the_first_group_of_parquet_waits_for_no_further_rows() -> None:
    dataset = big_dataset(series=2_000, periods=20, batch_rows=splice.BLOCK_ROWS)
    taken = []
    observations = (taken.append(batch) or batch for batch in dataset.slice.observations)
    dataset = replace(dataset, slice=replace(dataset.slice, observations=observations))
    sizes = [(len(piece), len(taken)) for piece in write_parquet(HEADER, [dataset], FLAT)]
    assert sizes[0][0] > splice.BLOCK_ROWS
    assert [batches for _, batches in sizes] == [1, 3, 3]


def test_a_group_of_parquet_has_one_dictionary_a_column_whatever_its_batches_have() -> None:
    dataset = big_dataset(series=3_000, periods=20, batch_rows=splice.BLOCK_ROWS)
    turned = map(_turned, dataset.slice.observations, itertools.cycle([False, True]))
    dataset = replace(dataset, slice=replace(dataset.slice, observations=turned))
    file = pq.ParquetFile(io.BytesIO(written(write_parquet, dataset, options=FLAT)))
    group = file.metadata.row_group(1)
    sizes = {column.path_in_schema: column.total_uncompressed_size
             for column in map(group.column, range(group.num_columns))}  # fmt: skip
    # Written as they are, years would take eight bytes, and statuses fifteen.
    assert sizes["TIME_PERIOD"] < group.num_rows
    assert sizes["OBS_STATUS"] < group.num_rows
    rows = file.read().to_pylist()
    assert len(rows) == 60_000
    assert {row["TIME_PERIOD"] for row in rows[:20]} == {str(2000 + year) for year in range(20)}


def _turned(batch: pa.RecordBatch, turn: bool) -> pa.RecordBatch:
    """The same rows, their dictionaries the other way round if so wanted."""

    def turned(column: pa.Array) -> pa.Array:
        if not turn or not pa.types.is_dictionary(column.type):
            return column
        last = pa.scalar(len(column.dictionary) - 1, pa.int32())
        places = pc.subtract(last, column.indices)
        return pa.DictionaryArray.from_arrays(places, column.dictionary[::-1])

    return pa.RecordBatch.from_arrays(list(map(turned, batch.columns)), schema=batch.schema)


@pytest.mark.parametrize("writer", COLUMNAR)
def test_columns_are_typed_and_the_file_says_what_it_is(writer: DataWriter) -> None:
    schema = COLUMNAR_SCHEMAS[writer](written(writer, out_dataset(CODED, ONE)))
    coded = pa.dictionary(pa.int32(), pa.string())
    assert {field.name: field.type for field in schema} == {
        **dict.fromkeys(("FREQ", "AREA", "SECTOR", "TIME_PERIOD", "OBS_STATUS", "UNIT"), coded),
        **dict.fromkeys(("OBS_VALUE.text", "TITLE", "COMMENT", "SOURCE"), pa.string()),
        "TIME_PERIOD.start": pa.date32(),
        "OBS_VALUE": pa.float64(),
    }
    metadata = {key.decode(): json.loads(value) for key, value in schema.metadata.items()
                if key.startswith(b"sdmx.")}  # fmt: skip
    assert metadata["sdmx.dataflow"] == [CODED.dataflow.ref.urn]
    assert metadata["sdmx.data_structure"] == [CODED.data_structure.ref.urn]
    assert metadata["sdmx.action"] == ["Replace"]
    assert metadata["sdmx.source"]["fr"] == "Licence : CC BY 4.0"
    assert metadata["sdmx.prepared"] == "2024-05-06T07:08:09+00:00"
    area = schema.field("AREA").metadata
    assert area[b"sdmx.role"] == b"dimension"
    assert area[b"sdmx.codelist"].endswith(b"Codelist=T:CL_AREA(1.0)")


@pytest.mark.parametrize("writer", COLUMNAR)
def test_columnar_history_says_which_rows_were_valid_when(writer: DataWriter) -> None:
    instant = datetime(2024, 1, 1, tzinfo=UTC)
    other = context_of(coded=(), dimensions=("SECTOR", "SIZE"), structure_id="OTHER")
    usage = replace(other.dataflow.ref, id="DF_OTHER")
    other = replace(other, usage=usage)
    deleted = out_dataset(other, Facts({}, {("s", "big"): ({}, {"2020-Q2": ("007", {})})}),
                          action=Action.DELETE)  # fmt: skip
    deleted = replace(deleted, slice=replace(deleted.slice, valid_to=instant))
    text = written(writer, out_dataset(CODED, ONE), deleted)
    read = pq.read_table(io.BytesIO(text)) if writer is write_parquet else None
    rows = (read or pa.ipc.open_stream(text).read_all()).to_pylist()
    last = {name: value for name, value in rows[-1].items() if value is not None}
    assert last == {
        "_structure": "T:DF_OTHER(1.0)",
        "_action": "Delete",
        "_valid_to": instant,
        "SECTOR": "s",
        "TIME_PERIOD": "2020-Q2",
        "TIME_PERIOD.start": date(2020, 4, 1),
        "SIZE": "big",
        "OBS_VALUE": 7.0,
        "OBS_VALUE.text": "007",
    }
    assert rows[0]["_action"] == "Replace"
