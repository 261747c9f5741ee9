"""Regions of a cube: which values of its components a constraint allows or takes away.

What a constraint is attached to stands in structures.py.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """Limits of a time dimension; None = open. Texts of periods or dates, as written."""

    start: str | None = None
    start_inclusive: bool = True
    end: str | None = None
    end_inclusive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSelection:
    """Values of one component of a cube region; ``include`` False takes them away."""

    component: str
    values: tuple[str, ...] = ()
    include: bool = True
    time_range: TimeRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRegion:
    """One region of the cube: ``members`` on dimensions, ``components`` on attributes, measures."""

    include: bool = True
    members: tuple[MemberSelection, ...] = ()
    components: tuple[MemberSelection, ...] = ()
