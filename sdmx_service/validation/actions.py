"""Actions: warn of words that are taken to mean Merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch
from sdmx_service.model.problem import Location, Problem

_TAKEN_AS_MERGE = frozenset({"append", "a", "information", "i"})


def warn_of_actions(
    batches: Iterable[DataBatch], problems: ProblemCollector
) -> Iterator[DataBatch]:
    """Hand the batches on; ACTION_TAKEN_AS_MERGE once for each data set it applies to."""
    previous: int | None = None
    for batch in batches:
        if batch.dataset != previous and taken_as_merge(batch.declared_action):
            location = Location(dataset=batch.dataset + 1)
            found = batch.declared_action or ""
            problems.add(Problem("ACTION_TAKEN_AS_MERGE", {"found": found}, location))
        previous = batch.dataset
        yield batch


def taken_as_merge(declared: str | None) -> bool:
    """Whether a declared action means Merge here without saying so: Append, Information, none."""
    return declared is None or declared.strip().lower() in _TAKEN_AS_MERGE
