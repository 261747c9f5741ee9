"""Checked rows of one submission as the memory engine keeps them, and the set-wise checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sdmx_service.model.columns import LINE, AttributeColumn, Layout
from sdmx_service.model.message import Action, DataBatch
from sdmx_service.model.time import parse_period
from sdmx_service.storage.base import KeyFinding, KeyFindings
from sdmx_service.storage.lines import placed
from sdmx_service.storage.memory.state import PartialKey, Values, partial_key
from sdmx_service.storage.prepare import display_key


@dataclass(frozen=True, slots=True)
class StagedRow:
    dataset: int
    action: Action
    line: int
    dimensions: PartialKey
    period: str | None
    values: Values
    attributes: dict[str, str]

    @property
    def is_observation(self) -> bool:
        return self.action is not Action.DELETE and (self.period is not None or bool(self.values))


class MemoryStage:
    """A list of rows in the order of the message."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.rows: list[StagedRow] = []

    @property
    def observations(self) -> int:
        return sum(row.is_observation or row.action is Action.DELETE for row in self.rows)

    def add(self, batch: DataBatch) -> None:
        for row in placed(batch, self.layout).rows.to_pylist():
            self.rows.append(_staged(self.layout, batch, row))
            if self.rows[-1].is_observation and None in self.rows[-1].dimensions:
                self.rows.pop()
                raise ValueError("an observation lacks a dimension")

    def close(self) -> None:
        self.rows.clear()

    def datasets(self) -> Iterator[list[StagedRow]]:
        """The rows of each data set, in order of their numbers."""
        for number in sorted({row.dataset for row in self.rows}):
            yield [row for row in self.rows if row.dataset == number]

    def given_attributes(
        self, rows: Iterable[StagedRow]
    ) -> Iterator[tuple[AttributeColumn, PartialKey, str, int]]:
        """Attributes above the observation that Merge and Replace rows give to a whole partial
        key: column, partial key, value, line."""
        for row in rows:
            for column in self.layout.higher_attributes if row.action is not Action.DELETE else ():
                key = partial_key(self.layout, column, row.dimensions)
                whole = sum(part is not None for part in key) == len(column.dimensions)
                if whole and column.id in row.attributes:
                    yield column, key, row.attributes[column.id], row.line

    def duplicate_keys(self, samples: int) -> KeyFindings:
        first: dict[tuple[object, ...], int] = {}
        found = []
        for row in self.rows:
            key = (row.dataset, row.dimensions, row.period or "")
            if row.is_observation and first.setdefault(key, row.line) != row.line:
                found.append(
                    KeyFinding(
                        series_key=display_key(row.dimensions),
                        line=row.line,
                        period=row.period,
                        other_line=first[key],
                    )
                )
        return findings(found, samples)

    def attribute_conflicts(self, samples: int) -> KeyFindings:
        first: dict[tuple[object, ...], tuple[str, int]] = {}
        found: dict[tuple[object, ...], KeyFinding] = {}
        for rows in self.datasets():
            for column, key, value, line in self.given_attributes(rows):
                name = (rows[0].dataset, column.id, key)
                other, other_line = first.setdefault(name, (value, line))
                if other != value and name not in found:
                    found[name] = KeyFinding(
                        series_key=display_key(key),
                        component=column.id,
                        line=line,
                        value=value,
                        other=other,
                        other_line=other_line,
                    )
        return findings(found.values(), samples)

    def missing_attributes(self, samples: int) -> KeyFindings:
        given = {(column.id, key) for column, key, _, _ in self.given_attributes(self.rows)}
        found: dict[tuple[str, PartialKey], KeyFinding] = {}
        for row in self.rows:
            for column in self.layout.higher_attributes if row.is_observation else ():
                name = (column.id, partial_key(self.layout, column, row.dimensions))
                if column.mandatory and name not in given and name not in found:
                    found[name] = KeyFinding(
                        series_key=display_key(name[1]), component=column.id, line=row.line
                    )
        return findings(found.values(), samples)


def findings(found: Iterable[KeyFinding], samples: int) -> KeyFindings:
    """Exact count and the first samples by line, component, key and period."""
    ordered = sorted(
        found,
        key=lambda one: (one.line or 0, one.component or "", one.series_key, one.period or ""),
    )
    return KeyFindings(len(ordered), tuple(ordered[:samples]))


def _staged(layout: Layout, batch: DataBatch, row: dict[str, Any]) -> StagedRow:
    period = row[layout.time] if layout.time else None
    values = {
        name: row[name]
        for name in layout.measures + layout.observation_attributes
        if row[name] is not None
    }
    higher = {c.id: row[c.id] for c in layout.higher_attributes if row[c.id] is not None}
    return StagedRow(
        batch.dataset,
        batch.action,
        row[LINE],
        tuple(row[name] for name in layout.dimensions),
        parse_period(period).text if period else None,
        values,
        higher,
    )
