"""Reads SDMX-CSV 1.0, 2.0 and 2.1 as Arrow batches, block by block.

Rows that follow each other with the same structure and action are one data set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.assemble import Level, record_batch
from sdmx_service.formats.csv.cells import is_switched_off, may_switch_off, values
from sdmx_service.formats.csv.datasets import (
    EMBARGO_TIME,
    Cells,
    Run,
    StructureColumns,
    action_of,
    runs,
    structure_columns,
)
from sdmx_service.formats.csv.header import Column, CsvHeader, read_header, separator_of
from sdmx_service.formats.csv.records import BLOCK_BYTES, Block, blocks
from sdmx_service.formats.csv.table import CsvTable, parse
from sdmx_service.formats.unknown_component import unknown_component
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import CODED, TEXT
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import (
    Action,
    DataBatch,
    DataMessage,
    Header,
    ResolveStructure,
)
from sdmx_service.model.problem import Location, Problem, refuse

_BOM = b"\xef\xbb\xbf"
_FORMATS = {1: "sdmx-csv-1.0", 2: "sdmx-csv-2.0"}
_IGNORED = frozenset({"SERIES_KEY", "OBS_KEY", "STRUCTURE_NAME"})


def read_csv(
    source: BinaryIO,
    resolve: ResolveStructure,
    problems: ProblemCollector,
    limits: Limits,
    *,
    block_bytes: int = BLOCK_BYTES,
) -> DataMessage:
    """Read a message. Source: SDMX-CSV 2.1, 2.0 and 1.0 field guides; a CSV message has no
    header, and nothing in it tells 2.0 from 2.1."""
    source.seek(0)
    separator = separator_of(source.read(256).removeprefix(_BOM))
    pieces = blocks(source, separator, limits, block_bytes)
    first = next(pieces, None)
    if first is None:
        raise refuse("MESSAGE_EMPTY")
    record, rest = _without_header(first)
    header = read_header(record, separator.decode())
    reading = _CsvReading(header, resolve, problems, limits)
    return DataMessage(
        format=_FORMATS[header.version],
        header=Header(),
        batches=reading.batches(chain([rest], pieces)),
    )


def _without_header(block: Block) -> tuple[str, Block]:
    end = int(block.starts[1]) if len(block.starts) > 1 else len(block.data)
    record = block.data[int(block.starts[0]) : end].decode().rstrip("\r\n")
    return record, replace(block, starts=block.starts[1:], lines=block.lines[1:])


class _CsvReading:
    """A message being read: what is known of its structures and of its last data set."""

    def __init__(
        self,
        header: CsvHeader,
        resolve: ResolveStructure,
        problems: ProblemCollector,
        limits: Limits,
    ) -> None:
        self._header, self._resolve = header, resolve
        self._problems, self._limits = problems, limits
        self._structures: dict[tuple[str, str], StructureColumns] = {}
        self._dataset = -1
        self._cells: Cells | None = None
        self._reported: set[str] = set()

    def batches(self, pieces: Iterator[Block]) -> Iterator[DataBatch]:
        width, separator = len(self._header.columns), self._header.separator
        for block in pieces:
            if len(block.starts):
                table = parse(block, width, self._types(), separator, self._problems)
                for run in runs(table, self._header):
                    yield from self._run(table, run)
        self._report_empty_unknown()

    def _types(self) -> dict[int, pa.DataType]:
        """Columns to parse; what turns out to be a measure all the same is converted later."""
        measures = {"OBS_VALUE"}
        for structure in self._structures.values():
            measures.update(structure.use.layout.measures)
        return {
            column.position: TEXT if column.name in measures else CODED
            for column in self._header.columns
            if column.name not in _IGNORED
        }

    def _run(self, table: CsvTable, run: Run) -> Iterator[DataBatch]:
        line = int(table.lines[run.start])
        structure = self._structure(run.cells, line)
        action = action_of(run.cells.action, line)
        if run.cells != self._cells:
            self._dataset, self._cells = self._dataset + 1, run.cells
            if self._dataset >= self._limits.datasets:
                place = Location(line=line)
                raise refuse("DATASETS_TOO_MANY", place, limit=self._limits.datasets)
        self._report_unknown(table, run, structure)
        self._report_embargo(table, run, structure)
        if action is Action.DELETE:
            self._report_switched_off(table, run, structure)
        for start in range(run.start, run.stop, self._limits.batch_rows):
            stop = min(start + self._limits.batch_rows, run.stop)
            yield DataBatch(
                dataset=self._dataset,
                structure=structure.use,
                action=action,
                declared_action=run.cells.action,
                rows=_rows(table, start, stop, structure, self._header),
            )

    def _structure(self, cells: Cells, line: int) -> StructureColumns:
        key = (cells.structure, cells.structure_id)
        if key not in self._structures:
            found = structure_columns(cells, self._header, self._resolve, line)
            self._structures[key] = found
        return self._structures[key]

    def _report_unknown(self, table: CsvTable, run: Run, structure: StructureColumns) -> None:
        """A column that the structure of a row does not know, once, where it has a value."""
        for column in structure.unknown:
            given = table.columns[column.position].slice(run.start, run.stop - run.start).is_valid()
            if column.name not in self._reported and pc.any(given).as_py():
                first = run.start + int(np.argmax(given.to_numpy(zero_copy_only=False)))
                self._report(structure, column, int(table.lines[first]))

    def _report_empty_unknown(self) -> None:
        """Columns without values that no structure of the message knows."""
        known = {column.name for item in self._structures.values() for column in item.known}
        for structure in self._structures.values():
            for column in structure.unknown:
                if column.name not in known | self._reported:
                    self._report(structure, column, 1)

    def _report(self, structure: StructureColumns, column: Column, line: int) -> None:
        self._reported.add(column.name)
        place = Location(line=line, component=column.name)
        self._problems.add(unknown_component(structure.use, column.name, place))

    def _report_embargo(self, table: CsvTable, run: Run, structure: StructureColumns) -> None:
        if structure.embargo is None:
            return
        cells = table.columns[structure.embargo.position].slice(run.start, run.stop - run.start)
        given = run.start + np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False))
        samples = (
            Problem(
                "EMBARGO_UNSUPPORTED",
                {"found": EMBARGO_TIME},
                Location(dataset=self._dataset + 1, line=int(line), component=EMBARGO_TIME),
            )
            for line in table.lines[given]
        )
        self._problems.add_many(len(given), samples)

    def _report_switched_off(self, table: CsvTable, run: Run, structure: StructureColumns) -> None:
        """Rows that delete and switch a dimension off, but name no attribute that would go."""
        length, layout = run.stop - run.start, structure.use.layout
        cells = {
            column.name: table.columns[column.position].slice(run.start, length)
            for column in structure.known
        }
        off = {name: cells[name] for name in layout.key if name in cells}
        off = {name: column for name, column in off.items() if may_switch_off(column)}
        if not off:
            return
        given = np.zeros(length, np.bool_)
        for name in cells.keys() - set(layout.key):
            given |= cells[name].is_valid().to_numpy(zero_copy_only=False)
        for name, column in off.items():
            switched = is_switched_off(column).to_numpy(zero_copy_only=False)
            wrong = run.start + np.flatnonzero(switched & ~given)
            samples = (
                Problem(
                    "DIMENSION_SWITCHED_OFF",
                    {"component": name},
                    Location(dataset=self._dataset + 1, line=int(line), component=name),
                )
                for line in table.lines[wrong]
            )
            self._problems.add_many(len(wrong), samples)


def _rows(
    table: CsvTable, start: int, stop: int, structure: StructureColumns, header: CsvHeader
) -> pa.RecordBatch:
    columns = {}
    for column in structure.known:
        cells = table.columns[column.position].slice(start, stop - start)
        columns[column.name] = values(cells, column, structure, header)
    lines = pa.array(table.lines[start:stop], pa.int64())
    return record_batch(structure.schema, (Level(columns),), lines)
