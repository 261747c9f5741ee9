"""Text of many rows at once: the kernel of the data writers.

Here: a slice cut into blocks, columns rendered as text, texts joined row by row and laid end to
end. What the text means (XML, CSV, JSON) is the writers' affair and must not come in here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import SERIES
from sdmx_service.model.message import OutDataSet, Slice

BLOCK_ROWS = 16384
"""Observations, and series, a block: what is held as text at any moment. Smaller blocks are
slower (4096: by a third), larger ones hardly faster."""
PIECE_BYTES = 1024**2
"""Longest piece handed on."""

Render = Callable[[pa.Array], pa.Array]
"""Texts → texts, row by row; null stays null."""
Positions = npt.NDArray[np.int64]
ByteSet = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some observations and the series they belong to.

    ``positions``: for each row of ``rows`` its row in ``series``, never decreasing unless the
    slice is alternating. A series that no row belongs to has no observation at all.
    ``continued``: the first series began in an earlier block.
    """

    series: pa.Table
    rows: pa.RecordBatch
    positions: Positions
    continued: bool = False

    @property
    def begins(self) -> npt.NDArray[np.bool_]:
        """Of each row, whether it is the first of its series."""
        changes = np.asarray(np.diff(self.positions, prepend=-1) != 0, dtype=np.bool_)
        if self.continued:
            changes[:1] = False
        return changes

    @property
    def empty_series(self) -> Positions:
        """Rows of ``series`` that have no observation."""
        counts = np.bincount(self.positions, minlength=self.series.num_rows)
        return np.flatnonzero(counts == 0)


def blocks(data: Slice, *, observations: bool = True) -> Iterator[Block]:
    """A slice in blocks: each series once in its order, with its rows; closes the observations.

    With ``observations`` False every series comes without rows. Of an alternating slice each block
    has the series of its rows, and those without any come last.
    """
    table = data.series.unify_dictionaries().combine_chunks()
    nothing = _null_rows(data.layout.observation_schema(), 0)
    if data.alternating and observations:
        yield from _alternating_blocks(table, nothing, data.observations)
        return
    begun = 0
    for rows in _chunks(data.observations) if observations else ():
        positions = rows.column(SERIES).to_numpy().astype(np.int64)
        yield from _empty_blocks(table, nothing, begun, max(begun, int(positions[0])))
        first, last = int(positions[0]), int(positions[-1])
        yield Block(
            series=table.slice(first, last + 1 - first),
            rows=rows,
            positions=positions - first,
            continued=first < begun,
        )
        begun = last + 1
    yield from _empty_blocks(table, nothing, begun, table.num_rows)


def with_empty_rows(block: Block) -> Block:
    """The block with one row, all null, for each series that has none: for flat forms."""
    empty = block.empty_series
    if not len(empty):
        return block
    positions = np.concatenate([block.positions, empty])
    order = np.argsort(positions, kind="stable")
    # Beyond the end of the rows stands the null row of an empty series.
    source = pa.array(order, mask=order >= len(block.positions))
    return Block(
        series=block.series,
        rows=block.rows.take(source),
        positions=positions[order],
        continued=block.continued,
    )


def row_alone(data: Slice, *, attributes: bool) -> Iterator[Block]:
    """One row, all null, where attributes of the data set are wanted and it has nothing else: for
    flat forms, in which they would have no place."""
    if attributes and data.dataset_attributes and not data.series.num_rows:
        series = pa.Table.from_batches([_null_rows(data.layout.series_schema(), 1)])
        rows = _null_rows(data.layout.observation_schema(), 1)
        yield Block(series=series, rows=rows, positions=np.zeros(1, dtype=np.int64))


@contextmanager
def closing_observations(datasets: Sequence[OutDataSet]) -> Iterator[None]:
    """Closes the observations of every data set at the end, walked or not."""
    try:
        yield
    finally:
        for dataset in datasets:
            close = getattr(dataset.slice.observations, "close", None)
            if close is not None:
                close()


def rendered(column: Any, render: Render) -> pa.Array:
    """Text of each row of a column; a dictionary is rendered once a value, not once a row."""
    column = in_one(column)
    if not pa.types.is_dictionary(column.type):
        return render(column)
    if len(column.dictionary) > len(column):
        return render(column.dictionary.take(column.indices))
    return render(column.dictionary).take(column.indices)


def in_one(column: Any) -> pa.Array:
    """The array of a column; a copy only where it is in several chunks."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def joined(length: int, parts: Iterable[pa.Array | str]) -> pa.Array:
    """Texts set side by side, row by row; null counts as nothing, a str stands in every row."""
    merged: list[pa.Array | str] = []
    for piece in parts:
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    if all(isinstance(piece, str) for piece in merged):
        return pa.repeat("".join(piece for piece in merged if isinstance(piece, str)), length)
    return pc.binary_join_element_wise(*merged, "", null_handling="replace", null_replacement="")


def between(before: str, texts: pa.Array, after: str) -> pa.Array:
    """Each text with something before and after it; null stays null."""
    return pc.binary_join_element_wise(before, texts, after, "")


def unless_empty(before: str, texts: pa.Array, after: str) -> pa.Array:
    """Each text with something before and after it; the empty text becomes null."""
    filled = pc.not_equal(texts, "")
    return between(before, pc.if_else(filled, texts, pa.scalar(None, pa.string())), after)


def end_to_end(texts: pa.Array) -> bytes:
    """All texts as one run of bytes."""
    return _bytes_of(texts).tobytes()


def interleaved(
    heads: pa.Array, head_positions: Positions, rows: pa.Array, row_positions: Positions
) -> bytes:
    """Heads and rows as one run of bytes, in the order of their positions, a head first."""
    positions = np.concatenate([head_positions, row_positions])
    order = np.argsort(positions, kind="stable")
    return end_to_end(pa.concat_arrays([heads, rows]).take(pa.array(order)))


def pieces(text: bytes) -> Iterator[bytes]:
    """A text in pieces fit to be sent."""
    for start in range(0, len(text), PIECE_BYTES):
        yield text[start : start + PIECE_BYTES]


def byte_set(characters: bytes) -> ByteSet:
    """A table to look up whether a byte is one of these."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters)] = True
    return table


def holds_any(texts: pa.Array, wanted: ByteSet) -> bool:
    """Whether any byte of any text is in the set: the cheap question before escaping."""
    return bool(wanted[_bytes_of(texts)].any())


def _bytes_of(texts: pa.Array) -> npt.NDArray[np.uint8]:
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def _null_rows(schema: pa.Schema, count: int) -> pa.RecordBatch:
    columns = [pa.nulls(count, field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _alternating_blocks(
    table: pa.Table, nothing: pa.RecordBatch, batches: Iterable[pa.RecordBatch]
) -> Iterator[Block]:
    empty = np.ones(table.num_rows, dtype=np.bool_)
    for batch in batches:
        for start in range(0, batch.num_rows, BLOCK_ROWS):
            rows = batch.slice(start, BLOCK_ROWS)
            used, positions = np.unique(rows.column(SERIES).to_numpy(), return_inverse=True)
            empty[used] = False
            series = table.take(pa.array(used))
            yield Block(series=series, rows=rows, positions=positions.astype(np.int64))
    alone = table.filter(pa.array(empty))
    yield from _empty_blocks(alone, nothing, 0, alone.num_rows)


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches cut so that neither their rows nor the series they span exceed a block."""
    for batch in batches:
        positions = batch.column(SERIES).to_numpy()
        start = 0
        while start < batch.num_rows:
            limit = int(np.searchsorted(positions, positions[start] + BLOCK_ROWS))
            end = min(start + BLOCK_ROWS, limit)
            yield batch.slice(start, end - start)
            start = end


def _empty_blocks(table: pa.Table, rows: pa.RecordBatch, begin: int, end: int) -> Iterator[Block]:
    for start in range(begin, end, BLOCK_ROWS):
        series = table.slice(start, min(BLOCK_ROWS, end - start))
        yield Block(series=series, rows=rows, positions=np.zeros(0, dtype=np.int64))
