"""Cells and rows of a sheet as XML, of many rows at once; texts are kept apart and named by number.

A cell does not say where it is: it stands behind the one before, an empty one too (ADR 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import between, byte_set, end_to_end, holds_any, joined
from sdmx_service.model.problem import Location, refuse

LETTERS = 32_767
"""Of a cell, at most."""
SHARED_TEXTS = 65_536
"""So many texts are kept apart; further ones stand in their cells. Bounds what is held."""
EMPTY = "<c/>"
_DIGITS = 1e15
"""Excel keeps 15 digits: beyond, a number is written as a text."""
_ITEMS_AT_ONCE = 1024
_BEFORE, _AFTER = '<t xml:space="preserve">', "</t>"
_CONTROLS = "".join(map(chr, {*range(0x20)} - {0x09, 0x0A})) + "\ufffe\uffff"
# 0xEF begins U+FFFE and U+FFFF.
_SUSPECT = byte_set(bytes({*range(0x20)} - {0x09, 0x0A}) + b"&<>_\xef")
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


class Texts:
    """The texts of a workbook that cells name by number, in the order of their appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cell(self, text: str, of: str) -> str:
        """The cell of a text. ``of``: the component to name where it is too long (Refused)."""
        if not text:
            return EMPTY
        number = self._numbers.get(text)
        if number is None:
            if len(self._numbers) >= SHARED_TEXTS:
                return str(text_cells(pa.array([text], pa.string()), of)[0])
            _check_length(len(text), of)
            number = self._numbers[text] = len(self._numbers)
        return f'<c t="s"><v>{number}</v></c>'

    def row(self, texts: Iterable[str]) -> bytes:
        """A row of texts alone, cut where they are too long."""
        cells = (self.cell(text[:LETTERS], "") for text in texts)
        return f"<row>{''.join(cells)}</row>".encode()

    def items(self) -> Iterator[bytes]:
        """The texts themselves, as the items of their part of the workbook."""
        every = list(self._numbers)
        for start in range(0, len(every), _ITEMS_AT_ONCE):
            texts = escaped(pa.array(every[start : start + _ITEMS_AT_ONCE], pa.string()))
            yield end_to_end(between(f"<si>{_BEFORE}", texts, f"{_AFTER}</si>"))


def text_cells(texts: pa.Array, of: str) -> pa.Array:
    """Cells with their texts in them; null for null. Raises Refused as ``Texts.cell`` does."""
    longest = pc.max(pc.utf8_length(texts)).as_py()
    _check_length(longest or 0, of)
    return between(f'<c t="inlineStr"><is>{_BEFORE}', escaped(texts), f"{_AFTER}</is></c>")


def number_cells(numbers: pa.Array, texts: pa.Array, of: str) -> pa.Array:
    """Cells of doubles; of their texts where Excel would show another number, or it is none."""
    exact = pc.and_(pc.is_finite(numbers), pc.less(pc.abs(numbers), _DIGITS))
    exact = pc.fill_null(exact, False)
    written = pc.cast(numbers, pa.string())
    cells = pc.if_else(exact, between("<c><v>", written, "</v></c>"), pa.scalar(None, pa.string()))
    if pc.all(exact).as_py():
        return cells
    return pc.coalesce(cells, text_cells(pc.coalesce(texts, written), of))


def rows_of(cells: Sequence[pa.Array], length: int) -> bytes:
    """Rows of their cells, column by column."""
    return end_to_end(joined(length, ["<row>", *cells, "</row>"]))


def escaped(texts: pa.Array) -> pa.Array:
    """Texts as XML; characters that XML cannot hold, and a text that looks like one so written,
    as ``_xHHHH_``. Source: ECMA-376, part 1, 22.9.2.19 (ST_Xstring)."""
    if not holds_any(texts, _SUSPECT):
        return texts
    texts = pc.replace_substring_regex(texts, "_(x[0-9A-Fa-f]{4})", r"_x005F_\1")
    for character in _CONTROLS:
        texts = pc.replace_substring(texts, character, f"_x{ord(character):04X}_")
    for character, reference in _REFERENCES:
        texts = pc.replace_substring(texts, character, reference)
    return texts


def _check_length(letters: int, of: str) -> None:
    if letters > LETTERS:
        raise refuse("FORMAT_CANNOT_CARRY", Location(component=of), found=of)
