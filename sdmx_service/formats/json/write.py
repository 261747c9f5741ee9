"""Writes SDMX-JSON 2.0.0 data, in series or flat.

The data sets come before the structures: what values there are is known when all are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.json.components import (
    MetValues,
    Object,
    links,
    localised,
    met_values,
    structure_object,
)
from sdmx_service.formats.json.escape import numbers, strings
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
from sdmx_service.model.message import Action, Header, OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.structures import Measure

DATA_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/"
    "sdmx-json-data-schema.json"
)
_ACTIONS = {Action.MERGE: "Append", Action.REPLACE: "Replace", Action.DELETE: "Delete"}
_NUMBERS = {
    "BigInteger", "Count", "Decimal", "Double", "ExclusiveValueRange", "Float",
    "InclusiveValueRange", "Incremental", "Integer", "Long", "Numeric", "Short", None,
}  # fmt: skip
_END_SERIES = b"}}"


def write_json_20(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-JSON 2.0.0 data message.

    In the flat form every series is named in ``dimensionGroupAttributes``, with its attributes.
    A measure is the producer's text where that is a JSON number, else a string. Raises:
    FORMAT_CANNOT_CARRY where a key lacks a dimension or another dimension is asked for at the
    observation. Source: SDMX-JSON 2.0.0 field guide.
    """
    datasets = tuple(datasets)
    flat = [
        observation_dimension(dataset.slice.layout, options) == ALL_DIMENSIONS
        for dataset in datasets
    ]
    for dataset in datasets:
        _refuse_incomplete_keys(dataset)
    return _message(header, datasets, flat, options)


def _refuse_incomplete_keys(dataset: OutDataSet) -> None:
    for name in dataset.slice.layout.dimensions:
        if dataset.slice.series[name].null_count:
            raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)


def _message(
    header: Header, datasets: Sequence[OutDataSet], flat: Sequence[bool], options: WriteOptions
) -> Iterator[bytes]:
    with closing_observations(datasets):
        structures = []
        yield b'{"meta":' + _encoded(_meta(header, options)) + b',"data":{"dataSets":['
        for number, dataset in enumerate(datasets):
            met = met_values(dataset)
            begin = _begin_dataset(number, dataset, met, header, options)
            yield (b"," if number else b"") + begin
            yield from (_flat if flat[number] else _series)(dataset, met, options)
            structures.append(
                structure_object(number, dataset, met, options, header.sources, flat=flat[number])
            )
        yield b'],"structures":' + _encoded(structures) + b"}}"


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _meta(header: Header, options: WriteOptions) -> Object:
    meta: Object = {
        "schema": DATA_SCHEMA,
        "id": header.id or "UNNAMED",
        "test": header.test,
        "prepared": (header.prepared or datetime.now(UTC)).isoformat(),
        "contentLanguages": [language.lower() for language in options.languages],
        **localised("name", header.names, options),
        "sender": {"id": header.sender or "UNKNOWN"},
    }
    if header.receivers:
        meta["receivers"] = [{"id": receiver} for receiver in header.receivers]
    return meta


def _begin_dataset(
    number: int, dataset: OutDataSet, met: MetValues, header: Header, options: WriteOptions
) -> bytes:
    """A data set up to its observations: an object left open."""
    data = dataset.slice
    result: Object = {
        "structure": number,
        "links": links(dataset.context.usage),
        "action": _ACTIONS[data.action],
    }
    if data.valid_from:
        result["validFrom"] = data.valid_from.isoformat()
    if data.valid_to:
        result["validTo"] = data.valid_to.isoformat()
    if header.sources:
        result["annotations"] = [0]
    if options.attributes and data.layout.dataset_attributes:
        values = [
            (name, data.dataset_attributes.get(name)) for name in data.layout.dataset_attributes
        ]
        result["attributes"] = [
            met.components.get(name, {}).get(value or "", value) for name, value in values
        ]
    return _encoded(result)[:-1]


def _series(dataset: OutDataSet, met: MetValues, options: WriteOptions) -> Iterator[bytes]:
    yield b',"series":{'
    opened = False
    for block in blocks(dataset.slice, observations=options.observations):
        fresh = int(block.continued)
        series = block.series.slice(fresh)
        heads = _heads(dataset, series, met, options)
        rows = _rows(dataset, block, met, options)
        text = interleaved(heads, np.arange(fresh, block.series.num_rows), rows, block.positions)
        # Each series begins by ending the one before, which the first has not.
        yield from pieces(text if opened else text[len(_END_SERIES) + 1 :])
        opened = True
    yield (_END_SERIES if opened else b"") + b"}}"


def _heads(
    dataset: OutDataSet, series: pa.Table, met: MetValues, options: WriteOptions
) -> pa.Array:
    """Text of each series up to its observations."""
    attributes = _attributes(dataset, dataset.slice.layout.series_attributes, series, met, options)
    written = ['"attributes":[', *_listed(attributes), "],"] if attributes else []
    parts = ['}},"', *_key(dataset, series, met), '":{', *written, '"observations":{']
    return joined(series.num_rows, parts)


def _rows(dataset: OutDataSet, block: Block, met: MetValues, options: WriteOptions) -> pa.Array:
    """Text of each observation of a series, after a comma where it is not the first."""
    time = met.places(dataset.slice.layout.time or "", block.rows.column(dataset.slice.layout.time))
    comma = pc.if_else(pa.array(block.begins), '"', ',"')
    parts = [comma, time, '":[', *_listed(_values(dataset, block, met, options)), "]"]
    return joined(block.rows.num_rows, parts)


def _flat(dataset: OutDataSet, met: MetValues, options: WriteOptions) -> Iterator[bytes]:
    yield b',"observations":{'
    first = True
    for block in blocks(dataset.slice, observations=options.observations):
        if block.rows.num_rows:
            text = end_to_end(_flat_rows(dataset, block, met, options))
            yield from pieces(text[1:] if first else text)
            first = False
    yield b'},"dimensionGroupAttributes":{'
    first = True
    for block in blocks(replace(dataset.slice, observations=iter(()))):
        text = end_to_end(_groups(dataset, block.series, met, options))
        yield from pieces(text[1:] if first else text)
        first = False
    yield b"}}"


def _flat_rows(
    dataset: OutDataSet, block: Block, met: MetValues, options: WriteOptions
) -> pa.Array:
    key = joined(block.series.num_rows, _key(dataset, block.series, met))
    parts = [',"', key.take(pa.array(block.positions))]
    time = dataset.slice.layout.time
    parts += [":", met.places(time, block.rows.column(time))] if time else []
    parts += ['":[', *_listed(_values(dataset, block, met, options)), "]"]
    return joined(block.rows.num_rows, parts)


def _groups(
    dataset: OutDataSet, series: pa.Table, met: MetValues, options: WriteOptions
) -> pa.Array:
    layout = dataset.slice.layout
    attributes = _attributes(dataset, layout.series_attributes, series, met, options)
    any_time = ":" if layout.time else ""
    parts = [',"', *_key(dataset, series, met), any_time, '":[', *_listed(attributes), "]"]
    return joined(series.num_rows, parts)


def _key(dataset: OutDataSet, series: pa.Table, met: MetValues) -> list[pa.Array | str]:
    places = [met.places(name, series[name]) for name in dataset.slice.layout.dimensions]
    return _separated(":", places)


def _values(
    dataset: OutDataSet, block: Block, met: MetValues, options: WriteOptions
) -> list[pa.Array]:
    """Measures and attributes of each observation."""
    layout = dataset.slice.layout
    renders = {measure.id: _measure(measure) for measure in dataset.context.data_structure.measures}
    names = layout.measures if options.measures else ()
    measures = [rendered(block.rows.column(name), renders[name]) for name in names]
    return measures + _attributes(dataset, layout.observation_attributes, block.rows, met, options)


def _measure(measure: Measure) -> Render:
    representation = measure.representation
    if representation is None:
        return numbers
    written = representation.text_format
    data_type = written.data_type if written else None
    return numbers if representation.enumeration is None and data_type in _NUMBERS else strings


def _attributes(
    dataset: OutDataSet,
    names: Sequence[str],
    table: Any,
    met: MetValues,
    options: WriteOptions,
) -> list[pa.Array]:
    """Attributes by their place among the values met, uncoded ones as they are."""
    if not options.attributes:
        return []
    column_of = table.column
    return [
        met.places(name, column_of(name))
        if name in met.components
        else rendered(column_of(name), strings)
        for name in names
    ]


def _listed(values: Sequence[pa.Array]) -> list[pa.Array | str]:
    return _separated(",", [pc.fill_null(value, "null") for value in values])


def _separated(separator: str, values: Sequence[pa.Array]) -> list[pa.Array | str]:
    parts: list[pa.Array | str] = []
    for value in values:
        parts += [separator, value] if parts else [value]
    return parts
