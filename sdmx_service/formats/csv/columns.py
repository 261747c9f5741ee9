"""Which columns an SDMX-CSV file has and how their cells are labelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import Render
from sdmx_service.model.message import OutDataSet, StructureContext, WriteOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvColumn:
    """A component: the heads of its columns and what makes their cells of its values.

    ``of_series``: its values stand in the series table. ``constant``: its cells are the same in
    every row, as for attributes of the data set.
    """

    id: str
    heads: tuple[str, ...]
    renders: tuple[Render, ...]
    of_series: bool = True
    constant: tuple[str, ...] | None = None


def columns_of(dataset: OutDataSet, options: WriteOptions) -> list[CsvColumn]:
    """Every component of the data structure but those left out, in its order."""
    layout = dataset.slice.layout
    observed = {layout.time, *layout.measures, *layout.observation_attributes}
    names = layout.key + (layout.measures if options.measures else ())
    names += tuple(column.id for column in layout.attributes) if options.attributes else ()
    fixed = {name: dataset.slice.dataset_attributes.get(name) for name in layout.dataset_attributes}
    return [
        _column(
            name,
            dataset.context,
            options,
            of_series=name not in observed,
            constant=(fixed[name] or "",) if name in fixed else None,
        )
        for name in names
    ]


def header_cells(columns: Iterable[CsvColumn]) -> list[str]:
    return [head for column in columns for head in column.heads]


def _column(
    name: str,
    context: StructureContext,
    options: WriteOptions,
    *,
    of_series: bool,
    constant: Sequence[str] | None,
) -> CsvColumn:
    concept = context.concepts[name].best(options.languages) if name in context.concepts else ""
    heads, renders = _labelled(name, concept or name, _names(name, context, options), options)
    cells = None
    if constant is not None:
        texts = pa.array(constant, pa.string())
        cells = tuple(render(texts)[0].as_py() or "" for render in renders)
    return CsvColumn(id=name, heads=heads, renders=renders, of_series=of_series, constant=cells)


def _labelled(
    name: str, concept: str, names: tuple[pa.Array, pa.Array] | None, options: WriteOptions
) -> tuple[tuple[str, ...], tuple[Render, ...]]:
    if options.labels == "both":
        return (f"{name}: {concept}",), (partial(_both, names) if names else _as_is,)
    if options.labels == "name":
        return (name, concept), (_as_is, partial(_name, names) if names else _nothing)
    return (name,), (_as_is,)


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
