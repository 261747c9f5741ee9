"""Writes the XSD of structure-specific data: one namespace a data structure and form of message.

The types restrict the abstract ones of the official schemas, which a validator is given beside
this one; where those lie is not said, as each program keeps them elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.formats.xml.ml_complex_write import complex_components
from sdmx_service.formats.xml.ml_versions import ML_21, ML_30, ML_31, Version
from sdmx_service.formats.xml.schema_complex import COMP_ELEMENT, complex_types
from sdmx_service.formats.xml.schema_types import simple_type, type_of
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import Group

_ANNOTATIONS = '<xs:element ref="common:Annotations" minOccurs="0"/>'
_PROVIDER = (
    '<xs:element name="DataProvider" type="common:DataProviderReferenceType" form="unqualified"'
    ' minOccurs="0"/>'
)


def write_xsd_21(schema: DataSchema) -> bytes:
    """The XSD of SDMX-ML 2.1 structure-specific data.

    Source: SDMX 2.1 section 3A, "Structure specific data schemas". Attributes may always be left
    out, as a message may change some only; metadata attributes have no place here.
    """
    return _write(schema, ML_21)


def write_xsd_30(schema: DataSchema) -> bytes:
    """The XSD of SDMX-ML 3.0 structure-specific data; as ``write_xsd_21``.

    Components of several values or languages stand in Comp elements, each of its own type.
    """
    return _write(schema, ML_30)


def write_xsd_31(schema: DataSchema) -> bytes:
    """The XSD of SDMX-ML 3.1 structure-specific data; as ``write_xsd_30``."""
    return _write(schema, ML_31)


def _write(schema: DataSchema, version: Version) -> bytes:
    if not version.complex_values:
        schema = replace(schema, layout=schema.layout.without_metadata())
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
        *(complex_types(schema) if version.complex_values else ()),
        *_group_types(schema, version),
        _observation_type(schema, version),
        *([] if schema.flat else [_series_type(schema, version)]),
        *([_attributes_type(schema, version)] if version.complex_values else []),
        _dataset_type(schema, version),
        "</xs:schema>\n",
    ]
    return "\n".join(line for line in lines if line).encode()


def _group_types(schema: DataSchema, version: Version) -> list[str]:
    """A type for each group, restricting one that stands for any of them."""
    groups = schema.data_structure.groups
    if not groups:
        return []
    anything = '<xs:anyAttribute namespace="##local"/>'
    comps = COMP_ELEMENT if version.complex_values and complex_components(schema.layout) else ""
    any_group = _type("GroupType", "dsd:GroupType", comps, [anything], abstract=True)
    return [any_group, *(_group_type(schema, version, group) for group in groups)]


def _group_type(schema: DataSchema, version: Version, group: Group) -> str:
    attributes = [
        attribute.id
        for attribute in schema.data_structure.attributes
        if attribute.relationship.group == group.id and attribute.id in schema.layout.columns
    ]
    lines = [_attribute(schema, name, key=True) for name in group.dimensions]
    comps, simple = _values(schema, version, attributes)
    return _type(group.id, "GroupType", comps, [*lines, *simple])


def _series_type(schema: DataSchema, version: Version) -> str:
    # Deviates: attributes of groups stand on the series as well (ADR 7).
    lines = [_attribute(schema, name, key=True) for name in schema.series_key]
    comps, simple = _values(schema, version, schema.levels.series_attributes)
    lines += simple
    if schema.layout.time not in schema.series_key:
        lines.append('<xs:attribute name="TIME_PERIOD" use="prohibited"/>')
    base = "dsd:TimeSeriesType" if _time_series(schema, version) else "dsd:SeriesType"
    return _type("SeriesType", base, comps + _child("Obs"), lines)


def _observation_type(schema: DataSchema, version: Version) -> str:
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
    if not version.complex_values and "OBS_VALUE" not in layout.columns:
        keys.append('<xs:attribute name="OBS_VALUE" use="prohibited"/>')
    comps, simple = _values(schema, version, names)
    base = "dsd:TimeSeriesObsType" if _time_series(schema, version) else "dsd:ObsType"
    return _type("ObsType", base, comps, [*keys, *simple])


def _attributes_type(schema: DataSchema, version: Version) -> str:
    """SDMX-ML 3.0: attributes of any level above the observation, with what of a key they need."""
    names = [*schema.layout.key, *(column.id for column in schema.layout.higher_attributes)]
    comps, simple = _values(schema, version, names)
    return _type("AttsType", "dsd:AttsType", comps, simple)


def _dataset_type(schema: DataSchema, version: Version) -> str:
    rows = _child("Obs" if schema.flat else "Series", repeated=not version.complex_values)
    groups = (
        _child("Group", repeated=not version.complex_values) if schema.data_structure.groups else ""
    )
    if version.complex_values:
        attributes = _child("Atts", repeated=False)
        choices = f"{attributes}{groups}{rows}"
        content = f'<xs:choice minOccurs="0" maxOccurs="unbounded">{choices}</xs:choice>'
    else:
        content = f'{groups}<xs:choice minOccurs="0">{rows}</xs:choice>'
    _, lines = _values(schema, version, schema.layout.dataset_attributes)
    base = "dsd:TimeSeriesDataSetType" if _time_series(schema, version) else "dsd:DataSetType"
    return _type("DataSetType", base, _PROVIDER + content, lines)


def _time_series(schema: DataSchema, version: Version) -> bool:
    """Whether these are time series of SDMX-ML 2.1, whose types serve both of its messages; a
    deletion may leave out their time."""
    of_time = schema.dimension_at_observation == schema.layout.time
    return of_time and not version.complex_values and not schema.deletion


def _values(
    schema: DataSchema, version: Version, names: Iterable[str]
) -> tuple[str, Iterator[str]]:
    """The Comp element where one of these components needs it, and XML attributes of the rest."""
    complex_ones = complex_components(schema.layout) if version.complex_values else frozenset()
    names = tuple(names)
    comps = COMP_ELEMENT if complex_ones.intersection(names) else ""
    return comps, (_attribute(schema, name) for name in names if name not in complex_ones)


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
