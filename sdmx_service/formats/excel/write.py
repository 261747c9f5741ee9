"""Writes an Excel workbook of data sets: a zip file, sent part by part as its rows come.

What names the sheets comes last in it, so their number need not be known: what one sheet has no
room for goes on in the next. A part's size and checksum stand behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter

from sdmx_service.formats.columnar import TypedTable, typed_table
from sdmx_service.formats.excel.cells import Texts
from sdmx_service.formats.excel.data_sheet import Rows, data_columns, data_rows
from sdmx_service.formats.excel.notes_sheet import note_rows
from sdmx_service.formats.excel.package import (
    first_parts,
    last_parts,
    sheet_part,
    sheet_text,
    texts_part,
)
from sdmx_service.formats.excel.structure_sheet import structure_rows
from sdmx_service.formats.excel.zipping import Part, zipped
from sdmx_service.i18n.negotiate import RIGHT_TO_LEFT
from sdmx_service.i18n.words import word
from sdmx_service.model.message import Header, OutDataSet, WriteOptions

ROWS = 1_048_576
"""Rows of a sheet, its head included."""
SHEET_BYTES = 2_000_000_000
"""Of a sheet as XML: larger parts of a zip file take a form that Excel warns of."""


def write_xlsx(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An Excel workbook, its labels in the first language; right to left in Arabic.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures, and, where
    its row comes, for a text longer than a cell holds.
    """
    datasets = tuple(datasets)
    return zipped(_parts(header, datasets, typed_table(datasets, options), options))


def _parts(
    header: Header, datasets: Sequence[OutDataSet], table: TypedTable, options: WriteOptions
) -> Iterator[Part]:
    book = _Book(options.languages[0])
    columns = data_columns(table, datasets, options)
    heads = book.texts.row(head for column in columns for head in column.heads)
    yield from first_parts(header.prepared)
    sheets = _by_sheet(data_rows(table, columns, book.texts))
    for number, rows in groupby(sheets, key=itemgetter(0)):
        name = book.word("data") + (f" {number}" if number > 1 else "")
        yield book.sheet(name, chain([heads], book.counted(some for _, some in rows)), frozen=True)
    structure = map(book.texts.row, structure_rows(datasets, options))
    yield book.sheet(book.word("structure"), structure)
    notes = map(book.texts.row, note_rows(header, datasets, options, book.rows))
    yield book.sheet(book.word("notes"), notes)
    yield texts_part(book.texts.items())
    yield from last_parts(book.names)


@dataclass(slots=True)
class _Book:
    """A workbook being written: what its last parts say of those before them.

    ``names``: of its sheets. ``rows``: of data, so far.
    """

    language: str
    texts: Texts = field(default_factory=Texts)
    names: list[str] = field(default_factory=list)
    rows: int = 0

    def word(self, key: str) -> str:
        """A word of the workbook's own, in its language."""
        return word(f"workbook.{key}", self.language)

    def sheet(self, name: str, rows: Iterable[bytes], *, frozen: bool = False) -> Part:
        """The next sheet."""
        self.names.append(name)
        number, right_to_left = len(self.names), self.language in RIGHT_TO_LEFT
        text = sheet_text(rows, first=number == 1, frozen=frozen, right_to_left=right_to_left)
        return sheet_part(number), text

    def counted(self, every: Iterable[Rows]) -> Iterator[bytes]:
        """The texts of rows, which are counted."""
        for rows in every:
            self.rows += rows.count
            yield rows.text


def _by_sheet(every: Iterable[Rows]) -> Iterator[tuple[int, Rows]]:
    """Rows with the number of the sheet that has room for them; the first is there without any."""
    number, count, size = 1, 1, 0
    yield number, Rows(0, b"")
    for rows in every:
        if count + rows.count > ROWS or size + len(rows.text) > SHEET_BYTES:
            number, count, size = number + 1, 1, 0
        count += rows.count
        size += len(rows.text)
        yield number, rows
