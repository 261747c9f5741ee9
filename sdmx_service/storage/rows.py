"""A batch of a message → tables of observations, series, attributes and deletions.

Columns are named by position, so that no component id ever meets SQL: ``d0…`` dimensions,
``m0``/``t0…`` a measure's number and text, ``a0…`` observation attributes, ``g0…`` whether a
deletion gives a measure or observation attribute, ``h0…`` likewise an attribute above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import LINE, AttributeColumn, Layout
from sdmx_service.model.message import Action, DataBatch
from sdmx_service.model.time import parse_period
from sdmx_service.storage.prepare import numbers, series_id, span_of

Codes = np.ndarray
"""int64, one number a row."""
_ROOM = 2**62


@dataclass(frozen=True, slots=True)
class PreparedRows:
    """``observations``: line, sid, period, span, m/t…, a…; ``series``: sid, d… of all rows with
    every dimension; ``attributes``: line, component, d… (empty where it does not depend), value,
    each distinct one once, sid where it depends on every dimension;
    ``deletions``: line, d…, period (null = any), g…, h…."""

    observations: pa.Table
    series: pa.Table
    attributes: pa.Table
    deletions: pa.Table


def prepare_rows(batch: DataBatch) -> PreparedRows:
    """Split a batch and name its series, once for each distinct one.

    Raises ValueError where an observation lacks a dimension or a period cannot be read.
    """
    layout, rows = batch.structure.layout, pa.Table.from_batches([batch.rows])
    rows = rows.combine_chunks()
    periods = _canonical(rows, layout)
    if batch.action is Action.DELETE:
        deleted, deleted_periods = rows, periods
        rows, periods = rows.slice(0, 0), periods.slice(0, 0)
    else:
        deleted, deleted_periods = rows.slice(0, 0), periods.slice(0, 0)
    series, sids = _series(layout, rows)
    return PreparedRows(
        _present_observations(layout, rows, sids, periods),
        series,
        _attributes(layout, rows, sids),
        _deletions(layout, deleted, deleted_periods),
    )


def _column(rows: pa.Table, name: str) -> pa.Array:
    return rows.column(name).combine_chunks()


def _is_observation(layout: Layout, rows: pa.Table) -> pa.Array:
    names = layout.measures + layout.observation_attributes
    given = [
        pc.is_valid(_column(rows, name)) for name in ((layout.time,) if layout.time else ()) + names
    ]
    return reduce(pc.or_, given)


def _canonical(rows: pa.Table, layout: Layout) -> pa.Array:
    """The canonical periods; null where none is given."""
    if layout.time is None:
        return pa.nulls(rows.num_rows, pa.string()).dictionary_encode()
    column = _column(rows, layout.time)
    used = pc.unique(column.indices.drop_null()).to_pylist()
    texts = column.dictionary.to_pylist()
    canonical: list[str | None] = [None] * len(texts)
    for index in used:
        canonical[index] = parse_period(texts[index]).text
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(canonical, pa.string()))


def _codes(column: pa.Array) -> tuple[Codes, int]:
    """A number for each row's value, 0 for null, and how many numbers there are."""
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return codes, len(column.dictionary) + 1


def _combined(rows: pa.Table, names: Sequence[str]) -> Codes:
    """A number for each row that is the same where all these columns are."""
    combined, size = np.zeros(rows.num_rows, np.int64), 1
    for name in names:
        codes, count = _codes(_column(rows, name))
        if size * count > _ROOM:
            distinct, combined = np.unique(combined, return_inverse=True)
            size = len(distinct)
        combined, size = combined * count + codes, size * count
    return combined


def _series(layout: Layout, rows: pa.Table) -> tuple[pa.Table, pa.Array]:
    """The distinct series, and the id of each row's (null where a dimension is missing)."""
    _, first, inverse = np.unique(
        _combined(rows, layout.dimensions), return_index=True, return_inverse=True
    )
    named = rows.select(layout.dimensions).take(pa.array(first))
    keys = zip(*(column.to_pylist() for column in named.columns), strict=True)
    ids = [None if None in key else series_id(layout.data_structure, key) for key in keys]
    sids = pa.array(ids, pa.int64())
    series = pa.table({"sid": sids, **_texts(layout.dimensions, named, "d")})
    return series.filter(sids.is_valid()), sids.take(pa.array(inverse))


def _present_observations(
    layout: Layout, rows: pa.Table, sids: pa.Array, periods: pa.Array
) -> pa.Table:
    present = _is_observation(layout, rows)
    if not pc.all(present).as_py():
        rows, sids, periods = rows.filter(present), sids.filter(present), periods.filter(present)
    if sids.null_count:
        raise ValueError("an observation lacks a dimension")
    return _observations(layout, rows, sids, periods)


def _observations(layout: Layout, rows: pa.Table, sids: pa.Array, periods: pa.Array) -> pa.Table:
    columns = {"line": rows.column(LINE), "sid": sids}
    columns |= _period_columns(periods)
    for position, name in enumerate(layout.measures):
        number, text = numbers(_column(rows, name))
        columns |= {f"m{position}": number, f"t{position}": text}
    columns |= _texts(layout.observation_attributes, rows, "a")
    return pa.table(columns)


def _texts(names: Sequence[str], rows: pa.Table, letter: str) -> dict[str, pa.Array]:
    return {f"{letter}{position}": _column(rows, name) for position, name in enumerate(names)}


def _period_columns(periods: pa.Array) -> dict[str, pa.Array]:
    """Text (empty for none) and span of each period."""
    if not pa.types.is_dictionary(periods.type):
        periods = periods.dictionary_encode()
    texts = [text or "" for text in periods.dictionary.to_pylist()] + [""]
    codes = pc.fill_null(periods.indices, len(texts) - 1)
    spans = pa.array([span_of(text) for text in texts], pa.int64())
    return {
        "period": pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string())),
        "span": spans.take(codes),
    }


def _attributes(layout: Layout, rows: pa.Table, sids: pa.Array) -> pa.Table:
    """Attributes above the observation given to whole partial keys, each distinct one once."""
    parts = [
        _attribute(layout, position, column, rows, sids)
        for position, column in enumerate(layout.higher_attributes)
    ]
    names = [f"d{position}" for position in range(len(layout.dimensions))]
    fields = [("line", pa.int64()), ("component", pa.int32())]
    fields += [*((name, pa.string()) for name in [*names, "value"]), ("sid", pa.int64())]
    return pa.concat_tables([pa.schema(fields).empty_table(), *parts])


def _attribute(
    layout: Layout, position: int, column: AttributeColumn, rows: pa.Table, sids: pa.Array
) -> pa.Table:
    whole = [pc.is_valid(_column(rows, name)) for name in (column.id, *column.dimensions)]
    given = pc.indices_nonzero(reduce(pc.and_, whole))
    named = rows.select([column.id, *column.dimensions]).take(given)
    _, first = np.unique(_combined(named, (column.id, *column.dimensions)), return_index=True)
    chosen = given.take(pa.array(np.sort(first)))
    distinct = rows.take(chosen)
    empty = pa.array([""] * distinct.num_rows, pa.string())
    columns = {"line": _column(distinct, LINE)}
    columns["component"] = pa.array([position] * distinct.num_rows, pa.int32())
    for place, name in enumerate(layout.dimensions):
        depends = name in column.dimensions
        columns[f"d{place}"] = _column(distinct, name).cast(pa.string()) if depends else empty
    columns["value"] = _column(distinct, column.id).cast(pa.string())
    of_series = len(column.dimensions) == len(layout.dimensions)
    columns["sid"] = sids.take(chosen) if of_series else pa.nulls(len(chosen), pa.int64())
    return pa.table(columns)


def _deletions(layout: Layout, rows: pa.Table, periods: pa.Array) -> pa.Table:
    columns = {"line": rows.column(LINE)}
    columns |= _texts(layout.dimensions, rows, "d")
    columns["period"] = periods.cast(pa.string())
    for position, name in enumerate(layout.measures + layout.observation_attributes):
        columns[f"g{position}"] = pc.is_valid(_column(rows, name))
    for position, column in enumerate(layout.higher_attributes):
        columns[f"h{position}"] = pc.is_valid(_column(rows, column.id))
    return pa.table(columns)
