"""What a reader says of a component for which there is no column."""

from __future__ import annotations

from sdmx_service.model.message import StructureUse
from sdmx_service.model.problem import Location, Problem


def unknown_component(use: StructureUse, name: str, place: Location) -> Problem:
    """METADATA_REPEATED where the data structure uses it and there is no place for it all the
    same, else COMPONENT_UNKNOWN."""
    code = "METADATA_REPEATED" if name in use.repeated else "COMPONENT_UNKNOWN"
    return Problem(code, {"component": name}, place)
