"""Writes SDMX-ML 2.1 structure-specific data, in series or flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from sdmx_service.formats.splice import Block, between, joined, rendered
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


def write_specific(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A StructureSpecificData message.

    Attributes of groups stand on each series they hold for. Raises: FORMAT_CANNOT_CARRY where
    the structure has several measures or a cross-section is asked for. Source: SDMX 2.1 section
    3A.
    """
    # Deviates: attributes of groups have no Group element (ADR 7).
    return write_message(_SPECIFIC, header, tuple(datasets), options)


def _begin_series(layout: Layout, series: pa.Table, options: WriteOptions) -> pa.Array:
    parts = _series_attributes(layout, series, options)
    return joined(series.num_rows, ["</Series>\n<Series", *parts, ">\n"])


def _observations(layout: Layout, rows: pa.RecordBatch, options: WriteOptions) -> pa.Array:
    parts = _observation_attributes(layout, rows, options)
    return joined(rows.num_rows, ["<Obs", *parts, "/>\n"])


def _flat(layout: Layout, block: Block, options: WriteOptions) -> pa.Array:
    series = joined(block.series.num_rows, _series_attributes(layout, block.series, options))
    parts = _observation_attributes(layout, block.rows, options)
    of_row = series.take(pa.array(block.positions))
    return joined(block.rows.num_rows, ["<Obs", of_row, *parts, "/>\n"])


def _series_attributes(layout: Layout, series: pa.Table, options: WriteOptions) -> list[pa.Array]:
    names = layout.dimensions + (layout.series_attributes if options.attributes else ())
    return [_attribute(name, series[name]) for name in names]


def _observation_attributes(
    layout: Layout, rows: pa.RecordBatch, options: WriteOptions
) -> list[pa.Array | str]:
    names = ((layout.time,) if layout.time else ()) + (layout.measures if options.measures else ())
    names += layout.observation_attributes if options.attributes else ()
    return [_attribute(name, rows.column(name)) for name in names]


def _attribute(name: str, column: Any) -> pa.Array:
    return rendered(column, partial(_quoted, name))


def _quoted(name: str, texts: pa.Array) -> pa.Array:
    return between(f' {name}="', escaped(texts), '"')


def _begin_dataset(dataset: OutDataSet, entry: StructureEntry, options: WriteOptions) -> str:
    attributes = dataset.slice.dataset_attributes if options.attributes else {}
    own = "".join(f' {name}="{escaped_text(value)}"' for name, value in attributes.items())
    return (
        f'<m:DataSet xsi:type="{entry.prefix}:DataSetType"{set_attributes(dataset, entry, "s:")}'
        f' s:dataScope="DataStructure"{own}>\n'
    )


_SPECIFIC = Dialect(
    root="StructureSpecificData",
    begin_series=_begin_series,
    end_series="</Series>\n",
    observations=_observations,
    flat=_flat,
    begin_dataset=_begin_dataset,
    namespaces={
        "s": f"{NAMESPACE}data/structurespecific",
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    },
    structures_have_namespaces=True,
)
