"""What only stubs may leave out. What nothing of a class can be without, its class says itself."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Artefact, StructureMap


def check_complete(artefacts: Iterable[Artefact]) -> None:
    """Refuse maps of structures that do not say of which (STRUCTURE_INCOMPLETE)."""
    for one in artefacts:
        if isinstance(one, StructureMap) and (one.source is None or one.target is None):
            found = f"{one.ref.artefact} {one.ref.short}"
            raise refuse("STRUCTURE_INCOMPLETE", found=found, missing="source, target")
