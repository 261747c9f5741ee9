"""Writes SDMX-ML 2.1 generic data: in series, flat, or as time series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from sdmx_service.formats.splice import Block, between, joined, rendered, unless_empty
from sdmx_service.formats.xml.escape import escaped, escaped_text
from sdmx_service.formats.xml.ml_message_write import (
    Dialect,
    Writing,
    set_attributes,
    write_message,
)
from sdmx_service.formats.xml.ml_versions import ML_21
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Header, OutDataSet, WriteOptions

_BEGIN_ATTRIBUTES, _END_ATTRIBUTES = "<g:Attributes>", "</g:Attributes>"


def write_generic(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A GenericData message.

    Attributes of groups stand on each series they hold for. Raises: as ``write_message``.
    Source: SDMX 2.1 section 3A.
    """
    # Deviates: attributes of groups have no Group element (ADR 7).
    return write_message(_GENERIC, header, tuple(datasets), options)


def write_generic_time_series(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A GenericTimeSeriesData message; as ``write_generic``, of one structure and never flat."""
    return write_message(_TIME_SERIES, header, tuple(datasets), options)


def _begin_series(writing: Writing, series: pa.Table) -> pa.Array:
    attributes = _series_attributes(writing, series)
    parts = [
        "</g:Series>\n<g:Series><g:SeriesKey>",
        *_key(writing.layout, series),
        "</g:SeriesKey>",
        *_wrapped(series.num_rows, attributes),
        "\n",
    ]
    return joined(series.num_rows, parts)


def _observations(writing: Writing, rows: pa.RecordBatch) -> pa.Array:
    dimension = rendered(rows.column(writing.layout.time), partial(_single, "ObsDimension"))
    attributes = _observation_attributes(writing, rows)
    parts = [
        "<g:Obs>",
        dimension,
        *_measure(writing, rows),
        *_wrapped(rows.num_rows, attributes),
        "</g:Obs>\n",
    ]
    return joined(rows.num_rows, parts)


def _flat(writing: Writing, block: Block) -> pa.Array:
    positions, rows, layout = pa.array(block.positions), block.rows, writing.layout
    key = joined(block.series.num_rows, _key(layout, block.series)).take(positions)
    above = joined(block.series.num_rows, _series_attributes(writing, block.series))
    attributes = [above.take(positions), *_observation_attributes(writing, rows)]
    parts = [
        "<g:Obs><g:ObsKey>",
        key,
        *([_values(layout.time, rows.column(layout.time))] if layout.time else []),
        "</g:ObsKey>",
        *_measure(writing, rows),
        *_wrapped(rows.num_rows, attributes),
        "</g:Obs>\n",
    ]
    return joined(rows.num_rows, parts)


def _key(layout: Layout, series: pa.Table) -> list[pa.Array]:
    return [_values(name, series[name]) for name in layout.dimensions]


def _series_attributes(writing: Writing, series: pa.Table) -> list[pa.Array]:
    names = writing.layout.series_attributes if writing.options.attributes else ()
    return [_values(name, series[name]) for name in names]


def _observation_attributes(writing: Writing, rows: pa.RecordBatch) -> list[pa.Array]:
    names = writing.layout.observation_attributes if writing.options.attributes else ()
    return [_values(name, rows.column(name)) for name in names]


def _measure(writing: Writing, rows: pa.RecordBatch) -> list[pa.Array]:
    names = writing.layout.measures if writing.options.measures else ()
    return [rendered(rows.column(name), partial(_single, "ObsValue")) for name in names]


def _wrapped(length: int, values: list[pa.Array]) -> list[pa.Array]:
    """Values of attributes in their element; nothing where there are none."""
    if not values:
        return []
    return [unless_empty(_BEGIN_ATTRIBUTES, joined(length, values), _END_ATTRIBUTES)]


def _values(name: str, column: Any) -> pa.Array:
    return rendered(column, partial(_value, name))


def _value(name: str, texts: pa.Array) -> pa.Array:
    return between(f'<g:Value id="{name}" value="', escaped(texts), '"/>')


def _single(element: str, texts: pa.Array) -> pa.Array:
    return between(f'<g:{element} value="', escaped(texts), '"/>')


def _begin_dataset(writing: Writing) -> str:
    attributes = writing.dataset.slice.dataset_attributes if writing.options.attributes else {}
    values = "".join(
        f'<g:Value id="{name}" value="{escaped_text(value)}"/>'
        for name, value in attributes.items()
    )
    wrapped = f"{_BEGIN_ATTRIBUTES}{values}{_END_ATTRIBUTES}\n" if values else ""
    return f"<m:DataSet{set_attributes(writing)}>\n{wrapped}"


_GENERIC = Dialect(
    version=ML_21,
    root="GenericData",
    begin_series=_begin_series,
    end_series="</g:Series>\n",
    observations=_observations,
    flat=_flat,
    begin_dataset=_begin_dataset,
    namespaces={"g": f"{ML_21.base}data/generic"},
    structures_have_namespaces=False,
)
_TIME_SERIES = replace(_GENERIC, root="GenericTimeSeriesData", time_series=True, structures=1)
