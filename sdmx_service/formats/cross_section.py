"""A slice with another dimension at the observation than time: a cross-section of its series.

Here: which series and rows there then are. How they are written stands in the formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import SERIES, Layout, cross_sectional
from sdmx_service.model.message import Slice
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import SortTerm
from sdmx_service.model.time import parse_period

_BATCH_ROWS = 65536
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CrossSection:
    """The slice, all in memory, and how many observations it has."""

    slice: Slice
    observations: int


def cross_section(
    data: Slice, dimension: str, order: tuple[SortTerm, ...], limit: int
) -> CrossSection:
    """The observations of a slice by series of all other dimensions, time among them.

    Series come in key order with time last, observations by the dimension, unless ``order``
    says otherwise, whose attributes order series where they are theirs. An attribute that depends
    on the dimension goes to the observation; of another each series has the first value that its
    observations' series have (ADR 12).
    Raises Refused: CROSS_SECTION_TOO_LARGE beyond ``limit`` observations; FORMAT_CANNOT_CARRY for a
    series without observations (only its attributes changed): it has no place.
    """
    layout = cross_sectional(data.layout, dimension)
    rows = _flat_rows(data, limit)
    if len(np.unique(rows[SERIES].to_numpy())) < data.series.num_rows:
        raise refuse("FORMAT_CANNOT_CARRY", Location(component=dimension), found=dimension)
    ranks = {name: _ranks(rows[name], time=name == data.layout.time) for name in layout.key}
    rows, ranks = _sorted(rows, ranks, dimension, order)
    begins = _begins(ranks, layout)
    above = _attribute_ranks(rows, layout, begins, order)
    if above:
        rows, ranks = _sorted(rows, ranks | above, dimension, order)
        begins = _begins(ranks, layout)
    series = _series_table(rows, layout, np.flatnonzero(begins))
    part = replace(
        data,
        layout=layout,
        alternating=False,
        series=series,
        observations=_batches(rows, layout, np.cumsum(begins) - 1),
    )
    return CrossSection(part, rows.num_rows)


def _flat_rows(data: Slice, limit: int) -> pa.Table:
    """Every observation with its key and the attributes of its series."""
    batches, count = [], 0
    for batch in data.observations:
        count += batch.num_rows
        if count > limit:
            raise refuse("CROSS_SECTION_TOO_LARGE", limit=limit)
        batches.append(batch)
    table = pa.Table.from_batches(batches, schema=data.layout.observation_schema())
    table = table.unify_dictionaries().combine_chunks()
    series = data.series.unify_dictionaries().combine_chunks()
    places = table[SERIES].combine_chunks()
    for name in series.column_names:
        table = table.append_column(name, series[name].take(places))
    return table


def _ranks(column: Any, *, time: bool) -> Ranks:
    """The place of each row's value among all values in order."""
    coded = _coded(column)
    values = coded.dictionary.to_pylist()
    in_order = sorted(range(len(values)), key=lambda place: _sort_key(values[place], time=time))
    ranks = np.empty(len(values), np.int64)
    ranks[in_order] = np.arange(len(values))
    found: Ranks = ranks[coded.indices.to_numpy()]
    return found


def _sort_key(value: str, *, time: bool) -> tuple[Any, ...]:
    if not time:
        return (value,)
    period = parse_period(value)
    return (period.start, period.end, value)


def _sorted(
    rows: pa.Table, ranks: dict[str, Ranks], dimension: str, order: tuple[SortTerm, ...]
) -> tuple[pa.Table, dict[str, Ranks]]:
    """Rows and ranks in order: the series' dimensions first, the observation's last."""
    asked = {term.component: term.descending for term in order if term.component in ranks}
    names = [name for name in dict.fromkeys((*asked, *ranks)) if name != dimension]
    keys = [-ranks[name] if asked.get(name) else ranks[name] for name in (*names, dimension)]
    places = np.lexsort(keys[::-1])
    return rows.take(pa.array(places)), {name: rank[places] for name, rank in ranks.items()}


def _begins(ranks: dict[str, Ranks], layout: Layout) -> npt.NDArray[np.bool_]:
    """Which of the rows in order begin a series."""
    changes = [np.diff(ranks[name], prepend=-1) != 0 for name in layout.dimensions]
    first = np.arange(len(ranks[layout.key[-1]])) == 0
    begins: npt.NDArray[np.bool_] = np.logical_or.reduce([first, *changes])
    return begins


def _attribute_ranks(
    rows: pa.Table,
    layout: Layout,
    begins: npt.NDArray[np.bool_],
    order: tuple[SortTerm, ...],
) -> dict[str, Ranks]:
    """Of each attribute to sort by the place of what each row's series says; none stands where it
    comes last. It is known only when the rows of a series stand together."""
    found = {}
    for term in order:
        if term.component in layout.series_attributes:
            given = _first_given(_coded(rows[term.component]), np.flatnonzero(begins))
            missing = given.is_null().to_numpy(zero_copy_only=False)
            ranks = _ranks(pc.fill_null(given.cast(pa.string()), ""), time=False)
            ranks[missing] = -1 if term.descending else len(ranks)
            found[term.component] = ranks[np.cumsum(begins) - 1]
    return found


def _series_table(rows: pa.Table, layout: Layout, begins: npt.NDArray[np.int64]) -> pa.Table:
    """A row for each series, which begins at this row."""
    first = pa.array(begins)
    columns = [_coded(rows[name]).take(first) for name in layout.dimensions]
    columns += [_first_given(_coded(rows[name]), begins) for name in layout.series_attributes]
    return pa.Table.from_arrays(columns, schema=layout.series_schema())


def _first_given(column: pa.DictionaryArray, begins: npt.NDArray[np.int64]) -> pa.Array:
    """Of each series the first value that is not null, null where all are."""
    if not len(begins):
        return column
    beyond = len(column)
    given = pc.is_valid(column).to_numpy(zero_copy_only=False)
    places = np.minimum.reduceat(np.where(given, np.arange(beyond), beyond), begins)
    return column.take(pa.array(places, mask=places == beyond))


def _batches(
    rows: pa.Table, layout: Layout, series: npt.NDArray[np.int64]
) -> Iterator[pa.RecordBatch]:
    schema = layout.observation_schema()
    columns = [pa.array(series, pa.int32())]
    for field in schema:
        if field.name != SERIES:
            column = rows[field.name]
            coded = pa.types.is_dictionary(field.type)
            columns.append(_coded(column) if coded else column)
    yield from pa.Table.from_arrays(columns, schema=schema).to_batches(_BATCH_ROWS)


def _coded(column: Any) -> pa.DictionaryArray:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
