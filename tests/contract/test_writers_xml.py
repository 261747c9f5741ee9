"""What SDMX-ML data messages say beyond the contract of all writers, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.xml.ml_generic_write import write_generic_time_series
from sdmx_service.model.columns import cross_sectional, layout_of
from sdmx_service.model.message import Action, WriteOptions
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import Measure
from tests.facts import CONCEPT, Facts, context_of, out_dataset
from tests.facts_read import read_generic, read_specific
from tests.facts_several import IN_LANGUAGES, OF_SEVERAL
from tests.writing import (
    BARE,
    CODED,
    CROSS,
    FLAT,
    GENERIC,
    ML_3,
    ML_21,
    ONE,
    SERIES,
    SEVERAL,
    SPECIFIC,
    TIME_SERIES,
    XML,
    assert_refused,
    assert_valid,
    generic_schema,
    our_schema,
    without_sector,
    written,
)


@pytest.mark.parametrize("writer", XML)
def test_the_header_says_who_when_and_under_which_licence(writer: DataWriter) -> None:
    header = etree.fromstring(written(writer, out_dataset(CODED, ONE))).find("{*}Header")
    assert header.findtext("{*}ID") == "M1"
    assert header.findtext("{*}Test") == "true"
    assert header.findtext("{*}Prepared") == "2024-05-06T07:08:09+00:00"
    assert header.find("{*}Sender").get("id") == "HUB"
    assert [element.get("id") for element in header.iterfind("{*}Receiver")] == ["R1", "R2"]
    assert [element.text for element in header.iterfind("{*}Name")] == ["Trade & <more>", "تجارة"]
    assert header.findtext("{*}DataSetAction") == "Replace"
    assert [element.text for element in header.iterfind("{*}Source")] == [
        "Licence: CC BY 4.0",
        "Licence : CC BY 4.0",
    ]


@pytest.mark.parametrize("writer", ML_21)
@pytest.mark.parametrize("what", ["measures", "values", "languages"])
def test_sdmx_21_refuses_what_it_has_no_place_for(writer: DataWriter, what: str) -> None:
    structure = CODED.data_structure
    measures, attributes = structure.measures, structure.attributes
    if what == "measures":
        measures = (*measures, Measure(id="SECOND", concept=CONCEPT))
    else:
        kind = OF_SEVERAL if what == "values" else IN_LANGUAGES
        attributes = (*attributes[:-1], replace(attributes[-1], representation=kind))
    chosen = replace(structure, measures=measures, attributes=attributes)
    dataset = out_dataset(replace(CODED, data_structure=chosen), Facts())
    assert_refused(writer, dataset)
    asked = WriteOptions(attributes=what == "measures", measures=what != "measures")
    assert written(writer, dataset, options=asked)


@pytest.mark.parametrize("writer", TIME_SERIES)
def test_time_series_are_of_time(writer: DataWriter) -> None:
    for dataset, options in (
        (out_dataset(CODED, ONE), FLAT),
        (
            out_dataset(
                CODED, ONE, layout=cross_sectional(layout_of(CODED.data_structure), "AREA")
            ),
            CROSS,
        ),
        (out_dataset(BARE, Facts()), SERIES),
    ):
        assert_refused(writer, dataset, options=options)


def test_generic_time_series_are_of_one_structure() -> None:
    """Its header has one Structure, which several data sets may share."""
    other = out_dataset(context_of(usage=ArtefactClass.PROVISION_AGREEMENT), ONE)
    assert_refused(write_generic_time_series, out_dataset(CODED, ONE), other)
    deleted = out_dataset(CODED, ONE, action=Action.DELETE)
    text = written(write_generic_time_series, out_dataset(CODED, ONE), deleted)
    generic_schema().assertValid(etree.fromstring(text))
    assert read_generic(text, layout_of(CODED.data_structure)) == [ONE, ONE]


@pytest.mark.parametrize("writer", ML_3)
def test_a_text_without_language_says_none(writer: DataWriter) -> None:
    facts = Facts({"LICENCE": "free"}, {("A", "A", "s"): ({}, {"2019": ("1", {"REMARK": "seen"})})})
    text = written(writer, out_dataset(SEVERAL, facts))
    assert b'<Value><c:Text xml:lang="und">seen</c:Text></Value>' in text
    assert_valid(writer, text, "several", "series")
    assert read_specific(text, layout_of(SEVERAL.data_structure)) == [facts]


def test_xml_leaves_out_a_dimension_that_a_key_lacks() -> None:
    dataset = without_sector()
    for writer in XML:
        text = written(writer, dataset)
        assert b"SECTOR" not in text
        message = etree.fromstring(text)
        if writer in GENERIC:
            generic_schema().assertValid(message)
        else:
            assert not our_schema(writer, "coded", "series").validate(message)
        # The schema of deletions lets time be left out, which time series messages never do.
        if writer in SPECIFIC and writer not in TIME_SERIES:
            our_schema(writer, "coded", "series", deletion=True).assertValid(message)


@pytest.mark.parametrize("writer", XML)
@pytest.mark.parametrize(
    ("structure", "named"), [("DSD_2", "DSD_2"), ("2DSD", "STR1"), ("A$", "STR1"), ("STR2", "STR1")]
)
def test_a_structure_is_called_as_its_data_structure_where_xml_lets_it(
    writer: DataWriter, structure: str, named: str
) -> None:
    root = etree.fromstring(written(writer, out_dataset(context_of(structure_id=structure), ONE)))
    (entry,) = root.iterfind("{*}Header/{*}Structure")
    assert entry.get("structureID") == named
    (found,) = root.iterfind("{*}DataSet")
    assert named in found.attrib.values()


def test_data_sets_of_one_structure_in_a_time_series_message_share_its_name() -> None:
    root = etree.fromstring(
        written(write_generic_time_series, out_dataset(CODED, ONE), out_dataset(CODED, ONE))
    )
    assert [one.get("structureRef") for one in root.iterfind("{*}DataSet")] == ["DSD", "DSD"]
