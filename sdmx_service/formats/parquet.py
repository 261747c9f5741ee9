"""Writes Parquet, row group by row group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from pyarrow import parquet

from sdmx_service.formats.columnar import TypedTable
from sdmx_service.formats.columnar_metadata import described_table
from sdmx_service.formats.draining import Draining
from sdmx_service.formats.splice import BLOCK_ROWS
from sdmx_service.model.message import Header, OutDataSet, WriteOptions

GROUP_ROWS = 65_536
"""Rows of a group: what is held at any moment. Readers skip and share out whole groups."""
FIRST_ROWS = 16_384
"""Rows of the first group, so that it is sent soon; each further one has twice as many."""


def write_parquet(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A Parquet file of the columns of ``columnar``, compressed with Snappy.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures.
    """
    return _pieces(described_table(header, tuple(datasets), options))


def _pieces(table: TypedTable) -> Iterator[bytes]:
    sink = Draining()
    coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    with parquet.ParquetWriter(
        sink, table.schema, compression="snappy", use_dictionary=coded
    ) as writer:
        for group in _groups(table.batches()):
            writer.write_table(_as_one(group, table.schema), GROUP_ROWS)
            yield from sink.drain()
    yield from sink.drain()


def _as_one(group: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """The batches with one dictionary a column, which is what a group has room for: after a
    second one every further value would be written as it is."""
    return pa.Table.from_batches(group, schema).unify_dictionaries()


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[Sequence[pa.RecordBatch]]:
    """Groups, each as soon as another whole block has no room in it."""
    group: list[pa.RecordBatch] = []
    rows, most = 0, FIRST_ROWS
    for batch in batches:
        group.append(batch)
        rows += batch.num_rows
        if rows + BLOCK_ROWS > most:
            yield group
            group, rows, most = [], 0, min(most * 2, GROUP_ROWS)
    if group:
        yield group
