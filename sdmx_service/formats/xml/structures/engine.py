"""How a class of the model is described in XML, and how such a description reads.

A ``Shape`` lists the attributes and elements of a class in the order of the schema; what it does
not list is refused. No class of the model and no version of SDMX-ML is named here. ``writing``
walks the other way and makes the codecs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lxml import etree

from sdmx_service.formats.model_fields import Bags, made, required_fields, slot
from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.refs import ArtefactClass

Put = Callable[[str], None]
Beside = Callable[[Any, int], str]
_XML = "{http://www.w3.org/XML/1998/namespace}"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class Codec:
    """Reads an element into a value, and writes a value as an element of the given tag;
    ``write_with`` writes attributes more, given as text, that the value does not know."""

    read: Callable[[etree._Element], Any]
    write: Callable[[Put, str, Any], None]
    write_with: Callable[[Put, str, Any, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An XML attribute; ``show`` gives None where it is not written."""

    name: str
    field: str
    parse: Callable[[str], Any] = str
    show: Callable[[Any], str | None] = lambda value: value


@dataclass(frozen=True, slots=True)
class Element:
    """A child element. ``collect`` makes one value of repeated ones; ``codec`` None is the shape
    itself; ``artefact`` picks, of a field of references, those of one class; ``empty`` is
    written where there is none; ``beside`` as in ``Choice``."""

    tag: str
    field: str
    codec: Codec | None
    collect: Callable[[list[Any]], Any] | None = None
    artefact: ArtefactClass | None = None
    empty: Any = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Child elements of several tags, in any order, that are one field: of each option the tag,
    the codec and which values it is written for. ``beside``: attributes only written, of what
    the elements stand in and the place among them, from 1."""

    field: str
    options: tuple[tuple[str, Codec, Callable[[Any], bool]], ...]
    collect: Callable[[list[Any]], Any] = tuple
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Wrapper:
    """An element that only holds others; it is left out where they all are. ``id``: the one the
    standard fixes for it, which is optional and written for clients that ask for it."""

    tag: str
    parts: tuple[Part, ...]
    ignored: frozenset[str] = frozenset()
    id: str | None = None


Part = Element | Choice | Wrapper


@dataclass(frozen=True, slots=True)
class Shape:
    """One class: ``field`` paths are relative to it (``about.names``, ``ref.id``).

    ``ignored`` attributes say nothing that the model does not know otherwise, unless they have
    another value than the one given (None: any). ``dropped`` fields mean nothing in this version.
    ``complete`` fills in what the standard says of absent parts, of the class and of its name.
    ``derived`` gives attributes that are only written. ``text`` is the field that the content is
    of, where there are no elements.
    """

    model: type[Any]
    attributes: tuple[Attribute, ...] = ()
    elements: tuple[Part, ...] = ()
    artefact: ArtefactClass | None = None
    ignored: Mapping[str, str | None] | None = None
    dropped: frozenset[str] = frozenset()
    complete: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
    derived: Callable[[Any], str] | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where the value of one element goes."""

    slot: int
    name: str
    read: Callable[[etree._Element], Any]
    repeats: bool
    inside: dict[str, _Reading] | None = None
    ignored: frozenset[str] = frozenset()


def unexpected(element: etree._Element, found: str | None = None) -> Refused:
    """The problem of an element, or of one attribute of it, that has no place here."""
    name = found or etree.QName(element).localname
    return refuse("XML_ELEMENT_UNEXPECTED", place_of(element), found=name)


def place_of(element: etree._Element) -> Location:
    """The line of an element."""
    line = element.sourceline
    return Location(line=line if isinstance(line, int) else None)


def full_tag(tag: str, names: Mapping[str, str]) -> str:
    """``com:Name`` as lxml names it."""
    prefix, _, local = tag.partition(":")
    return f"{{{names[prefix]}}}{local}"


def reader(shape: Shape, names: Mapping[str, str]) -> Callable[[etree._Element], Any]:
    """What reads an element into a value of the shape's class."""
    attributes = {
        part.name.replace("xml:", _XML): (*slot(part.field), part.parse)
        for part in shape.attributes
    }
    ignored = dict(shape.ignored or {})
    required = required_fields(shape.model)

    def read(element: etree._Element) -> Any:
        bags: Bags = ({}, {}, {})
        for key, value in element.attrib.items():
            name, text = str(key), str(value)
            part = attributes.get(name)
            if part is not None:
                bags[part[0]][part[1]] = _parsed(element, part[2], text)
            elif not _ignorable(name, text, ignored):
                raise unexpected(element, f"{etree.QName(element).localname}/@{name}")
        _read_children(element, children, bags)
        if shape.text is not None:
            bags[0][shape.text] = element.text or ""
        for parent, name, collect in collecting:
            if name in bags[parent]:
                bags[parent][name] = collect(bags[parent][name])
        return made(shape, required, bags, partial(_incomplete, element))

    collecting = tuple(
        {(*slot(part.field), part.collect) for part in flat(shape.elements) if part.collect}
    )
    children = _readings(shape.elements, names, read)
    return read


def _parsed(element: etree._Element, parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        place = place_of(element)
        raise refuse("VALUE_FORMAT", place, value=text, data_type=str(error)) from error


def _ignorable(name: str, text: str, ignored: Mapping[str, str | None]) -> bool:
    return name.startswith(_INSTANCE) or (name in ignored and ignored[name] in (None, text))


def _incomplete(element: etree._Element, missing: str) -> Refused:
    name = etree.QName(element).localname
    return refuse("STRUCTURE_INCOMPLETE", place_of(element), found=name, missing=missing)


def _readings(
    parts: tuple[Part, ...],
    names: Mapping[str, str],
    itself: Callable[[etree._Element], Any],
) -> dict[str, _Reading]:
    table = {}
    for part in parts:
        if isinstance(part, Choice):
            for tag, codec, _ in part.options:
                table[full_tag(tag, names)] = _Reading(*slot(part.field), codec.read, True)
            continue
        if isinstance(part, Wrapper):
            inside = _readings(part.parts, names, itself)
            reading = _Reading(0, "", itself, True, inside, part.ignored)
        else:
            read = part.codec.read if part.codec else itself
            reading = _Reading(*slot(part.field), read, part.collect is not None)
        table[full_tag(part.tag, names)] = reading
    return table


def _read_children(element: etree._Element, known: Mapping[str, _Reading], bags: Bags) -> None:
    for child in element:
        reading = known.get(child.tag)
        if reading is None:
            if _is_self_link(child):
                continue
            raise unexpected(child)
        bag = bags[reading.slot]
        if reading.inside is not None:
            check_attributes(child, reading.ignored)
            _read_children(child, reading.inside, bags)
        elif reading.repeats:
            bag.setdefault(reading.name, []).append(reading.read(child))
        elif reading.name in bag:
            raise unexpected(child)
        else:
            bag[reading.name] = reading.read(child)


def _is_self_link(element: etree._Element) -> bool:
    """A link of an artefact to itself, which repeats its name."""
    return etree.QName(element).localname == "Link" and element.get("rel") == "self"


def check_attributes(element: etree._Element, allowed: frozenset[str] = frozenset()) -> None:
    """Refuse an attribute that is not allowed."""
    for name in map(str, element.attrib):
        if name not in allowed and not name.startswith(_INSTANCE):
            raise unexpected(element, f"{etree.QName(element).localname}/@{name}")


def flat(parts: tuple[Part, ...]) -> list[Element | Choice]:
    """The elements that hold values, wrappers taken off."""
    elements: list[Element | Choice] = []
    for part in parts:
        elements += flat(part.parts) if isinstance(part, Wrapper) else [part]
    return elements
