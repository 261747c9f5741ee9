"""Constraints made ready for checking: value sets, limits of time, keys side by side.

Semantics (SDMX 3.0, section 5, constraints): what the regions and key sets of one constraint
include are alternatives, each region or key set that excludes forbids what falls in it, the
members of a region or key all apply. What is valid from or to some period holds for data of
periods within (SDMX 3.1, section 6, "Reporting constraints"), whenever they are sent.
A cell that gives nothing, or says that there is nothing (``#N/A``), is held against no one: it
fits what is included and falls in nothing that is excluded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

import pyarrow as pa

from sdmx_service.model.structures import (
    DataConstraint,
    DataKeySet,
    MemberSelection,
    SelectedValue,
    TimeRange,
)
from sdmx_service.model.time import TimePeriod, parse_period


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Days that a period must begin on or after and end on or before; None = open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Dated:
    """Values that count for data of periods within the limits only."""

    values: pa.Array
    limits: TimeLimits


@dataclass(frozen=True, slots=True)
class Member:
    """The values of one component; ``any_value``: no list was given, so all of them.

    ``include`` False: every value but these. ``limits``: a range of times that count as well;
    ``dated``: further values; ``validity``: the periods of data that the whole member speaks of.
    """

    component: str
    values: pa.Array
    any_value: bool
    limits: TimeLimits | None
    include: bool
    dated: tuple[Dated, ...] = ()
    validity: TimeLimits | None = None


@dataclass(frozen=True, slots=True)
class Region:
    members: tuple[Member, ...]

    @property
    def components(self) -> tuple[str, ...]:
        """Ids of the components it speaks of."""
        return tuple(dict.fromkeys(member.component for member in self.members))


@dataclass(frozen=True, slots=True)
class Keys:
    """Many keys that name the same components: a column of values for each, a row a key."""

    components: tuple[str, ...]
    columns: tuple[pa.Array, ...]


Area = Region | Keys
"""What a constraint speaks of: a region, or keys."""


@dataclass(frozen=True, slots=True)
class ConstraintRule:
    """One constraint of a level; ``code`` is the problem's code, ``name`` its short reference.

    ``included``: alternatives; ``excluded``: for each region or key set its areas.
    """

    code: str
    name: str
    included: tuple[Area, ...]
    excluded: tuple[tuple[Area, ...], ...]

    @property
    def components(self) -> tuple[str, ...]:
        """Ids of the components that any area speaks of."""
        areas = (*self.included, *(area for areas in self.excluded for area in areas))
        return tuple(dict.fromkeys(name for area in areas for name in area.components))


def constraint_rule(code: str, constraint: DataConstraint, time: str | None) -> ConstraintRule:
    """Make a constraint ready; ``time`` is the id of the time dimension.

    Raises ValueError where a limit of time is no period.
    """
    included: list[Area] = []
    excluded: list[tuple[Area, ...]] = []
    for region in constraint.cube_regions:
        members = (*region.members, *region.components)
        if region.include:
            included.append(_region(members, time))
        elif members:
            # One without members would forbid everything; it is taken to forbid nothing.
            excluded.append((_region(members, time),))
    for key_set in constraint.key_sets:
        areas = _areas(key_set, time)
        if key_set.include:
            included += areas
        elif areas:
            excluded.append(tuple(areas))
    return ConstraintRule(code, constraint.ref.short, tuple(included), tuple(excluded))


def period_of(text: str | None) -> TimePeriod | None:
    """The period a text says, None where it says none."""
    try:
        return parse_period(text) if text else None
    except ValueError:
        return None


def _areas(key_set: DataKeySet, time: str | None) -> list[Area]:
    """The keys, those side by side that name plain values of the same components."""
    together: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    areas: list[Area] = []
    for key in key_set.keys:
        members = key.selections
        names = tuple(member.component for member in members)
        if not members and not key_set.include:
            continue
        if all(_is_plain(member) for member in members) and len(set(names)) == len(names) > 0:
            values = product(*(_texts(member.values, member, time) for member in members))
            together.setdefault(names, []).extend(values)
        else:
            areas.append(_region(members, time))
    for names, keys in together.items():
        columns = tuple(pa.array(column, pa.string()) for column in zip(*keys, strict=True))
        areas.append(Keys(names, columns))
    return areas


def _is_plain(member: MemberSelection) -> bool:
    """Whether it names values, for ever, and nothing else."""
    dated = member.is_dated or any(one.is_dated for one in member.details)
    return bool(member.values) and member.include and member.time_range is None and not dated


def _region(members: Iterable[MemberSelection], time: str | None) -> Region:
    return Region(tuple(_member(one, time) for one in members))


def _member(selection: MemberSelection, time: str | None) -> Member:
    plain = [one.value for one in selection.selected if not one.is_dated]
    dated = [one for one in selection.selected if one.is_dated]
    limits = selection.time_range
    return Member(
        selection.component,
        pa.array(_texts(plain, selection, time), pa.string()),
        not selection.values and limits is None,
        _limits(limits) if limits else None,
        selection.include,
        tuple(_dated(one, selection, time) for one in dated),
        _validity(selection) if selection.is_dated else None,
    )


def _texts(values: Iterable[str], selection: MemberSelection, time: str | None) -> list[str]:
    """The values, periods in their canonical form."""
    if selection.component == time:
        return [parse_period(value).text for value in values]
    return list(values)


def _dated(one: SelectedValue, selection: MemberSelection, time: str | None) -> Dated:
    return Dated(pa.array(_texts([one.value], selection, time), pa.string()), _validity(one))


def _validity(one: MemberSelection | SelectedValue) -> TimeLimits:
    return _limits(TimeRange(start=one.valid_from, end=one.valid_to))


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
