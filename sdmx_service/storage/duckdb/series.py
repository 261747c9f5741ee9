"""The series of a slice as one table: what the keys name, what is visible, with attributes.

They come from what is kept of the data structure; where that is not what is asked for, from plain
statements over ranges of neighbouring series, put together here: joins cost DuckDB more to plan and
run than small slices take.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.storage.duckdb.kept import AttributeRows, Kept, key_order, texts_of
from sdmx_service.storage.duckdb.snapshot import NamedSeries, Snapshot
from sdmx_service.storage.duckdb.view import attribute_rows, winners

_AT_ONCE = 262_144
"""Values looked at together: of millions, what is made on the way would take more than they do."""


def find_named(taken: Snapshot) -> None:
    """Take the series that the query's keys name, in the order it asks for."""
    layout = taken.tables.layout
    terms = [
        (layout.dimensions.index(term.component), term.descending)
        for term in taken.order.series
        if term.component in layout.dimensions
    ]
    taken.series = _kept(taken.kept, taken, terms) if taken.kept else _read(taken, terms)
    numbers = taken.series.numbers
    taken.first = int(numbers.min()) if len(numbers) else 1
    taken.last = int(numbers.max()) if len(numbers) else 0


def _kept(kept: Kept, taken: Snapshot, terms: list[tuple[int, bool]]) -> NamedSeries:
    rows = kept.series.named(taken.query.selection.keys, terms)
    return NamedSeries(rows + 1, lambda places: kept.series.table(rows[places]))


def _read(taken: Snapshot, terms: list[tuple[int, bool]]) -> NamedSeries:
    tables = taken.tables
    found = taken.arrow(f"""
        SELECT sid, no{"".join(f", {name}" for name in tables.dimensions)}
        FROM {tables.table("series")} WHERE {taken.named(tables.dimensions)}""").to_arrow_table()
    encoded = [texts_of(found.column(name)) for name in tables.dimensions]
    ranked = ((encoded[place].ranks(down)[encoded[place].codes], len(encoded[place].values))
              for place, down in terms)  # fmt: skip
    found = found.take(pa.array(key_order(ranked, found.num_rows)))
    return NamedSeries(found.column("no").to_numpy(), lambda places: found.take(pa.array(places)))


def visible_series(taken: Snapshot, at: datetime, positions: list[int]) -> pa.Table:
    """The named series visible at the instant: sid, no, d…, rows (current or valid in all
    versions), and x<position> of the winner's attributes."""
    if taken.kept:
        won = taken.kept.extents.winners(taken.agreements, taken.first, taken.last)
    else:
        won = taken.numbers(winners(taken, at))
    size = taken.last - taken.first + 1
    agreement, rows = np.zeros(size, np.int32), np.zeros(size, np.int64)
    agreement[won["no"] - taken.first] = won["agreement"]
    rows[won["no"] - taken.first] = won["observations"]
    shown = np.flatnonzero(agreement[taken.series.numbers - taken.first])
    taken.rows_in_range = int(rows.sum())
    series = taken.series.table(shown)
    if not positions:
        return series
    return _with_attributes(taken, series, at, positions, agreement)


def _with_attributes(
    taken: Snapshot, series: pa.Table, at: datetime, positions: list[int], agreement: np.ndarray
) -> pa.Table:
    if taken.kept:
        found = taken.kept.attributes.between(taken.first, taken.last)
    else:
        found = _attributes(taken, at, positions)
    # A row of slots a position: where the value of each series stands among those found.
    slots = np.full((max(positions) + 1, len(agreement)), -1, np.int32)
    for begin in range(0, len(found.no), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        number, component = found.no[part] - taken.first, found.component[part]
        given = np.isin(component, positions) & (agreement[number] == found.agreement[part])
        rows = np.flatnonzero(given)
        slots[component[rows], number[rows]] = rows + begin
    places = series.column("no").to_numpy() - taken.first
    for position in positions:
        wanted = slots[position][places]
        values = found.value.at(wanted, wanted < 0)
        series = series.append_column(f"x{position}", values)
    return series


def _attributes(taken: Snapshot, at: datetime, positions: list[int]) -> AttributeRows:
    rows = f"SELECT * FROM ({attribute_rows(taken, at, positions)}) WHERE value IS NOT NULL"
    found = taken.arrow(rows).to_arrow_table()
    no, agreement, component = (
        found.column(name).to_numpy() for name in ("no", "agreement", "component")
    )
    return AttributeRows(no, agreement, component, texts_of(found.column("value")))


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
