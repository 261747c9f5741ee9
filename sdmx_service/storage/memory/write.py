"""Applying a stage: which events a data set adds to which keys. No queries here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sdmx_service.model.message import Action
from sdmx_service.storage.base import KeyFinding
from sdmx_service.storage.memory.stage import MemoryStage, StagedRow
from sdmx_service.storage.memory.state import (
    AttributeKey,
    Event,
    ObservationKey,
    Rows,
    Values,
    put,
    value_at,
)
from sdmx_service.storage.prepare import display_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Under which agreement and submission, and when, a stage is applied."""

    agreement: str
    submission: int
    at: datetime
    now: datetime


def apply_dataset(rows: Rows, stage: MemoryStage, staged: list[StagedRow], how: Application) -> int:
    """Apply the rows of one data set; the number of keys at which a version opened or closed."""
    if staged[0].action is Action.DELETE:
        return _delete_observations(rows, staged, how) + _delete_attributes(rows, staged, how)
    for column, partial, value, _ in stage.given_attributes(staged):
        _give_attribute(rows, (how.agreement, column.id, partial), value, how)
    given = [row for row in staged if row.is_observation]
    for row in given:
        key = (how.agreement, tuple(map(str, row.dimensions)), row.period or "")
        events = _without_pending(rows.observations.get(key, ()), how)
        base = value_at(events, how.at) if row.action is Action.MERGE else None
        new = Event(how.at, how.submission, {**(base or {}), **row.values})
        rows.observations[key] = put(events, new)
    return len(given)


def _without_pending(
    events: tuple[Event[Values], ...], how: Application
) -> tuple[Event[Values], ...]:
    """Pending events go, but those up to ``at`` of the same submission."""
    return tuple(
        event
        for event in events
        if event.at <= how.now or (event.submission == how.submission and event.at <= how.at)
    )


def _give_attribute(rows: Rows, key: AttributeKey, value: str, how: Application) -> None:
    events = tuple(
        event
        for event in rows.attributes.get(key, ())
        if event.at <= how.now
        or (event.at <= how.at and (event.submission == how.submission or event.value == value))
    )
    if value_at(events, how.at) != value:
        events = put(events, Event(how.at, how.submission, value))
    rows.attributes[key] = events


def _delete_observations(rows: Rows, staged: list[StagedRow], how: Application) -> int:
    count = 0
    for key, matching in matched_observations(rows, staged, how.agreement):
        events = _without_pending(rows.observations[key], how)
        rows.observations[key] = events
        base = value_at(events, how.at)
        left = _left(base, matching) if base is not None else None
        if left != base:
            rows.observations[key] = put(events, Event(how.at, how.submission, left))
            count += 1
    return count


def _left(base: Values, matching: list[StagedRow]) -> Values | None:
    if any(not row.values for row in matching):
        return None
    emptied = {name for row in matching for name in row.values}
    return {name: value for name, value in base.items() if name not in emptied}


def matched_observations(
    rows: Rows, staged: list[StagedRow], agreement: str
) -> Iterator[tuple[ObservationKey, list[StagedRow]]]:
    """Keys that have or will have a version, and the Delete rows that name them."""
    for key in list(rows.observations):
        matching = [
            row
            for row in staged
            if (row.values or not row.attributes)
            and all(
                part in (None, value) for part, value in zip(row.dimensions, key[1], strict=True)
            )
            and row.period in (None, key[2])
        ]
        if key[0] == agreement and matching:
            yield key, matching


def _delete_attributes(rows: Rows, staged: list[StagedRow], how: Application) -> int:
    for key in matched_attributes(rows, staged, how.agreement):
        events = tuple(
            event
            for event in rows.attributes[key]
            if event.at <= how.now or (event.submission == how.submission and event.at <= how.at)
        )
        if value_at(events, how.at) is not None:
            events = put(events, Event(how.at, how.submission, None))
        rows.attributes[key] = events
    return 0


def matched_attributes(
    rows: Rows, staged: list[StagedRow], agreement: str
) -> Iterator[AttributeKey]:
    """Attributes that the Delete rows empty: named, or of a partial key within what is deleted."""
    columns = {column.id: column for column in rows.layout.higher_attributes}
    for key in list(rows.attributes):
        dependent = columns[key[1]].dimensions
        for row in staged if key[0] == agreement else ():
            given = zip(rows.layout.dimensions, row.dimensions, key[2], strict=True)
            if key[1] in row.attributes:
                named = all(d not in dependent or part in (None, value) for d, part, value in given)
            else:
                nothing = not row.attributes and not row.values and row.period is None
                named = nothing and all(part in (None, value) for _, part, value in given)
            if named:
                yield key
                break


def pending_findings(
    rows: Rows, stage: MemoryStage, agreement: str, now: datetime
) -> Iterator[KeyFinding]:
    """Keys of the stage whose versions are still to be released."""
    found: dict[ObservationKey | AttributeKey, KeyFinding] = {}
    for staged in stage.datasets():
        for key, line in _touched(rows, staged, agreement):
            events = [event for event in rows.observations.get(key, ()) if event.at > now]
            if events and (key not in found or line < (found[key].line or 0)):
                found[key] = KeyFinding(
                    series_key=display_key(key[1]),
                    period=key[2] or None,
                    line=line,
                    release=events[0].at,
                )
        for name, value, line in _touched_attributes(rows, stage, staged, agreement):
            later = [e for e in rows.attributes.get(name, ()) if e.at > now and e.value != value]
            if later and (name not in found or line < (found[name].line or 0)):
                found[name] = KeyFinding(
                    series_key=display_key(name[2]),
                    component=name[1],
                    line=line,
                    value=value,
                    other=later[0].value,
                    release=later[0].at,
                )
    yield from found.values()


def _touched(
    rows: Rows, staged: list[StagedRow], agreement: str
) -> Iterator[tuple[ObservationKey, int]]:
    if staged[0].action is Action.DELETE:
        for key, matching in matched_observations(rows, staged, agreement):
            yield key, min(row.line for row in matching)
    for row in staged:
        if row.is_observation:
            yield (agreement, tuple(map(str, row.dimensions)), row.period or ""), row.line


def _touched_attributes(
    rows: Rows, stage: MemoryStage, staged: list[StagedRow], agreement: str
) -> Iterator[tuple[AttributeKey, str | None, int]]:
    if staged[0].action is Action.DELETE:
        for key in matched_attributes(rows, staged, agreement):
            line = min(
                r.line for r in staged if key in set(matched_attributes(rows, [r], agreement))
            )
            yield key, None, line
    for column, partial, value, line in stage.given_attributes(staged):
        yield (agreement, column.id, partial), value, line
