"""Writes SDMX-CSV 1.0 and 2.0 data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.csv.columns import CsvColumn, columns_of, header_cells
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
    with_empty_rows,
)
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Action, Header, OutDataSet, WriteOptions
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_ACTIONS = {Action.MERGE: "A", Action.REPLACE: "R", Action.DELETE: "D"}
_STRUCTURES = {
    ArtefactClass.DATAFLOW: "dataflow",
    ArtefactClass.PROVISION_AGREEMENT: "dataprovision",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
}
_Lead = Callable[[OutDataSet, WriteOptions], list[str]]


def write_csv_1(
    _header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-CSV 1.0 file; the cells of the first column name the dataflow.

    Raises: FORMAT_CANNOT_CARRY where the data sets are of several data structures, or for labels
    other than ``id`` and ``both``. Source: SDMX-CSV 1.0 field guide.
    """
    if options.labels not in ("id", "both"):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"labels={options.labels}")
    return _file(["DATAFLOW"], _lead_1, tuple(datasets), options)


def write_csv_2(
    _header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An SDMX-CSV 2.0 file.

    Raises: FORMAT_CANNOT_CARRY where the data sets are of several data structures. Source:
    SDMX-CSV 2.0 field guide.
    """
    names = ["STRUCTURE_NAME"] if options.labels == "name" else []
    names = ["STRUCTURE", "STRUCTURE_ID", *names, "ACTION"]
    names += ["SERIES_KEY"] if options.keys in ("series", "both") else []
    names += ["OBS_KEY"] if options.keys in ("obs", "both") else []
    return _file(names, _lead_2, tuple(datasets), options)


def _lead_1(dataset: OutDataSet, options: WriteOptions) -> list[str]:
    dataflow = dataset.context.dataflow
    name = dataflow.about.names.best(options.languages)
    return [f"{dataflow.ref.short}: {name}" if options.labels == "both" else dataflow.ref.short]


def _lead_2(dataset: OutDataSet, options: WriteOptions) -> list[str]:
    usage = dataset.context.usage
    name = dataset.context.dataflow.about.names.best(options.languages)
    identifier = f"{usage.short}: {name}" if options.labels == "both" else usage.short
    cells = [_STRUCTURES[usage.artefact], identifier]
    cells += [name] if options.labels == "name" else []
    return [*cells, _ACTIONS[dataset.slice.action]]


def _file(
    lead_names: Sequence[str], lead: _Lead, datasets: Sequence[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """The header and the rows. A file without a data set is empty: nothing names its columns."""
    structures = {dataset.context.data_structure.ref for dataset in datasets}
    if len(structures) > 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=datasets[-1].context.data_structure.ref.short)
    return _lines(lead_names, lead, datasets, options)


def _lines(
    lead_names: Sequence[str], lead: _Lead, datasets: Sequence[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    with closing_observations(datasets):
        for number, dataset in enumerate(datasets):
            columns = columns_of(dataset, options)
            if not number:
                yield _line([*lead_names, *header_cells(columns)]).encode()
            cells = _line(lead(dataset, options)).removesuffix("\r\n")
            keys = [name for name in lead_names if name.endswith("_KEY")]
            for block in blocks(dataset.slice, observations=options.observations):
                rows = _rows(with_empty_rows(block), cells, keys, dataset, columns)
                yield from pieces(end_to_end(rows))


def _line(cells: Iterable[str]) -> str:
    return ",".join(quoted_text(cell) for cell in cells) + "\r\n"


def _rows(
    block: Block,
    lead: str,
    keys: Sequence[str],
    dataset: OutDataSet,
    columns: Sequence[CsvColumn],
) -> pa.Array:
    """Lines of a block: cells of the series are joined once a series, then taken by row."""
    length, positions = block.rows.num_rows, pa.array(block.positions)
    parts: list[pa.Array | str] = [lead]
    for name in keys:
        parts += [",", _key(block, dataset.slice.layout, with_time=name == "OBS_KEY")]
    for of_series, group in groupby(columns, lambda column: column.of_series):
        table: Any = block.series if of_series else block.rows
        cells = [piece for column in group for piece in _cells(column, table)]
        texts = joined(table.num_rows, cells)
        parts.append(texts.take(positions) if of_series else texts)
    return joined(length, [*parts, "\r\n"])


def _cells(column: CsvColumn, table: Any) -> list[pa.Array | str]:
    """The cells of a component, each after its separator."""
    if column.constant is not None:
        return ["," + quoted_text(text) for text in column.constant]
    values = table[column.id] if isinstance(table, pa.Table) else table.column(column.id)
    cells: list[pa.Array | str] = []
    for render in column.renders:
        cells += [",", rendered(values, partial(_quoted, render))]
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
