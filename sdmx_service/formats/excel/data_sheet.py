"""The sheet of data: a row an observation, beside each column of codes one of their names."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from xlsxwriter.worksheet import Worksheet

from sdmx_service.formats.columnar import TypedTable
from sdmx_service.model.message import OutDataSet, WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.text import LocalisedText

ROWS = 1_048_576
"""Rows of a sheet, its head included."""
_DIGITS = 1e15
"""Excel keeps 15 digits: beyond, a number is written as a text."""
_BETWEEN = "; "
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _SheetColumn:
    """A column of the sheet: its head, the column of the table it shows, and as what."""

    head: str
    of: str
    names: Names | None = None


def write_data(
    sheet: Worksheet, table: TypedTable, datasets: Sequence[OutDataSet], options: WriteOptions
) -> int:
    """Write every row; how many there are. Raises Refused as ``write_xlsx`` says."""
    columns = list(_columns(table.schema, datasets, options))
    for position, column in enumerate(columns):
        _write(sheet, 0, position, column.head, column.of)
    sheet.freeze_panes(1, 0)
    rows = 0
    for batch in table.batches():
        if rows + batch.num_rows >= ROWS:
            raise refuse("ROWS_TOO_MANY", limit=ROWS - 1)
        cells = [_cells(column, batch, options) for column in columns]
        for number, row in enumerate(zip(*cells, strict=True), rows + 1):
            for position, value in enumerate(row):
                if value is not None:
                    _write(sheet, number, position, value, columns[position].of)
        rows += batch.num_rows
    return rows


def _columns(
    schema: pa.Schema, datasets: Sequence[OutDataSet], options: WriteOptions
) -> Iterator[_SheetColumn]:
    for field in schema:
        if field.name.endswith(".text"):
            continue  # The number's own column shows it where it must.
        yield _SheetColumn(field.name, field.name)
        names = _names(field.name, datasets, options)
        if names is not None:
            concepts = (dataset.context.concepts.get(field.name) for dataset in datasets)
            concept = next((text for text in concepts if text), LocalisedText())
            yield _SheetColumn(concept.best(options.languages) or field.name, field.name, names)


def _names(name: str, datasets: Sequence[OutDataSet], options: WriteOptions) -> Names | None:
    for dataset in datasets:
        codelist = dataset.context.codelists.get(name)
        if codelist is not None:
            codes = codelist.items
            return {code.id: code.about.names.best(options.languages) for code in codes}
    return None


def _cells(column: _SheetColumn, batch: pa.RecordBatch, options: WriteOptions) -> list[Any]:
    """The cells of a column: numbers, texts, and None for empty ones."""
    values = batch.column(column.of).to_pylist()
    if column.names is not None:
        names = column.names
        return [_joined(value, lambda code: names.get(code, "")) for value in values]
    if f"{column.of}.text" in batch.schema.names:
        texts = batch.column(f"{column.of}.text").to_pylist()
        return [_number(value, text) for value, text in zip(values, texts, strict=True)]
    return [_joined(value, lambda text: _text(text, options)) for value in values]


def _joined(value: Any, show: Callable[[Any], str]) -> str | None:
    """A value or several of them as one text."""
    if value is None:
        return None
    several = isinstance(value, list) and not (value and isinstance(value[0], tuple))
    return _BETWEEN.join(show(one) for one in value) if several else show(value)


def _text(value: Any, options: WriteOptions) -> str:
    """A text, of several languages the best."""
    if isinstance(value, list):
        return LocalisedText(tuple(value)).best(options.languages)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _number(value: float | None, text: str | None) -> float | str | None:
    exact = value is not None and math.isfinite(value) and abs(value) < _DIGITS
    return value if exact else text


def _write(sheet: Worksheet, row: int, position: int, value: float | str, name: str) -> None:
    if isinstance(value, float):
        sheet.write_number(row, position, value)
    elif sheet.write_string(row, position, value) != 0:
        raise refuse("FORMAT_CANNOT_CARRY", Location(component=name), found=name)
