"""Cells of a column as a file writes them → values as batches hold them."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.csv import subfields
from sdmx_service.formats.csv.datasets import StructureColumns
from sdmx_service.formats.csv.header import Column, CsvHeader
from sdmx_service.formats.csv.subfields import kind_of

SWITCHED_OFF = "~"
"""Cell of a dimension that a row of a higher-level attribute does not have (SDMX-CSV 2.1)."""
_DECIMAL_COMMA = r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$"


def values(
    cells: pa.Array, column: Column, structure: StructureColumns, header: CsvHeader
) -> pa.Array:
    """The values of cells: without names, with a decimal point, several values told apart."""
    layout, labelled = structure.use.layout, column.name in structure.labelled
    kind = kind_of(column.name, layout)
    decimal_comma = column.name in layout.measures and header.separator != ","
    if kind and column.brackets is not None:
        coded = _coded(cells)
        parted = subfields.read(
            coded.dictionary,
            kind,
            header.between_values,
            labelled=labelled,
            rewrite=_number_with_point if decimal_comma else None,
        )
        return parted.take(coded.indices).dictionary_encode()
    if labelled:
        cells = _without_labels(cells)
    if decimal_comma:
        cells = _with_decimal_point(cells)
    if column.name in layout.key and may_switch_off(cells):
        cells = pc.if_else(is_switched_off(cells), pa.scalar(None, pa.string()), _plain(cells))
    return cells


def may_switch_off(cells: pa.Array) -> bool:
    """Whether any cell could be switched off: the cheap question before ``is_switched_off``."""
    return bool(pc.any(pc.equal(_coded(cells).dictionary, SWITCHED_OFF)).as_py())


def is_switched_off(cells: pa.Array) -> pa.Array:
    """Which cells say that a row does not have the dimension; an empty one does not."""
    coded = _coded(cells)
    return pc.equal(coded.dictionary, SWITCHED_OFF).take(coded.indices).fill_null(False)


def _coded(cells: pa.Array) -> pa.DictionaryArray:
    return cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()


def _plain(cells: pa.Array) -> pa.Array:
    return cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells


def _without_labels(cells: pa.Array) -> pa.Array:
    """``A: Annual`` → ``A``, each distinct cell once."""
    codes = pc.replace_substring_regex(cells.dictionary, r"(?s)^(.*?): .*$", r"\1")
    stripped = pa.DictionaryArray.from_arrays(cells.indices, codes)
    return stripped.dictionary_decode().dictionary_encode()


def _number_with_point(text: str) -> str:
    return re.sub(_DECIMAL_COMMA, r"\1.\2", text)


def _with_decimal_point(cells: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(_plain(cells), _DECIMAL_COMMA, r"\1.\2")
