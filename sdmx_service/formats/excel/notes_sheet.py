"""The sheet of notes: whose data these are, of when, under which licence, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlsxwriter.worksheet import Worksheet

from sdmx_service.i18n.words import word
from sdmx_service.model.message import Header, OutDataSet, WriteOptions


def write_notes(
    sheet: Worksheet,
    header: Header,
    datasets: Sequence[OutDataSet],
    options: WriteOptions,
    rows: int,
) -> None:
    """One note a row: what it is, and what it says. ``rows``: of the sheet of data."""
    language = options.languages[0]
    for number, (key, text) in enumerate(_notes(header, datasets, options, rows)):
        sheet.write_string(number, 0, word(f"workbook.{key}", language))
        sheet.write_string(number, 1, text)


def _notes(
    header: Header, datasets: Sequence[OutDataSet], options: WriteOptions, rows: int
) -> Iterator[tuple[str, str]]:
    usages = {dataset.context.usage: dataset.context for dataset in datasets}
    for usage, context in usages.items():
        yield "dataflow", context.dataflow.about.names.best(options.languages)
        yield "identifier", usage.urn
        yield "datastructure", context.data_structure.ref.urn
    if header.sources:
        yield "source", header.sources.best(options.languages)
    if header.sender:
        yield "sender", header.sender
    if header.prepared:
        yield "prepared", header.prepared.isoformat()
    yield "rows", str(rows)
    yield "reading", word("workbook.statuses", options.languages[0])
