"""Writes the XSD of structure-specific data: one namespace a data structure and form of message.

The types restrict the abstract ones of the official schemas, which a validator is given beside
this one; where those lie is not said, as each program keeps them elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.formats.xml.schema_types import simple_type, type_of
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import Group


@dataclass(frozen=True, slots=True)
class _Version:
    """What differs between the versions of SDMX-ML. ``extra``: whether data sets have Atts, and
    their parts may stand in any order."""

    base: str
    extra: bool


_ML_21 = _Version("http://www.sdmx.org/resources/sdmxml/schemas/v2_1/", extra=False)
_ML_30 = _Version("http://www.sdmx.org/resources/sdmxml/schemas/v3_0/", extra=True)
_ANNOTATIONS = '<xs:element ref="common:Annotations" minOccurs="0"/>'
_PROVIDER = (
    '<xs:element name="DataProvider" type="common:DataProviderReferenceType" form="unqualified"'
    ' minOccurs="0"/>'
)


def write_xsd_21(schema: DataSchema) -> bytes:
    """The XSD of SDMX-ML 2.1 structure-specific data.

    Source: SDMX 2.1 section 3A, "Structure specific data schemas". Attributes may always be left
    out, as a message may change some only.
    """
    return _write(schema, _ML_21)


def write_xsd_30(schema: DataSchema) -> bytes:
    """The XSD of SDMX-ML 3.0 structure-specific data; as ``write_xsd_21``."""
    return _write(schema, _ML_30)


def _write(schema: DataSchema, version: _Version) -> bytes:
    namespace = escaped_text(
        f"{schema.data_structure.ref.urn}:ObsLevelDim:{schema.dimension_at_observation}"
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:dsd="{version.base}data/structurespecific" xmlns:common="{version.base}common"'
        f' xmlns="{namespace}" targetNamespace="{namespace}" elementFormDefault="qualified"'
        ' attributeFormDefault="unqualified">',
        f'<xs:import namespace="{version.base}data/structurespecific"/>',
        f'<xs:import namespace="{version.base}common"/>',
        *(simple_type(schema, name) for name in schema.layout.columns),
        *_group_types(schema),
        _observation_type(schema, version),
        *([] if schema.flat else [_series_type(schema)]),
        *([_attributes_type(schema)] if version.extra else []),
        _dataset_type(schema, version),
        "</xs:schema>\n",
    ]
    return "\n".join(line for line in lines if line).encode()


def _group_types(schema: DataSchema) -> list[str]:
    """A type for each group, restricting one that stands for any of them."""
    groups = schema.data_structure.groups
    if not groups:
        return []
    anything = '<xs:anyAttribute namespace="##local"/>'
    any_group = _type("GroupType", "dsd:GroupType", "", [anything], abstract=True)
    return [any_group, *(_group_type(schema, group) for group in groups)]


def _group_type(schema: DataSchema, group: Group) -> str:
    attributes = [
        attribute.id
        for attribute in schema.data_structure.attributes
        if attribute.relationship.group == group.id
    ]
    lines = [_attribute(schema, name, key=True) for name in group.dimensions]
    return _type(
        group.id, "GroupType", "", [*lines, *(_attribute(schema, name) for name in attributes)]
    )


def _series_type(schema: DataSchema) -> str:
    # Deviates: attributes of groups stand on the series as well (ADR 7).
    lines = [_attribute(schema, name, key=True) for name in schema.series_key]
    lines += [_attribute(schema, name) for name in schema.levels.series_attributes]
    if schema.layout.time not in schema.series_key:
        lines.append('<xs:attribute name="TIME_PERIOD" use="prohibited"/>')
    return _type("SeriesType", "dsd:SeriesType", _child("Obs"), lines)


def _observation_type(schema: DataSchema, version: _Version) -> str:
    layout = schema.layout
    # In the flat form a series without observations is an element without time.
    keys = [
        _attribute(schema, name, key=not (schema.flat and name == layout.time))
        for name in schema.observation_key
    ]
    names = (*layout.measures, *schema.levels.observation_attributes)
    if schema.flat:
        names = (*schema.levels.series_attributes, *names)
    if layout.time not in schema.observation_key:
        keys.append('<xs:attribute name="TIME_PERIOD" use="prohibited"/>')
    if not version.extra and "OBS_VALUE" not in layout.columns:
        keys.append('<xs:attribute name="OBS_VALUE" use="prohibited"/>')
    return _type(
        "ObsType", "dsd:ObsType", "", [*keys, *(_attribute(schema, name) for name in names)]
    )


def _attributes_type(schema: DataSchema) -> str:
    """SDMX-ML 3.0: attributes of any level above the observation, with what of a key they need."""
    names = (*schema.layout.key, *(column.id for column in schema.layout.higher_attributes))
    return _type("AttsType", "dsd:AttsType", "", [_attribute(schema, name) for name in names])


def _dataset_type(schema: DataSchema, version: _Version) -> str:
    rows = _child("Obs" if schema.flat else "Series", repeated=not version.extra)
    groups = _child("Group", repeated=not version.extra) if schema.data_structure.groups else ""
    if version.extra:
        attributes = _child("Atts", repeated=False)
        choices = f"{attributes}{groups}{rows}"
        content = f'<xs:choice minOccurs="0" maxOccurs="unbounded">{choices}</xs:choice>'
    else:
        content = f'{groups}<xs:choice minOccurs="0">{rows}</xs:choice>'
    lines = [_attribute(schema, name) for name in schema.layout.dataset_attributes]
    return _type("DataSetType", "dsd:DataSetType", _PROVIDER + content, lines)


def _type(
    name: str, base: str, content: str, attributes: Iterable[str], *, abstract: bool = False
) -> str:
    said = ' abstract="true"' if abstract else ""
    return "\n".join(
        [
            f'<xs:complexType name="{escaped_text(name)}"{said}><xs:complexContent>'
            f'<xs:restriction base="{base}">',
            f"<xs:sequence>{_ANNOTATIONS}{content}</xs:sequence>",
            *attributes,
            "</xs:restriction></xs:complexContent></xs:complexType>",
        ]
    )


def _child(name: str, *, repeated: bool = True) -> str:
    many = ' minOccurs="0" maxOccurs="unbounded"' if repeated else ""
    return f'<xs:element name="{name}" type="{name}Type" form="unqualified"{many}/>'


def _attribute(schema: DataSchema, name: str, *, key: bool = False) -> str:
    use = "required" if key and not schema.deletion else "optional"
    return f'<xs:attribute name="{escaped_text(name)}" type="{type_of(schema, name)}" use="{use}"/>'
