"""Parquet, Arrow and Excel beyond the contract of all writers: types, metadata, limits, sheets."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from unittest.mock import patch

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.slices import big_dataset
from sdmx_service.formats import parquet as parquet_format
from sdmx_service.formats import splice
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.excel import data_sheet
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import Action, WriteOptions
from sdmx_service.model.problem import Refused
from tests.facts import Facts, context_of, facts_for, out_dataset
from tests.facts_columnar import sheet_rows
from tests.writing import (
    CODED,
    COLUMNAR,
    COLUMNAR_SCHEMAS,
    FLAT,
    HEADER,
    ONE,
    SERIES,
    SEVERAL,
    fit_for_xml,
    written,
)


@pytest.mark.parametrize("writer", COLUMNAR)
def test_a_large_columnar_data_set_takes_the_memory_of_a_group(writer: DataWriter) -> None:
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


@settings(max_examples=40, deadline=None)
@given(facts=facts_for(SEVERAL), language=st.sampled_from(["en", "fr", "ar"]))
def test_a_workbook_has_a_row_an_observation_and_names_beside_codes(
    facts: Facts, language: str
) -> None:
    facts = fit_for_xml(facts, layout_of(SEVERAL.data_structure))
    options = WriteOptions(languages=(language, "en"))
    rows = sheet_rows(written(write_xlsx, out_dataset(SEVERAL, facts), options=options))
    head = rows[0]
    found = [dict(zip(head, row, strict=True)) for row in rows[1:]]
    expected = [
        (key, period, value)
        for key, (_, periods) in facts.series.items()
        for period, (value, _) in (periods or {None: (None, {})}).items()
    ]
    if facts.dataset and not facts.series:
        (alone,) = found  # Attributes of the data set, without a key.
        assert all(alone[name] is None for name in layout_of(SEVERAL.data_structure).key)
        return
    assert len(found) == len(expected)
    names = {"en": "Code {}, en", "fr": "« {} »", "ar": "Code {}, en"}
    area = head[head.index("AREA") + 1]
    for row, (key, period, value) in zip(found, expected, strict=True):
        assert (row["FREQ"], row["AREA"]) == key[:2]
        assert row[area] == names[language].format(key[1])
        assert row["TIME_PERIOD"] == period
        if value in ("NaN", "98765432109876543210"):
            assert row["OBS_VALUE"] == value
        else:
            assert row["OBS_VALUE"] == (None if value is None else float(value))


def test_texts_that_look_like_formulas_are_texts() -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "http://x", "1"]
    facts = Facts({}, {("A", "A", text): ({"SOURCE": text}, {}) for text in texts})
    data = written(write_xlsx, out_dataset(CODED, facts))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    column = [cell.value for cell in sheet[1]].index("SECTOR")
    cells = [row[column] for row in list(sheet.iter_rows())[1:]]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize(
    ("language", "data"), [("fr", "Données"), ("en", "Data"), ("ar", "البيانات")]
)
def test_a_workbook_speaks_one_language(language: str, data: str) -> None:
    options = WriteOptions(languages=(language, "en"))
    text = written(write_xlsx, out_dataset(CODED, ONE), options=options)
    book = openpyxl.load_workbook(io.BytesIO(text))
    assert book.sheetnames[0] == data
    assert len(book.sheetnames) == 3
    assert all(bool(s.sheet_view.rightToLeft) is (language == "ar") for s in book.worksheets)
    structure, notes = sheet_rows(text, 1), sheet_rows(text, 2)
    assert [row[1] for row in structure[1:5]] == ["FREQ", "AREA", "SECTOR", "TIME_PERIOD"]
    assert any(row[:2] == ["T:CL_AREA(1.0)", "B_1"] for row in structure)
    said = [str(row[1]) for row in notes]
    assert CODED.dataflow.ref.urn in said
    assert str(len(sheet_rows(text)) - 1) in said
    assert any("CC BY 4.0" in text for text in said)


def test_more_rows_than_a_sheet_holds_are_refused_before_the_first_piece() -> None:
    with patch.object(data_sheet, "ROWS", 5):
        pieces = write_xlsx(HEADER, [out_dataset(CODED, ONE)], SERIES)
        with pytest.raises(Refused) as caught:
            next(iter(pieces))
    assert caught.value.problem.code == "ROWS_TOO_MANY"
    assert caught.value.problem.arguments == {"limit": 4}


def test_a_text_longer_than_a_cell_is_refused_by_name() -> None:
    facts = Facts({}, {("A", "A", "s"): ({"SOURCE": "x" * 40_000}, {})})
    with pytest.raises(Refused) as caught:
        next(iter(write_xlsx(HEADER, [out_dataset(CODED, facts)], SERIES)))
    assert caught.value.problem.location.component == "SOURCE"
