"""In which order a query wants its rows, what it leaves open filled in. No sorting here."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.columns import Layout
from sdmx_service.model.query import SortTerm


@dataclass(frozen=True, slots=True)
class RowOrder:
    """``terms``: every dimension once, time among them where there is one, and what else is asked.

    ``inside``: the components that differ inside a series: time, measures, attributes of the
    observation. ``values``: whether the order has any of them but time.
    """

    terms: tuple[SortTerm, ...]
    inside: frozenset[str]
    values: bool

    @property
    def series(self) -> tuple[SortTerm, ...]:
        """What orders the series: dimensions but time, attributes above the observation."""
        return tuple(term for term in self.terms if term.component not in self.inside)

    @property
    def alternating(self) -> bool:
        """Whether rows of several series alternate: what differs inside a series comes first."""
        return self.terms[: len(self.series)] != self.series


def row_order(layout: Layout, terms: tuple[SortTerm, ...]) -> RowOrder:
    """The order by these terms, then by what they leave open in key order, time last.

    Attributes of the data set order nothing: every row of a slice has the same.
    """
    named = {term.component for term in terms}
    of_all = layout.dataset_attributes
    complete = (
        *(term for term in terms if term.component not in of_all),
        *(SortTerm(name) for name in layout.key if name not in named),
    )
    values = {*layout.measures, *layout.observation_attributes}
    inside = frozenset(values | {layout.time} if layout.time else values)
    return RowOrder(complete, inside, not named.isdisjoint(values))
