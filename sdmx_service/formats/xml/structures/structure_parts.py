"""Codecs of the parts that are not plain lists of fields: representations, attribute
relationships, time ranges. The classes that use them stand in ``shapes``.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import Any

from lxml import etree

from sdmx_service.formats.structures.data_structures import PRIMARY_MEASURE
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Codec,
    Put,
    check_attributes,
    full_tag,
    place_of,
    unexpected,
)
from sdmx_service.formats.xml.structures.parts import content, flag, integer
from sdmx_service.formats.xml.structures.text import attribute_text, element_text
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import (
    AttachmentLevel,
    AttributeRelationship,
    Occurrences,
    Representation,
    TextFormat,
    TimeRange,
)

TIME_REPRESENTATION = Representation(text_format=TextFormat(data_type="ObservationalTimePeriod"))
LISTS = (ArtefactClass.CODELIST, ArtefactClass.VALUE_LIST)


def representation(
    dialect: Dialect,
    enumerable: tuple[ArtefactClass, ...] = LISTS,
    forbidden: tuple[str, ...] = (),
) -> Codec:
    """A code list, with the format of its codes or without, or a text format.

    ``forbidden``: facets that the schema has no place for here, as they could only be false.
    """
    text_format = dialect.text_format()
    enumeration = dialect.reference(enumerable)
    parts = {
        full_tag("str:TextFormat", dialect.names): ("text_format", text_format),
        full_tag("str:EnumerationFormat", dialect.names): ("text_format", text_format),
        full_tag("str:Enumeration", dialect.names): ("enumeration", enumeration),
    }

    def read(element: etree._Element) -> Representation:
        found = _occurrences(element)
        for child in element:
            if child.tag not in parts or parts[child.tag][0] in found:
                raise unexpected(child)
            field, codec = parts[child.tag]
            found[field] = codec.read(child)
        return Representation(**found)

    def write(put: Put, tag: str, value: Representation) -> None:
        if value.enumeration is None and value.text_format is None:
            if value.max_occurs not in (None, 1):
                raise refuse("FORMAT_CANNOT_CARRY", found="maxOccurs")
            return
        put(f"<{tag}{_counts(value, dialect)}>")
        if value.enumeration is not None:
            enumeration.write(put, "str:Enumeration", value.enumeration)
        if value.text_format is not None:
            name = "str:EnumerationFormat" if value.enumeration else "str:TextFormat"
            text_format.write(put, name, _without(value.text_format, forbidden))
        put(f"</{tag}>")

    return Codec(read, write)


def _without(held: TextFormat, forbidden: tuple[str, ...]) -> TextFormat:
    for name in forbidden:
        if getattr(held, name):
            raise refuse("FORMAT_CANNOT_CARRY", found=f"TextFormat.{name}")
    return replace(held, **dict.fromkeys(forbidden)) if forbidden else held  # type: ignore[arg-type]


def occurrences(text: str) -> Occurrences:
    """A count or ``unbounded``. Raises ValueError."""
    return "unbounded" if text.strip() == "unbounded" else integer(text)


def _occurrences(element: etree._Element) -> dict[str, Any]:
    check_attributes(element, frozenset({"minOccurs", "maxOccurs"}))
    found: dict[str, Any] = {}
    for name, field in (("minOccurs", "min_occurs"), ("maxOccurs", "max_occurs")):
        text = element.get(name)
        if text is not None:
            try:
                found[field] = occurrences(text)
            except ValueError as error:
                raise unexpected(element, f"{etree.QName(element).localname}/@{name}") from error
    return found


def _counts(value: Representation, dialect: Dialect) -> str:
    """SDMX 2.1 counts no values: what must be there, the assignment status says."""
    if dialect.is_21:
        if value.max_occurs not in (None, 1) or (value.min_occurs or 0) > 1:
            raise refuse("FORMAT_CANNOT_CARRY", found="maxOccurs")
        return ""
    counts = {"minOccurs": value.min_occurs, "maxOccurs": value.max_occurs}
    return "".join(f' {name}="{count}"' for name, count in counts.items() if count is not None)


def attribute_relationship(dialect: Dialect) -> Codec:
    """What an attribute is attached to."""
    dataflow, observation = (
        ("str:None", "str:PrimaryMeasure") if dialect.is_21 else ("str:Dataflow", "str:Observation")
    )
    attachment_group = full_tag("str:AttachmentGroup", dialect.names) if dialect.is_21 else ""
    primary_measure = f'<Ref id="{PRIMARY_MEASURE}"/>' if dialect.is_21 else ""
    levels = {
        full_tag(dataflow, dialect.names): AttachmentLevel.DATAFLOW,
        full_tag("str:Group", dialect.names): AttachmentLevel.GROUP,
        full_tag("str:Dimension", dialect.names): AttachmentLevel.DIMENSIONS,
        full_tag(observation, dialect.names): AttachmentLevel.OBSERVATION,
    }

    def read(element: etree._Element) -> AttributeRelationship:
        found = [(levels.get(str(child.tag)), child) for child in element]
        groups = [child for child in element if child.tag == attachment_group]
        found = [entry for entry in found if entry[1] not in groups]
        for level, child in found:
            if level is None or level is not found[0][0]:
                raise unexpected(child)
        if not found:
            place = place_of(element)
            raise refuse("STRUCTURE_INCOMPLETE", place, found="AttributeRelationship", missing="*")
        made = _relationship(found[0][0], [child for _, child in found], dialect.local)
        return replace(made, attachment_groups=tuple(map(dialect.local.read, groups)))

    def write(put: Put, tag: str, value: AttributeRelationship) -> None:
        put(f"<{tag}>")
        if value.level is AttachmentLevel.DATAFLOW:
            put(f"<{dataflow}/>")
        elif value.level is AttachmentLevel.GROUP:
            dialect.local.write(put, "str:Group", value.group)
        elif value.level is AttachmentLevel.DIMENSIONS:
            _write_dimensions(put, value, dialect)
        else:
            put(f"<{observation}>{primary_measure}</{observation}>")
        put(f"</{tag}>")

    return Codec(read, write)


def _write_dimensions(put: Put, value: AttributeRelationship, dialect: Dialect) -> None:
    if value.optional if dialect.is_21 else value.attachment_groups:
        raise refuse("FORMAT_CANNOT_CARRY", found="AttributeRelationship")
    for dimension in value.dimensions:
        if dimension in value.optional:
            put(f'<str:Dimension optional="true">{element_text(dimension)}</str:Dimension>')
        else:
            dialect.local.write(put, "str:Dimension", dimension)
    for group in value.attachment_groups:
        dialect.local.write(put, "str:AttachmentGroup", group)


def _relationship(
    level: AttachmentLevel | None, elements: list[etree._Element], local: Codec
) -> AttributeRelationship:
    assert level is not None
    if level is AttachmentLevel.GROUP:
        if len(elements) > 1:
            raise unexpected(elements[1])
        return AttributeRelationship(level=level, group=local.read(elements[0]))
    if level is AttachmentLevel.DIMENSIONS:
        flags = [flag(element, "optional", default=False) for element in elements]
        for element in elements:
            element.attrib.pop("optional", "")
        dimensions = tuple(map(local.read, elements))
        optional = tuple(compress(dimensions, flags))
        return AttributeRelationship(level=level, dimensions=dimensions, optional=optional)
    return AttributeRelationship(level=level)


def wrapped(tag: str, codec: Codec, dialect: Dialect) -> Codec:
    """An element that holds exactly one other and nothing else."""
    inner = full_tag(tag, dialect.names)

    def read(element: etree._Element) -> object:
        check_attributes(element)
        if len(element) != 1 or element[0].tag != inner:
            raise unexpected(element)
        return codec.read(element[0])

    def write(put: Put, outer: str, value: object) -> None:
        put(f"<{outer}>")
        codec.write(put, tag, value)
        put(f"</{outer}>")

    return Codec(read, write)


def _valid_during(value: TimeRange, dialect: Dialect) -> str:
    """The validity of a time range, which SDMX 2.1 has no place for."""
    held = {"validFrom": value.valid_from, "validTo": value.valid_to}
    written = {name: text for name, text in held.items() if text is not None}
    if written and dialect.is_21:
        raise refuse("FORMAT_CANNOT_CARRY", found="TimeRange/@validFrom")
    return "".join(f' {name}="{attribute_text(text)}"' for name, text in written.items())


def time_range(dialect: Dialect) -> Codec:
    """Limits of time: before one, after one, or between two."""
    ends = {"BeforePeriod": "end", "AfterPeriod": "start", "StartPeriod": "start"}
    names = {**ends, "EndPeriod": "end"}
    validity = {} if dialect.is_21 else {"validFrom": "valid_from", "validTo": "valid_to"}
    parts = {full_tag(f"str:{name}", dialect.names): end for name, end in names.items()} | {
        full_tag(f"com:{name}", dialect.names): end for name, end in names.items()
    }

    def read(element: etree._Element) -> TimeRange:
        check_attributes(element, frozenset(validity))
        found: dict[str, str | bool] = {
            field: str(element.get(name)) for name, field in validity.items() if element.get(name)
        }
        for child in element:
            end = parts.get(str(child.tag))
            if end is None or end in found:
                raise unexpected(child)
            check_attributes(child, frozenset({"isInclusive"}))
            found[end] = content(child).strip()
            found[f"{end}_inclusive"] = flag(child, "isInclusive", default=True)
        return TimeRange(**found)  # type: ignore[arg-type]

    def write(put: Put, tag: str, value: TimeRange) -> None:
        if value.start is None and value.end is None:
            raise refuse("FORMAT_CANNOT_CARRY", found="TimeRange")
        put(f"<{tag}{_valid_during(value, dialect)}>")
        first = "StartPeriod" if value.end is not None else "AfterPeriod"
        last = "EndPeriod" if value.start is not None else "BeforePeriod"
        for name, period, inclusive in (
            (first, value.start, value.start_inclusive),
            (last, value.end, value.end_inclusive),
        ):
            if period is not None:
                prefix = "com" if dialect.is_21 else "str"
                shown = "" if inclusive else ' isInclusive="false"'
                put(f"<{prefix}:{name}{shown}>{element_text(period)}</{prefix}:{name}>")
        put(f"</{tag}>")

    return Codec(read, write)
