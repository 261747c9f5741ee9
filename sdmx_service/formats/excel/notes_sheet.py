"""The sheet of notes: whose data these are, of when, under which licence, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdmx_service.i18n.words import word
from sdmx_service.model.message import Header, OutDataSet, WriteOptions


def note_rows(
    header: Header, datasets: Sequence[OutDataSet], options: WriteOptions, rows: int
) -> Iterator[tuple[str, str]]:
    """One note a row: what it is, and what it says. ``rows``: of data."""
    language = options.languages[0]
    for key, text in _notes(header, datasets, options, rows):
        yield word(f"workbook.{key}", language), text


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
