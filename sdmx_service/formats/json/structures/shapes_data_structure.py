"""Data structure definitions in SDMX-JSON: dimensions, groups, attributes, measures."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import Any

from sdmx_service.formats.json.structures.building import maintainable
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Links,
    Member,
    Nest,
    Part,
    Place,
    Shape,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    TEXT,
    annotable,
    annotated,
    listed,
    reference,
    unwritten,
    usage,
)
from sdmx_service.formats.json.structures.representation import represented
from sdmx_service.formats.structures.attachment import of_keys
from sdmx_service.formats.structures.data_structures import PRIMARY_MEASURE
from sdmx_service.model import structures
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import AttachmentLevel, AttributeRelationship

_CONCEPT = reference(ArtefactClass.CONCEPT_SCHEME, item=True)
_ATTACHED = reference(ArtefactClass.ATTACHMENT_CONSTRAINT)
_OBSERVATIONAL = structures.Representation(
    text_format=structures.TextFormat(data_type="ObservationalTimePeriod")
)


def data_structure_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codec of a data structure definition."""
    metadata = Member("metadata", "metadata", reference(ArtefactClass.METADATA_STRUCTURE))
    evolving = Member("evolvingStructure", "is_evolving", BOOLEAN, shown=bool)
    kind = ArtefactClass.DATA_STRUCTURE
    own = (
        Nest("dataStructureComponents", _components(dialect)),
        *(() if dialect.is_10 else (metadata,)),
        *((evolving,) if dialect.is_21 else ()),
    )
    return {kind: maintainable(dialect, kind, structures.DataStructure, *own)}


def _components(dialect: Dialect) -> tuple[Part, ...]:
    within = Member("groupDimensions", "dimensions", TEXT, many=True, distinct=True)
    keys = Member("attachmentConstraint", "attachment_constraint", _ATTACHED)
    beside = (Member("id", "id", TEXT), annotated(dialect), Links())
    parts = (*beside, within, keys) if dialect.is_10 else (*beside, within)
    group = bind(Shape(structures.Group, parts, complete=of_keys("JSON_MEMBER_UNEXPECTED")))
    dimensions, time = _dimensions(dialect)
    return (
        _list(dialect, "attribute", *_attributes(dialect)),
        _list(
            dialect, "dimension", Member("dimensions", "dimensions", dimensions, many=True), *time
        ),
        Member("groups", "groups", group, many=True),
        _list(dialect, "measure", *_measures(dialect)),
    )


def _list(dialect: Dialect, kind: str, *components: Part) -> Nest:
    return Nest(f"{kind}List", (*listed(dialect, f"{kind}_list"), *components))


def _named_by_concept(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    if "id" not in own and "concept" in own:
        own["id"] = own["concept"].item


def _component(
    dialect: Dialect, model: type[Any], *parts: Part, dropped: frozenset[str] = frozenset()
) -> Codec:
    members = (
        Member("id", "id", TEXT),
        annotated(dialect),
        Links(),
        Member("conceptIdentity", "concept", _CONCEPT),
        *parts,
    )
    ignored = frozenset({"position", "type"})
    return bind(Shape(model, members, ignored=ignored, complete=_named_by_concept, dropped=dropped))


_STATUS = Member("assignmentStatus", "mandatory", usage("Mandatory", "Conditional"))
_USAGE = Member("usage", "mandatory", usage())
_ROLES = Member("conceptRoles", "roles", _CONCEPT, many=True, distinct=True)


def _local(dialect: Dialect, empty: structures.Representation | None = None) -> Member:
    return represented(dialect, "localRepresentation", "representation", empty)


def _dimensions(dialect: Dialect) -> tuple[Codec, tuple[Member, Member]]:
    plain = _component(dialect, structures.Dimension, _local(dialect), _ROLES)
    time = _component(dialect, structures.Dimension, _local(dialect, _OBSERVATIONAL))
    one = Member("timeDimension", "time_dimension", time)
    several = Member("timeDimensions", "time_dimension", _only_one(time))
    if dialect.is_10:
        return plain, (several, replace(one, shown=unwritten))
    return plain, (one, replace(several, shown=unwritten))


def _only_one(each: Codec) -> Codec:
    """An array that holds one thing."""

    def read(value: Any, place: Place) -> Any:
        if not isinstance(value, list) or len(value) != 1:
            raise unexpected(place)
        return each.read(value[0], place)

    return Codec(read, lambda one: [each.write(one)])


def _attributes(dialect: Dialect) -> tuple[Part, ...]:
    relationship = Member("attributeRelationship", "relationship", _relationship(dialect))
    if dialect.is_10:
        other = replace(_USAGE, shown=unwritten)
        attribute = _component(
            dialect, structures.Attribute, _local(dialect), _ROLES, _STATUS, other, relationship
        )
        return (Member("attributes", "attributes", attribute, many=True),)
    attribute = _component(
        dialect,
        structures.Attribute,
        _local(dialect),
        _ROLES,
        _USAGE,
        replace(_STATUS, shown=unwritten),
        relationship,
        Member("measureRelationship", "measures", TEXT, many=True, distinct=True),
    )
    used = annotable(
        dialect,
        structures.MetadataAttributeUsage,
        Links(),
        Member("metadataAttributeReference", "metadata_attribute", TEXT),
        relationship,
    )
    return (
        Member("attributes", "attributes", attribute, many=True),
        Member("metadataAttributeUsages", "metadata_usages", used, many=True),
    )


def _measures(dialect: Dialect) -> tuple[Member, ...]:
    if dialect.is_10:
        measure = _component(
            dialect, structures.Measure, _local(dialect), dropped=frozenset({"mandatory"})
        )
        return (Member("primaryMeasure", "measures", measure, many=True, bare=True),)
    measure = _component(dialect, structures.Measure, _local(dialect), _ROLES, _USAGE)
    several = Member("measures", "measures", measure, many=True)
    return several, replace(several, key="primaryMeasure", bare=True, shown=unwritten)


def _relationship(dialect: Dialect) -> Codec:
    write = _write_relationship_of_10 if dialect.is_10 else _write_relationship
    return Codec(_read_relationship_of_10 if dialect.is_10 else _read_relationship, write)


def _read_relationship(value: Any, place: Place) -> AttributeRelationship:
    match value:
        case {"dataflow": {}, **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.DATAFLOW)
        case {"observation": {}, **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.OBSERVATION)
        case {"group": str(group), **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.GROUP, group=group)
        case {"dimensions": [*ids], **rest} if rest.keys() <= {"areDimensionsOptional"}:
            return _on_dimensions(ids, rest.get("areDimensionsOptional", []), place)
    raise unexpected(place)


def _on_dimensions(ids: list[Any], flags: Any, place: Place) -> AttributeRelationship:
    names = tuple(str(TEXT.read(name, place)) for name in ids)
    if not isinstance(flags, list) or len(flags) > len(names):
        raise unexpected(place)
    optional = tuple(compress(names, (BOOLEAN.read(flag, place) for flag in flags)))
    return AttributeRelationship(
        level=AttachmentLevel.DIMENSIONS, dimensions=names, optional=optional
    )


def _write_relationship(value: AttributeRelationship) -> dict[str, Any]:
    if value.attachment_groups:
        raise refuse("FORMAT_CANNOT_CARRY", found="attachmentGroups")
    contents: dict[AttachmentLevel, Any] = {
        AttachmentLevel.GROUP: value.group,
        AttachmentLevel.DIMENSIONS: list(value.dimensions),
    }
    written = {value.level.value: contents.get(value.level, {})}
    if value.optional:
        flags = [dimension in value.optional for dimension in value.dimensions]
        written["areDimensionsOptional"] = flags
    return written


def _read_relationship_of_10(value: Any, place: Place) -> AttributeRelationship:
    match value:
        case {"none": {}, **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.DATAFLOW)
        case {"primaryMeasure": str(), **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.OBSERVATION)
        case {"group": str(group), **rest} if not rest:
            return AttributeRelationship(level=AttachmentLevel.GROUP, group=group)
        case {"dimensions": [*ids], **rest} if rest.keys() <= {"attachmentGroups"}:
            made = _on_dimensions(ids, [], place)
            groups = (
                str(TEXT.read(name, place)) for name in _listed(rest.get("attachmentGroups"), place)
            )
            return replace(made, attachment_groups=tuple(groups))
    return _read_relationship(value, place)


def _listed(value: Any, place: Place) -> list[Any]:
    if value is None or isinstance(value, list):
        return value or []
    raise unexpected(place)


def _write_relationship_of_10(value: AttributeRelationship) -> dict[str, Any]:
    if value.optional:
        raise refuse("FORMAT_CANNOT_CARRY", found="areDimensionsOptional")
    match value.level:
        case AttachmentLevel.DATAFLOW:
            return {"none": {}}
        case AttachmentLevel.OBSERVATION:
            return {"primaryMeasure": PRIMARY_MEASURE}
        case AttachmentLevel.GROUP:
            return {"group": value.group}
    groups = {"attachmentGroups": list(value.attachment_groups)} if value.attachment_groups else {}
    return {"dimensions": list(value.dimensions), **groups}
