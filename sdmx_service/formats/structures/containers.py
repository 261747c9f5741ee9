"""Artefacts of SDMX 3 that are parts of a larger one in SDMX 2.1: hierarchies, maps.

A part takes the name of what holds it where it is alone in it, else that name and its own. What
else the holder says (its names, its own annotations) is kept as annotations behind a mark, so
that the way back finds it. Where a part cannot have the name that this rule gives, an annotation
says which one it has. Decision: ADR 0016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import About, Annotation, Artefact
from sdmx_service.model.text import LocalisedText

NAMED = "SDMX_3_URN"
"""Type of the annotation that says what a part is called where the rule does not give its name."""
IN_CODELIST, IN_SET, IN_METADATA = "HIERARCHICAL_CODELIST", "STRUCTURE_SET", "METADATA_STRUCTURE"
MARKS = frozenset({IN_CODELIST, IN_SET, IN_METADATA})
"""Types of the annotation behind which stands what the holder says."""
_INSIDE, _APART = "INSIDE", "APART"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An artefact as a part: of what, under which id, and what is said of both."""

    holder: Ref
    holder_about: About
    id: str
    about: About


def holder_id(artefact: Artefact) -> str | None:
    """The id of what SDMX 2.1 holds the artefact in, where an annotation says it."""
    return next((note.id for note in artefact.about.annotations if note.type in MARKS), None)


def part_of(ref: Ref, about: About, mark: str) -> Part:
    """Where an artefact belongs in SDMX 2.1: where its mark says, else alone in its own holder."""
    notes = about.annotations
    at = next((index for index, note in enumerate(notes) if note.type == mark), None)
    inner = replace(about, annotations=notes[:at], **_NOTHING)
    if at is None:
        return Part(holder=ref, holder_about=_shell(about), id=ref.id, about=inner)
    note, rest = notes[at], notes[at + 1 :]
    described = rest[0].text if rest and rest[0].type == _described(mark) else LocalisedText()
    holder = replace(
        _shell(about),
        names=note.text,
        descriptions=described,
        annotations=rest[1:] if described else rest,
        uri=note.url,
    )
    name = note.id or ref.id
    return Part(
        holder=replace(ref, id=name), holder_about=holder, id=note.title or ref.id, about=inner
    )


def named(part: Part, kind: ArtefactClass, mark: str, *, alone: bool) -> tuple[Ref, About]:
    """What a part is called as an artefact of its own, and all that is said of it."""
    ref = replace(
        part.holder,
        artefact=kind,
        id=part.holder.id if alone else f"{part.holder.id}_{part.id}",
    )
    given, annotations = given_name(part.about.annotations)
    inner = replace(part.about, annotations=annotations)
    if given is not None:
        ref = given
        if any(note.type == NAMED and note.id == _APART for note in part.about.annotations):
            return ref, inner
    own = {name: getattr(part.holder_about, name) for name in _NOTHING}
    about = replace(inner, **own)
    if ref.id == part.holder.id == part.id and part.holder_about == _shell(about):
        return ref, about
    return ref, replace(about, annotations=(*inner.annotations, *_marks(part, mark)))


def given_name(notes: tuple[Annotation, ...]) -> tuple[Ref | None, tuple[Annotation, ...]]:
    """The name that an annotation says, if one does, and the other annotations.

    Raises Refused: it is no name.
    """
    said = next((note for note in notes if note.type == NAMED), None)
    if said is None:
        return None, notes
    try:
        ref = parse_urn(said.title or "")
    except ValueError as error:
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=said.title or NAMED) from error
    return ref, tuple(note for note in notes if note is not said)


def _marks(part: Part, mark: str) -> Iterable[Annotation]:
    held = part.holder_about
    yield Annotation(type=mark, id=part.holder.id, title=part.id, url=held.uri, text=held.names)
    if held.descriptions:
        yield Annotation(type=_described(mark), text=held.descriptions)
    yield from held.annotations


def _described(mark: str) -> str:
    return f"{mark}_DESCRIPTION"


_NOTHING: dict[str, Any] = {
    "valid_from": None,
    "valid_to": None,
    "service_url": None,
    "structure_url": None,
}
"""What only maintainable artefacts may say, and so in SDMX 2.1 the holder."""


def _shell(about: About) -> About:
    """What a holder says that is made for one artefact only."""
    own = {name: getattr(about, name) for name in _NOTHING}
    return About(names=about.names, **own)


def renamed(about: About, ref: Ref) -> tuple[About, About]:
    """The same with the name it has outside: kept with its holder, or apart from it."""
    notes = about.annotations
    inside, apart = (
        replace(about, annotations=(*notes, Annotation(type=NAMED, id=how, title=ref.urn)))
        for how in (_INSIDE, _APART)
    )
    return inside, apart


def hold(
    parts: Sequence[tuple[Any, Part]],
    make: Callable[[Sequence[tuple[Any, Part]]], Any],
    back: Callable[[Any], Sequence[Any]],
) -> Any:
    """Make one holder of artefacts and their places, each of which the way back must give.

    Raises Refused (FORMAT_CANNOT_CARRY) where it does not.
    """
    places = list(parts)
    known = back(make(places))
    for at, (artefact, part) in enumerate(parts):
        if artefact in known:
            continue
        for about in renamed(part.about, artefact.ref):
            places[at] = (artefact, replace(part, about=about))
            if artefact in back(make(places)):
                break
        else:
            raise refuse(
                "FORMAT_CANNOT_CARRY", found=f"{artefact.ref.artefact} {artefact.ref.short}"
            )
    return make(places)


def together(places: Iterable[tuple[Any, Part]]) -> list[list[tuple[Any, Part]]]:
    """Those of one holder together. Raises Refused where they say different things of it."""
    held: dict[Ref, list[tuple[Any, Part]]] = {}
    for artefact, part in places:
        found = held.setdefault(part.holder, [])
        if found and found[0][1].holder_about != part.holder_about:
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{part.holder.artefact} {part.holder.short}")
        found.append((artefact, part))
    return list(held.values())
