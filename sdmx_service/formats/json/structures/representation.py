"""Representations in SDMX-JSON: code lists, text formats, counts of values."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Place,
    Shape,
    Texts,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    TEXT,
    reference,
    unwritten,
)
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import Representation, SentinelValue, TextFormat

LISTS = (ArtefactClass.CODELIST, ArtefactClass.VALUE_LIST)


def _read_sentinel(value: Any, place: Place) -> str:
    """A text, or a number, which is kept as the text it is written by."""
    return value if isinstance(value, str) else str(NUMBER.read(value, place))


_SENTINEL = bind(
    Shape(
        SentinelValue,
        (
            Member("value", "value", Codec(_read_sentinel, TEXT.write)),
            Texts("name", "names", "names", needed=True),
            Texts("description", "descriptions", "descriptions"),
        ),
    )
)


def text_format(dialect: Dialect) -> Codec:
    """How an uncoded value is written."""
    kind, other = ("textType", "dataType") if dialect.is_10 else ("dataType", "textType")
    sentinels = Member("sentinelValues", "sentinel_values", _SENTINEL, many=True)
    return bind(
        Shape(
            TextFormat,
            (
                Member(kind, "data_type", TEXT),
                Member(other, "data_type", TEXT, shown=unwritten),
                Member("isSequence", "is_sequence", BOOLEAN),
                Member("interval", "interval", NUMBER),
                Member("startValue", "start_value", NUMBER),
                Member("endValue", "end_value", NUMBER),
                Member("timeInterval", "time_interval", TEXT),
                Member("startTime", "start_time", TEXT),
                Member("endTime", "end_time", TEXT),
                Member("minLength", "min_length", INTEGER),
                Member("maxLength", "max_length", INTEGER),
                Member("minValue", "min_value", NUMBER),
                Member("maxValue", "max_value", NUMBER),
                Member("decimals", "decimals", INTEGER),
                Member("pattern", "pattern", TEXT),
                Member("isMultiLingual", "is_multilingual", BOOLEAN),
                *(() if dialect.is_10 else (sentinels,)),
            ),
        )
    )


def representation(dialect: Dialect, enumerable: tuple[ArtefactClass, ...] = LISTS) -> Codec:
    """A code list, with the format of its codes or without, or a text format.

    The names that other versions have for formats are read too: FMR and others mix them.
    """
    enumeration, formatted = reference(enumerable), text_format(dialect)
    free = "textFormat" if dialect.is_10 else "format"
    known = {
        "enumeration": ("enumeration", enumeration),
        "enumerationFormat": ("text_format", formatted),
        "textFormat": ("text_format", formatted),
        "format": ("text_format", formatted),
    }

    def read(value: Any, place: Place) -> Representation:
        if not isinstance(value, dict):
            raise unexpected(place)
        found: dict[str, Any] = {}
        for key, held in value.items():
            if key in _COUNTS and not dialect.is_10:
                found[_COUNTS[key]] = _count(held, place.at(key))
                continue
            field, codec = known.get(key, ("", TEXT))
            if not field or field in found:
                raise unexpected(place.at(key))
            found[field] = codec.read(held, place.at(key))
        return Representation(**found)

    def write(value: Representation) -> dict[str, Any]:
        written = _counts(value, dialect)
        if value.enumeration is not None:
            written["enumeration"] = enumeration.write(value.enumeration)
        if value.text_format is not None:
            key = "enumerationFormat" if value.enumeration else free
            written[key] = formatted.write(value.text_format)
        return written

    return Codec(read, write)


_COUNTS = {"minOccurs": "min_occurs", "maxOccurs": "max_occurs"}


def _count(held: Any, place: Place) -> Any:
    unbounded = held == "unbounded" and place.steps[-1] == "maxOccurs"
    if unbounded or (type(held) is int and held >= 0):
        return held
    raise unexpected(place)


def _counts(value: Representation, dialect: Dialect) -> dict[str, Any]:
    """SDMX-JSON 1.0 counts no values: what must be there, the assignment status says."""
    if dialect.is_10:
        if value.max_occurs not in (None, 1) or (value.min_occurs or 0) > 1:
            raise refuse("FORMAT_CANNOT_CARRY", found="maxOccurs")
        return {}
    counts = {"minOccurs": value.min_occurs, "maxOccurs": value.max_occurs}
    return {key: count for key, count in counts.items() if count is not None}


def represented(
    dialect: Dialect,
    key: str,
    field: str,
    empty: Representation | None = None,
    enumerable: tuple[ArtefactClass, ...] = LISTS,
) -> Member:
    """A representation, left out where it says nothing."""
    return Member(
        key,
        field,
        representation(dialect, enumerable),
        shown=lambda value: value.enumeration is not None or value.text_format is not None,
        empty=empty,
    )
