"""Rows that have a key at all: the checks over all rows of a message go on with them.

The others have been reported by ``check``; nothing is published of a message that has any.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch
from sdmx_service.validation.components import needing
from sdmx_service.validation.regions import period_of
from sdmx_service.validation.rows import Mask, Rows


def identifiable(batch: DataBatch) -> DataBatch:
    """The batch without rows whose period cannot be read or whose key lacks what it needs."""
    rows = Rows(batch, ProblemCollector())
    lost = _unreadable(rows) | _incomplete(rows)
    if not lost.any():
        return batch
    return replace(batch, rows=batch.rows.filter(pa.array(~lost)))


def _unreadable(rows: Rows) -> Mask:
    if rows.layout.time is None:
        return np.zeros(rows.batch.rows.num_rows, np.bool_)
    column = rows.column(rows.layout.time)
    wrong = np.array([period_of(text) is None for text in column.values.to_pylist()], np.bool_)
    return column.spread(wrong, null=False)


def _incomplete(rows: Rows) -> Mask:
    lost = np.zeros(rows.batch.rows.num_rows, np.bool_)
    if rows.deletes:
        return lost
    for component in rows.layout.key:
        column = rows.column(component)
        if column.has_nulls:
            lost |= column.nulls() & needing(rows, component)
    return lost
