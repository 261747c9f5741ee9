"""Rows of a query as Arrow batches of a slice: numbers become text, codes dictionaries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.storage.duckdb.schema import Tables
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.sorting import bands, sorted_rows
from sdmx_service.storage.prepare import rendered

_BATCH = 65536


def rendered_text(number: str, text: str) -> str:
    """A measure's text in SQL, as ``prepare.rendered`` makes it of the number."""
    return f"coalesce({text}, measure_text({number}))"


def selected_columns(tables: Tables, components: frozenset[str] | None, keys_only: bool) -> str:
    """Period and the values wanted, null for the others, in the order of the layout."""
    layout = tables.layout

    def shown(component: str, names: tuple[str, ...], kind: str) -> str:
        hidden = keys_only or (components is not None and component not in components)
        return "".join(f", NULL::{kind} AS {n}" if hidden else f", {n}" for n in names)

    columns = ", period" if layout.time else ""
    for component, (number, text) in zip(layout.measures, tables.measures, strict=True):
        columns += shown(component, (number,), "DOUBLE") + shown(component, (text,), "VARCHAR")
    for component, name in zip(layout.observation_attributes, tables.attributes, strict=True):
        columns += shown(component, (name,), "VARCHAR")
    return columns


class Observations:
    """The batches of a slice; the query runs when the first is asked for, ``close`` ends it."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        return next(self._batches)

    def close(self) -> None:
        """End the walk; the cursor is freed when nothing of the query is in use any more."""
        self._batches = iter(())


def streamed(
    taken: Snapshot, query: str, series: int, ordinals: np.ndarray
) -> Iterator[pa.RecordBatch]:
    """Batches of a query in order. No method of ``Observations``: that would keep an abandoned
    walk and its cursor alive."""
    position = np.zeros(series, np.int32)
    position[ordinals] = np.arange(len(ordinals), dtype=np.int32)
    for rows in taken.arrow(query).to_arrow_reader(_BATCH):
        if rows.num_rows:
            yield _batch(taken.tables, rows, position[rows.column("ordinal").to_numpy()])


def gathered(taken: Snapshot, query: str, series: pa.Table, begin: int) -> Iterator[pa.RecordBatch]:
    """One batch of the rows (no, span, …) in the neighbourhood: those of these series, put in
    order here. ``begin``: the place of the first series in the table of all."""
    position = np.full(taken.last - taken.first + 1, -1, np.int32)
    numbers = series.column("no").to_numpy() - taken.first
    position[numbers] = np.arange(len(numbers), dtype=np.int32)
    rows = taken.arrow(query).to_arrow_table()
    places = position[rows.column("no").to_numpy() - taken.first]
    rows = rows.append_column("ordinal", pa.array(places))
    sorted_otherwise = bool(taken.query.selection.order)
    if sorted_otherwise or not in_order(places, rows.column("span").to_numpy()):
        for name, band in bands(taken, series).items():
            rows = rows.append_column(name, pa.array(band[places]))
        rows = sorted_rows(taken, rows.filter(pa.array(places >= 0)))
    for batch in rows.combine_chunks().to_batches():
        ordinals = batch.column("ordinal").to_numpy()
        yield _batch(taken.tables, batch, ordinals + np.int32(begin))


def in_order(places: np.ndarray, spans: np.ndarray) -> bool:
    """Whether rows are all wanted and as they shall stand, which what came in one submission is;
    where two rows of a series have one span, their texts decide."""
    later = np.diff(places) > 0
    later |= (places[1:] == places[:-1]) & (spans[1:] > spans[:-1])
    return bool(later.all() and (places >= 0).all())


def _batch(tables: Tables, rows: pa.RecordBatch, series: np.ndarray) -> pa.RecordBatch:
    columns = [pa.array(series), *rendered_columns(tables, rows)]
    return pa.RecordBatch.from_arrays(columns, schema=tables.layout.observation_schema())


def rendered_columns(tables: Tables, rows: pa.RecordBatch) -> list[pa.Array]:
    """Period and values of rows as a slice has them."""
    columns = [rows.column("period").dictionary_encode()] if tables.layout.time else []
    for number, text in tables.measures:
        columns.append(_text(rows.column(number), rows.column(text)))
    return columns + [rows.column(name).dictionary_encode() for name in tables.attributes]


def _text(number: pa.Array, text: pa.Array) -> pa.Array:
    if text.null_count == len(text):
        return rendered(number)
    return pc.coalesce(text, rendered(number))
