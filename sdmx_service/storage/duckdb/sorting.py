"""The order of the rows of a slice: in SQL, and of few rows here.

Series come sorted (``series.find_named``), so that a row's place among them, its ordinal, stands
for all its dimensions. Where rows of several series alternate, what orders the series before time
or a value of the observation is a band: series that have the same there are neighbours, and one
band.
"""

from __future__ import annotations

from itertools import count as numbers_from

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.query import SortTerm
from sdmx_service.storage.duckdb.schema import Tables
from sdmx_service.storage.duckdb.snapshot import Snapshot

_FEW = 1000
_NAMES = numbers_from(1)


def sql_order(taken: Snapshot) -> str:
    """What stands after ORDER BY; rows, called ``o``, have ordinal, bands, span, period, values."""
    directions = {True: "DESC", False: "ASC"}
    return ", ".join(f"{name} {directions[down]} NULLS LAST" for name, down in _columns(taken))


def sorted_rows(taken: Snapshot, rows: pa.Table) -> pa.Table:
    """Rows (ordinal, bands, span, period where there is time) in an order without values."""
    keys = [(name, "descending" if down else "ascending") for name, down in _columns(taken)]
    known = set(rows.column_names)
    return rows.sort_by([key for key in keys if key[0] in known])


def sorted_series(taken: Snapshot, series: pa.Table) -> pa.Table:
    """Series, which are in order by their dimensions, in order by their attributes (x…) too."""
    terms, dimensions = taken.order.series, taken.tables.layout.dimensions
    places = [place for place, term in enumerate(terms) if term.component not in dimensions]
    if not places:
        return series
    names = [_series_column(taken.tables, term.component) for term in terms[: places[-1] + 1]]
    texts = pa.table({name: series.column(name).cast(pa.string()) for name in names})
    directions = ["descending" if term.descending else "ascending" for term in terms]
    keys = list(zip(names, directions, strict=False))
    # Arrow's order is stable, what is missing last: what the terms after these say stays so.
    return series.take(pc.sort_indices(texts, sort_keys=keys))


def bands(taken: Snapshot, series: pa.Table) -> dict[str, np.ndarray]:
    """The bands of each row of a table of series that are in order, by name: int32, never
    decreasing."""
    terms = taken.order.series
    names = {name for name, _ in _columns(taken)}
    return {
        _band(count): _numbered(taken, series, terms[:count])
        for count in range(1, len(terms))
        if _band(count) in names
    }


def wanted_series(taken: Snapshot, series: pa.Table) -> str:
    """What comes before a query for it to know the series wanted (sid, ordinal, bands): few as
    parameters, which is quicker, many as an Arrow table."""
    ordinals = {"ordinal": np.arange(series.num_rows, dtype=np.int32), **bands(taken, series)}
    numbers = {name: pa.array(column) for name, column in ordinals.items()}
    wanted = pa.table({"sid": series.column("sid").combine_chunks(), **numbers})
    if wanted.num_rows > _FEW:
        # Slices of one query are walked one after another: each keeps a table of its own.
        name = f"wanted{next(_NAMES)}"
        taken.connection.register(name, wanted)
        return f"WITH wanted AS (SELECT * FROM {name})"
    given = ", ".join(
        f"unnest({taken.parameters.add(wanted.column(name).to_pylist())}::{kind}[]) AS {name}"
        for name, kind in [("sid", "BIGINT"), *((name, "INTEGER") for name in numbers)]
    )
    return f"WITH wanted AS (SELECT {given})"


def _numbered(taken: Snapshot, series: pa.Table, terms: tuple[SortTerm, ...]) -> np.ndarray:
    """Series in order numbered by what these terms, the first of the order, tell apart."""
    changes = np.zeros(series.num_rows, bool)
    for term in terms:
        column = series.column(_series_column(taken.tables, term.component))
        differs = pc.fill_null(pc.not_equal(column[1:], column[:-1]), False)
        one_missing = pc.xor(column[1:].is_null(), column[:-1].is_null())
        changes[1:] |= pc.or_(differs, one_missing).to_numpy()
    return np.cumsum(changes, dtype=np.int32)


def _columns(taken: Snapshot) -> list[tuple[str, bool]]:
    """What to sort by in SQL, and whether each descends; all but values are columns' names."""
    order, tables = taken.order, taken.tables
    found: dict[str, bool] = {}
    before = 0
    for term in order.terms:
        if term.component not in order.inside:
            before += 1
            continue
        if before:
            found[_band(before) if before < len(order.series) else "ordinal"] = False
        found |= dict.fromkeys(_inside(tables, term.component), term.descending)
    return list({**found, "ordinal": False}.items())


def _band(count: int) -> str:
    """The name of the band of the first terms that order the series, so many of them."""
    return f"band{count}"


def _inside(tables: Tables, component: str) -> tuple[str, ...]:
    """What sorts by time or a value, which may be shown as null: it is taken of the rows, ``o``."""
    layout = tables.layout
    if component == layout.time:
        return ("span", "period")
    if component in layout.measures:
        number, text = tables.measures[layout.measures.index(component)]
        return (f"o.{number}", f"(CASE WHEN o.{number} IS NULL THEN o.{text} END)")
    return (f"o.{tables.attributes[layout.observation_attributes.index(component)]}",)


def _series_column(tables: Tables, component: str) -> str:
    """The column of a dimension or of an attribute above the observation in a table of series."""
    layout = tables.layout
    if component in layout.dimensions:
        return tables.dimensions[layout.dimensions.index(component)]
    return f"x{[column.id for column in layout.higher_attributes].index(component)}"
