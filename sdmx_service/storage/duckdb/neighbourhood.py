"""Rows of series that are numbered one after another, as they are kept in memory; values only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sdmx_service.model.cache import Cache
from sdmx_service.storage.duckdb.kept import Numbers


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """``columns``: period and values of all rows, as a slice has them; those of the n-th series
    from ``starts[n]`` to ``starts[n + 1]``, by period."""

    starts: Numbers
    columns: pa.RecordBatch

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.starts.nbytes + self.columns.nbytes)

    def rows_of(self, series: Numbers) -> tuple[Numbers, Numbers]:
        """The rows of these of its series, one series after another, and how many each has."""
        begins = self.starts[series]
        counts = self.starts[series + 1] - begins
        before = np.cumsum(counts) - counts
        return np.repeat(begins - before, counts) + np.arange(int(counts.sum())), counts


Neighbourhoods = Cache[Neighbourhood]


def neighbourhoods(limit: int) -> Neighbourhoods:
    """None yet; together never more than ``limit`` bytes."""
    return Cache(limit, lambda one: one.nbytes)
