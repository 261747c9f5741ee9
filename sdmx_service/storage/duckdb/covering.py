"""What there is of each series: from ``extent`` where nothing chooses among rows, else counted in
SQL; of changes, by walking their slices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdmx_service.storage.coverage import coverage_schema, coverage_table, walked
from sdmx_service.storage.duckdb.scan import chosen, scan
from sdmx_service.storage.duckdb.schema import naive
from sdmx_service.storage.duckdb.snapshot import Snapshot

_Counts = dict[str, npt.NDArray[np.int64]]
"""``place`` in a table of series, ``observations``, spans ``earliest`` and ``latest``."""


def coverage(taken: Snapshot) -> pa.Table:
    """As ``Store.coverage``."""
    selection = taken.query.selection
    if selection.updated_after is not None or selection.include_history:
        return walked(taken.tables.layout, scan(taken))
    if not taken.agreements:
        return coverage_schema(taken.tables.layout).empty_table()
    series, rows, every = chosen(taken)
    found = _from_extent(taken, series) if every else None
    if found is None:
        found = taken.numbers(f"""{rows[0]} SELECT ordinal AS place, count(*) AS observations,
            min(span) AS earliest, max(span) AS latest FROM ({rows[1]}) GROUP BY ordinal""")
    return _table(taken, series, found)


def _from_extent(taken: Snapshot, series: pa.Table) -> _Counts | None:
    """None where it cannot tell: past or pending rows count, or agreements share a series, of
    which precedence hides rows."""
    if not taken.current(naive(taken.query.selection.at)):
        return None
    mine = f"list_contains({taken.parameters.add(taken.agreements)}::INTEGER[], agreement)"
    kept = taken.numbers(f"""SELECT no, observations, earliest, latest
        FROM {taken.tables.table("extent")} WHERE {mine} AND {taken.within}""")
    if len(np.unique(kept["no"])) < len(kept["no"]):
        return None
    place = np.full(taken.last - taken.first + 1, -1, np.int64)
    place[series.column("no").to_numpy() - taken.first] = np.arange(series.num_rows)
    places = place[kept["no"] - taken.first]
    shown = places >= 0
    counts = {name: kept[name][shown] for name in ("observations", "earliest", "latest")}
    return {"place": places[shown], **counts}


def _table(taken: Snapshot, series: pa.Table, found: _Counts) -> pa.Table:
    order = np.argsort(found["place"])
    named = series.take(pa.array(found["place"][order]))
    return coverage_table(
        taken.tables.layout,
        [named.column(name).combine_chunks() for name in taken.tables.dimensions],
        *(found[name][order].astype(np.int64) for name in ("observations", "earliest", "latest")),
    )
