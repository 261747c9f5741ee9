"""In which order a query wants its rows, what it leaves open filled in. No sorting here."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.columns import Layout
from sdmx_service.model.query import SortTerm


@dataclass(frozen=True, slots=True)
class RowOrder:
    """``terms``: every dimension once, time among them where there is one.

    ``leading``: how many terms stand before time.
    """

    terms: tuple[SortTerm, ...]
    leading: int

    @property
    def series(self) -> tuple[SortTerm, ...]:
        """What orders the series: every term but time."""
        return self.terms[: self.leading] + self.terms[self.leading + 1 :]

    @property
    def backwards(self) -> bool:
        """Whether the latest period comes first."""
        return any(term.descending for term in self.terms[self.leading : self.leading + 1])

    @property
    def alternating(self) -> bool:
        """Whether rows of several series alternate: time stands before a dimension."""
        return self.leading < len(self.terms) - 1


def row_order(layout: Layout, terms: tuple[SortTerm, ...]) -> RowOrder:
    """The order by these terms, then by what they leave open in key order, time last."""
    named = {term.component for term in terms}
    complete = (*terms, *(SortTerm(name) for name in layout.key if name not in named))
    names = [term.component for term in complete]
    leading = names.index(layout.time) if layout.time else len(names)
    return RowOrder(complete, leading)
