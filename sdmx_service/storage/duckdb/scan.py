"""From views to slices: differences, the caller's filters, first and last, offset and limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa

from sdmx_service.model.message import Action, Slice
from sdmx_service.model.query import ComponentFilter
from sdmx_service.storage.dataset_changes import has_new_values, removed_values
from sdmx_service.storage.duckdb.filters import row_filter, text_filter
from sdmx_service.storage.duckdb.moments import moments_between
from sdmx_service.storage.duckdb.near import rows_near
from sdmx_service.storage.duckdb.rendering import (
    Observations,
    rendered_text,
    selected_columns,
    streamed,
)
from sdmx_service.storage.duckdb.schema import aware, naive
from sdmx_service.storage.duckdb.series import differing, kept_series, visible_series
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.sorting import sorted_series, sql_order, wanted_series
from sdmx_service.storage.duckdb.stretches import stretches, walked
from sdmx_service.storage.duckdb.view import dataset_attributes, merged


@dataclass(frozen=True, slots=True)
class Part:
    """One slice to make: ``rows`` (SQL) of the view at ``at``; ``changed``: not all of them,
    so that which series have any must be asked; ``renamed``: series that come without rows."""

    action: Action
    at: datetime
    rows: str
    changed: bool = False
    renamed: pa.Array | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    dataset_attributes: dict[str, str] | None = None


def scan(taken: Snapshot) -> Iterator[Slice]:
    """The slices of a query (``Store.scan`` defines them)."""
    selection = taken.query.selection
    at = naive(selection.at)
    since = naive(selection.updated_after) if selection.updated_after else None
    if selection.include_history:
        moments = moments_between(taken.connection, taken.tables.id, taken.agreements, since, at)
        for before, after in pairwise([since, *moments]):
            assert after is not None
            yield from _delta(taken, before, after, dated=True)
    elif since is not None:
        yield from _delta(taken, since, at, dated=False)
    else:
        known = _wanted_dataset_attributes(taken, at)
        part = Part(Action.REPLACE, at, merged(taken, at), dataset_attributes=known)
        yield _slice(taken, part)


def chosen(taken: Snapshot) -> tuple[pa.Table, tuple[str, str], bool]:
    """The series that may be wanted, in order; a query of their wanted rows and what comes before
    it; whether it wants every row of theirs."""
    selection, at = taken.query.selection, naive(taken.query.selection.at)
    series = _series(taken, at, _positions(taken, filtered=True))
    part = Part(Action.REPLACE, at, merged(taken, at))
    few = (selection.first_observations, selection.last_observations) != (None, None)
    rows = (wanted_series(taken, series), _rows(taken, part))
    return series, rows, not (few or _of_rows(taken))


def _delta(
    taken: Snapshot, before: datetime | None, after: datetime, *, dated: bool
) -> Iterator[Slice]:
    """What the view at ``after`` has anew, then what of the view at ``before`` it has no more."""
    instant = aware(after) if dated else None
    new = merged(taken, after)
    known = _wanted_dataset_attributes(taken, after)
    if before is None:
        part = Part(Action.REPLACE, after, new, valid_from=instant, dataset_attributes=known)
        yield from _unless_empty(_slice(taken, part), bool(known))
        return
    old = merged(taken, before)
    opened = f"SELECT * FROM ({new}) ANTI JOIN ({old}) USING (sid, period, agreement, since)"
    part = Part(
        Action.REPLACE, after, opened, True, _renamed(taken, before, after), instant,
        dataset_attributes=known,
    )  # fmt: skip
    earlier = _wanted_dataset_attributes(taken, before)
    yield from _unless_empty(_slice(taken, part), has_new_values(earlier, known))
    gone = f"SELECT * FROM ({old}) ANTI JOIN ({new}) USING (sid, period)"
    part = Part(Action.DELETE, before, gone, True, valid_to=instant)
    yield from _unless_empty(_slice(taken, part), False)
    yield from removed_values(taken.tables.layout, earlier, known, instant)


def _unless_empty(part: Slice, differs: bool) -> Iterator[Slice]:
    if part.series.num_rows or differs:
        yield part


def _wanted_dataset_attributes(taken: Snapshot, at: datetime) -> dict[str, str]:
    wanted = taken.query.selection.components
    found = dataset_attributes(taken, at)
    return {k: v for k, v in found.items() if wanted is None or k in wanted}


def _renamed(taken: Snapshot, before: datetime, after: datetime) -> pa.Array:
    """Series in both views whose wanted attributes differ."""
    positions = _positions(taken, filtered=False)
    if not positions:
        return pa.array([], pa.int64())
    new, old = (visible_series(taken, instant, positions) for instant in (after, before))
    return differing(new, old, [f"x{place}" for place in positions])


def _positions(taken: Snapshot, *, filtered: bool) -> list[int]:
    """Places of the series attributes that are wanted, or filtered or sorted by."""
    selection = taken.query.selection
    asked: set[str] = set()
    if filtered:
        asked = {one.component for one in selection.filters}
        asked |= {term.component for term in selection.order}
    return [
        place
        for place, column in enumerate(taken.tables.layout.higher_attributes)
        if column.dimensions
        and (
            selection.components is None or column.id in selection.components or column.id in asked
        )
    ]


def _slice(taken: Snapshot, part: Part) -> Slice:
    """Find the series in order, keep those with rows, then stream the rows."""
    selection = taken.query.selection
    positions = _positions(taken, filtered=True)
    series = _series(taken, part.at, positions) if taken.agreements else None
    if series is None or not series.num_rows:
        series = _no_series(taken, positions)
    ordinals = _ordinals_kept(taken, part, series)
    kept = series if len(ordinals) == series.num_rows else series.take(pa.array(ordinals))
    walk: Iterator[pa.RecordBatch] = iter(())
    if selection.observations and len(ordinals):
        plain = _is_plain(taken, part)
        near = rows_near(taken, kept) if plain else None
        found = (
            stretches(taken, kept, one=taken.order.alternating) if plain and near is None else None
        )
        if near is not None:
            walk = iter([near])
        elif found:
            keys_only = part.action is Action.DELETE
            walk = walked(taken, part.at, kept, found, keys_only=keys_only)
        else:
            wanted = wanted_series(taken, series)
            query = f"{wanted} {_ordered(taken, part, _rows(taken, part))}"
            walk = streamed(taken, query, series.num_rows, ordinals)
    return Slice(
        layout=taken.tables.layout,
        action=part.action,
        valid_from=part.valid_from,
        valid_to=part.valid_to,
        dataset_attributes=part.dataset_attributes or {},
        alternating=taken.order.alternating,
        series=_shown_series(taken, part, kept, positions),
        observations=Observations(walk),
    )


def _is_plain(taken: Snapshot, part: Part) -> bool:
    """Whether nothing but their series chooses among the rows, and no value orders them."""
    selection = taken.query.selection
    places = (selection.first_observations, selection.last_observations, selection.limit)
    chosen_otherwise = part.changed or selection.offset or _of_rows(taken)
    plain = not (chosen_otherwise or taken.order.values)
    return plain and places == (None, None, None)


def _no_series(taken: Snapshot, positions: list[int]) -> pa.Table:
    names = [*taken.tables.dimensions, *(f"x{p}" for p in positions)]
    fields = [("sid", pa.int64()), ("no", pa.int32()), *((name, pa.string()) for name in names)]
    return pa.schema(fields).empty_table()


def _series(taken: Snapshot, at: datetime, positions: list[int]) -> pa.Table:
    """Every series that may be wanted, in order; its row is its ordinal."""
    higher = {c.id: (place, c) for place, c in enumerate(taken.tables.layout.higher_attributes)}
    conditions = []
    dataset = dataset_attributes(taken, at) if taken.query.selection.filters else {}
    for one in taken.query.selection.filters:
        if one.component in taken.tables.layout.dimensions:
            place = taken.tables.layout.dimensions.index(one.component)
            conditions.append(text_filter(taken.tables, one, f"d{place}", taken.parameters))
        elif one.component in higher:
            place, column = higher[one.component]
            value = taken.parameters.add(dataset.get(column.id)) + "::VARCHAR"
            name = f"x{place}" if column.dimensions else value
            conditions.append(text_filter(taken.tables, one, name, taken.parameters))
    found = kept_series(taken, visible_series(taken, at, positions), conditions)
    return sorted_series(taken, found)


def _of_rows(taken: Snapshot) -> list[ComponentFilter]:
    """The filters that look at rows, not at their series."""
    layout = taken.tables.layout
    of_series = {*layout.dimensions, *(column.id for column in layout.higher_attributes)}
    return [one for one in taken.query.selection.filters if one.component not in of_series]


def _rows(taken: Snapshot, part: Part) -> str:
    """The wanted rows of the wanted series (``wanted``: sid, ordinal, bands)."""
    selection = taken.query.selection
    conditions = [
        row_filter(taken.tables, one, rendered_text, taken.parameters) for one in _of_rows(taken)
    ]
    rows = f"""SELECT * FROM ({part.rows}) JOIN wanted USING (sid)
        WHERE {" AND ".join(["TRUE", *conditions])}"""
    places = []
    order = "OVER (PARTITION BY ordinal ORDER BY span {0}, period {0})"
    for count, direction in (
        (selection.first_observations, "ASC"),
        (selection.last_observations, "DESC"),
    ):
        if count is not None:
            limit = taken.parameters.add(count)
            places.append(f"row_number() {order.format(direction)} <= {limit}")
    return f"{rows} QUALIFY {' OR '.join(places)}" if places else rows


def _window(taken: Snapshot) -> str:
    selection = taken.query.selection
    limit = "" if selection.limit is None else f" LIMIT {taken.parameters.add(selection.limit)}"
    return limit + (f" OFFSET {taken.parameters.add(selection.offset)}" if selection.offset else "")


def _ordinals_kept(taken: Snapshot, part: Part, series: pa.Table) -> np.ndarray:
    """Ordinals of the series that are shown, ascending."""
    selection = taken.query.selection
    every = np.arange(series.num_rows, dtype=np.int32)
    windowed = selection.limit is not None or selection.offset > 0
    of_rows = windowed and selection.observations
    few = 0 in (selection.first_observations, selection.last_observations)
    if part.changed or of_rows or few or _of_rows(taken):
        rows = _rows(taken, part)
        if of_rows:
            rows = f"FROM ({rows}) o ORDER BY {sql_order(taken)}{_window(taken)}"
        found = taken.arrow(
            f"{wanted_series(taken, series)} SELECT DISTINCT ordinal FROM ({rows})"
        ).to_arrow_table()
        every = np.sort(found.column("ordinal").to_numpy())
    if windowed and not selection.observations:
        end = None if selection.limit is None else selection.offset + selection.limit
        every = every[selection.offset : end]
    if part.renamed is not None and len(part.renamed):
        sids = series.column("sid").to_numpy()
        alone = np.flatnonzero(np.isin(sids, part.renamed.to_numpy()))
        every = np.union1d(every, alone.astype(np.int32))
    return every


def _ordered(taken: Snapshot, part: Part, rows: str) -> str:
    """The rows in order, only the columns that are shown."""
    return f"""SELECT ordinal{_columns(taken, part)} FROM ({rows}) o
        ORDER BY {sql_order(taken)}{_window(taken)}"""


def _columns(taken: Snapshot, part: Part) -> str:
    nothing = part.action is Action.DELETE
    return selected_columns(taken.tables, taken.query.selection.components, nothing)


def _shown_series(taken: Snapshot, part: Part, series: pa.Table, positions: list[int]) -> pa.Table:
    """The series table of a slice: attributes that were only filtered by are null again."""
    layout, wanted = taken.tables.layout, taken.query.selection.components
    columns = [series.column(name) for name in taken.tables.dimensions]
    for place, column in enumerate(layout.higher_attributes):
        if column.dimensions:
            hidden = part.action is Action.DELETE or (
                wanted is not None and column.id not in wanted
            )
            shown = place in positions and not hidden
            nothing = pa.chunked_array([pa.nulls(series.num_rows, pa.string())])
            columns.append(series.column(f"x{place}") if shown else nothing)
    encoded = [column.dictionary_encode() for column in columns]
    table = pa.Table.from_arrays(encoded, schema=layout.series_schema())
    return table.unify_dictionaries().combine_chunks()
