"""Cube regions made ready for checking: value sets and limits of time.

Semantics (SDMX 3.0, section 5, constraints): the include regions of one constraint are
alternatives, its exclude regions forbid what falls in them, the members of a region all apply.
A cell that gives nothing is held against no one: it fits an include region and falls in no
exclude region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from sdmx_service.model.structures import CubeRegion, DataConstraint, MemberSelection, TimeRange
from sdmx_service.model.time import TimePeriod, parse_period


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Days that a period must begin on or after and end on or before; None = open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """The values of one component; ``any_value``: no list was given, so all of them.

    ``include`` False: every value but these.
    """

    component: str
    values: pa.Array
    any_value: bool
    limits: TimeLimits | None
    include: bool


@dataclass(frozen=True, slots=True)
class Region:
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ConstraintRule:
    """One constraint of a level; ``code`` is the problem's code, ``name`` its short reference."""

    code: str
    name: str
    included: tuple[Region, ...]
    excluded: tuple[Region, ...]

    @property
    def components(self) -> tuple[str, ...]:
        """Ids of the components that any region speaks of."""
        members = (one for region in (*self.included, *self.excluded) for one in region.members)
        return tuple(dict.fromkeys(member.component for member in members))


def constraint_rule(code: str, constraint: DataConstraint, time: str | None) -> ConstraintRule:
    """Make a constraint ready; ``time`` is the id of the time dimension.

    Raises ValueError where a limit of time is no period.
    """
    regions = constraint.cube_regions
    return ConstraintRule(
        code,
        constraint.ref.short,
        tuple(_region(region, time) for region in regions if region.include),
        tuple(_region(one, time) for one in regions if not one.include and _says_something(one)),
    )


def period_of(text: str | None) -> TimePeriod | None:
    """The period a text says, None where it says none."""
    try:
        return parse_period(text) if text else None
    except ValueError:
        return None


def _says_something(region: CubeRegion) -> bool:
    """An exclude region without members would forbid everything; it is taken to forbid nothing."""
    return bool(region.members or region.components)


def _region(region: CubeRegion, time: str | None) -> Region:
    return Region(tuple(_member(one, time) for one in region.members + region.components))


def _member(selection: MemberSelection, time: str | None) -> Member:
    values = selection.values
    if selection.component == time:
        values = tuple(parse_period(value).text for value in values)
    limits = selection.time_range
    return Member(
        selection.component,
        pa.array(values, pa.string()),
        not values and limits is None,
        _limits(limits) if limits else None,
        selection.include,
    )


def _limits(limits: TimeRange) -> TimeLimits:
    """Both ends as days; an end that is not included is passed by the whole of its period."""
    first = last = None
    if limits.start is not None:
        start = parse_period(limits.start)
        first = start.start if limits.start_inclusive else _after(start.end)
    if limits.end is not None:
        end = parse_period(limits.end)
        last = end.end if limits.end_inclusive else _before(end.start)
    return TimeLimits(first, last)


def _after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))
