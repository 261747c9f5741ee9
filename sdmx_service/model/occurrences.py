"""How many values a measure or an attribute may have at once (SDMX 3.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdmx_service.model.structures import Attribute, DataStructure, Measure, Representation


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Least and most values of a component that is given at all; ``most`` None = any number."""

    least: int = 1
    most: int | None = 1


def occurrences_of(data_structure: DataStructure) -> Mapping[str, Occurrence]:
    """Component → how many values, for every measure and attribute."""
    components: tuple[Measure | Attribute, ...] = (
        *data_structure.measures,
        *data_structure.attributes,
    )
    return {component.id: _occurrence(component.representation) for component in components}


def _occurrence(representation: Representation | None) -> Occurrence:
    if representation is None:
        return Occurrence()
    # Least 0 says that the component may be left out, which any may in a message.
    least, most = max(representation.min_occurs or 1, 1), representation.max_occurs
    return Occurrence(least, None if most == "unbounded" else most or 1)
