"""References to what SDMX 2.1 holds together: they lead to one artefact, or are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sdmx_service.formats.structures.containers import holder_id
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Artefact

_HELD = (ArtefactClass.HIERARCHY, ArtefactClass.STRUCTURE_MAP)


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
