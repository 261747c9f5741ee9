"""Artefacts that refer to themselves, at once or by way of others."""

from __future__ import annotations

from sdmx_service.model.refs import Ref
from sdmx_service.registry.index import Index, references


def cycle_through(index: Index, start: Ref) -> tuple[Ref, ...]:
    """The way by which an artefact refers to itself, () where it does not."""
    artefact = index.artefacts[start]
    if any(index.find(ref) == start for ref in references(artefact)):
        return (start,)
    came_from: dict[Ref, Ref] = {}
    border = [start]
    while border:
        here = border.pop()
        for target in index.children[here]:
            if target == start:
                return _way(came_from, here)
            if target not in came_from:
                came_from[target] = here
                border.append(target)
    return ()


def _way(came_from: dict[Ref, Ref], last: Ref) -> tuple[Ref, ...]:
    way = [last]
    while way[-1] in came_from:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
