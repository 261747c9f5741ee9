"""What each place of a constraint lets a selection of values say, the same in XML and JSON."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import MemberSelection, SelectedValue


@dataclass(frozen=True, slots=True)
class Place:
    """``dated``: the selection may be for a time, ``values_dated``: so may each value;
    ``language``: a value may say its language; ``single``: of values only, of which nothing is
    said, and one alone before SDMX 3.1."""

    dated: bool = False
    values_dated: bool = False
    language: bool = False
    single: bool = False


IN_A_REGION = Place(dated=True, values_dated=True)
OF_A_COMPONENT = Place(values_dated=True, language=True)
IN_A_KEY = Place(single=True)
OF_A_COMPONENT_IN_A_KEY = Place(language=True)


def check_selection(selection: MemberSelection, place: Place, name: str) -> None:
    """Refuse what the place does not let a selection say. Raises Refused (FORMAT_CANNOT_CARRY)."""
    dated = selection.is_dated and not place.dated
    both = bool(selection.values) and selection.time_range is not None
    excluded = place.single and not selection.include
    if dated or both or excluded:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{name} {selection.component}")
    for value in selection.details:
        if not _fits(value, place):
            found = f"{name} {selection.component} {value.value}"
            raise refuse("FORMAT_CANNOT_CARRY", found=found)


def _fits(value: SelectedValue, place: Place) -> bool:
    if place.single:
        return value == SelectedValue(value=value.value)
    undated = place.values_dated or not value.is_dated
    return undated and (place.language or value.language is None)
