"""How a class of the model is described in JSON, and the two walks over such a description.

A ``Shape`` lists the members of a class; ``bind`` makes a ``Codec`` of it. What a shape does not
list is refused, on reading and on writing alike. No class of the model is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import Any

from sdmx_service.formats.json.structures.links import read_links, write_links
from sdmx_service.formats.model_fields import Bags, made, required_fields, slot, unlisted_fields
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the message we are; ``language`` is that of texts that do not say theirs."""

    language: str = "en"
    depth: int = 64
    steps: tuple[str | int, ...] = ()

    def at(self, step: str | int) -> Place:
        """One step further down. Raises Refused beyond the depth allowed."""
        if len(self.steps) >= self.depth:
            raise refuse("JSON_MALFORMED", reason=f"deeper than {self.depth}: {self}")
        return replace(self, steps=(*self.steps, step))

    def __str__(self) -> str:
        return "/".join(str(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Codec:
    """Reads a JSON value, ValueError where it is of another kind; gives the JSON of a value."""

    read: Callable[[Any, Place], Any]
    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. ``many``: an array; ``codec`` None is the shape itself; ``artefact``
    picks, of a field of references, those of one class; ``shown`` says which values are written;
    ``empty`` is written where there is none; ``bare``: of many, one at most, not in an array;
    ``distinct``: of many, none twice."""

    key: str
    field: str
    codec: Codec | None
    many: bool = False
    artefact: ArtefactClass | None = None
    shown: Callable[[Any], bool] = lambda value: value is not None
    empty: Any = None
    bare: bool = False
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """A text in one language under ``key`` and in all under ``keys``."""

    key: str
    keys: str
    field: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Nest:
    """An object that only holds other members; left out where they all are."""

    key: str
    members: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Links of anything; its own ``uri`` stands in the link to itself, which is not kept else."""

    key: str = "links"


Part = Member | Texts | Nest | Links


@dataclass(frozen=True, slots=True)
class Shape:
    """One class; ``ignored`` members say nothing that the model does not know otherwise.

    ``dropped`` fields mean nothing here; ``always`` is written whatever the value. ``complete``
    fills in what the standard says of absent members, of the class and of its name.
    """

    model: type[Any]
    members: tuple[Part, ...] = ()
    artefact: ArtefactClass | None = None
    ignored: frozenset[str] = frozenset()
    complete: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
    dropped: frozenset[str] = frozenset()
    always: Mapping[str, Any] = field(default_factory=dict)


def unexpected(place: Place) -> Refused:
    """The problem of a member that has no place here, or is of another kind."""
    return refuse("JSON_MEMBER_UNEXPECTED", found=str(place))


def bind(shape: Shape) -> Codec:
    """The codec of a shape."""
    return Codec(_reader(shape), _writer(shape))


def _reader(shape: Shape) -> Callable[[Any, Place], Any]:
    required = required_fields(shape.model)
    known = _known(shape.members)

    def read(value: Any, place: Place) -> Any:
        bags: Bags = ({}, {}, {})
        _read_members(value, place, known, shape.ignored, bags, read)
        return made(shape, required, bags, partial(_incomplete, place))

    return read


def _incomplete(place: Place, missing: str) -> Refused:
    return refuse("STRUCTURE_INCOMPLETE", found=str(place), missing=missing)


def _known(parts: tuple[Part, ...]) -> dict[str, Part]:
    return {part.key: part for part in parts} | {
        part.keys: part for part in parts if isinstance(part, Texts)
    }


def _read_members(
    value: Any,
    place: Place,
    known: Mapping[str, Part],
    ignored: frozenset[str],
    bags: Bags,
    itself: Callable[[Any, Place], Any],
) -> None:
    if not isinstance(value, dict):
        raise unexpected(place)
    for key, held in value.items():
        part = known.get(key)
        if part is None:
            if key not in ignored and not (key == "links" and _only_self(held)):
                raise unexpected(place.at(key))
        elif isinstance(part, Links):
            bags[1].update(_read_value(held, place.at(key), read_links))
        elif isinstance(part, Texts):
            _read_texts(part, key, held, place, bags)
        elif isinstance(part, Nest):
            inside = _known(part.members)
            _read_members(held, place.at(key), inside, frozenset({"id"}), bags, itself)
        else:
            _read_member(part, held, place, bags, part.codec.read if part.codec else itself)


def _only_self(links: Any) -> bool:
    """Links of an artefact to itself repeat its name."""
    return isinstance(links, list) and all(
        isinstance(link, dict) and link.get("rel") == "self" for link in links
    )


def _read_member(
    part: Member, held: Any, place: Place, bags: Bags, read: Callable[[Any, Place], Any]
) -> None:
    parent, name = slot(part.field)
    if not part.many:
        value = _read_value(held, place.at(part.key), read)
        if bags[parent].setdefault(name, value) != value:
            raise unexpected(place.at(part.key))
        return
    within = place.at(part.key)
    held = [held] if part.bare else held
    if not isinstance(held, list):
        raise unexpected(within)
    values = tuple(_read_value(one, within.at(index), read) for index, one in enumerate(held))
    if values:
        bags[parent][name] = bags[parent].get(name, ()) + values


def _read_value(held: Any, place: Place, read: Callable[[Any, Place], Any]) -> Any:
    try:
        return read(held, place)
    except ValueError as error:
        raise unexpected(place) from error


def _read_texts(part: Texts, key: str, held: Any, place: Place, bags: Bags) -> None:
    """The texts in all languages win over the one text that stands for them."""
    parent, name = slot(part.field)
    if key == part.keys:
        if not isinstance(held, dict) or not all(isinstance(text, str) for text in held.values()):
            raise unexpected(place.at(key))
        bags[parent][name] = LocalisedText.of(held)
    elif not isinstance(held, str):
        raise unexpected(place.at(key))
    else:
        bags[parent].setdefault(name, LocalisedText.of({place.language: held}))


def _writer(shape: Shape) -> Callable[[Any], dict[str, Any]]:
    leftovers = unlisted_fields(shape.model, _fields(shape.members) | shape.dropped)

    def write(value: Any) -> dict[str, Any]:
        for get, default, label in leftovers:
            if get(value) != default:
                raise refuse("FORMAT_CANNOT_CARRY", found=label)
        written: dict[str, Any] = dict(shape.always)
        for step in steps:
            step(value, written)
        return written

    steps = [_step(part, write) for part in shape.members]
    return write


def _fields(parts: tuple[Part, ...]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Links):
            found |= {"about.links", "about.uri", "about.service_url", "about.structure_url"}
        else:
            found |= _fields(part.members) if isinstance(part, Nest) else {part.field}
    return found


def _step(part: Part, itself: Callable[[Any], Any]) -> Callable[[Any, dict[str, Any]], None]:
    if isinstance(part, Texts):
        return _texts_step(part)
    if isinstance(part, Links):
        return write_links
    if isinstance(part, Nest):
        return _nest_step(part, itself)
    return _member_step(part, part.codec.write if part.codec else itself)


def _texts_step(part: Texts) -> Callable[[Any, dict[str, Any]], None]:
    get = attrgetter(part.field)

    def step(value: Any, written: dict[str, Any]) -> None:
        held = get(value)
        if held:
            written[part.key] = held.texts[0][1]
            written[part.keys] = dict(held.texts)
        elif part.needed:
            written[part.key] = ""

    return step


def _nest_step(part: Nest, itself: Callable[[Any], Any]) -> Callable[[Any, dict[str, Any]], None]:
    inside = [_step(one, itself) for one in part.members]

    def step(value: Any, written: dict[str, Any]) -> None:
        nested: dict[str, Any] = {}
        for one in inside:
            one(value, nested)
        if nested:
            written[part.key] = nested

    return step


def _member_step(
    part: Member, write: Callable[[Any], Any]
) -> Callable[[Any, dict[str, Any]], None]:
    get = attrgetter(part.field)

    def one(value: Any, written: dict[str, Any]) -> None:
        held = get(value)
        if held is None:
            held = part.empty
        if held is not None and part.shown(held):
            written[part.key] = write(held)

    def each(value: Any, written: dict[str, Any]) -> None:
        held = [
            write(entry)
            for entry in get(value)
            if part.shown(entry) and (part.artefact is None or entry.artefact is part.artefact)
        ]
        if part.distinct and len(set(held)) < len(held):
            raise refuse("FORMAT_CANNOT_CARRY", found=part.key)
        if held:
            written[part.key] = held[0] if part.bare else held

    return each if part.many else one
