"""XML Schema types of Comp elements: components of several values or languages (SDMX 3.x)."""

from __future__ import annotations

from collections.abc import Iterator

from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.formats.xml.ml_versions import comp_id, complex_type
from sdmx_service.formats.xml.schema_types import type_of
from sdmx_service.model.occurrences import occurrences_of
from sdmx_service.model.schema import DataSchema

COMP_ELEMENT = (
    '<xs:element name="Comp" type="dsd:CompType" form="unqualified" minOccurs="0"'
    ' maxOccurs="unbounded"/>'
)
"""What an element that may hold Comp elements has among its own; each says its type itself."""


def complex_types(schema: DataSchema) -> Iterator[str]:
    """The types of the Comp elements of every component that needs them."""
    occurrences = occurrences_of(schema.data_structure)
    for name in (*schema.layout.measures, *(column.id for column in schema.layout.attributes)):
        if name in schema.layout.multilingual:
            yield _comp_type(schema, name, "common:TextValueType", occurrences[name].most)
        elif name in schema.layout.multiple:
            yield _value_type(schema, name)
            yield _comp_type(schema, name, f"{name}.Value", occurrences[name].most)


def _value_type(schema: DataSchema, name: str) -> str:
    return (
        f'<xs:complexType name="{escaped_text(name)}.Value"><xs:simpleContent>'
        '<xs:restriction base="common:ValueType"><xs:simpleType>'
        f'<xs:restriction base="{type_of(schema, name)}"/></xs:simpleType></xs:restriction>'
        "</xs:simpleContent></xs:complexType>"
    )


def _comp_type(schema: DataSchema, name: str, value: str, most: int | None) -> str:
    # No least number: a Delete names the component with no value or any.
    kind = complex_type(name, measure=name in schema.layout.measures)
    return (
        f'<xs:complexType name="{escaped_text(kind)}"><xs:complexContent>'
        '<xs:restriction base="dsd:CompType"><xs:sequence>'
        '<xs:element ref="common:Annotations" minOccurs="0"/>'
        f'<xs:element name="Value" type="{escaped_text(value)}" form="unqualified" minOccurs="0"'
        f' maxOccurs="{"unbounded" if most is None else most}"/></xs:sequence>'
        f'<xs:attribute name="id" type="common:NCNameIDType" use="required"'
        f' fixed="{escaped_text(comp_id(name))}"/>'
        "</xs:restriction></xs:complexContent></xs:complexType>"
    )
