"""What the memory engine keeps: for each key, the events by which its versions open and close.

An event opens a version (its values) or closes one (None); a version lasts until the next event
of its key. Current data, history, embargo and deletion are all "the last event up to t".
No rights and no queries here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.refs import Ref
from sdmx_service.model.submission import IdempotencyEntry, Submission
from sdmx_service.model.time import parse_period

Values = dict[str, str]
"""Measures and observation attributes that are given, by component."""
SeriesKey = tuple[str, ...]
PartialKey = tuple[str | None, ...]
"""A value per dimension, None where the attribute does not depend on it."""
ObservationKey = tuple[str, SeriesKey, str]
"""Agreement, series, canonical period (empty where the data structure has no time)."""
AttributeKey = tuple[str, str, PartialKey]
"""Agreement, component, partial key."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Event(Generic[Value]):
    at: datetime
    submission: int
    value: Value | None


@dataclass(slots=True)
class Rows:
    """Everything of one data structure."""

    layout: Layout
    observations: dict[ObservationKey, tuple[Event[Values], ...]] = field(default_factory=dict)
    attributes: dict[AttributeKey, tuple[Event[str], ...]] = field(default_factory=dict)

    def instants(self, agreements: frozenset[str]) -> list[datetime]:
        """Instants at which versions of these agreements open or close, sorted."""
        found = {
            event.at
            for kept in (self.observations, self.attributes)
            for key, events in kept.items()
            if key[0] in agreements
            for event in events
        }
        return sorted(found)


@dataclass(slots=True)
class State:
    """One consistent state; events are never changed, so copying the dictionaries is enough."""

    rows: dict[Ref, Rows] = field(default_factory=dict)
    submissions: list[Submission] = field(default_factory=list)
    idempotency: dict[tuple[str, str], IdempotencyEntry] = field(default_factory=dict)

    def copy(self) -> State:
        copied = {
            ref: replace(
                rows, observations=dict(rows.observations), attributes=dict(rows.attributes)
            )
            for ref, rows in self.rows.items()
        }
        return State(copied, list(self.submissions), dict(self.idempotency))


def value_at(events: tuple[Event[Value], ...], at: datetime) -> Value | None:
    """The value of the version that contains the instant."""
    last = last_event(events, at)
    return last.value if last else None


def last_event(events: tuple[Event[Value], ...], at: datetime) -> Event[Value] | None:
    return next((event for event in reversed(events) if event.at <= at), None)


def put(events: tuple[Event[Value], ...], event: Event[Value]) -> tuple[Event[Value], ...]:
    """Add the last event; one at the same instant is replaced, closing nothing leaves nothing."""
    earlier: tuple[Event[Value], ...] = tuple(other for other in events if other.at < event.at)
    if event.value is None and (not earlier or earlier[-1].value is None):
        return earlier
    return (*earlier, event)


def partial_key(layout: Layout, column: AttributeColumn, series: PartialKey) -> PartialKey:
    """The series key with the dimensions left out that the attribute does not depend on."""
    return tuple(
        value if dimension in column.dimensions else None
        for dimension, value in zip(layout.dimensions, series, strict=True)
    )


def period_order(period: str) -> tuple[date, date, str]:
    """Sort key of a canonical period: first day, last day, text."""
    if not period:
        return (date.min, date.min, "")
    parsed = parse_period(period)
    return (parsed.start, parsed.end, period)
