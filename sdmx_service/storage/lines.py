"""One major line, one set of tables: layouts of its versions against what is kept for all.

What is kept (the wide layout) has every measure and attribute of every version, each in the place
it got when it first came. No rows are read or written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from sdmx_service.model.columns import LINE, Layout
from sdmx_service.model.message import DataBatch, Slice
from sdmx_service.storage.prepare import changed_layout


def widened(kept: Layout, given: Layout) -> Layout:
    """What is kept with room for a version's measures and attributes as well.

    Raises ValueError where the version's key, or a component that both have, is another.
    """
    if (kept.dimensions, kept.time) != (given.dimensions, given.time):
        raise changed_layout(given)
    columns = {column.id: column for column in kept.attributes}
    for column in given.attributes:
        known = columns.setdefault(column.id, column)
        if (known.dimensions, known.observation) != (column.dimensions, column.observation):
            raise changed_layout(given)
    measures = tuple(dict.fromkeys((*kept.measures, *given.measures)))
    if set(measures) & set(columns):
        raise changed_layout(given)
    return replace(
        kept,
        measures=measures,
        attributes=tuple(columns.values()),
        multiple=_either(kept.multiple, given.multiple),
        multilingual=_either(kept.multilingual, given.multilingual),
    )


def for_version(kept: Layout, given: Layout) -> Layout:
    """What is kept, mandatory what the version says is."""
    mandatory = {column.id for column in given.attributes if column.mandatory}
    columns = tuple(replace(one, mandatory=one.id in mandatory) for one in kept.attributes)
    return replace(kept, attributes=columns)


def placed(batch: DataBatch, kept: Layout) -> DataBatch:
    """A batch of a version with the columns of what is kept, null where the version has none."""
    if batch.structure.layout == kept:
        return batch
    schema, rows = kept.schema(lines=LINE in batch.rows.schema.names), batch.rows
    columns = [
        rows.column(field.name)
        if field.name in rows.schema.names
        else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return replace(
        batch,
        structure=replace(batch.structure, layout=kept),
        rows=pa.RecordBatch.from_arrays(columns, schema=schema),
    )


def shown(part: Slice, layout: Layout) -> Slice:
    """A slice of what is kept as a version has it."""
    if part.layout == layout:
        return part
    attributes = {k: v for k, v in part.dataset_attributes.items() if k in layout.columns}
    return replace(
        part,
        layout=layout,
        dataset_attributes=attributes,
        series=part.series.select(layout.series_schema().names),
        observations=_Narrowed(part.observations, layout.observation_schema()),
    )


class _Narrowed:
    """The batches of a slice with fewer columns; ``close`` ends the walk behind it."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches, self._schema = batches, schema

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        return next(self._batches).select(self._schema.names)

    def close(self) -> None:
        self._batches.close()  # type: ignore[attr-defined]


def _either(kept: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*kept, *given)))
