"""Cells of several values or languages cut into single texts, and what is found back on the cells.

What a cell may hold is said in ``model.values``; how many values it may hold in ``occurrences``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import Layout
from sdmx_service.model.values import LANGUAGE_MARK, TEXT_SEPARATOR, VALUE_SEPARATOR
from sdmx_service.validation.rows import Mask, RowNumbers

_UP_TO_THE_MARK = rf"(?s)\A.*{LANGUAGE_MARK}"


@dataclass(frozen=True, slots=True)
class Parts:
    """The single texts of ``count`` cells; ``cells``: for each text the cell it stands in, None
    where every cell is one text."""

    texts: pa.Array
    cells: RowNumbers | None
    count: int

    def any(self, of_texts: Mask) -> Mask:
        """From one truth per text to one per cell: whether it is so of any text of the cell."""
        if self.cells is None:
            return of_texts
        found: Mask = np.bincount(self.cells[of_texts], minlength=self.count) > 0
        return found

    def all(self, of_texts: Mask) -> Mask:
        """Whether it is so of every text of the cell."""
        return ~self.any(~of_texts)


def parts_of(layout: Layout, component: str, cells: pa.Array) -> Parts:
    """Cut the cells of a component; null has no parts where there are several."""
    texts, numbers = cells, None
    if component in layout.multiple:
        texts, numbers = _cut(texts, VALUE_SEPARATOR)
    if component in layout.multilingual:
        texts, places = _cut(texts, TEXT_SEPARATOR)
        texts = pc.replace_substring_regex(texts, pattern=_UP_TO_THE_MARK, replacement="")
        numbers = places if numbers is None else numbers[places]
    return Parts(texts, numbers, len(cells))


def _cut(texts: pa.Array, separator: str) -> tuple[pa.Array, RowNumbers]:
    lists = pc.split_pattern(texts, separator)
    places: RowNumbers = pc.list_parent_indices(lists).to_numpy().astype(np.intp)
    return lists.flatten(), places
