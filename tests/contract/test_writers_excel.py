"""Excel beyond the contract of all writers: cells, sheets, the file around them, who reads it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.excel import cells, data_sheet
from sdmx_service.formats.excel import write as excel
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import WriteOptions
from sdmx_service.model.problem import Refused
from tests.facts import Facts, facts_for, out_dataset
from tests.facts_columnar import sheet_rows
from tests.writing import CODED, HEADER, ONE, SERIES, SEVERAL, fit_for_xml, written


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


ODD_TEXTS = [
    "=1+1", "+1", "-1", "@SUM(A1)", " lead", "trail ", "a\tb", "line\nbreak", 'a "quote"', "<&>",
    "_x0041_", "é سكان", "0012", "1e5", "2020-01", "x\x01y", "TRUE", "12:30", "1/2",
]  # fmt: skip


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice (libreoffice-calc)")
def test_libreoffice_reads_every_cell_as_it_was(tmp_path: Path) -> None:
    facts = Facts({}, {
        ("A", "B_1", text): ({"SOURCE": text}, {"2019": ("12.50", {"COMMENT": text})})
        for text in ODD_TEXTS
    })  # fmt: skip
    (tmp_path / "odd.xlsx").write_bytes(written(write_xlsx, out_dataset(CODED, facts)))
    # Comma, quote, UTF-8, from the first line, cells as shown, the first sheet.
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", as_csv, "--outdir", str(tmp_path), str(tmp_path / "odd.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (made,) = tmp_path.glob("*.csv")
    with made.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    shown = [(row["SECTOR"], row["SOURCE"], row["COMMENT"], row["OBS_VALUE"]) for row in rows]
    assert shown == [(text, text, text, "12.5") for text in ODD_TEXTS]
