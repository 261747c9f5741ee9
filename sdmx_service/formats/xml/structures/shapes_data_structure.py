"""Data structure definitions in SDMX-ML: dimensions, groups, attributes, measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import ID, annotated
from sdmx_service.formats.xml.structures.structure_parts import (
    PRIMARY_MEASURE,
    TIME_REPRESENTATION,
    attribute_relationship,
    representation,
    wrapped,
)
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_NAME: dict[str, str | None] = {"urn": None, "uri": None}
_LIST = frozenset({"id", "urn", "uri"})  # the id of a list of components is fixed
_TIME_DIMENSION = "TIME_PERIOD"


def data_structure_parts(dialect: Dialect) -> tuple[Wrapper, ...]:
    """The elements of a data structure definition."""
    group = Element("str:Group", "groups", bind(_group(dialect), dialect.names), tuple)
    parts = (
        Wrapper("str:DimensionList", _dimensions(dialect), _LIST),
        group,
        Wrapper("str:AttributeList", (_attributes(dialect),), _LIST),
        Wrapper("str:MeasureList", (_measures(dialect),), _LIST),
    )
    return (Wrapper("str:DataStructureComponents", parts),)


def fit_21(structure: structures.DataStructure) -> structures.DataStructure:
    """The same for SDMX 2.1, which knows one measure, OBS_VALUE, to which attributes belong.

    Raises Refused where there are other measures.
    """
    measures = tuple(measure.id for measure in structure.measures)
    if measures != (PRIMARY_MEASURE,) and (measures or structure.dimensions):
        other = next((name for name in measures if name != PRIMARY_MEASURE), "Measure")
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{structure.ref.short} {other}")
    attributes = tuple(
        replace(attribute, measures=()) if attribute.measures == measures else attribute
        for attribute in structure.attributes
    )
    return replace(structure, attributes=attributes)


def _component(dialect: Dialect, model: type[Any], *parts: Element | Wrapper, **more: Any) -> Shape:
    return Shape(
        model,
        elements=(
            annotated(dialect.annotation, dialect.names),
            Element(
                "str:ConceptIdentity",
                "concept",
                dialect.reference(ArtefactClass.CONCEPT_SCHEME, item=True),
            ),
            *parts,
        ),
        complete=_named_by_concept,
        **more,
    )


def _named_by_concept(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    if "id" not in own and "concept" in own:
        own["id"] = own["concept"].item


def _local(dialect: Dialect, empty: structures.Representation | None = None) -> Element:
    return Element(
        "str:LocalRepresentation", "representation", representation(dialect), empty=empty
    )


def _roles(dialect: Dialect) -> Element:
    concept = dialect.reference(ArtefactClass.CONCEPT_SCHEME, item=True)
    return Element("str:ConceptRole", "roles", concept, tuple)


def _dimensions(dialect: Dialect) -> tuple[Element, ...]:
    ignored = {**_NAME, "position": None, "type": None}
    identity = (Attribute("id", "id"),)
    plain = _component(
        dialect,
        structures.Dimension,
        _local(dialect),
        _roles(dialect),
        attributes=identity,
        ignored=ignored,
    )
    time = _component(
        dialect,
        structures.Dimension,
        _local(dialect, TIME_REPRESENTATION),
        attributes=identity,
        ignored=ignored,
    )
    time = replace(time, complete=lambda own, _: own.setdefault("id", _TIME_DIMENSION))
    return (
        Element("str:Dimension", "dimensions", bind(plain, dialect.names), tuple),
        Element("str:TimeDimension", "time_dimension", bind(time, dialect.names)),
    )


def _group(dialect: Dialect) -> Shape:
    reference = wrapped("str:DimensionReference", dialect.local, dialect)
    return Shape(
        structures.Group,
        attributes=(Attribute("id", "id"),),
        elements=(
            annotated(dialect.annotation, dialect.names),
            Element("str:GroupDimension", "dimensions", reference, tuple),
        ),
        ignored=_NAME,
    )


def _attributes(dialect: Dialect) -> Element:
    measures = Wrapper("str:MeasureRelationship", (Element("str:Measure", "measures", ID, tuple),))
    relationship = Element(
        "str:AttributeRelationship", "relationship", attribute_relationship(dialect)
    )
    shape = _component(
        dialect,
        structures.Attribute,
        _local(dialect),
        _roles(dialect),
        relationship,
        *(() if dialect.is_21 else (measures,)),
        attributes=(Attribute("id", "id"), _usage(dialect)),
        ignored=_NAME,
    )
    return Element("str:Attribute", "attributes", bind(shape, dialect.names), tuple)


def _usage(dialect: Dialect) -> Attribute:
    if dialect.is_21:
        name, yes, no = "assignmentStatus", "Mandatory", "Conditional"
    else:
        name, yes, no = "usage", "mandatory", "optional"

    def parse(text: str) -> bool:
        if text not in (yes, no):
            raise ValueError(name)
        return text == yes

    return Attribute(name, "mandatory", parse, lambda mandatory: yes if mandatory else no)


def _measures(dialect: Dialect) -> Element:
    """SDMX 2.1 has no word on whether the primary measure must be there: it is not written."""
    if not dialect.is_21:
        shape = _component(
            dialect,
            structures.Measure,
            _local(dialect),
            _roles(dialect),
            attributes=(Attribute("id", "id"), _usage(dialect)),
            ignored=_NAME,
        )
        return Element("str:Measure", "measures", _bound(shape, dialect), tuple)
    shape = _component(
        dialect,
        structures.Measure,
        _local(dialect),
        attributes=(Attribute("id", "id"),),
        ignored=_NAME,
        dropped=frozenset({"mandatory"}),
    )
    shape = replace(shape, complete=lambda own, _: own.setdefault("id", PRIMARY_MEASURE))
    return Element("str:PrimaryMeasure", "measures", _bound(shape, dialect), tuple)


def _bound(shape: Shape, dialect: Dialect) -> Codec:
    return bind(shape, dialect.names)
