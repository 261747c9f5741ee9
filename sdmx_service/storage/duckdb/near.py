"""Rows of neighbouring series kept in memory, so that a small slice need not ask DuckDB for them.

Series are numbered in the order of their keys, and those a slice names stand near each other: a
neighbourhood is as many series, one numbered after another, as have some thousands of rows. What is
kept of it is what a query with these agreements and masks sees, under everything that decides it:
nothing is looked up under another.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdmx_service.storage.duckdb.kept import Kept, Numbers
from sdmx_service.storage.duckdb.neighbourhood import Neighbourhood
from sdmx_service.storage.duckdb.rendering import in_order, rendered_columns, selected_columns
from sdmx_service.storage.duckdb.schema import Tables, naive
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.statement import Parameters
from sdmx_service.storage.duckdb.view import merged

_ROWS = 4096
"""Rows of a neighbourhood, about: fewer would be asked for more often, more be read in vain."""
_MOST = 8
"""Neighbourhoods that one slice is put together of."""
_UNEVEN = 4
"""How many times as many rows a neighbourhood may have, where some series are much longer."""
_FEW = 5000


def all_near(taken: Snapshot) -> bool:
    """Whether the rows of all named series are kept, and nothing else chooses or sorts them; then
    they stay kept for this query."""
    kept, asked = taken.kept, taken.query.selection
    places_of_rows = (asked.first_observations, asked.last_observations, asked.limit)
    chosen = asked.filters or asked.order or asked.offset or places_of_rows != (None, None, None)
    if kept is None or chosen or not _is_seen_alike(taken, kept):
        return False
    places = _places(taken.series.numbers, kept)
    for place in places or ():
        found = taken.neighbourhoods.find(_key(taken, kept, place))
        if found is None:
            return False
        taken.near[place] = found
    return places is not None


def are_few(taken: Snapshot) -> bool:
    """Whether the named series have so few rows that an answer of them is made in milliseconds;
    their rows must be near."""
    return taken.kept is not None and _count(taken, taken.kept) <= _FEW


def _count(taken: Snapshot, kept: Kept) -> int:
    each, numbers = _series_each(kept), taken.series.numbers - 1
    return sum(
        int(one.rows_of(numbers[numbers // each == place] - place * each)[1].sum())
        for place, one in taken.near.items()
    )


def rows_near(taken: Snapshot, series: pa.Table) -> pa.RecordBatch | None:
    """All rows of these series in their order, by period, as one batch of a slice; None where they
    are wanted otherwise, in too many neighbourhoods, or not to be kept."""
    kept = taken.kept
    if kept is None or taken.query.selection.order or not _is_seen_alike(taken, kept):
        return None
    numbers = series.column("no").to_numpy()
    places = _places(numbers, kept)
    if places is None:
        return None
    missing = [place for place in places if place not in taken.near]
    for place in tuple(missing):
        found = taken.neighbourhoods.find(_key(taken, kept, place))
        if found is not None:
            taken.near[place] = found
            missing.remove(place)
    if missing:
        if not _may_read(kept, missing[0], missing[-1]):
            return None
        _read(taken, kept, missing[0], missing[-1])
    return _gathered(taken, kept, numbers)


def _is_seen_alike(taken: Snapshot, kept: Kept) -> bool:
    """Whether a query sees what any other with the same agreements and masks does while ``kept``
    holds: masks are those of now, rows those of the instant asked for."""
    query = taken.query
    return kept.holds(naive(query.selection.at)) and kept.holds(naive(query.now))


def _key(taken: Snapshot, kept: Kept, place: int) -> Hashable:
    # The order of the agreements is their precedence.
    agreements, masked = tuple(taken.agreements), tuple(taken.masked)
    return (taken.tables.id, taken.tables.values, kept.state, agreements, masked, place)


def _places(numbers: Numbers, kept: Kept) -> list[int] | None:
    """The neighbourhoods of these series, in order; None where they are too many."""
    each = _series_each(kept)
    if len(numbers) > _MOST * each:
        return None
    places = np.unique((numbers - 1) // each).tolist()
    return places if len(places) <= _MOST else None


def _series_each(kept: Kept) -> int:
    """How many series a neighbourhood has."""
    return int(_ROWS / min(max(kept.rows_each, 1.0), _ROWS))


def _may_read(kept: Kept, first: int, last: int) -> bool:
    """Whether these neighbourhoods, and those between them, are few and none has too many rows."""
    each = _series_each(kept)
    return last - first < _MOST and all(
        kept.extents.rows(place * each + 1, (place + 1) * each) <= _ROWS * _UNEVEN
        for place in range(first, last + 1)
    )


def _read(taken: Snapshot, kept: Kept, first: int, last: int) -> None:
    """Read neighbouring neighbourhoods with one statement, and keep each."""
    each = _series_each(kept)
    begin = first * each + 1
    near = replace(taken, first=begin, last=(last + 1) * each, parameters=Parameters())
    shown = selected_columns(taken.tables, None, keys_only=False)
    rows = merged(near, naive(taken.query.selection.at))
    found = near.arrow(f"SELECT no, span{shown} FROM ({rows})").to_arrow_table()
    numbers, spans = found.column("no").to_numpy(), found.column("span").to_numpy()
    if not in_order(numbers, spans):
        time = [("period", "ascending")] if taken.tables.layout.time else []
        found = found.sort_by([("no", "ascending"), ("span", "ascending"), *time])
        numbers = found.column("no").to_numpy()
    found = found.combine_chunks()
    starts = np.searchsorted(numbers, np.arange(begin, begin + (last + 1 - first) * each + 1))
    for place in range(first, last + 1):
        mine = starts[(place - first) * each : (place - first + 1) * each + 1]
        part = found.slice(int(mine[0]), int(mine[-1] - mine[0]))
        one = Neighbourhood((mine - mine[0]).astype(np.int32), _kept_columns(taken.tables, part))
        taken.near[place] = one
        taken.neighbourhoods.keep(_key(taken, kept, place), one)


def _kept_columns(tables: Tables, rows: pa.Table) -> pa.RecordBatch:
    """The columns of a slice in few bytes: codes as narrow as their number allows."""
    (batch,) = rows.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], rows.schema)]
    return pa.RecordBatch.from_arrays(
        [_narrow(column) for column in rendered_columns(tables, batch)],
        names=tables.layout.observation_schema().names[1:],
    )


def _narrow(column: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        return column
    kind = pa.from_numpy_dtype(np.min_scalar_type(max(len(column.dictionary) - 1, 0)))
    return pa.DictionaryArray.from_arrays(column.indices.cast(kind), column.dictionary)


def _gathered(taken: Snapshot, kept: Kept, numbers: Numbers) -> pa.RecordBatch:
    each = _series_each(kept)
    places = (numbers - 1) // each
    ordinals, parts = [], []
    for place in np.unique(places).tolist():
        series = np.flatnonzero(places == place)
        one = taken.near[place]
        rows, counts = one.rows_of(numbers[series] - 1 - place * each)
        ordinals.append(np.repeat(series, counts))
        parts.append(one.columns.take(pa.array(rows)))
    ordinal = np.concatenate(ordinals).astype(np.int32)
    columns = [_together([part.column(n) for part in parts]) for n in range(len(parts[0].schema))]
    if len(parts) > 1 and (np.diff(ordinal) < 0).any():
        order = np.argsort(ordinal, kind="stable")
        ordinal, columns = ordinal[order], [column.take(pa.array(order)) for column in columns]
    return _shown(taken, ordinal, columns)


def _together(parts: list[pa.Array]) -> pa.Array:
    """One column of several, as plain texts: a dictionary would hold what no row here has."""
    coded = pa.types.is_dictionary(parts[0].type)
    texts = [part.dictionary_decode() for part in parts] if coded else parts
    return texts[0] if len(texts) == 1 else pa.concat_arrays(texts)


def _shown(
    taken: Snapshot, ordinal: npt.NDArray[np.int32], columns: list[pa.Array]
) -> pa.RecordBatch:
    schema = taken.tables.layout.observation_schema()
    wanted, key = taken.query.selection.components, taken.tables.layout.key
    arrays = [pa.array(ordinal)]
    for field, column in zip(list(schema)[1:], columns, strict=True):
        if wanted is not None and field.name not in wanted and field.name not in key:
            arrays.append(pa.nulls(len(ordinal), field.type))
        else:
            coded = pa.types.is_dictionary(field.type)
            arrays.append(column.dictionary_encode() if coded else column)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
