"""The sheet of structure: what the columns of the data are, and the codes of their lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sdmx_service.i18n.words import word
from sdmx_service.model.message import OutDataSet, WriteOptions

Row = tuple[str, ...]


def structure_rows(datasets: Sequence[OutDataSet], options: WriteOptions) -> Iterator[Row]:
    """Components first, then an empty row, then codes; each data structure and list once."""
    shown = {dataset.context.data_structure.ref: dataset for dataset in datasets}
    yield from _components(shown.values(), options)
    yield ()
    yield from _codes(shown.values(), options)


def _components(datasets: Iterable[OutDataSet], options: WriteOptions) -> Iterator[Row]:
    yield _head(("datastructure", "component", "role", "name", "codelist", "attached"), options)
    for dataset in datasets:
        context, layout = dataset.context, dataset.slice.layout
        attached = {column.id: " ".join(column.dimensions) for column in layout.attributes}
        roles = dict.fromkeys(layout.key, "dimension") | dict.fromkeys(layout.measures, "measure")
        for name in layout.columns:
            codelist = context.codelists.get(name)
            concept = context.concepts.get(name)
            yield (
                context.data_structure.ref.short,
                name,
                word(f"web.{roles.get(name, 'attribute')}", options.languages[0]),
                concept.best(options.languages) if concept else "",
                codelist.ref.short if codelist else "",
                attached.get(name, ""),
            )


def _codes(datasets: Iterable[OutDataSet], options: WriteOptions) -> Iterator[Row]:
    yield _head(("codelist", "code", "name", "parent"), options)
    codelists = {
        codelist.ref: codelist
        for dataset in datasets
        for name, codelist in dataset.context.codelists.items()
        if name in dataset.slice.layout.columns
    }
    for ref, codelist in codelists.items():
        for code in codelist.items:
            name = code.about.names.best(options.languages)
            yield (ref.short, code.id, name, code.parent or "")


def _head(names: Sequence[str], options: WriteOptions) -> Row:
    return tuple(word(f"workbook.{name}", options.languages[0]) for name in names)
