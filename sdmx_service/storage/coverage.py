"""What there is of each series: how many observations, from which day to which.

The shape of the answer, and the plain way to it: by walking slices. No rights, no SQL.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdmx_service.model.columns import CODED, SERIES, Layout
from sdmx_service.model.message import Slice
from sdmx_service.storage.prepare import span_of

OBSERVATIONS, FIRST, LAST = "_observations", "_first", "_last"
LAST_DAY = 2**32 - 1
"""What a span's last day is masked with (``prepare.span_of``)."""
_NONE = np.iinfo(np.int64).max


def coverage_schema(layout: Layout) -> pa.Schema:
    """Dimensions; OBSERVATIONS; FIRST and LAST, days from 1 January of the year 1, null where the
    series has no observation or the structure no time."""
    fields = [pa.field(name, CODED) for name in layout.dimensions]
    fields += [pa.field(OBSERVATIONS, pa.int64())]
    return pa.schema([*fields, pa.field(FIRST, pa.int32()), pa.field(LAST, pa.int32())])


def coverage_table(
    layout: Layout,
    dimensions: Iterable[pa.Array],
    observations: npt.NDArray[np.int64],
    earliest: npt.NDArray[np.int64],
    latest: npt.NDArray[np.int64],
) -> pa.Table:
    """The table of these series; ``earliest`` and ``latest`` are spans of periods."""
    empty = (observations == 0) if layout.time else np.ones(len(observations), np.bool_)
    columns = [
        *(array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
          for array in dimensions),
        pa.array(observations, pa.int64()),
        pa.array(np.where(empty, 0, earliest >> 32), pa.int32(), mask=empty),
        pa.array(np.where(empty, 0, latest & LAST_DAY), pa.int32(), mask=empty),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=coverage_schema(layout))


def walked(layout: Layout, slices: Iterable[Slice]) -> pa.Table:
    """The coverage of every series of the slices; a series of several of them counts once."""
    parts = [_of_slice(layout, part) for part in slices]
    table = pa.concat_tables([coverage_schema(layout).empty_table(), *parts]).unify_dictionaries()
    if len(parts) < 2:
        return table.combine_chunks()
    counted = [(OBSERVATIONS, "sum"), (FIRST, "min"), (LAST, "max")]
    plain = table.select(layout.dimensions).cast(
        pa.schema([(name, pa.string()) for name in layout.dimensions])
    )
    for name, _ in counted:
        plain = plain.append_column(name, table[name])
    grouped = plain.group_by(list(layout.dimensions)).aggregate(counted)
    grouped = grouped.sort_by([(name, "ascending") for name in layout.dimensions])
    columns = [grouped[name].combine_chunks().dictionary_encode() for name in layout.dimensions]
    columns += [grouped[f"{name}_{how}"].combine_chunks() for name, how in counted]
    return pa.Table.from_arrays(columns, schema=coverage_schema(layout))


def _of_slice(layout: Layout, part: Slice) -> pa.Table:
    size = part.series.num_rows
    observations = np.zeros(size, np.int64)
    earliest, latest = np.full(size, _NONE), np.full(size, -1)
    for batch in part.observations:
        series = batch.column(SERIES).to_numpy()
        observations += np.bincount(series, minlength=size)
        if layout.time:
            periods = batch.column(layout.time)
            spans = np.array([span_of(text) for text in periods.dictionary.to_pylist()], np.int64)
            of_rows = spans[periods.indices.to_numpy()]
            np.minimum.at(earliest, series, of_rows)
            np.maximum.at(latest, series, of_rows)
    series_table = part.series.unify_dictionaries().combine_chunks()
    keys = [series_table[name].combine_chunks() for name in layout.dimensions]
    return coverage_table(layout, keys, observations, earliest, latest)
