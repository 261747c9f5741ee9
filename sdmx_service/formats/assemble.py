"""Column values read at several levels of a message → one record batch of a layout's schema.

A reader says which values stand at which level (observation, series, data set) and which row
of each level a row of the batch belongs to; the rest is done here, a column at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import LINE


@dataclass(frozen=True, slots=True)
class Level:
    """Values given at one level of a message.

    ``columns``: component id → plain or dictionary text array. ``rows``: for every row of the
    batch its index in these arrays, null where it has none; None = row by row.
    """

    columns: Mapping[str, pa.Array]
    rows: pa.Array | None = None


def record_batch(schema: pa.Schema, levels: Sequence[Level], lines: pa.Array) -> pa.RecordBatch:
    """Put the columns of ``schema`` together; the first level that gives a value wins.

    An empty text is no value: it becomes null, as an empty cell does.
    """
    columns = [
        lines if field.name == LINE else _column(field, levels, len(lines)) for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(field: pa.Field, levels: Sequence[Level], length: int) -> pa.Array:
    found = [level for level in levels if field.name in level.columns]
    if not found:
        return pa.nulls(length, field.type)
    if len(found) == 1:
        return _spread(field, found[0])
    # The same component at two levels is rare enough to pay for plain text.
    texts = [_plain(_spread(field, level)) for level in found]
    return _typed(field, pc.coalesce(*texts))


def _spread(field: pa.Field, level: Level) -> pa.Array:
    array = _typed(field, level.columns[field.name])
    if level.rows is None:
        return array
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices.take(level.rows), array.dictionary)
    return array.take(level.rows)


def _typed(field: pa.Field, array: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(field.type):
        return _without_empty(_plain(array))
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    if pc.any(pc.equal(coded.dictionary, "")).as_py():
        coded = _without_empty(_plain(coded)).dictionary_encode()
    return coded


def _without_empty(array: pa.Array) -> pa.Array:
    empty = pc.equal(array, "")
    if not pc.any(empty).as_py():
        return array
    return pc.if_else(empty, pa.scalar(None, array.type), array)


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def constant(values: Mapping[str, str], length: int) -> Level:
    """A level of one row, written on every row of the batch: the data set's attributes."""
    columns = {name: pa.array([value], pa.string()) for name, value in values.items()}
    return Level(columns, pa.array(np.zeros(length, dtype=np.int32)))
