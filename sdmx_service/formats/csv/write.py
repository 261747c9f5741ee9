"""Writes SDMX-CSV 1.0, 2.0 and 2.1 data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.csv import subfields
from sdmx_service.formats.csv.columns import CsvColumn, columns_of, side_by_side
from sdmx_service.formats.csv.dialect import CSV_10, CSV_20, CSV_21, VALIDITY, Dialect
from sdmx_service.formats.csv.quote import quoted, quoted_text
from sdmx_service.formats.splice import (
    Block,
    Render,
    blocks,
    closing_observations,
    end_to_end,
    joined,
    pieces,
    rendered,
    row_alone,
    with_empty_rows,
)
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Action, Header, OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass

_STRUCTURES = {
    ArtefactClass.DATAFLOW: "dataflow",
    ArtefactClass.PROVISION_AGREEMENT: "dataprovision",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
}
_Lead = Callable[[OutDataSet, WriteOptions], list[str]]


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of a data set: their first cells, their key columns, their components.

    ``switched_off``: the cell of a dimension without a value. ``tail``: their last cells.
    ``may_be_alone``: a row may be without a key, for attributes of the data set.
    """

    dataset: OutDataSet
    lead: str
    keys: tuple[str, ...]
    columns: tuple[CsvColumn, ...]
    switched_off: str
    tail: str
    may_be_alone: bool


def write_csv_10(
    _header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-CSV 1.0 file; the cells of the first column name the dataflow.

    Raises: FORMAT_CANNOT_CARRY where the data sets are of several data structures, for components
    of several values or languages, for metadata attributes, and for labels other than ``id`` and
    ``both``. Source: SDMX-CSV 1.0 field guide.
    """
    if options.labels not in CSV_10.labels:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"labels={options.labels}")
    datasets = tuple(datasets)
    _refuse_what_10_lacks(datasets, options)
    return _file(["DATAFLOW"], _lead_10, datasets, options, CSV_10)


def write_csv_20(
    _header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-CSV 2.0 file; data sets of several data structures share it.

    Raises: FORMAT_CANNOT_CARRY for a component that has several values in one of the data
    structures only. Source: SDMX-CSV 2.0 field guide.
    """
    return _write_2(tuple(datasets), options, CSV_20)


def write_csv_21(
    _header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-CSV 2.1 file: as 2.0, with Merge, and ``~`` for a dimension a row does not have.

    Raises: as ``write_csv_20``. Source: SDMX-CSV 2.1 field guide.
    """
    return _write_2(tuple(datasets), options, CSV_21)


def _refuse_what_10_lacks(datasets: Sequence[OutDataSet], options: WriteOptions) -> None:
    structures = {dataset.context.data_structure.ref for dataset in datasets}
    if len(structures) > 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=datasets[-1].context.data_structure.ref.short)
    for dataset in datasets[:1]:
        layout = dataset.slice.layout
        names = layout.measures if options.measures else ()
        names += tuple(column.id for column in layout.attributes) if options.attributes else ()
        for name in names:
            if subfields.kind_of(name, layout) or name in layout.metadata_attributes:
                raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)


def _write_2(
    datasets: Sequence[OutDataSet], options: WriteOptions, dialect: Dialect
) -> Iterator[bytes]:
    several = any(map(_has_several, datasets))
    names = [f"STRUCTURE[{subfields.SEPARATOR}]" if several else "STRUCTURE", "STRUCTURE_ID"]
    names += ["STRUCTURE_NAME"] if options.labels == "name" else []
    names += ["ACTION"]
    names += ["SERIES_KEY"] if options.keys in ("series", "both") else []
    names += ["OBS_KEY"] if options.keys in ("obs", "both") else []
    return _file(names, partial(_lead_2, dialect), datasets, options, dialect)


def _has_several(dataset: OutDataSet) -> bool:
    return bool(dataset.slice.layout.multiple or dataset.slice.layout.multilingual)


def _lead_10(dataset: OutDataSet, options: WriteOptions) -> list[str]:
    dataflow = dataset.context.dataflow
    name = dataflow.about.names.best(options.languages)
    return [f"{dataflow.ref.short}: {name}" if options.labels == "both" else dataflow.ref.short]


def _lead_2(dialect: Dialect, dataset: OutDataSet, options: WriteOptions) -> list[str]:
    usage = dataset.context.usage
    name = dataset.context.dataflow.about.names.best(options.languages)
    identifier = f"{usage.short}: {name}" if options.labels == "both" else usage.short
    cells = [_STRUCTURES[usage.artefact], identifier]
    cells += [name] if options.labels == "name" else []
    return [*cells, dialect.actions[dataset.slice.action]]


def _file(
    names: Sequence[str],
    lead: _Lead,
    datasets: Sequence[OutDataSet],
    options: WriteOptions,
    dialect: Dialect,
) -> Iterator[bytes]:
    """The header and the rows. A file without a data set is empty: nothing names its columns."""
    columns = side_by_side([columns_of(dataset, options) for dataset in datasets])
    keys = tuple(name for name in names if name.endswith("_KEY"))
    dated = bool(dialect.actions) and any(map(_validity, datasets))
    parts = [
        _Part(
            dataset,
            _line(lead(dataset, options)).removesuffix("\r\n"),
            keys,
            own,
            # An empty dimension of a Delete is a wildcard.
            "" if dataset.slice.action is Action.DELETE else dialect.switched_off,
            _tail(dataset) if dated else "\r\n",
            bool(dialect.actions),
        )
        for dataset, own in zip(datasets, columns, strict=True)
    ]
    return _lines(names, parts, VALIDITY if dated else (), options)


def _validity(dataset: OutDataSet) -> datetime | None:
    return dataset.slice.valid_from or dataset.slice.valid_to


def _tail(dataset: OutDataSet) -> str:
    return f",{_instant(dataset.slice.valid_from)},{_instant(dataset.slice.valid_to)}\r\n"


def _instant(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _lines(
    names: Sequence[str], parts: Sequence[_Part], last: Sequence[str], options: WriteOptions
) -> Iterator[bytes]:
    with closing_observations([part.dataset for part in parts]):
        for number, part in enumerate(parts):
            if not number:
                heads = [head for column in part.columns for head in column.heads]
                yield _line([*names, *heads, *last]).encode()
            data = part.dataset.slice
            alone = row_alone(data, attributes=options.attributes and part.may_be_alone)
            for block in chain(blocks(data, observations=options.observations), alone):
                yield from pieces(end_to_end(_rows(with_empty_rows(block), part)))


def _line(cells: Iterable[str]) -> str:
    return ",".join(quoted_text(cell) for cell in cells) + "\r\n"


def _rows(block: Block, part: _Part) -> pa.Array:
    """Lines of a block: cells of the series are joined once a series, then taken by row."""
    length, positions = block.rows.num_rows, pa.array(block.positions)
    layout = part.dataset.slice.layout
    texts: list[pa.Array | str] = [part.lead]
    for name in part.keys:
        texts += [",", _key(block, layout, with_time=name == "OBS_KEY")]
    for of_series, group in groupby(part.columns, lambda column: column.of_series):
        table: Any = block.series if of_series else block.rows
        cells = [piece for column in group for piece in _cells(column, table, part)]
        line = joined(table.num_rows, cells)
        texts.append(line.take(positions) if of_series else line)
    return joined(length, [*texts, part.tail])


def _cells(column: CsvColumn, table: Any, part: _Part) -> list[pa.Array | str]:
    """The cells of a component, each after its separator."""
    if column.constant is not None:
        return ["," + quoted_text(text) for text in column.constant]
    values = table[column.id] if isinstance(table, pa.Table) else table.column(column.id)
    cells: list[pa.Array | str] = []
    for render in column.renders:
        cells += [",", rendered(values, partial(_quoted, render))]
    if part.switched_off and values.null_count and column.id in part.dataset.slice.layout.key:
        cells[1] = pc.fill_null(cells[1], part.switched_off)
    return cells


def _quoted(render: Render, texts: pa.Array) -> pa.Array:
    return quoted(render(texts))


def _key(block: Block, layout: Layout, *, with_time: bool) -> pa.Array:
    columns = [rendered(block.series[name], _plain) for name in layout.dimensions]
    parts: list[pa.Array | str] = [columns[0]]
    for column in columns[1:]:
        parts += [".", column]
    key = joined(block.series.num_rows, parts).take(pa.array(block.positions))
    if with_time and layout.time:
        # Null, and so empty, for a series without observations.
        time = rendered(block.rows.column(layout.time), _plain)
        key = pc.binary_join_element_wise(key, time, ".")
    return quoted(key)


def _plain(texts: pa.Array) -> pa.Array:
    return texts
