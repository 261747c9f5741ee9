"""The rows of data: one an observation, beside each column of codes one of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.columnar import TypedTable
from sdmx_service.formats.excel.cells import EMPTY, Texts, number_cells, rows_of, text_cells
from sdmx_service.model.message import OutDataSet, WriteOptions
from sdmx_service.model.text import LocalisedText

ROWS_AT_ONCE = 4096
"""Rows that are text at the same time: many columns make some megabytes of them."""
_BETWEEN = "; "
_Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column of the table as the sheet shows it: its heads, and of codes their names."""

    id: str
    heads: tuple[str, ...]
    names: _Names | None
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows as XML, and how many they are."""

    count: int
    text: bytes


def data_columns(
    table: TypedTable, datasets: Sequence[OutDataSet], options: WriteOptions
) -> tuple[DataColumn, ...]:
    """What the sheet shows: every column but the texts of measures, which stand in the numbers'
    own cells where they must."""
    return tuple(
        _column(name, datasets, options)
        for name in table.schema.names
        if not name.endswith(".text")
    )


def data_rows(table: TypedTable, columns: Sequence[DataColumn], texts: Texts) -> Iterator[Rows]:
    """Every row of the table; closes its observations. Raises Refused as ``write_xlsx`` says."""
    for batch in table.batches():
        cells = [_cells(column, batch, texts) for column in columns]
        for start in range(0, batch.num_rows, ROWS_AT_ONCE):
            some = [_filled(*one, start) for one in zip(columns, cells, strict=True)]
            yield Rows(len(some[0]), rows_of(some, len(some[0])))


def _filled(column: DataColumn, cells: pa.Array, start: int) -> pa.Array:
    """Some cells of a column as texts, empty ones where there is no value."""
    some = cells.slice(start, ROWS_AT_ONCE)
    if pa.types.is_dictionary(some.type):
        some = some.dictionary.take(some.indices)
    return pc.fill_null(some, EMPTY * len(column.heads)) if some.null_count else some


def _column(name: str, datasets: Sequence[OutDataSet], options: WriteOptions) -> DataColumn:
    languages = options.languages
    names = _names(name, datasets, options)
    if names is None:
        return DataColumn(name, (name,), None, languages)
    concepts = (dataset.context.concepts.get(name) for dataset in datasets)
    concept = next((text for text in concepts if text), LocalisedText())
    return DataColumn(name, (name, concept.best(languages) or name), names, languages)


def _names(name: str, datasets: Sequence[OutDataSet], options: WriteOptions) -> _Names | None:
    for dataset in datasets:
        codelist = dataset.context.codelists.get(name)
        if codelist is not None:
            codes = codelist.items
            return {code.id: code.about.names.best(options.languages) for code in codes}
    return None


def _cells(column: DataColumn, batch: pa.RecordBatch, texts: Texts) -> pa.Array:
    """The cells of a column, of codes with those of their names; null for null. A dictionary
    stays one."""
    values = batch.column(column.id)
    if pa.types.is_floating(values.type):
        return number_cells(values, batch.column(f"{column.id}.text"), column.id)
    if pa.types.is_string(values.type) and column.names is None:
        return text_cells(values, column.id)
    if pa.types.is_nested(values.type):
        return _each(values, column, texts)
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    cells = _each(coded.dictionary, column, texts)
    return pa.DictionaryArray.from_arrays(coded.indices, cells)


def _each(values: pa.Array, column: DataColumn, texts: Texts) -> pa.Array:
    """The cells of each value, made one by one: of distinct values, or of several in one."""
    shows: list[Callable[[Any], str]] = [lambda value: _text(value, column.languages)]
    names = column.names
    if names is not None:
        shows.append(lambda code: names.get(code, ""))

    def cells(value: Any) -> str | None:
        if value is None:
            return None
        return "".join(texts.cell(_joined(value, show), column.id) for show in shows)

    return pa.array(map(cells, values.to_pylist()), pa.string())


def _joined(value: Any, show: Callable[[Any], str]) -> str:
    """A value or several of them as one text."""
    several = isinstance(value, list) and not (value and isinstance(value[0], tuple))
    return _BETWEEN.join(show(one) for one in value) if several else show(value)


def _text(value: Any, languages: tuple[str, ...]) -> str:
    """A text, of several languages the best."""
    if isinstance(value, list):
        return LocalisedText(tuple(value)).best(languages)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
