"""Writes Arrow IPC streams, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from sdmx_service.formats.columnar import TypedTable
from sdmx_service.formats.columnar_metadata import described_table
from sdmx_service.formats.draining import Draining
from sdmx_service.model.message import Header, OutDataSet, WriteOptions


def write_arrow(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An Arrow IPC stream of the columns of ``columnar``, not compressed: HTTP does that.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures.
    """
    return _pieces(described_table(header, tuple(datasets), options))


def _pieces(table: TypedTable) -> Iterator[bytes]:
    sink = Draining()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.batches():
            writer.write_batch(batch)
            yield from sink.drain()
    yield from sink.drain()
