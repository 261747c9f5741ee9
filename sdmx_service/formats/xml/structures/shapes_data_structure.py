"""Data structure definitions in SDMX-ML: dimensions, groups, attributes, measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sdmx_service.formats.structures.attachment import of_keys
from sdmx_service.formats.structures.data_structures import PRIMARY_MEASURE
from sdmx_service.formats.xml.structures.building import (
    IGNORED,
    URI,
    beside,
    listed,
    maintainable,
    named_by_concept,
)
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Choice,
    Codec,
    Element,
    Part,
    Put,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import ID, boolean, show_true
from sdmx_service.formats.xml.structures.structure_parts import (
    TIME_REPRESENTATION,
    attribute_relationship,
    representation,
    wrapped,
)
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_LIST = frozenset({"id", "urn", "uri"})  # the id of a list of components is fixed
_TIME_DIMENSION = "TIME_PERIOD"


def data_structure_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of a data structure definition."""
    metadata = dialect.reference(ArtefactClass.METADATA_STRUCTURE)
    linked = (Element("str:Metadata", "metadata", metadata),)
    evolving = Attribute("evolvingStructure", "is_evolving", boolean, show_true)
    kind = ArtefactClass.DATA_STRUCTURE
    return {
        kind: maintainable(
            dialect,
            kind,
            structures.DataStructure,
            (_components(dialect), *(() if dialect.is_21 else linked)),
            (evolving,) if dialect.is_31 else (),
        )
    }


def _components(dialect: Dialect) -> Wrapper:
    group = Element("str:Group", "groups", bind(_group(dialect), dialect.names), tuple)
    usages = () if dialect.is_21 else (_metadata_usages(dialect),)
    parts = (
        _list(dialect, "Dimension", *_dimensions(dialect)),
        group,
        _list(dialect, "Attribute", _attributes(dialect), *usages),
        _list(dialect, "Measure", _measures(dialect)),
    )
    return Wrapper("str:DataStructureComponents", parts)


def _list(dialect: Dialect, kind: str, *components: Part) -> Wrapper:
    said = listed(dialect, f"{kind.lower()}_list")
    return Wrapper(f"str:{kind}List", (*said, *components), _LIST, f"{kind}Descriptor")


def _component(
    dialect: Dialect,
    model: type[Any],
    *parts: Part,
    attributes: tuple[Attribute, ...] = (),
    ignored: Mapping[str, str | None] = IGNORED,
    dropped: frozenset[str] = frozenset(),
) -> Shape:
    return Shape(
        model,
        attributes=(Attribute("id", "id"), URI, *attributes),
        elements=(
            *beside(dialect),
            Element(
                "str:ConceptIdentity",
                "concept",
                dialect.reference(ArtefactClass.CONCEPT_SCHEME, item=True),
            ),
            *parts,
        ),
        ignored=ignored,
        dropped=dropped,
        complete=named_by_concept,
    )


def _local(
    dialect: Dialect,
    forbidden: tuple[str, ...] = (),
    empty: structures.Representation | None = None,
) -> Element:
    facets = (*forbidden, *(_SIMPLE if dialect.is_21 else ()))
    codec = representation(dialect, forbidden=facets)
    return Element("str:LocalRepresentation", "representation", codec, empty=empty)


_SIMPLE = ("is_multilingual",)
_OF_TIME = (*_SIMPLE, "is_sequence")


def _roles(dialect: Dialect) -> Element:
    concept = dialect.reference(ArtefactClass.CONCEPT_SCHEME, item=True)
    return Element("str:ConceptRole", "roles", concept, tuple)


def _dimensions(dialect: Dialect) -> tuple[Part, ...]:
    ignored = {**IGNORED, "position": None, "type": None}
    plain = _component(
        dialect,
        structures.Dimension,
        _local(dialect, _SIMPLE),
        _roles(dialect),
        ignored=ignored,
    )
    time = _component(
        dialect,
        structures.Dimension,
        _local(dialect, _OF_TIME, TIME_REPRESENTATION),
        ignored=ignored,
    )
    time = replace(time, complete=lambda own, _: own.setdefault("id", _TIME_DIMENSION))
    plain_codec = bind(plain, dialect.names)
    if dialect.is_21:
        counted = _component(dialect, structures.Dimension, _enumerated(dialect), _roles(dialect))
        counted = replace(counted, ignored=ignored)
        dimensions: Part = Choice(
            "dimensions",
            (
                ("str:Dimension", plain_codec, lambda one: not is_measure_dimension(one)),
                ("str:MeasureDimension", bind(counted, dialect.names), is_measure_dimension),
            ),
            beside=_position,
        )
    else:
        dimensions = Element("str:Dimension", "dimensions", plain_codec, tuple, beside=_position)
    last = _last_position if dialect.is_21 else None  # SDMX 3 forbids it of the time dimension
    time_codec = bind(time, dialect.names)
    return (
        dimensions,
        Element("str:TimeDimension", "time_dimension", time_codec, beside=last),
    )


def _position(_structure: structures.DataStructure, place: int) -> str:
    """What the order says already; there are clients that take no dimension without it."""
    return f' position="{place}"'


def _last_position(structure: structures.DataStructure, _place: int) -> str:
    return _position(structure, len(structure.dimensions) + 1)


def is_measure_dimension(dimension: structures.Dimension) -> bool:
    """The dimension of SDMX 2.1 whose values are the concepts of a scheme."""
    held = dimension.representation
    scheme = held.enumeration if held else None
    return scheme is not None and scheme.artefact is ArtefactClass.CONCEPT_SCHEME


def _enumerated(dialect: Dialect) -> Element:
    concepts = representation(dialect, (ArtefactClass.CONCEPT_SCHEME,))
    return Element("str:LocalRepresentation", "representation", concepts)


def _group(dialect: Dialect) -> Shape:
    reference = wrapped("str:DimensionReference", dialect.local, dialect)
    constraint = dialect.reference(ArtefactClass.ATTACHMENT_CONSTRAINT)
    keys = Element("str:AttachmentConstraint", "attachment_constraint", constraint)
    return Shape(
        structures.Group,
        attributes=(Attribute("id", "id"), URI),
        elements=(
            *beside(dialect),
            Element("str:GroupDimension", "dimensions", reference, tuple),
            *((keys,) if dialect.is_21 else ()),
        ),
        ignored=IGNORED,
        complete=of_keys("XML_ELEMENT_UNEXPECTED"),
    )


def _attributes(dialect: Dialect) -> Part:
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
        attributes=(_usage(dialect),),
    )
    codec = bind(shape, dialect.names)
    if not dialect.is_21:
        return Element("str:Attribute", "attributes", codec, tuple)
    return Choice(
        "attributes",
        (
            ("str:Attribute", codec, lambda one: not _is_start_day(one)),
            ("str:ReportingYearStartDay", codec, _is_start_day),
        ),
    )


def _is_start_day(attribute: structures.Attribute) -> bool:
    """The attribute that SDMX 2.1 has an element of its own for, where it looks as it must."""
    held = attribute.representation
    day = structures.Representation(text_format=structures.TextFormat(data_type="MonthDay"))
    return attribute.id == "REPORTING_YEAR_START_DAY" and held == day and not attribute.roles


def _write_unnested(put: Put, tag: str, value: str) -> None:
    """The schema has no place for the path of an attribute in others, which SDMX-JSON says."""
    if "." in value:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"MetadataAttributeUsage {value}")
    ID.write(put, tag, value)


_UNNESTED = Codec(ID.read, _write_unnested)


def _metadata_usages(dialect: Dialect) -> Element:
    shape = Shape(
        structures.MetadataAttributeUsage,
        elements=(
            *beside(dialect),
            Element("str:MetadataAttributeReference", "metadata_attribute", _UNNESTED),
            Element("str:AttributeRelationship", "relationship", attribute_relationship(dialect)),
        ),
        ignored=IGNORED,
    )
    codec = bind(shape, dialect.names)
    return Element("str:MetadataAttributeUsage", "metadata_usages", codec, tuple)


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
            attributes=(_usage(dialect),),
        )
        return Element("str:Measure", "measures", _bound(shape, dialect), tuple)
    shape = _component(
        dialect,
        structures.Measure,
        _local(dialect),
        dropped=frozenset({"mandatory"}),
    )
    shape = replace(shape, complete=lambda own, _: own.setdefault("id", PRIMARY_MEASURE))
    return Element("str:PrimaryMeasure", "measures", _bound(shape, dialect), tuple)


def _bound(shape: Shape, dialect: Dialect) -> Codec:
    return bind(shape, dialect.names)
