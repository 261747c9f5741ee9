"""Data structure definitions in SDMX-JSON 2.0: dimensions, groups, attributes, measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Nest,
    Part,
    Place,
    Shape,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import (
    ANNOTATIONS,
    TEXT,
    reference,
    represented,
    usage,
)
from sdmx_service.model import structures
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import AttachmentLevel, AttributeRelationship

_CONCEPT = reference(ArtefactClass.CONCEPT_SCHEME, item=True)
_OBSERVATIONAL = structures.Representation(
    text_format=structures.TextFormat(data_type="ObservationalTimePeriod")
)


def _read_relationship(value: Any, place: Place) -> AttributeRelationship:
    match value:
        case {"dataflow": {}, **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.DATAFLOW)
        case {"observation": {}, **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.OBSERVATION)
        case {"group": str(group), **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.GROUP, group=group)
        case {"dimensions": [*ids], **rest} if _are_required(rest):
            names = tuple(str(TEXT.read(name, place)) for name in ids)
            return AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=names)
    raise unexpected(place)


def _are_required(rest: Mapping[Any, Any]) -> bool:
    return rest.keys() <= {"areDimensionsOptional"} and not any(
        rest.get("areDimensionsOptional", ())
    )


def _write_relationship(value: AttributeRelationship) -> dict[str, Any]:
    contents: dict[AttachmentLevel, Any] = {
        AttachmentLevel.GROUP: value.group,
        AttachmentLevel.DIMENSIONS: list(value.dimensions),
    }
    return {value.level.value: contents.get(value.level, {})}


def _named_by_concept(own: dict[str, Any]) -> None:
    if "id" not in own and "concept" in own:
        own["id"] = own["concept"].item


def _component(model: type[Any], *parts: Part) -> Codec:
    members = (
        Member("id", "id", TEXT),
        ANNOTATIONS,
        Member("conceptIdentity", "concept", _CONCEPT),
        *parts,
    )
    ignored = frozenset({"position", "type"})
    return bind(Shape(model, members, ignored=ignored, complete=_named_by_concept))


_LOCAL = represented("localRepresentation", "representation")
_ROLES = Member("conceptRoles", "roles", _CONCEPT, many=True)
_USAGE = Member("usage", "mandatory", usage())
_DIMENSION = _component(structures.Dimension, _LOCAL, _ROLES)
_TIME_DIMENSION = _component(
    structures.Dimension, represented("localRepresentation", "representation", _OBSERVATIONAL)
)
_MEASURE = _component(structures.Measure, _LOCAL, _ROLES, _USAGE)
_ATTRIBUTE = _component(
    structures.Attribute,
    _LOCAL,
    _ROLES,
    _USAGE,
    Member("attributeRelationship", "relationship", Codec(_read_relationship, _write_relationship)),
    Member("measureRelationship", "measures", TEXT, many=True),
)
_GROUP = bind(
    Shape(
        structures.Group,
        (
            Member("id", "id", TEXT),
            ANNOTATIONS,
            Member("groupDimensions", "dimensions", TEXT, many=True),
        ),
    )
)
DATA_STRUCTURE: tuple[Part, ...] = (
    Nest(
        "dataStructureComponents",
        (
            Nest("attributeList", (Member("attributes", "attributes", _ATTRIBUTE, many=True),)),
            Nest(
                "dimensionList",
                (
                    Member("dimensions", "dimensions", _DIMENSION, many=True),
                    Member("timeDimension", "time_dimension", _TIME_DIMENSION),
                ),
            ),
            Member("groups", "groups", _GROUP, many=True),
            Nest("measureList", (Member("measures", "measures", _MEASURE, many=True),)),
        ),
    ),
)
