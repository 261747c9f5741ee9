"""From views to slices: differences, the caller's filters, first and last, offset and limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import groupby, pairwise
from typing import Any

import pyarrow as pa

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.model.columns import SERIES, Layout
from sdmx_service.model.message import Action, Slice
from sdmx_service.model.query import ComponentFilter, SortTerm
from sdmx_service.storage.dataset_changes import has_new_values, removed_values
from sdmx_service.storage.memory.match import meets
from sdmx_service.storage.memory.sorting import SortKey, in_direction, measure_key, text_key
from sdmx_service.storage.memory.state import Rows, SeriesKey, Values, period_order
from sdmx_service.storage.memory.view import View, view_at
from sdmx_service.storage.ordering import row_order

Keys = list[tuple[SeriesKey, str]]


def scan(rows: Rows, query: AuthorisedQuery) -> Iterator[Slice]:
    """The slices of a query (``Store.scan`` defines them)."""
    selection = query.selection
    if not selection.include_history and selection.updated_after is None:
        view = view_at(rows, query, selection.at)
        yield _slice(query, view, list(view.rows), set())
        return
    if not selection.include_history:
        yield from _delta(rows, query, selection.updated_after, selection.at)
        return
    visible = frozenset(one.agreement for one in query.agreements)
    start = selection.updated_after
    instants = [
        at for at in rows.instants(visible) if at <= selection.at and (start is None or at > start)
    ]
    for before, after in pairwise([start, *instants]):
        assert after is not None
        for part in _delta(rows, query, before, after):
            yield _dated(part, after)


def _dated(part: Slice, at: datetime) -> Slice:
    replaced = part.action is Action.REPLACE
    return Slice(
        layout=part.layout,
        action=part.action,
        valid_from=at if replaced else None,
        valid_to=None if replaced else at,
        dataset_attributes=part.dataset_attributes,
        alternating=part.alternating,
        series=part.series,
        observations=part.observations,
    )


def _delta(
    rows: Rows, query: AuthorisedQuery, before: datetime | None, after: datetime
) -> Iterator[Slice]:
    """What the view at ``after`` has anew, then what of the view at ``before`` it has no more."""
    old, new = view_at(rows, query, before), view_at(rows, query, after)
    wanted = query.selection.components
    changed = [
        key
        for key, shown in new.rows.items()
        if key not in old.rows or old.rows[key].version != shown.version
    ]
    renamed = {
        series
        for series, values in new.series.items()
        if series in old.series and _kept(values, wanted) != _kept(old.series[series], wanted)
    }
    part, known = _slice(query, new, changed, renamed), _kept(old.dataset, wanted)
    if part.series.num_rows or has_new_values(known, part.dataset_attributes):
        yield part
    gone = _slice(query, old, [key for key in old.rows if key not in new.rows], set())
    if gone.series.num_rows:
        yield _keys_only(gone)
    yield from removed_values(query.layout, known, part.dataset_attributes)


def _keys_only(gone: Slice) -> Slice:
    """The same keys under Delete, everything else null."""
    layout = gone.layout
    nothing = {name: None for name in layout.series_attributes}
    series = [{**row, **nothing} for row in gone.series.to_pylist()]
    kept = {SERIES, layout.time}
    observations = [
        {name: value if name in kept else None for name, value in row.items()}
        for batch in gone.observations
        for row in batch.to_pylist()
    ]
    return Slice(
        layout=layout,
        action=Action.DELETE,
        alternating=gone.alternating,
        series=pa.Table.from_pylist(series, schema=layout.series_schema()),
        observations=_batches(layout, observations),
    )


def _slice(query: AuthorisedQuery, view: View, candidates: Keys, renamed: set[SeriesKey]) -> Slice:
    """The candidates that the selection wants, and the series whose attributes alone differ."""
    layout, selection = query.layout, query.selection
    keys = _windowed(query, view, [key for key in candidates if _wanted(query, view, key)])
    series = {key[0] for key in keys}
    series |= {one for one in renamed if _series_wanted(query, view, one)}
    ordered = _in_order(layout, view, row_order(layout, selection.order).series, series)
    position = {one: row for row, one in enumerate(ordered)}
    series_rows = [
        {**dict(zip(layout.dimensions, one, strict=True)),
         **_kept(view.series[one], selection.components)}
        for one in ordered
    ]  # fmt: skip
    observations: list[dict[str, Any]] = [
        {SERIES: position[key[0]], layout.time or "": key[1],
         **_kept(view.rows[key].values, selection.components)}
        for key in (keys if selection.observations else ())
    ]  # fmt: skip
    return Slice(
        layout=layout,
        dataset_attributes=_kept(view.dataset, selection.components),
        alternating=row_order(layout, selection.order).alternating,
        series=pa.Table.from_pylist(series_rows, schema=layout.series_schema()),
        observations=_batches(layout, observations),
    )


def _windowed(query: AuthorisedQuery, view: View, keys: Keys) -> Keys:
    """First and last of each series; sorted; then offset and limit."""
    layout, selection = query.layout, query.selection
    keys = sorted(keys, key=lambda key: (key[0], period_order(key[1])))
    kept: Keys = []
    for _, group in groupby(keys, key=lambda key: key[0]):
        kept += _first_and_last(
            list(group), selection.first_observations, selection.last_observations
        )
    order = row_order(layout, selection.order)
    end = None if selection.limit is None else selection.offset + selection.limit
    if not selection.observations:
        every = _in_order(layout, view, order.series, {key[0] for key in kept})
        shown = set(every[selection.offset : end])
        return [key for key in kept if key[0] in shown]
    for term in reversed(order.terms):
        kept = in_direction(kept, partial(_row_key, layout, view, term), down=term.descending)
    return kept[selection.offset : end]


def _row_key(layout: Layout, view: View, term: SortTerm, key: tuple[SeriesKey, str]) -> SortKey:
    """What of a row a term sorts by."""
    name, values = term.component, view.rows[key].values
    if name == layout.time:
        return (0, period_order(key[1]))
    if name in layout.measures:
        return measure_key(values.get(name))
    if name in layout.observation_attributes:
        return text_key(values.get(name))
    return _series_key(layout, view, term, key[0])


def _series_key(layout: Layout, view: View, term: SortTerm, series: SeriesKey) -> SortKey:
    """What of a series a term sorts by."""
    if term.component in layout.dimensions:
        return text_key(series[layout.dimensions.index(term.component)])
    return text_key(view.series[series].get(term.component))


def _in_order(
    layout: Layout, view: View, terms: tuple[SortTerm, ...], series: set[SeriesKey]
) -> list[SeriesKey]:
    """Series sorted by these terms."""
    found = list(series)
    for term in reversed(terms):
        found = in_direction(found, partial(_series_key, layout, view, term), down=term.descending)
    return found


def _first_and_last(keys: Keys, first: int | None, last: int | None) -> Keys:
    """With both, the union: what is among the first or among the last."""
    if first is None and last is None:
        return keys
    return [
        key for row, key in enumerate(keys) if row < (first or 0) or row >= len(keys) - (last or 0)
    ]


def _wanted(query: AuthorisedQuery, view: View, key: tuple[SeriesKey, str]) -> bool:
    layout = query.layout
    if not _series_wanted(query, view, key[0]):
        return False
    values = {**view.rows[key].values, **({layout.time: key[1]} if layout.time else {})}
    return all(
        meets(
            one,
            values.get(one.component),
            _kind(layout, one),
            several=layout.holds_several(one.component),
        )
        for one in query.selection.filters
        if not _of_series(layout, one)
    )


def _series_wanted(query: AuthorisedQuery, view: View, series: SeriesKey) -> bool:
    selection, layout = query.selection, query.layout
    if selection.keys and not any(
        all(codes is None or value in codes for codes, value in zip(key, series, strict=False))
        for key in selection.keys
    ):
        return False
    values = {**dict(zip(layout.dimensions, series, strict=True)), **view.series[series]}
    values |= view.dataset
    return all(
        meets(one, values.get(one.component), "text", several=layout.holds_several(one.component))
        for one in selection.filters
        if _of_series(layout, one)
    )


def _of_series(layout: Layout, one: ComponentFilter) -> bool:
    higher = {column.id for column in layout.higher_attributes}
    return one.component in layout.dimensions or one.component in higher


def _kind(layout: Layout, one: ComponentFilter) -> str:
    if one.component == layout.time:
        return "time"
    return "measure" if one.component in layout.measures else "text"


def _kept(values: Values, components: frozenset[str] | None) -> Values:
    return {k: v for k, v in values.items() if components is None or k in components}


def _batches(layout: Layout, rows: list[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=layout.observation_schema())
