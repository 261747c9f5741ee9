"""Slices as one flat table: every component a column, every observation a row."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from sdmx_service.model.columns import SERIES, Layout
from sdmx_service.model.message import Slice


def flat_rows(slices: Iterable[Slice], layout: Layout) -> pa.Table:
    """All observations of the slices. Shape: ``layout.schema(lines=False)``.

    For small data: the whole answer is held in memory.
    """
    schema = layout.schema(lines=False)
    parts = [_flat_batch(part, batch, schema) for part in slices for batch in part.observations]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _flat_batch(part: Slice, batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    series = part.series.take(batch[SERIES])
    columns = []
    for field in schema:
        if field.name in batch.schema.names:
            columns.append(batch[field.name].cast(field.type))
        elif field.name in series.column_names:
            columns.append(series[field.name].cast(field.type))
        else:
            value = part.dataset_attributes.get(field.name)
            columns.append(pa.array([value] * batch.num_rows, pa.string()).cast(field.type))
    return pa.table(columns, schema=schema)
