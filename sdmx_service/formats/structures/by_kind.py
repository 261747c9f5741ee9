"""The artefacts of a message in the order a format lists its classes."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Artefact


def by_kind(
    artefacts: Iterable[Artefact], kind_of: Callable[[Artefact], str], known: Container[str]
) -> dict[str, list[Artefact]]:
    """The artefacts by what ``kind_of`` calls their class. Raises Refused: a class not known."""
    found: dict[str, list[Artefact]] = {}
    for artefact in artefacts:
        kind = kind_of(artefact)
        if kind not in known:
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{kind} {artefact.ref.short}")
        found.setdefault(kind, []).append(artefact)
    return found
