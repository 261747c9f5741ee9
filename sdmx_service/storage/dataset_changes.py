"""What of the data set's own attributes changed between two instants. No rows, no SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Action, Slice


def has_new_values(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether an attribute has another value than before, or has one now."""
    return any(before.get(name) != value for name, value in after.items())


def removed_values(
    layout: Layout,
    before: Mapping[str, str],
    after: Mapping[str, str],
    valid_to: datetime | None = None,
) -> Iterator[Slice]:
    """The Delete of the attributes that are there no more, each with the value it had; nothing
    where all still are. It stands apart from keys that are deleted: beside those, attributes
    would say that they alone go."""
    removed = {name: value for name, value in before.items() if name not in after}
    if removed:
        yield Slice(
            layout=layout,
            action=Action.DELETE,
            valid_to=valid_to,
            dataset_attributes=removed,
            series=layout.series_schema().empty_table(),
            observations=(_ for _ in ()),
        )
