"""JSON codecs of what every class is made of: texts, numbers, references, annotations, formats."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Part,
    Place,
    Shape,
    Texts,
    bind,
    unexpected,
)
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import UNVERSIONED, ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import Annotation, Contact, Representation, TextFormat


def _typed(kind: type[Any]) -> Callable[[Any, Place], Any]:
    def read(value: Any, _place: Place) -> Any:
        if type(value) is not kind:
            raise ValueError(kind.__name__)
        return value

    return read


def _read_number(value: Any, _place: Place) -> str:
    if type(value) not in (int, Decimal):
        raise ValueError("number")
    return str(value)


def _write_number(text: str) -> int | float:
    """JSON has numbers only as values, not as they were written: 12.50 becomes 12.5."""
    try:
        return int(text) if text.strip("+-").isdigit() else float(text)
    except ValueError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=text) from error


def _same(value: Any) -> Any:
    return value


TEXT = Codec(_typed(str), _same)
BOOLEAN = Codec(_typed(bool), _same)
INTEGER = Codec(_typed(int), _same)
NUMBER = Codec(_read_number, _write_number)


def usage() -> Codec:
    """``mandatory`` or ``optional``."""
    words = {"mandatory": True, "optional": False}

    def read(value: Any, _place: Place) -> bool:
        if not isinstance(value, str) or value not in words:
            raise ValueError(value)
        return words[value]

    return Codec(read, lambda mandatory: "mandatory" if mandatory else "optional")


def reference(artefact: ArtefactClass | None = None, *, item: bool = False) -> Codec:
    """A URN; ``item``: of an item of a scheme."""

    def read(value: Any, _place: Place) -> Ref:
        if not isinstance(value, str):
            raise ValueError("urn")
        try:
            ref = parse_urn(value)
        except ValueError as error:
            raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=value) from error
        if artefact and (ref.artefact is not artefact or (ref.item is not None) != item):
            raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=value)
        return ref

    def write(ref: Ref) -> str:
        if ref.version is None and ref.artefact not in UNVERSIONED:
            raise refuse("FORMAT_CANNOT_CARRY", found=ref.short)
        return ref.urn

    return Codec(read, write)


def _read_link(value: Any, place: Place) -> str:
    match value:
        case [{"href": str(address), **rest}] if rest.keys() <= {"rel"}:
            return address
    raise unexpected(place)


ANNOTATION = bind(
    Shape(
        Annotation,
        (
            Member("id", "id", TEXT),
            Member("title", "title", TEXT),
            Member("type", "type", TEXT),
            Member("value", "value", TEXT),
            Texts("text", "texts", "text"),
            Member("links", "url", Codec(_read_link, lambda url: [{"href": url, "rel": "self"}])),
        ),
    )
)
ANNOTATIONS = Member("annotations", "about.annotations", ANNOTATION, many=True)
NAMED: tuple[Part, ...] = (
    Texts("name", "names", "about.names", needed=True),
    Texts("description", "descriptions", "about.descriptions"),
    ANNOTATIONS,
)

CONTACT = bind(
    Shape(
        Contact,
        (
            Member("id", "id", TEXT),
            Texts("name", "names", "names"),
            Texts("department", "departments", "departments"),
            Texts("role", "roles", "roles"),
            Member("telephones", "telephones", TEXT, many=True),
            Member("uris", "uris", TEXT, many=True),
            Member("emails", "emails", TEXT, many=True),
        ),
    )
)

_TEXT_FORMAT = bind(
    Shape(
        TextFormat,
        (
            Member("dataType", "data_type", TEXT),
            Member("isSequence", "is_sequence", BOOLEAN),
            Member("interval", "interval", NUMBER),
            Member("startValue", "start_value", NUMBER),
            Member("endValue", "end_value", NUMBER),
            Member("minLength", "min_length", INTEGER),
            Member("maxLength", "max_length", INTEGER),
            Member("minValue", "min_value", NUMBER),
            Member("maxValue", "max_value", NUMBER),
            Member("decimals", "decimals", INTEGER),
            Member("pattern", "pattern", TEXT),
            Member("isMultiLingual", "is_multilingual", BOOLEAN),
        ),
    )
)
_ENUMERATION = reference(ArtefactClass.CODELIST)
_ONCE = {"minOccurs", "maxOccurs"}


def _read_representation(value: Any, place: Place) -> Representation:
    if not isinstance(value, dict):
        raise unexpected(place)
    known = {
        "enumeration": ("enumeration", _ENUMERATION),
        "enumerationFormat": ("text_format", _TEXT_FORMAT),
        "format": ("text_format", _TEXT_FORMAT),
    }
    found: dict[str, Any] = {}
    for key, held in value.items():
        if key in _ONCE and held == 1:
            continue
        field, codec = known.get(key, ("", TEXT))
        if not field or field in found:
            raise unexpected(place.at(key))
        found[field] = codec.read(held, place.at(key))
    return Representation(**found)


def _write_representation(value: Representation) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if value.enumeration is not None:
        written["enumeration"] = _ENUMERATION.write(value.enumeration)
    if value.text_format is not None:
        key = "enumerationFormat" if value.enumeration else "format"
        written[key] = _TEXT_FORMAT.write(value.text_format)
    return written


REPRESENTATION = Codec(_read_representation, _write_representation)


def represented(key: str, field: str, empty: Representation | None = None) -> Member:
    """A representation, left out where it says nothing."""
    return Member(
        key, field, REPRESENTATION, shown=lambda value: value != Representation(), empty=empty
    )
