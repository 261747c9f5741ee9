"""Writes SDMX-ML 2.1 generic data, in series or flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from sdmx_service.formats.splice import Block, between, joined, rendered, unless_empty
from sdmx_service.formats.xml.escape import escaped, escaped_text
from sdmx_service.formats.xml.ml_message_write import (
    NAMESPACE,
    Dialect,
    StructureEntry,
    set_attributes,
    write_message,
)
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Header, OutDataSet, WriteOptions

_BEGIN_ATTRIBUTES, _END_ATTRIBUTES = "<g:Attributes>", "</g:Attributes>"


def write_generic(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A GenericData message.

    Attributes of groups stand on each series they hold for. Raises: FORMAT_CANNOT_CARRY where
    the structure has several measures or a cross-section is asked for. Source: SDMX 2.1 section
    3A.
    """
    # Deviates: attributes of groups have no Group element (ADR 7).
    return write_message(_GENERIC, header, tuple(datasets), options)


def _begin_series(layout: Layout, series: pa.Table, options: WriteOptions) -> pa.Array:
    attributes = _series_attributes(layout, series, options)
    parts = [
        "</g:Series>\n<g:Series><g:SeriesKey>",
        *_key(layout, series),
        "</g:SeriesKey>",
        *_wrapped(series.num_rows, attributes),
        "\n",
    ]
    return joined(series.num_rows, parts)


def _observations(layout: Layout, rows: pa.RecordBatch, options: WriteOptions) -> pa.Array:
    time = rendered(rows.column(layout.time), partial(_single, "ObsDimension"))
    attributes = _observation_attributes(layout, rows, options)
    parts = [
        "<g:Obs>",
        time,
        *_measure(layout, rows, options),
        *_wrapped(rows.num_rows, attributes),
        "</g:Obs>\n",
    ]
    return joined(rows.num_rows, parts)


def _flat(layout: Layout, block: Block, options: WriteOptions) -> pa.Array:
    positions, rows = pa.array(block.positions), block.rows
    key = joined(block.series.num_rows, _key(layout, block.series)).take(positions)
    above = joined(block.series.num_rows, _series_attributes(layout, block.series, options))
    attributes = [above.take(positions), *_observation_attributes(layout, rows, options)]
    parts = [
        "<g:Obs><g:ObsKey>",
        key,
        *([_values(layout.time, rows.column(layout.time))] if layout.time else []),
        "</g:ObsKey>",
        *_measure(layout, rows, options),
        *_wrapped(rows.num_rows, attributes),
        "</g:Obs>\n",
    ]
    return joined(rows.num_rows, parts)


def _key(layout: Layout, series: pa.Table) -> list[pa.Array]:
    return [_values(name, series[name]) for name in layout.dimensions]


def _series_attributes(layout: Layout, series: pa.Table, options: WriteOptions) -> list[pa.Array]:
    names = layout.series_attributes if options.attributes else ()
    return [_values(name, series[name]) for name in names]


def _observation_attributes(
    layout: Layout, rows: pa.RecordBatch, options: WriteOptions
) -> list[pa.Array]:
    names = layout.observation_attributes if options.attributes else ()
    return [_values(name, rows.column(name)) for name in names]


def _measure(layout: Layout, rows: pa.RecordBatch, options: WriteOptions) -> list[pa.Array]:
    names = layout.measures if options.measures else ()
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


def _begin_dataset(dataset: OutDataSet, entry: StructureEntry, options: WriteOptions) -> str:
    attributes = dataset.slice.dataset_attributes if options.attributes else {}
    values = "".join(
        f'<g:Value id="{name}" value="{escaped_text(value)}"/>'
        for name, value in attributes.items()
    )
    wrapped = f"{_BEGIN_ATTRIBUTES}{values}{_END_ATTRIBUTES}\n" if values else ""
    return f"<m:DataSet{set_attributes(dataset, entry)}>\n{wrapped}"


_GENERIC = Dialect(
    root="GenericData",
    begin_series=_begin_series,
    end_series="</g:Series>\n",
    observations=_observations,
    flat=_flat,
    begin_dataset=_begin_dataset,
    namespaces={"g": f"{NAMESPACE}data/generic"},
    structures_have_namespaces=False,
)
