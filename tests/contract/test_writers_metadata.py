"""Metadata attributes in messages: how they are called, and where there is no place for them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pyarrow as pa
import pytest
from lxml import etree

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_21
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.json.write import write_json_10, write_json_21
from sdmx_service.formats.xml.ml_specific_write import write_specific_31
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import OutDataSet
from tests.facts import Facts, out_dataset
from tests.facts_columnar import sheet_rows
from tests.writing import (
    COLUMNAR,
    COLUMNAR_SCHEMAS,
    METADATA,
    ML_21,
    OF_SDMX_30,
    READERS,
    SERIES,
    assert_refused,
    written,
)

LAYOUT = layout_of(METADATA.data_structure)
FACTS = Facts(
    {"LICENCE": "CC BY"},
    {
        ("A", "A", "s"): (
            {"CONTACT.NAME": "Ann", "COLLECTION.MODES": "A\x1fB_1", "METHOD": "survey"},
            {"2020": ("1", {"METHOD.NAME": "Labour force"})},
        )
    },
)
OLD = (*ML_21, write_csv_10, write_json_10)


def dataset() -> OutDataSet:
    return out_dataset(METADATA, FACTS)


@pytest.mark.parametrize("writer", OLD, ids=lambda writer: writer.__name__)
def test_what_came_before_them_refuses_them_by_name_when_they_are_asked_for(
    writer: DataWriter,
) -> None:
    assert_refused(writer, dataset())
    plain = LAYOUT.without_metadata()
    facts = Facts({}, {key: ({}, {"2020": ("1", {})}) for key in FACTS.series})
    text = written(writer, out_dataset(METADATA, facts, layout=plain))
    assert READERS[writer](text, plain) == [facts]
    assert written(writer, dataset(), options=replace(SERIES, attributes=False))


@pytest.mark.parametrize("writer", OF_SDMX_30, ids=lambda writer: writer.__name__)
def test_who_did_not_ask_gets_none(writer: DataWriter) -> None:
    plain = LAYOUT.without_metadata()
    facts = Facts({}, {key: ({}, {"2020": ("1", {})}) for key in FACTS.series})
    text = written(writer, out_dataset(METADATA, facts, layout=plain))
    assert READERS[writer](text, plain) == [facts]
    for name in LAYOUT.metadata_attributes:
        assert name.encode() not in text


def test_sdmx_json_calls_them_by_their_own_id_and_their_urn() -> None:
    structure = json.loads(written(write_json_21, dataset()))["data"]["structures"][0]
    (name,) = (one for one in structure["attributes"]["series"] if one["id"] == "NAME")
    (other,) = (one for one in structure["attributes"]["observation"] if one["id"] == "NAME")
    urn = "urn:sdmx:org.sdmx.infomodel.metadatastructure.MetadataAttribute=T:MSD(1.0)."
    assert name["links"] == [{"urn": f"{urn}CONTACT.NAME", "rel": "self"}]
    assert other["links"] == [{"urn": f"{urn}METHOD.NAME", "rel": "self"}]
    assert name["relationship"] == {"dimensions": ["AREA"]}
    assert not any("links" in one for one in structure["attributes"]["series"]
                   if one["id"] == "UNIT")  # fmt: skip


def test_sdmx_ml_calls_a_comp_by_its_type() -> None:
    series = etree.fromstring(written(write_specific_31, dataset())).find(".//Series")
    (comp,) = series.iterfind("Comp")
    kind = comp.get("{http://www.w3.org/2001/XMLSchema-instance}type")
    assert (comp.get("id"), kind) == ("MODES", "d1:COLLECTION.MODES_ATTRIBUTE")
    assert series.get("CONTACT.NAME") == "Ann"
    assert series.find("Obs").get("METHOD.NAME") == "Labour force"


def test_sdmx_csv_has_them_behind_the_attributes() -> None:
    head = next(csv.reader(io.StringIO(written(write_csv_21, dataset()).decode())))
    names = [name.partition("[")[0] for name in head]
    assert tuple(names[-len(LAYOUT.metadata_attributes) :]) == LAYOUT.metadata_attributes
    assert "COLLECTION.TITLE[en]" in head
    assert "COLLECTION.MODES[]" in head


@pytest.mark.parametrize("writer", COLUMNAR, ids=lambda writer: writer.__name__)
def test_columns_say_what_they_are(writer: DataWriter) -> None:
    schema = COLUMNAR_SCHEMAS[writer](written(writer, dataset()))
    roles = {field.name: (field.metadata or {}).get(b"sdmx.role") for field in schema}
    assert {roles[name] for name in LAYOUT.metadata_attributes} == {b"metadata attribute"}
    assert roles["UNIT"] == b"attribute"
    assert pa.types.is_list(schema.field("COLLECTION.MODES").type)


def test_a_workbook_lists_them_where_it_shows_them() -> None:
    shown = {text for row in sheet_rows(written(write_xlsx, dataset()), 1) for text in row}
    assert "CONTACT.NAME" in shown
    plain = out_dataset(METADATA, Facts(), layout=LAYOUT.without_metadata())
    hidden = {text for row in sheet_rows(written(write_xlsx, plain), 1) for text in row}
    assert not {*LAYOUT.metadata_attributes, "T:CL_KIND(1.0)"} & hidden
