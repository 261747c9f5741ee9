"""References to what SDMX 2.1 holds together: they lead to one artefact, or are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sdmx_service.formats.structures.containers import IN_CODELIST, holder_id, part_of
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import PART_OF_21, ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    AttachmentConstraint,
    Categorisation,
    Hierarchy,
    MetadataConstraint,
    Process,
)

_HELD = (ArtefactClass.HIERARCHY, ArtefactClass.STRUCTURE_MAP)
_OF_ANYTHING = AttachmentConstraint | Categorisation | MetadataConstraint | Process
"""The artefacts of SDMX 2.1 that may refer to anything, so to a part of a holder too."""


def lead(artefacts: Sequence[Artefact], known: Iterable[Artefact]) -> Sequence[Artefact]:
    """The artefacts, their references to hierarchies in hierarchical code lists and to content
    constraints on metadata leading to what these became, in the message or, where it has none,
    among ``known``.

    Raises Refused (STRUCTURE_REFERENCE_MALFORMED): neither has it.
    """
    meant = {ref for one in artefacts for ref in _of_anything(one) if _is_of_21(ref)}
    if not meant:
        return artefacts
    own = {one.ref for one in artefacts}
    every = _names(known) | _names(artefacts)
    names = {old: ref for old, ref in every.items() if old not in own}
    lost = next((ref for ref in sorted(meant) if ref.part and ref not in names), None)
    if lost is not None:
        found = f"{lost.artefact} {lost.short}.{lost.item}"
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=found)
    return _renamed(artefacts, names)


def lead_back(artefacts: Sequence[Artefact]) -> Sequence[Artefact]:
    """The artefacts, their references to what SDMX 2.1 names otherwise in the same message, as it
    does."""
    if not any(isinstance(one, _OF_ANYTHING) for one in artefacts):
        return artefacts
    names = _names(artefacts).items()
    return _renamed(artefacts, {ref: old for old, ref in names if not _leads_there(old, ref)})


def _is_of_21(ref: Ref) -> bool:
    return ref.part == PART_OF_21 or ref.artefact is ArtefactClass.DATA_CONSTRAINT


def _leads_there(old: Ref, ref: Ref) -> bool:
    """Whether a hierarchy has the name of its list, by which it is found too."""
    return old.artefact is ref.artefact and old.id == ref.id


def _names(artefacts: Iterable[Artefact]) -> dict[Ref, Ref]:
    """How SDMX 2.1 names hierarchies and constraints on metadata, and what they are called."""
    names = {}
    for one in artefacts:
        if isinstance(one, Hierarchy):
            place = part_of(one.ref, one.about, IN_CODELIST)
            names[replace(place.holder, item=place.id, part=PART_OF_21)] = one.ref
        elif isinstance(one, MetadataConstraint):
            names[replace(one.ref, artefact=ArtefactClass.DATA_CONSTRAINT)] = one.ref
    return names


def _renamed(artefacts: Sequence[Artefact], names: Mapping[Ref, Ref]) -> Sequence[Artefact]:
    def other(ref: Ref) -> Ref:
        return names.get(ref, ref)

    return [_mapped(one, other) if isinstance(one, _OF_ANYTHING) else one for one in artefacts]


def _mapped(value: Any, change: Callable[[Ref], Ref]) -> Any:
    if isinstance(value, Ref):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(entry, change) for entry in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inner = {one.name: getattr(value, one.name) for one in fields(value) if one.name != "ref"}
    return replace(value, **{name: _mapped(held, change) for name, held in inner.items()})


def _of_anything(artefact: Artefact) -> Iterator[Ref]:
    return _references(artefact) if isinstance(artefact, _OF_ANYTHING) else iter(())


def check_held(artefacts: Iterable[Artefact]) -> None:
    """Refuse references to what became several artefacts, none of which has its name.

    Raises Refused (STRUCTURE_REFERENCE_MALFORMED).
    """
    held = list(artefacts)
    names = {one.ref for one in held}
    holders = {
        replace(one.ref, id=name)
        for one in held
        if one.ref.artefact in _HELD and (name := holder_id(one)) is not None
    }
    if not holders - names:
        return
    for ref in (ref for one in held for ref in _references(one)):
        if ref in holders - names:
            raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=f"{ref.artefact} {ref.short}")


def _references(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _references(entry)
    elif is_dataclass(value):
        for entry in fields(value):
            if entry.name != "ref":
                yield from _references(getattr(value, entry.name))
