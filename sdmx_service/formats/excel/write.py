"""Writes an Excel workbook of data sets: to a file of its own, then out in pieces.

A workbook is a zip file whose first parts are known last, so nothing can be sent before all is
written. Memory is bounded: rows go to the disk as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sdmx_service.formats.columnar import TypedTable, typed_table
from sdmx_service.formats.excel.data_sheet import write_data
from sdmx_service.formats.excel.notes_sheet import write_notes
from sdmx_service.formats.excel.structure_sheet import write_structure
from sdmx_service.formats.splice import PIECE_BYTES
from sdmx_service.i18n.negotiate import RIGHT_TO_LEFT
from sdmx_service.i18n.words import word
from sdmx_service.model.message import Header, OutDataSet, WriteOptions

# A text that looks like a formula, a link or a number is a text.
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_xlsx(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """An Excel workbook, its labels in the first language; right to left in Arabic.

    Raises: FORMAT_CANNOT_CARRY for a component of two types in two data structures; before the
    first piece ROWS_TOO_MANY for more rows than a sheet holds, and FORMAT_CANNOT_CARRY for a
    text longer than a cell holds.
    """
    datasets = tuple(datasets)
    return _pieces(header, datasets, typed_table(datasets, options), options)


def _pieces(
    header: Header, datasets: Sequence[OutDataSet], table: TypedTable, options: WriteOptions
) -> Iterator[bytes]:
    language = options.languages[0]
    with TemporaryFile() as file:
        with xlsxwriter.Workbook(file, _WORKBOOK) as book:
            if header.prepared:
                # One state is one text (ADR 9): the file says nothing of when it was made.
                book.set_properties({"created": header.prepared.replace(tzinfo=None)})
            data, structure, notes = (
                _sheet(book, word(f"workbook.{name}", language), language)
                for name in ("data", "structure", "notes")
            )
            rows = write_data(data, table, datasets, options)
            write_structure(structure, datasets, options)
            write_notes(notes, header, datasets, options, rows)
        file.seek(0)
        while piece := file.read(PIECE_BYTES):
            yield piece


def _sheet(book: xlsxwriter.Workbook, name: str, language: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    if language in RIGHT_TO_LEFT:
        sheet.right_to_left()
    return sheet
