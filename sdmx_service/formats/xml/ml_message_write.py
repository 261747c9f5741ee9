"""The frame of an SDMX-ML data message, which all kinds of data share.

The header stands in ml_header_write; how series and observations are written in the writers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sdmx_service.formats.observation_level import observation_dimension
from sdmx_service.formats.splice import (
    Block,
    blocks,
    closing_observations,
    end_to_end,
    interleaved,
    pieces,
    with_empty_rows,
)
from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.formats.xml.ml_header_write import StructureEntry, header_text
from sdmx_service.formats.xml.ml_versions import Version
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Header, OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.schema import ALL_DIMENSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the text of one data set depends on."""

    version: Version
    dataset: OutDataSet
    entry: StructureEntry
    options: WriteOptions

    @property
    def layout(self) -> Layout:
        return self.dataset.slice.layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one kind of data message does differently from the others.

    ``begin_series``, ``observations``: text of each series up to its observations, of each
    observation. ``flat``: text of each observation with its whole key. ``time_series``: time is
    at the observation, nothing else. ``structures``: most Structures the header may have.
    """

    version: Version
    root: str
    begin_series: Callable[[Writing, pa.Table], pa.Array]
    end_series: str
    observations: Callable[[Writing, pa.RecordBatch], pa.Array]
    flat: Callable[[Writing, Block], pa.Array]
    begin_dataset: Callable[[Writing], str]
    namespaces: Mapping[str, str]
    structures_have_namespaces: bool
    time_series: bool = False
    structures: int | None = None


def write_message(
    dialect: Dialect, header: Header, datasets: Sequence[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A whole message, piece by piece.

    Raises: FORMAT_CANNOT_CARRY for what this kind of message has no place for: in SDMX 2.1
    several measures, components of several values or languages and metadata attributes; in time
    series messages a structure without time or another dimension at the observation; in generic
    time series messages data sets of several structures.
    """
    if not dialect.version.complex_values:
        for dataset in datasets:
            _refuse_complex(dataset.slice.layout, options)
    entries = [_entry(dataset, number, options) for number, dataset in enumerate(datasets, 1)]
    if dialect.time_series:
        _refuse_other_than_time(entries)
    if dialect.structures is not None:
        entries = _merged(entries, dialect.structures)
    return _pieces(dialect, header, datasets, _named(entries), options)


def set_attributes(writing: Writing, prefix: str = "") -> str:
    """The XML attributes every data set has."""
    data = writing.dataset.slice
    action = writing.version.actions[data.action]
    attributes = {"structureRef": writing.entry.id, "action": action}
    if data.valid_from:
        attributes["validFromDate"] = data.valid_from.isoformat()
    if data.valid_to:
        attributes["validToDate"] = data.valid_to.isoformat()
    return "".join(f' {prefix}{name}="{value}"' for name, value in attributes.items())


def _refuse_complex(layout: Layout, options: WriteOptions) -> None:
    measures = layout.measures if options.measures else ()
    attributes = tuple(column.id for column in layout.attributes) if options.attributes else ()
    lacking = {*layout.multiple, *layout.multilingual, *layout.metadata_attributes}
    found = [*measures[1:], *(name for name in measures + attributes if name in lacking)]
    if found:
        raise _cannot_carry(found[0])


def _refuse_other_than_time(entries: Sequence[StructureEntry]) -> None:
    for entry in entries:
        time = entry.context.data_structure.time_dimension
        if time is None or entry.observation_dimension != time.id:
            raise _cannot_carry(entry.observation_dimension)


def _merged(entries: Sequence[StructureEntry], most: int) -> list[StructureEntry]:
    """One entry for all data sets of the same usage."""
    first: dict[str, StructureEntry] = {}
    merged = [first.setdefault(entry.context.usage.urn, entry) for entry in entries]
    if len(first) > most:
        raise _cannot_carry(list(first.values())[most].context.usage.id)
    return merged


def _named(entries: Sequence[StructureEntry]) -> list[StructureEntry]:
    """Each called as its data structure where it alone is of it: there are clients that take one
    name for the other."""
    distinct = {entry.id: entry.context.data_structure.ref.id for entry in entries}
    counts = Counter(distinct.values())
    names = {
        number: name
        if counts[name] == 1 and _NAME.fullmatch(name) and not _NUMBERED.fullmatch(name)
        else number
        for number, name in distinct.items()
    }
    return [replace(entry, id=names[entry.id]) for entry in entries]


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""Ids that XML takes for an ID too."""
_NUMBERED = re.compile(r"STR[0-9]+")


def _cannot_carry(name: str) -> Refused:
    return refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)


def _entry(dataset: OutDataSet, number: int, options: WriteOptions) -> StructureEntry:
    dimension = observation_dimension(dataset.slice.layout, options)
    return StructureEntry(
        id=f"STR{number}",
        prefix=f"d{number}",
        context=dataset.context,
        observation_dimension=dimension,
    )


def _pieces(
    dialect: Dialect,
    header: Header,
    datasets: Sequence[OutDataSet],
    entries: Sequence[StructureEntry],
    options: WriteOptions,
) -> Iterator[bytes]:
    with closing_observations(datasets):
        distinct = list({entry.id: entry for entry in entries}.values())
        actions = {dataset.slice.action for dataset in datasets}
        named = dialect.structures_have_namespaces
        head = header_text(dialect.version, header, distinct, actions, namespaces=named)
        yield (_root(dialect, distinct) + head).encode()
        for dataset, entry in zip(datasets, entries, strict=True):
            writing = Writing(
                version=dialect.version, dataset=dataset, entry=entry, options=options
            )
            yield from _dataset(dialect, writing)
        yield f"</m:{dialect.root}>\n".encode()


def _root(dialect: Dialect, entries: Sequence[StructureEntry]) -> str:
    base = dialect.version.base
    namespaces = {"m": f"{base}message", "c": f"{base}common", **dialect.namespaces}
    if dialect.structures_have_namespaces:
        namespaces |= {entry.prefix: entry.namespace for entry in entries}
    declared = "".join(
        f' xmlns:{prefix}="{escaped_text(name)}"' for prefix, name in namespaces.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<m:{dialect.root}{declared}>\n'


def _dataset(dialect: Dialect, writing: Writing) -> Iterator[bytes]:
    yield dialect.begin_dataset(writing).encode()
    if writing.entry.observation_dimension == ALL_DIMENSIONS:
        yield from _flat(dialect, writing)
    else:
        yield from _series(dialect, writing)
    yield b"</m:DataSet>\n"


def _flat(dialect: Dialect, writing: Writing) -> Iterator[bytes]:
    for block in blocks(writing.dataset.slice, observations=writing.options.observations):
        yield from pieces(end_to_end(dialect.flat(writing, with_empty_rows(block))))


def _series(dialect: Dialect, writing: Writing) -> Iterator[bytes]:
    opened = False
    for block in blocks(writing.dataset.slice, observations=writing.options.observations):
        fresh = int(block.continued)
        heads = dialect.begin_series(writing, block.series.slice(fresh))
        numbers = np.arange(fresh, block.series.num_rows)
        rows = dialect.observations(writing, block.rows)
        text = interleaved(heads, numbers, rows, block.positions)
        # Each series begins by ending the one before, which the first has not.
        yield from pieces(text if opened else text[len(dialect.end_series) :])
        opened = True
    if opened:
        yield dialect.end_series.encode()
