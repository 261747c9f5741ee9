"""What a query sees at an instant, before the caller's filters: rights, precedence, masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sdmx_service.access.gate import AuthorisedQuery, VisibleAgreement
from sdmx_service.access.masks import CONFIDENTIALITY, FREE, STATUS, SUPPRESSED
from sdmx_service.storage.memory.state import (
    Event,
    ObservationKey,
    Rows,
    SeriesKey,
    Value,
    Values,
    last_event,
    partial_key,
    period_order,
    value_at,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The winning version of a key; ``version`` says which it is."""

    agreement: VisibleAgreement
    since: datetime
    values: Values

    @property
    def version(self) -> tuple[str, datetime]:
        return (self.agreement.agreement, self.since)


@dataclass(slots=True)
class View:
    """The merged view at an instant: rows by series and period, attributes by series."""

    rows: dict[tuple[SeriesKey, str], Shown] = field(default_factory=dict)
    series: dict[SeriesKey, Values] = field(default_factory=dict)
    dataset: Values = field(default_factory=dict)


def view_at(rows: Rows, query: AuthorisedQuery, at: datetime | None) -> View:
    """The merged view; at None, before everything, it is empty."""
    view = View()
    if at is None:
        return view
    for rank in range(len(query.agreements)):
        _show(view, rows, query, rank, at)
    for series in {series for series, _ in view.rows}:
        winner = _winner(query, (item for item in view.rows.items() if item[0][0] == series))
        view.series[series] = _attributes(rows, query, winner, series, at)
    if view.rows:
        winner = _winner(query, view.rows.items())
        view.dataset = _dataset_attributes(rows, query, winner, at)
    return view


def _show(view: View, rows: Rows, query: AuthorisedQuery, rank: int, at: datetime) -> None:
    """Add the rows of one agreement at keys that no better one has taken."""
    agreement = query.agreements[rank]
    for key, events in rows.observations.items():
        event = last_event(events, at)
        if key[0] == agreement.agreement and event is not None and event.value is not None:
            values = event.value
            if agreement.masked and _hidden(rows, key, at, query.now):
                masked = STATUS in rows.layout.observation_attributes
                values = {STATUS: SUPPRESSED} if masked else {}
            view.rows.setdefault((key[1], key[2]), Shown(agreement, event.at, values))


def _hidden(rows: Rows, key: ObservationKey, at: datetime, now: datetime) -> bool:
    """Whether the key's CONF_STATUS is neither F nor absent at one of the instants.

    What is no longer there at ``now`` counts by the last that was: a deletion frees nothing.
    """
    observations = rows.observations[key]
    found = [value_at(observations, at), _last_value(observations, now)]
    column = next((c for c in rows.layout.higher_attributes if c.id == CONFIDENTIALITY), None)
    if column is None:
        statuses = [(values or {}).get(CONFIDENTIALITY) for values in found]
    else:
        partial = partial_key(rows.layout, column, key[1])
        events = rows.attributes.get((key[0], column.id, partial), ())
        statuses = [value_at(events, at), _last_value(events, now)]
    return any(status not in (None, FREE) for status in statuses)


def _last_value(events: tuple[Event[Value], ...], at: datetime) -> Value | None:
    """The value of the last version that had opened by an instant, closed since or not."""
    opened = (e.value for e in reversed(events) if e.at <= at and e.value is not None)
    return next(opened, None)


def _winner(
    query: AuthorisedQuery, items: Iterable[tuple[tuple[SeriesKey, str], Shown]]
) -> VisibleAgreement:
    """The agreement that wins the latest period; of several, the first in precedence."""
    _, shown = max(
        items,
        key=lambda item: (period_order(item[0][1]), -query.agreements.index(item[1].agreement)),
    )
    return shown.agreement


def _attributes(
    rows: Rows, query: AuthorisedQuery, winner: VisibleAgreement, series: SeriesKey, at: datetime
) -> Values:
    found = {}
    for column in query.layout.higher_attributes:
        key = (winner.agreement, column.id, partial_key(rows.layout, column, series))
        value = value_at(rows.attributes.get(key, ()), at)
        if value is not None and column.dimensions:
            found[column.id] = value
    return found


def _dataset_attributes(
    rows: Rows, query: AuthorisedQuery, winner: VisibleAgreement, at: datetime
) -> Values:
    nothing = (None,) * len(rows.layout.dimensions)
    found = {}
    for name in query.layout.dataset_attributes:
        value = value_at(rows.attributes.get((winner.agreement, name, nothing), ()), at)
        if value is not None:
            found[name] = value
    return found
