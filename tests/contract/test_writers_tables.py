"""Parquet, Arrow and Excel beyond the contract of all writers: types, metadata, limits, sheets."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from unittest.mock import patch

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.slices import big_dataset
from sdmx_service.formats import parquet as parquet_format
from sdmx_service.formats import splice
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.excel import cells, data_sheet
from sdmx_service.formats.excel import write as excel
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


@pytest.mark.parametrize(
    "limits", [{"ROWS": 5}, {"SHEET_BYTES": 2_000}], ids=lambda limits: next(iter(limits))
)
def test_what_one_sheet_has_no_room_for_goes_on_in_the_next(limits: dict[str, int]) -> None:
    areas = {("A", "A", f"s{n}"): ({}, {"2019": (str(n), {})}) for n in range(11)}
    dataset = out_dataset(CODED, Facts({}, areas))
    with patch.multiple(excel, **limits), patch.object(data_sheet, "ROWS_AT_ONCE", 2):
        text = written(write_xlsx, dataset, options=WriteOptions(languages=("ar",)))
    book = openpyxl.load_workbook(io.BytesIO(text))
    *sheets, structure, notes = book.worksheets
    assert [sheet.title for sheet in sheets[1:]] == [
        f"{sheets[0].title} {number}" for number in range(2, len(sheets) + 1)
    ]
    heads = {tuple(cell.value for cell in sheet[1]) for sheet in sheets}
    assert len(heads) == 1
    assert {(sheet.freeze_panes, sheet.sheet_view.rightToLeft) for sheet in sheets} == {
        ("A2", True)
    }
    if "ROWS" in limits:
        assert [sheet.max_row for sheet in sheets] == [4, 4, 4, 3]
    sector = next(iter(heads)).index("SECTOR")
    rows = [row for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [row[sector] for row in rows] == [f"s{n}" for n in range(11)]
    assert structure["B2"].value == "FREQ"
    assert "11" in [row[1] for row in notes.iter_rows(values_only=True)]


def test_texts_beyond_those_kept_apart_stand_in_their_cells() -> None:
    with patch.object(cells, "SHARED_TEXTS", 20):
        few = written(write_xlsx, out_dataset(CODED, ONE))
    shared = zipfile.ZipFile(io.BytesIO(few)).read("xl/sharedStrings.xml")
    assert shared.count(b"<si>") == 20
    every = written(write_xlsx, out_dataset(CODED, ONE))
    for sheet in range(3):
        assert sheet_rows(few, sheet) == sheet_rows(every, sheet)


@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
@example(["\x00", "\x1f", "\ufffe", "_x0041_", "_x005F_x0041_", "a\rb\n", " a ", "&<>\"'"])
def test_every_text_can_be_read_back(texts: list[str]) -> None:
    for written_as in (
        pc.binary_join_element_wise("<t>", cells.escaped(pa.array(texts)), "</t>", ""),
        cells.text_cells(pa.array(texts), "C"),
    ):
        for text, xml in zip(texts, written_as.to_pylist(), strict=True):
            (found,) = etree.fromstring(xml.encode()).xpath("descendant-or-self::t")
            unescaped = re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), found.text)
            assert unescaped == text


def test_a_number_of_more_digits_than_excel_keeps_is_a_text() -> None:
    values = ["1234567890123456", "123456789012345", "-0.5", "12.50", "1e300", "NaN", "1E2"]
    periods = {str(2000 + n): (value, {}) for n, value in enumerate(values)}
    text = written(write_xlsx, out_dataset(CODED, Facts({}, {("A", "A", "s"): ({}, periods)})))
    head, *rows = sheet_rows(text)
    found = [row[head.index("OBS_VALUE")] for row in rows]
    assert found == ["1234567890123456", 123456789012345, -0.5, 12.5, "1e300", "NaN", 100]


def test_a_workbook_is_a_package_of_valid_parts() -> None:
    file = zipfile.ZipFile(io.BytesIO(written(write_xlsx, out_dataset(CODED, ONE))))
    assert file.testzip() is None
    parts = {name: etree.fromstring(file.read(name)) for name in file.namelist()}
    typed = {part.get("PartName") for part in parts["[Content_Types].xml"] if part.get("PartName")}
    assert typed == {f"/{n}" for n in parts if not n.endswith(".rels") and n[0] != "["}
    targets = {f"xl/{one.get('Target')}" for one in parts["xl/_rels/workbook.xml.rels"]}
    assert targets <= set(parts)
    rows = parts["xl/worksheets/sheet1.xml"].iterfind(".//{*}row")
    (width,) = {len(row) for row in rows}
    assert width == len(sheet_rows(file.fp.getvalue())[0])


def test_a_text_longer_than_a_cell_is_refused_by_name() -> None:
    facts = Facts({}, {("A", "A", "s"): ({"SOURCE": "x" * 40_000}, {})})
    with pytest.raises(Refused) as caught:
        next(iter(write_xlsx(HEADER, [out_dataset(CODED, facts)], SERIES)))
    assert caught.value.problem.location.component == "SOURCE"
