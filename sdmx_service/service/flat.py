"""Slices as one flat table: every component a column, every observation a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from sdmx_service.model.columns import SERIES, Layout
from sdmx_service.model.message import Slice


def flat_rows(slices: Iterable[Slice], layout: Layout) -> pa.Table:
    """All observations of the slices. Shape: ``layout.schema(lines=False)``.

    For small data: the whole answer is held in memory.
    """
    batches = list(flat_batches(slices, layout))
    return pa.Table.from_batches(batches, schema=layout.schema(lines=False))


def flat_batches(slices: Iterable[Slice], layout: Layout) -> Iterator[pa.RecordBatch]:
    """The same, as they come. Shape: ``layout.schema(lines=False)``."""
    schema = layout.schema(lines=False)
    for part in slices:
        for batch in part.observations:
            yield _flat_batch(part, batch, schema)


def _flat_batch(part: Slice, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    series = part.series.take(batch[SERIES])
    columns = []
    for field in schema:
        if field.name in batch.schema.names:
            columns.append(batch[field.name].cast(field.type))
        elif field.name in series.column_names:
            columns.append(series[field.name].combine_chunks().cast(field.type))
        else:
            value = part.dataset_attributes.get(field.name)
            columns.append(pa.array([value] * batch.num_rows, pa.string()).cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
