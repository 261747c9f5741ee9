"""Data sets as typed columns: what Parquet, Arrow and Excel have in common.

Dimensions, time and coded attributes are dictionaries of text. A measure whose format is a number
is a double, and beside it stands ``ID.text``: what the producer wrote, where Arrow's text of the
double is not that (``12.50``, ``NaN``, integers beyond 2^53). So the column has its type before
the first row is known, and nothing is lost. Beside time stands ``ID.start``, its first
day: a date sorts and joins, the text says which period it is. No component's id has a dot, and
the path of a metadata attribute does not begin with that of a component.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.column_values import as_numbers, as_texts, several, type_of
from sdmx_service.formats.numeric import is_numeric
from sdmx_service.formats.periods import first_days
from sdmx_service.formats.splice import (
    Block,
    blocks,
    closing_observations,
    in_one,
    row_alone,
    with_empty_rows,
)
from sdmx_service.model.columns import CODED, TEXT
from sdmx_service.model.message import Action, OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, refuse

INSTANT = pa.timestamp("us", tz="UTC")
_Make = Callable[[Block], pa.Array]


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column of the answer: its field and what makes its cells of a block."""

    field: pa.Field
    make: _Make


@dataclass(frozen=True, slots=True)
class _Part:
    """A data set and its columns by name."""

    dataset: OutDataSet
    columns: dict[str, TypedColumn]


@dataclass(frozen=True, slots=True)
class TypedTable:
    """Every data set in one table: its schema, its rows batch by batch."""

    schema: pa.Schema
    parts: tuple[_Part, ...]
    observations: bool
    attributes: bool

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Batches of at most a block of rows; closes the observations of every data set."""
        with closing_observations([part.dataset for part in self.parts]):
            for part in self.parts:
                data = part.dataset.slice
                alone = row_alone(data, attributes=self.attributes)
                for block in chain(blocks(data, observations=self.observations), alone):
                    filled = with_empty_rows(block)
                    if filled.rows.num_rows:
                        yield self._batch(part, filled)

    def _batch(self, part: _Part, block: Block) -> pa.RecordBatch:
        arrays = [
            part.columns[field.name].make(block)
            if field.name in part.columns
            else pa.nulls(block.rows.num_rows, field.type)
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def typed_table(datasets: Sequence[OutDataSet], options: WriteOptions) -> TypedTable:
    """The table of data sets, what tells them apart first, then dimensions, measures, attributes.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures.
    """
    said = _said(datasets)
    coded = frozenset(name for dataset in datasets for name in dataset.context.codelists)
    parts = []
    fields: tuple[dict[str, pa.Field], ...] = ({}, {}, {}, {})
    for dataset in datasets:
        kinds = (
            [_constant(dataset, *one) for one in said],
            _dimensions(dataset),
            _measures(dataset) if options.measures else [],
            _attributes(dataset, coded) if options.attributes else [],
        )
        for found, columns in zip(fields, kinds, strict=True):
            for column in columns:
                first = found.setdefault(column.field.name, column.field)
                if first.type != column.field.type:
                    name = column.field.name
                    raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)
        parts.append(_Part(dataset, {c.field.name: c for columns in kinds for c in columns}))
    ordered = {field.name: field for found in fields for field in found.values()}
    return TypedTable(
        pa.schema(list(ordered.values())), tuple(parts), options.observations, options.attributes
    )


_Said = tuple[str, pa.DataType, Callable[[OutDataSet], Any]]


def _said(datasets: Sequence[OutDataSet]) -> list[_Said]:
    """What tells the data sets apart, where something does."""
    result: list[_Said] = []
    if len({dataset.context.usage for dataset in datasets}) > 1:
        result.append(("_structure", TEXT, lambda dataset: dataset.context.usage.short))
    if {dataset.slice.action for dataset in datasets} - {Action.REPLACE}:
        result.append(("_action", TEXT, lambda dataset: dataset.slice.action.value))
    if any(dataset.slice.valid_from for dataset in datasets):
        result.append(("_valid_from", INSTANT, lambda dataset: dataset.slice.valid_from))
    if any(dataset.slice.valid_to for dataset in datasets):
        result.append(("_valid_to", INSTANT, lambda dataset: dataset.slice.valid_to))
    return result


def _constant(
    dataset: OutDataSet, name: str, kind: pa.DataType, say: Callable[[OutDataSet], Any]
) -> TypedColumn:
    cell = pa.scalar(say(dataset), kind)
    return TypedColumn(pa.field(name, kind), lambda block: pa.repeat(cell, block.rows.num_rows))


def _dimensions(dataset: OutDataSet) -> list[TypedColumn]:
    layout = dataset.slice.layout
    columns = [
        TypedColumn(_field(dataset, name, CODED, "dimension"), partial(_of_series, name=name))
        for name in layout.dimensions
    ]
    if layout.time is None:
        return columns
    time = layout.time
    start = pa.field(f"{time}.start", pa.date32(), metadata={"sdmx.role": "start of time"})
    return [
        *columns,
        TypedColumn(_field(dataset, time, CODED, "time dimension"), partial(_of_rows, name=time)),
        TypedColumn(start, lambda block: _mapped(_of_rows(block, name=time), first_days)),
    ]


def _measures(dataset: OutDataSet) -> list[TypedColumn]:
    columns: list[TypedColumn] = []
    layout = dataset.slice.layout
    for measure in dataset.context.data_structure.measures:
        take = partial(_of_rows, name=measure.id)
        if is_numeric(measure) and measure.id not in layout.multiple:
            columns += _number_columns(dataset, measure.id, take)
        else:
            kind = type_of(measure.id, layout, TEXT)
            field = _field(dataset, measure.id, kind, "measure")
            columns.append(TypedColumn(field, _typed(take, kind)))
    return columns


class _Numbers:
    """The doubles of a measure, made once a block for the two columns that ask for them."""

    def __init__(self, take: _Make) -> None:
        self._take = take
        self._made: tuple[Block, pa.Array] | None = None

    def __call__(self, block: Block) -> pa.Array:
        if self._made is None or self._made[0] is not block:
            self._made = (block, as_numbers(self._take(block)))
        return self._made[1]


def _number_columns(dataset: OutDataSet, name: str, take: _Make) -> list[TypedColumn]:
    numbers = _Numbers(take)
    text = pa.field(f"{name}.text", TEXT, metadata={"sdmx.role": "measure as written"})
    return [
        TypedColumn(_field(dataset, name, pa.float64(), "measure"), numbers),
        TypedColumn(text, lambda block: as_texts(take(block), numbers(block))),
    ]


def _attributes(dataset: OutDataSet, coded: frozenset[str]) -> list[TypedColumn]:
    layout, columns = dataset.slice.layout, []
    for attribute in layout.attributes:
        kind = type_of(attribute.id, layout, CODED if attribute.id in coded else TEXT)
        role = "metadata attribute" if attribute.metadata else "attribute"
        field = _field(dataset, attribute.id, kind, role)
        if attribute.id in layout.dataset_attributes:
            given = pa.array([dataset.slice.dataset_attributes.get(attribute.id)], CODED)
            columns.append(TypedColumn(field, partial(_repeated, cell=_as_type(given, kind))))
            continue
        of = _of_rows if attribute.observation else _of_series
        columns.append(TypedColumn(field, _typed(partial(of, name=attribute.id), kind)))
    return columns


def _repeated(block: Block, *, cell: pa.Array) -> pa.Array:
    return cell.take(pa.array([0] * block.rows.num_rows, pa.int32()))


def _field(dataset: OutDataSet, name: str, kind: pa.DataType, role: str) -> pa.Field:
    metadata = {"sdmx.role": role}
    concept = dataset.context.concepts.get(name)
    if concept:
        metadata |= {f"sdmx.name.{language}": text for language, text in concept}
    if name in dataset.context.codelists:
        metadata["sdmx.codelist"] = dataset.context.codelists[name].ref.urn
    return pa.field(name, kind, metadata=metadata)


def _of_series(block: Block, *, name: str) -> pa.Array:
    column = _used(in_one(block.series[name]))
    return column.take(pa.array(block.positions))


def _of_rows(block: Block, *, name: str) -> pa.Array:
    return _used(block.rows.column(name))


def _used(column: pa.Array) -> pa.Array:
    """A dictionary with only the values that rows have, in the order of their appearance: a store
    may hand out dictionaries of all it keeps, with codes that only hidden series have."""
    if not pa.types.is_dictionary(column.type):
        return column
    used = pc.unique(column.indices.drop_null())
    if len(used) == len(column.dictionary):
        return column
    places = pc.index_in(column.indices, value_set=used)
    return pa.DictionaryArray.from_arrays(places, column.dictionary.take(used))


def _typed(take: _Make, kind: pa.DataType) -> _Make:
    return lambda block: _as_type(take(block), kind)


def _as_type(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if column.type == kind:
        return column
    if kind == TEXT:
        return column.dictionary_decode()
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return _mapped(coded, partial(several, kind=kind))


def _mapped(column: pa.DictionaryArray, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Each distinct text changed once; of a large dictionary only what the rows use."""
    if len(column.dictionary) > len(column):
        column = column.dictionary_decode().dictionary_encode()
    return pc.take(change(column.dictionary), column.indices)
