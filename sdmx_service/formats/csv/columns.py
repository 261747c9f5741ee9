"""Which columns an SDMX-CSV file has and how their cells are labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.csv import subfields
from sdmx_service.formats.csv.subfields import Kind, kind_of
from sdmx_service.formats.periods import normalized
from sdmx_service.formats.splice import Render
from sdmx_service.model.message import OutDataSet, StructureContext, WriteOptions
from sdmx_service.model.problem import Location, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvColumn:
    """A component: the heads of its columns and what makes their cells of its values.

    ``of_series``: its values stand in the series table. ``constant``: its cells are the same in
    every row, as for attributes of the data set and for components of another data structure.
    """

    id: str
    heads: tuple[str, ...]
    renders: tuple[Render, ...]
    of_series: bool = True
    constant: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """The components of a data set: in this order, each kind by itself."""

    dimensions: tuple[CsvColumn, ...]
    measures: tuple[CsvColumn, ...]
    attributes: tuple[CsvColumn, ...]

    @property
    def kinds(self) -> tuple[tuple[CsvColumn, ...], ...]:
        return (self.dimensions, self.measures, self.attributes)


def columns_of(dataset: OutDataSet, options: WriteOptions) -> CsvColumns:
    """Every component of the data structure but those left out, in its order."""
    layout = dataset.slice.layout
    measures = layout.measures if options.measures else ()
    attributes = tuple(column.id for column in layout.attributes) if options.attributes else ()
    of_series = {*layout.dimensions, *(column.id for column in layout.higher_attributes)}
    of_all = frozenset(layout.dataset_attributes)

    def columns(names: tuple[str, ...]) -> tuple[CsvColumn, ...]:
        return tuple(
            _column(name, dataset, options, of_series=name in of_series, of_all=name in of_all)
            for name in names
        )

    return CsvColumns(columns(layout.key), columns(measures), columns(attributes))


def side_by_side(datasets: Sequence[CsvColumns]) -> list[tuple[CsvColumn, ...]]:
    """The columns of each data set in a file of all: what it has not stands there empty.

    The dimensions of the first come first, then what further ones the second has, and so on;
    then the measures likewise, then the attributes. Raises: FORMAT_CANNOT_CARRY for a component
    that has several values in one data structure and a single one in another.
    """
    found: dict[str, CsvColumn] = {}
    for columns in chain.from_iterable(zip(*(dataset.kinds for dataset in datasets), strict=True)):
        for column in columns:
            first = found.setdefault(column.id, column)
            if _bracket(first) != _bracket(column):
                place = Location(component=column.id)
                raise refuse("FORMAT_CANNOT_CARRY", place, found=column.id)
    return [_in_order(found, dataset) for dataset in datasets]


def _in_order(found: dict[str, CsvColumn], dataset: CsvColumns) -> tuple[CsvColumn, ...]:
    own = {column.id: column for columns in dataset.kinds for column in columns}
    return tuple(own.get(name) or _absent(column) for name, column in found.items())


def _absent(column: CsvColumn) -> CsvColumn:
    return CsvColumn(
        id=column.id, heads=column.heads, renders=(), constant=("",) * len(column.heads)
    )


def _bracket(column: CsvColumn) -> str:
    return column.heads[0].partition(": ")[0].partition("[")[2]


def _column(
    name: str, dataset: OutDataSet, options: WriteOptions, *, of_series: bool, of_all: bool
) -> CsvColumn:
    layout, context = dataset.slice.layout, dataset.context
    concept = context.concepts[name].best(options.languages) if name in context.concepts else ""
    kind = kind_of(name, layout)
    value = _value_render(name == layout.time, kind, options)
    head = name + _brackets(kind, options)
    heads, renders = _labelled(
        head, concept or name, value, _names(name, context, options), kind, options
    )
    cells = None
    if of_all:
        texts = pa.array([dataset.slice.dataset_attributes.get(name)], pa.string())
        cells = tuple(render(texts)[0].as_py() or "" for render in renders)
    return CsvColumn(id=name, heads=heads, renders=renders, of_series=of_series, constant=cells)


def _value_render(is_time: bool, kind: Kind, options: WriteOptions) -> Render:
    if kind:
        return partial(subfields.written, kind=kind)
    return normalized if is_time and options.time_format == "normalized" else _as_is


def _brackets(kind: Kind, options: WriteOptions) -> str:
    """What a head says of its cells: the hub's languages, as those of the rows come later."""
    if kind.multilingual:
        return f"[{subfields.SEPARATOR.join(sorted(options.languages))}]"
    return "[]" if kind.multiple else ""


def _labelled(
    head: str,
    concept: str,
    value: Render,
    names: tuple[pa.Array, pa.Array] | None,
    kind: Kind,
    options: WriteOptions,
) -> tuple[tuple[str, ...], tuple[Render, ...]]:
    if options.labels == "both":
        return (f"{head}: {concept}",), (_several(partial(_both, names), kind) if names else value,)
    if options.labels == "name":
        named = _several(partial(_name, names), kind) if names else _nothing
        return (head, concept), (value, named)
    return (head,), (value,)


def _several(render: Render, kind: Kind) -> Render:
    return partial(subfields.named, name=render) if kind else render


def _names(
    component: str, context: StructureContext, options: WriteOptions
) -> tuple[pa.Array, pa.Array] | None:
    """Codes and their names, side by side; None for an uncoded component or where none is asked."""
    codelist = context.codelists.get(component)
    if codelist is None or options.labels == "id":
        return None
    return (
        pa.array([code.id for code in codelist.items], pa.string()),
        pa.array(
            [code.about.names.best(options.languages) for code in codelist.items], pa.string()
        ),
    )


def _as_is(texts: pa.Array) -> pa.Array:
    return texts


def _nothing(texts: pa.Array) -> pa.Array:
    return pa.repeat("", len(texts))


def _name(names: tuple[pa.Array, pa.Array], texts: pa.Array) -> pa.Array:
    """The name of each code; nothing for what is no code of the list."""
    return names[1].take(pc.index_in(texts, value_set=names[0]))


def _both(names: tuple[pa.Array, pa.Array], texts: pa.Array) -> pa.Array:
    name = _name(names, texts)
    return pc.coalesce(pc.binary_join_element_wise(texts, name, ": "), texts)
