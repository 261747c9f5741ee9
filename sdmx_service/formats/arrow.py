"""Writes Arrow IPC streams, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from sdmx_service.formats.columnar import TypedTable, typed_table
from sdmx_service.formats.columnar_metadata import schema_metadata
from sdmx_service.formats.draining import Draining
from sdmx_service.model.message import Header, OutDataSet, WriteOptions


def write_arrow(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An Arrow IPC stream of the columns of ``columnar``, not compressed: HTTP does that.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures.
    """
    datasets = tuple(datasets)
    table = typed_table(datasets, options)
    schema = table.schema.with_metadata(schema_metadata(header, datasets))
    return _pieces(table, schema)


def _pieces(table: TypedTable, schema: pa.Schema) -> Iterator[bytes]:
    sink = Draining()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in table.batches():
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            yield from sink.drain()
    yield from sink.drain()
