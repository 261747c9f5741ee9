"""Reading many rows one stretch of neighbouring series after another.

Series are numbered as they came, in the order of their keys, and rows are stored by that number. So
the rows of a large answer need no sorting as a whole: each stretch is read and put in order by
itself. The first rows are there at once, and memory is that of a stretch however long the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from sdmx_service.storage.duckdb.rendering import gathered, selected_columns
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.statement import Parameters
from sdmx_service.storage.duckdb.view import merged

_FIRST_ROWS = 16_384
_ROWS = 131_072
"""Rows of the first stretch, so that it is sent soon, and at most of the others: each has twice as
many as the one before, for a writer may need several before it has something to send."""
_SMALL = 20_000
"""So many rows may be read for few that are wanted."""
_WASTE = 3
"""How many rows may be read for each that is wanted."""

Stretches = list[tuple[int, int]]
"""Rows of a table of series, from and to."""


def stretches(taken: Snapshot, series: pa.Table, *, one: bool) -> Stretches | None:
    """The stretches in which the rows of these series are read; None where they are too scattered
    among others. ``one``: only as a whole, whatever its size."""
    numbers = series.column("no").to_numpy()
    a_series = max(taken.rows_in_range / (taken.last - taken.first + 1), 1e-9)
    starts = np.zeros(1, np.int64) if one else _starts(len(numbers), a_series)
    firsts, lasts = np.minimum.reduceat(numbers, starts), np.maximum.reduceat(numbers, starts)
    read = float((lasts - firsts + 1).sum()) * a_series
    if read > _SMALL and (one or read > _WASTE * len(numbers) * a_series):
        return None
    ends = np.append(starts[1:], len(numbers))
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _starts(series: int, a_series: float) -> np.ndarray:
    """Where the stretches begin among so many series of so many rows each."""
    starts, rows = [0], _FIRST_ROWS
    while (start := starts[-1] + max(1, int(rows / a_series))) < series:
        starts.append(start)
        rows = min(2 * rows, _ROWS)
    return np.array(starts, np.int64)


def walked(
    taken: Snapshot, at: datetime, series: pa.Table, found: Stretches, *, keys_only: bool
) -> Iterator[pa.RecordBatch]:
    """Batches of all rows of the series, stretch by stretch."""
    shown = selected_columns(taken.tables, taken.query.selection.components, keys_only)
    for begin, end in found:
        part = series.slice(begin, end - begin)
        numbers = part.column("no").to_numpy()
        near = replace(
            taken, first=int(numbers.min()), last=int(numbers.max()), parameters=Parameters()
        )
        query = f"SELECT no, span{shown} FROM ({merged(near, at)})"
        yield from gathered(near, query, part, begin)
