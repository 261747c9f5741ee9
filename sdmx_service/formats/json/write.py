"""Writes SDMX-JSON 1.0, 2.0 and 2.1 data, in series or flat.

The data sets come before the structures: what values there are is known when all are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.json.components import Writing, structure_object
from sdmx_service.formats.json.dialect import JSON_10, JSON_20, JSON_21, Dialect
from sdmx_service.formats.json.header import begin_dataset, begin_message, encoded
from sdmx_service.formats.json.met import met_values
from sdmx_service.formats.json.values import render_of
from sdmx_service.formats.observation_level import observation_dimension
from sdmx_service.formats.splice import (
    Block,
    Render,
    blocks,
    closing_observations,
    end_to_end,
    interleaved,
    joined,
    pieces,
    rendered,
)
from sdmx_service.model.message import Header, OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.structures import Attribute, Measure

_END_SERIES = b"}}"
Renders = dict[str, Render]


def write_json_10(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-JSON 1.0 data message; a series without observations is not in the flat form.

    Raises: FORMAT_CANNOT_CARRY as ``write_json_21``, and for several measures, components of
    several values, metadata attributes, data sets of several data structures. Source:
    SDMX-JSON 1.0 field guide.
    """
    datasets = tuple(datasets)
    _refuse_what_10_lacks(datasets, options)
    return _write(header, datasets, options, JSON_10)


def write_json_20(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-JSON 2.0.0 data message, as ``write_json_21`` but for the words of 2.0.

    Raises: as there. Source: SDMX-JSON 2.0.0 field guide.
    """
    return _write(header, tuple(datasets), options, JSON_20)


def write_json_21(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-JSON 2.1 data message.

    In the flat form every series is named in ``dimensionGroupAttributes``, with its attributes.
    A measure is the producer's text where that is a JSON number, else a string. Raises:
    FORMAT_CANNOT_CARRY where a key lacks a dimension. Source: SDMX-JSON 2.1.0 field guide.
    """
    return _write(header, tuple(datasets), options, JSON_21)


def _write(
    header: Header, datasets: Sequence[OutDataSet], options: WriteOptions, dialect: Dialect
) -> Iterator[bytes]:
    for dataset in datasets:
        _refuse_incomplete_keys(dataset)
    shared = met_values(datasets, dialect) if dialect.one_structure else None
    writings = [
        Writing(
            dataset=dataset,
            met=shared or met_values([dataset], dialect),
            options=options,
            dialect=dialect,
            flat=observation_dimension(dataset.slice.layout, options) == ALL_DIMENSIONS,
        )
        for dataset in datasets
    ]
    return _message(header, writings, options, dialect)


def _refuse_incomplete_keys(dataset: OutDataSet) -> None:
    for name in dataset.slice.layout.dimensions:
        if dataset.slice.series[name].null_count:
            raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)


def _refuse_what_10_lacks(datasets: Sequence[OutDataSet], options: WriteOptions) -> None:
    structures = {dataset.context.data_structure.ref for dataset in datasets}
    if len(structures) > 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=datasets[-1].context.data_structure.ref.short)
    for dataset in datasets[:1]:
        layout = dataset.slice.layout
        names = layout.measures[1:] if options.measures else ()
        multiple = [name for name in layout.multiple if name not in layout.measures]
        names += (*multiple, *layout.metadata_attributes) if options.attributes else ()
        for name in names:
            raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)


def _message(
    header: Header, writings: Sequence[Writing], options: WriteOptions, dialect: Dialect
) -> Iterator[bytes]:
    with closing_observations([writing.dataset for writing in writings]):
        yield begin_message(header, options, dialect)
        yield b',"data":{"dataSets":['
        for number, writing in enumerate(writings):
            begin = begin_dataset(number, writing, header) + _dataset_attributes(writing)
            yield (b"," if number else b"") + begin
            yield from (_flat if writing.flat else _series)(writing)
        yield b"]," + _structures(writings, header) + b"}}"


def _structures(writings: Sequence[Writing], header: Header) -> bytes:
    """What the data sets mean; in 1.0 one object for all, empty where there is no data set."""
    if writings and writings[0].dialect.one_structure:
        every = structure_object(range(len(writings)), writings[0], header.sources)
        return b'"structure":' + encoded(every)
    objects = [
        structure_object([number], writing, header.sources)
        for number, writing in enumerate(writings)
    ]
    return b'"structures":' + encoded(objects)


def _dataset_attributes(writing: Writing) -> bytes:
    data = writing.dataset.slice
    names = data.layout.dataset_attributes if writing.options.attributes else ()
    given = {name: [data.dataset_attributes.get(name)] for name in names}
    columns = pa.table({name: pa.array(value, pa.string()) for name, value in given.items()})
    listed = joined(1, _listed(_values(names, columns, writing, _renders(writing))))
    return b',"attributes":[' + end_to_end(listed) + b"]" if names else b""


def _renders(writing: Writing) -> Renders:
    structure, layout = writing.context.data_structure, writing.dataset.slice.layout
    components: tuple[Measure | Attribute, ...] = (*structure.measures, *structure.attributes)
    return {item.id: render_of(item, layout, writing.dialect) for item in components}


def _series(writing: Writing) -> Iterator[bytes]:
    yield b',"series":{'
    opened, renders = False, _renders(writing)
    for block in blocks(writing.dataset.slice, observations=writing.options.observations):
        fresh = int(block.continued)
        series = block.series.slice(fresh)
        heads = _heads(series, writing, renders)
        rows = _rows(block, writing, renders)
        text = interleaved(heads, np.arange(fresh, block.series.num_rows), rows, block.positions)
        # Each series begins by ending the one before, which the first has not.
        yield from pieces(text if opened else text[len(_END_SERIES) + 1 :])
        opened = True
    yield (_END_SERIES if opened else b"") + b"}}"


def _heads(series: pa.Table, writing: Writing, renders: Renders) -> pa.Array:
    """Text of each series up to its observations."""
    attributes = _values(writing.above, series, writing, renders)
    written = ['"attributes":[', *_listed(attributes), "],"] if attributes else []
    parts = ['}},"', *_key(series, writing), '":{', *written, '"observations":{']
    return joined(series.num_rows, parts)


def _rows(block: Block, writing: Writing, renders: Renders) -> pa.Array:
    """Text of each observation of a series, after a comma where it is not the first."""
    name = writing.dataset.slice.layout.time or ""
    time = writing.met.places(name, block.rows.column(name))
    comma = pc.if_else(pa.array(block.begins), '"', ',"')
    parts = [comma, time, '":[', *_listed(_observed(block, writing, renders)), "]"]
    return joined(block.rows.num_rows, parts)


def _flat(writing: Writing) -> Iterator[bytes]:
    yield b',"observations":{'
    first, renders = True, _renders(writing)
    for block in blocks(writing.dataset.slice, observations=writing.options.observations):
        if block.rows.num_rows:
            text = end_to_end(_flat_rows(block, writing, renders))
            yield from pieces(text[1:] if first else text)
            first = False
    yield b"}"
    if not writing.dialect.one_structure:
        yield from _groups(writing, renders)
    yield b"}"


def _flat_rows(block: Block, writing: Writing, renders: Renders) -> pa.Array:
    key = joined(block.series.num_rows, _key(block.series, writing))
    positions = pa.array(block.positions)
    parts = [',"', key.take(positions)]
    time = writing.dataset.slice.layout.time
    parts += [":", writing.met.places(time, block.rows.column(time))] if time else []
    moved = _values(writing.moved_down, block.series, writing, renders)
    values = [*_observed(block, writing, renders), *(value.take(positions) for value in moved)]
    return joined(block.rows.num_rows, [*parts, '":[', *_listed(values), "]"])


def _groups(writing: Writing, renders: Renders) -> Iterator[bytes]:
    """The attributes of each series, by its key with time left open."""
    yield b',"dimensionGroupAttributes":{'
    first, data = True, writing.dataset.slice
    any_time = ":" if data.layout.time else ""
    for block in blocks(replace(data, observations=iter(()))):
        listed = _listed(_values(writing.above, block.series, writing, renders))
        parts = [',"', *_key(block.series, writing), any_time, '":[', *listed, "]"]
        text = end_to_end(joined(block.series.num_rows, parts))
        yield from pieces(text[1:] if first else text)
        first = False
    yield b"}"


def _key(series: pa.Table, writing: Writing) -> list[pa.Array | str]:
    names = writing.dataset.slice.layout.dimensions
    return _separated(":", [writing.met.places(name, series[name]) for name in names])


def _observed(block: Block, writing: Writing, renders: Renders) -> list[pa.Array]:
    """Measures and attributes of each observation."""
    layout, options = writing.dataset.slice.layout, writing.options
    names = layout.measures if options.measures else ()
    values = _values(names, block.rows, writing, renders)
    if writing.dialect.one_structure and not names:
        values = [pa.nulls(block.rows.num_rows, pa.string())]
    names = layout.observation_attributes if options.attributes else ()
    return values + _values(names, block.rows, writing, renders)


def _values(names: Sequence[str], table: Any, writing: Writing, renders: Renders) -> list[pa.Array]:
    """Components by their place among the values met, others as their values."""
    met = writing.met
    return [
        met.places(name, table.column(name))
        if name in met.components
        else rendered(table.column(name), renders[name])
        for name in names
    ]


def _listed(values: Sequence[pa.Array]) -> list[pa.Array | str]:
    return _separated(",", [pc.fill_null(value, "null") for value in values])


def _separated(separator: str, values: Sequence[pa.Array]) -> list[pa.Array | str]:
    parts: list[pa.Array | str] = []
    for value in values:
        parts += [separator, value] if parts else [value]
    return parts
