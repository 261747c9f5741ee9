"""What only stubs may leave out. What nothing of a class can be without, its class says itself."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import (
    Artefact,
    HierarchyAssociation,
    ItemSchemeMap,
    RepresentationMap,
    StructureMap,
)


def check_complete(artefacts: Iterable[Artefact]) -> None:
    """Refuse what does not say of what it is, as a stub may in JSON (STRUCTURE_INCOMPLETE)."""
    for one in artefacts:
        missing = missing_of(one)
        if missing:
            found = f"{one.ref.artefact} {one.ref.short}"
            raise refuse("STRUCTURE_INCOMPLETE", found=found, missing=", ".join(missing))


def check_ends(artefact: Artefact) -> None:
    """Refuse what SDMX-ML 3 asks of stubs too (FORMAT_CANNOT_CARRY)."""
    if missing_of(artefact):
        found = f"{artefact.ref.artefact} {artefact.ref.short}"
        raise refuse("FORMAT_CANNOT_CARRY", found=found)


def missing_of(artefact: Artefact) -> tuple[str, ...]:
    """The fields by which a map or an association says of what it is, where they say nothing."""
    match artefact:
        case StructureMap() | ItemSchemeMap():
            names: tuple[str, ...] = ("source", "target")
        case RepresentationMap():
            names = ("sources", "targets")
        case HierarchyAssociation():
            names = ("hierarchy", "linked")
        case _:
            return ()
    return tuple(name for name in names if not getattr(artefact, name))
