"""A block of records → columns, by Arrow's CSV parser; rows of a wrong width are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from sdmx_service.formats.csv.records import Block, Positions
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Location, Problem, refuse


@dataclass(frozen=True, slots=True)
class CsvTable:
    """``columns``: position in the header → values; ``lines``: line of each row, from 1."""

    columns: Mapping[int, pa.Array]
    lines: Positions


def parse(
    block: Block, width: int, types: Mapping[int, pa.DataType], separator: str,
    problems: ProblemCollector,
) -> CsvTable:  # fmt: skip
    """Parse the columns of ``types``; an empty cell is null. Wrong widths go to ``problems``."""
    wrong: list[int] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        line = int(block.lines[row.number - 1])
        counts = {"expected": width, "found": row.actual_columns}
        problems.add(Problem("CSV_COLUMN_COUNT", counts, Location(line=line)))
        return "skip"

    table = _read(block, width, types, separator, skip)
    lines = np.delete(block.lines, wrong)
    if table.num_rows != len(lines):
        place = Location(line=int(block.lines[0]))
        raise refuse("CSV_MALFORMED", place, reason="rows that cannot be told apart")
    columns = {
        position: _single(table.column(str(position)), data_type)
        for position, data_type in types.items()
    }
    return CsvTable(columns, lines)


def _single(column: pa.ChunkedArray, data_type: pa.DataType) -> pa.Array:
    if column.num_chunks == 0:
        return pa.nulls(0, data_type)
    return pa.concat_arrays(column.unify_dictionaries().chunks)


def _read(
    block: Block, width: int, types: Mapping[int, pa.DataType], separator: str, skip: object
) -> pa.Table:
    data = block.data[int(block.starts[0]) :]
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            block_size=len(data) + 1,
            column_names=[str(position) for position in range(width)],
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator,
            newlines_in_values=block.quoted_lines,
            invalid_row_handler=skip,
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types={str(position): kind for position, kind in types.items()},
            include_columns=[str(position) for position in types],
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
