"""Codecs of the parts that are not plain lists of fields: representations, attribute
relationships, time ranges. The classes that use them stand in ``shapes``.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Codec,
    Put,
    check_attributes,
    full_tag,
    place_of,
    unexpected,
)
from sdmx_service.formats.xml.structures.parts import TEXT_FORMAT, boolean, content
from sdmx_service.formats.xml.structures.text import element_text
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.regions import TimeRange
from sdmx_service.model.structures import (
    AttachmentLevel,
    AttributeRelationship,
    Representation,
    TextFormat,
)

PRIMARY_MEASURE = "OBS_VALUE"  # the only id SDMX 2.1 gives a primary measure
TIME_REPRESENTATION = Representation(text_format=TextFormat(data_type="ObservationalTimePeriod"))
_OCCURRENCES = {"minOccurs", "maxOccurs"}


def representation(dialect: Dialect) -> Codec:
    """A code list, with the format of its codes or without, or a text format."""
    text_format = bind(TEXT_FORMAT, dialect.names)
    enumeration = dialect.reference(ArtefactClass.CODELIST)
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
            return
        # SDMX 2.1 counts no values: what must be there, the assignment status says.
        counted = value.min_occurs is not None and not dialect.is_21
        put(f'<{tag} minOccurs="{value.min_occurs}">' if counted else f"<{tag}>")
        if value.enumeration is not None:
            enumeration.write(put, "str:Enumeration", value.enumeration)
        if value.text_format is not None:
            name = "str:EnumerationFormat" if value.enumeration else "str:TextFormat"
            text_format.write(put, name, value.text_format)
        put(f"</{tag}>")

    return Codec(read, write)


def _occurrences(element: etree._Element) -> dict[str, Any]:
    """How many values; refuse several, which have no place in the model."""
    check_attributes(element, frozenset(_OCCURRENCES))
    if element.get("maxOccurs", "1") != "1":
        raise unexpected(element, f"{etree.QName(element).localname}/@maxOccurs")
    count = element.get("minOccurs")
    if count not in (None, "0", "1"):
        raise unexpected(element, f"{etree.QName(element).localname}/@minOccurs")
    return {} if count is None else {"min_occurs": int(count)}


def attribute_relationship(dialect: Dialect) -> Codec:
    """What an attribute is attached to."""
    dataflow, observation = (
        ("str:None", "str:PrimaryMeasure") if dialect.is_21 else ("str:Dataflow", "str:Observation")
    )
    primary_measure = f'<Ref id="{PRIMARY_MEASURE}"/>' if dialect.is_21 else ""
    levels = {
        full_tag(dataflow, dialect.names): AttachmentLevel.DATAFLOW,
        full_tag("str:Group", dialect.names): AttachmentLevel.GROUP,
        full_tag("str:Dimension", dialect.names): AttachmentLevel.DIMENSIONS,
        full_tag(observation, dialect.names): AttachmentLevel.OBSERVATION,
    }

    def read(element: etree._Element) -> AttributeRelationship:
        found = [(levels.get(str(child.tag)), child) for child in element]
        for level, child in found:
            if level is None or level is not found[0][0]:
                raise unexpected(child)
        if not found:
            place = place_of(element)
            raise refuse("STRUCTURE_INCOMPLETE", place, found="AttributeRelationship", missing="*")
        return _relationship(found[0][0], [child for _, child in found], dialect.local)

    def write(put: Put, tag: str, value: AttributeRelationship) -> None:
        put(f"<{tag}>")
        if value.level is AttachmentLevel.DATAFLOW:
            put(f"<{dataflow}/>")
        elif value.level is AttachmentLevel.GROUP:
            dialect.local.write(put, "str:Group", value.group)
        elif value.level is AttachmentLevel.DIMENSIONS:
            for dimension in value.dimensions:
                dialect.local.write(put, "str:Dimension", dimension)
        else:
            put(f"<{observation}>{primary_measure}</{observation}>")
        put(f"</{tag}>")

    return Codec(read, write)


def _relationship(
    level: AttachmentLevel | None, elements: list[etree._Element], local: Codec
) -> AttributeRelationship:
    assert level is not None
    if level is AttachmentLevel.GROUP:
        if len(elements) > 1:
            raise unexpected(elements[1])
        return AttributeRelationship(level=level, group=local.read(elements[0]))
    if level is AttachmentLevel.DIMENSIONS:
        for element in elements:
            if element.get("optional", "false") not in ("false", "0"):
                raise unexpected(element, "Dimension/@optional")
            element.attrib.pop("optional", "")
        return AttributeRelationship(level=level, dimensions=tuple(map(local.read, elements)))
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


def constraint_value() -> Codec:
    """A value of a member selection; one that also takes what lies below it is refused."""

    def read(element: etree._Element) -> str:
        check_attributes(element, frozenset({"cascadeValues"}))
        if element.get("cascadeValues", "false") not in ("false", "0"):
            raise unexpected(element, "Value/@cascadeValues")
        return content(element)

    return Codec(read, lambda put, tag, value: put(f"<{tag}>{element_text(value)}</{tag}>"))


def time_range(dialect: Dialect) -> Codec:
    """Limits of time: before one, after one, or between two."""
    ends = {"BeforePeriod": "end", "AfterPeriod": "start", "StartPeriod": "start"}
    names = {**ends, "EndPeriod": "end"}
    parts = {full_tag(f"str:{name}", dialect.names): end for name, end in names.items()} | {
        full_tag(f"com:{name}", dialect.names): end for name, end in names.items()
    }

    def read(element: etree._Element) -> TimeRange:
        check_attributes(element)
        found: dict[str, str | bool] = {}
        for child in element:
            end = parts.get(str(child.tag))
            if end is None or end in found:
                raise unexpected(child)
            check_attributes(child, frozenset({"isInclusive"}))
            found[end] = content(child).strip()
            found[f"{end}_inclusive"] = boolean(child.get("isInclusive", "true"))
        return TimeRange(**found)  # type: ignore[arg-type]

    def write(put: Put, tag: str, value: TimeRange) -> None:
        if value.start is None and value.end is None:
            raise refuse("FORMAT_CANNOT_CARRY", found="TimeRange")
        put(f"<{tag}>")
        first = "StartPeriod" if value.end is not None else "AfterPeriod"
        last = "EndPeriod" if value.start is not None else "BeforePeriod"
        for name, period, inclusive in (
            (first, value.start, value.start_inclusive),
            (last, value.end, value.end_inclusive),
        ):
            if period is not None:
                prefix = "com" if dialect.is_21 else "str"
                flag = "" if inclusive else ' isInclusive="false"'
                put(f"<{prefix}:{name}{flag}>{element_text(period)}</{prefix}:{name}>")
        put(f"</{tag}>")

    return Codec(read, write)
