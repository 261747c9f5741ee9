"""The order of the rows of a slice: in SQL, and of few rows here.

Series come sorted (``series.find_named``), so that a row's place among them, its ordinal, stands
for all its dimensions. Where rows of several series alternate, the dimensions that stand before
time are a band: series that have the same codes there are neighbours, and one band.
"""

from __future__ import annotations

from itertools import count as numbers_from

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.storage.duckdb.view import Snapshot
from sdmx_service.storage.ordering import RowOrder, row_order

_FEW = 1000
_NAMES = numbers_from(1)


def order_of(taken: Snapshot) -> RowOrder:
    """In which order the query wants its rows."""
    return row_order(taken.tables.layout, taken.query.selection.order)


def sql_order(taken: Snapshot) -> str:
    """What stands after ORDER BY; rows have ordinal, band, span and period."""
    return ", ".join(f"{name} DESC" if down else name for name, down in _columns(taken))


def sorted_rows(taken: Snapshot, rows: pa.Table) -> pa.Table:
    """Rows (ordinal, band, span, period where there is time) in order."""
    keys = [(name, "descending" if down else "ascending") for name, down in _columns(taken)]
    known = set(rows.column_names)
    return rows.sort_by([key for key in keys if key[0] in known])


def bands(taken: Snapshot, series: pa.Table) -> np.ndarray:
    """The band of each row of a table of series that are in order, int32, never decreasing."""
    order = order_of(taken)
    changes = np.zeros(series.num_rows, bool)
    if order.alternating:
        for term in order.series[: order.leading]:
            place = taken.tables.layout.dimensions.index(term.component)
            column = series.column(taken.tables.dimensions[place])
            changes[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy()
    return np.cumsum(changes, dtype=np.int32)


def wanted_series(taken: Snapshot, series: pa.Table) -> str:
    """What comes before a query for it to know the series wanted (sid, ordinal, band): few as
    parameters, which is quicker, many as an Arrow table."""
    wanted = pa.table(
        {
            "sid": series.column("sid").combine_chunks(),
            "ordinal": pa.array(np.arange(series.num_rows, dtype=np.int32)),
            "band": pa.array(bands(taken, series)),
        }
    )
    if wanted.num_rows > _FEW:
        # Slices of one query are walked one after another: each keeps a table of its own.
        name = f"wanted{next(_NAMES)}"
        taken.connection.register(name, wanted)
        return f"WITH wanted AS (SELECT * FROM {name})"
    given = [taken.parameters.add(column.to_pylist()) for column in wanted.columns]
    return f"""WITH wanted AS (
        SELECT unnest({given[0]}::BIGINT[]) AS sid, unnest({given[1]}::INTEGER[]) AS ordinal,
        unnest({given[2]}::INTEGER[]) AS band)"""


def _columns(taken: Snapshot) -> list[tuple[str, bool]]:
    """Columns to sort by, and whether each descends."""
    order = order_of(taken)
    time = [("span", order.backwards), ("period", order.backwards)]
    if order.alternating:
        return [("band", False), *time, ("ordinal", False)]
    return [("ordinal", False), *time]
