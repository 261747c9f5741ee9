"""The series of a slice as one table: what the keys name, what is visible, with attributes.

Plain statements over ranges of neighbouring series, put together here: joins cost DuckDB more to
plan and run than small slices take.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.storage.duckdb.view import Snapshot, attribute_rows, winners
from sdmx_service.storage.ordering import row_order

_ROOM = 2**62


def find_named(taken: Snapshot) -> None:
    """Take the series that the query's keys name, in the order it asks for."""
    tables, layout = taken.tables, taken.tables.layout
    found = taken.arrow(f"""
        SELECT sid, no{"".join(f", {name}" for name in tables.dimensions)}
        FROM {tables.table("series")} WHERE {taken.named(tables.dimensions)}""").to_arrow_table()
    named = found.combine_chunks()
    columns = dict(zip(layout.dimensions, tables.dimensions, strict=True))
    terms = row_order(layout, taken.query.selection.order).series
    order = _order(named, [(columns[term.component], term.descending) for term in terms])
    taken.series = named.take(pa.array(order))
    numbers = named.column("no").to_numpy()
    taken.first = int(numbers.min()) if len(numbers) else 1
    taken.last = int(numbers.max()) if len(numbers) else 0


def _order(named: pa.Table, terms: list[tuple[str, bool]]) -> np.ndarray:
    """Rows in order of columns (and whether each descends): the ranks of the codes, column by
    column, as one number a row."""
    combined, size = np.zeros(named.num_rows, np.int64), 1
    for name, descending in terms:
        column = pa.concat_arrays(named.column(name).chunks or [pa.array([], pa.string())])
        column = column.dictionary_encode()
        count = max(len(column.dictionary), 1)
        ranks = np.empty(len(column.dictionary), np.int64)
        ranks[pc.sort_indices(column.dictionary).to_numpy()] = np.arange(len(column.dictionary))
        if descending:
            ranks = count - 1 - ranks
        if size * count > _ROOM:
            distinct, combined = np.unique(combined, return_inverse=True)
            size = max(len(distinct), 1)
        combined = combined * count + ranks[column.indices.to_numpy()]
        size *= count
    return np.argsort(combined, kind="stable")


def visible_series(taken: Snapshot, at: datetime, positions: list[int]) -> pa.Table:
    """The named series visible at the instant: sid, no, d…, rows (current or valid in all
    versions), and x<position> of the winner's attributes."""
    won = taken.numbers(winners(taken, at))
    size = taken.last - taken.first + 1
    agreement, rows = np.zeros(size, np.int32), np.zeros(size, np.int64)
    agreement[won["no"] - taken.first] = won["agreement"]
    rows[won["no"] - taken.first] = won["observations"]
    places = taken.series.column("no").to_numpy() - taken.first
    shown = np.flatnonzero(agreement[places])
    taken.rows_in_range = int(rows.sum())
    series = taken.series.take(pa.array(shown))
    if not positions:
        return series
    return _with_attributes(taken, series, at, positions, agreement)


def _with_attributes(
    taken: Snapshot, series: pa.Table, at: datetime, positions: list[int], agreement: np.ndarray
) -> pa.Table:
    found = taken.arrow(attribute_rows(taken, at, positions)).to_arrow_table().combine_chunks()
    number = found.column("no").to_numpy() - taken.first
    component = found.column("component").to_numpy()
    given = agreement[number] == found.column("agreement").to_numpy()
    places = series.column("no").to_numpy() - taken.first
    for position in positions:
        slots = np.full(len(agreement), -1, np.int64)
        rows = np.flatnonzero(given & (component == position))
        slots[number[rows]] = rows
        wanted = slots[places]
        values = found.column("value").take(pa.array(wanted, mask=wanted < 0))
        series = series.append_column(f"x{position}", values)
    return series


def kept_series(taken: Snapshot, series: pa.Table, conditions: list[str]) -> pa.Table:
    """Those of the series that meet the conditions (SQL)."""
    if not conditions or not series.num_rows:
        return series
    numbered = series.append_column("place", pa.array(np.arange(series.num_rows)))
    taken.connection.register("found", numbered)
    places = taken.numbers(f"SELECT place FROM found WHERE {' AND '.join(conditions)}")["place"]
    taken.connection.unregister("found")
    return series.take(pa.array(np.sort(places)))


def differing(new: pa.Table, old: pa.Table, names: list[str]) -> pa.Array:
    """Ids of the series in both tables that have another value in any of the columns."""
    _, mine, others = np.intersect1d(new["no"], old["no"], return_indices=True)
    new, old = new.take(pa.array(mine)), old.take(pa.array(others))
    differs = np.zeros(len(mine), bool)
    for name in names:
        now, then = new[name], old[name]
        missing = pc.and_(now.is_null(), then.is_null())
        same = pc.or_(pc.fill_null(pc.equal(now, then), False), missing)
        differs |= ~same.to_numpy()
    return new.column("sid").filter(pa.array(differs)).combine_chunks()
