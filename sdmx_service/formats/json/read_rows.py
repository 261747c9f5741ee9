"""Entries of a data set of an SDMX-JSON message → record batches.

Places and values gather in lists until a batch is full; its columns are made of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from sdmx_service.formats.assemble import Level, constant, record_batch
from sdmx_service.formats.json.outline import malformed
from sdmx_service.formats.json.read_dataset import Components, DataSetPlan

Entries = Iterator[tuple[str, Any]]
_NO_PLACE = ("", "~")
_PLACE = re.compile(r"[0-9]{1,9}")


@dataclass(slots=True)
class _Gathered:
    """Keys and values at one level: ``keys`` as places, ``values`` as the message lists them."""

    keys: list[Sequence[int | None]] = field(default_factory=list)
    values: list[Sequence[Any]] = field(default_factory=list)

    def add(self, key: Sequence[int | None], values: Any) -> None:
        if values is not None and not isinstance(values, list):
            raise malformed("values that are no list")
        self.keys.append(key)
        self.values.append(values or ())

    def columns(self, dimensions: Components, valued: Components) -> dict[str, pa.Array]:
        """Component → its texts; what a list does not reach is null."""
        found = {}
        for position, component in enumerate(dimensions):
            found[component.id] = component.cells([key[position] for key in self.keys])
        for position, component in enumerate(valued):
            raw = [values[position] if len(values) > position else None for values in self.values]
            found[component.id] = component.cells(raw)
        return found


def series_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of series; one without observations is a row of its attributes."""
    series, observed = _Gathered(), _Gathered()
    of_series: list[int] = []
    for key, entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("observations") or {}, dict):
            raise malformed(f"series {key} is no object of observations")
        series.add(_places(key, len(plan.series)), entry.get("attributes"))
        observations = iter((entry.get("observations") or {"": None}).items())
        while part := list(islice(observations, max(1, rows - len(of_series)))):
            for place, values in part:
                none = () if place else (None,) * len(plan.observation)
                observed.add(none or _places(place, len(plan.observation)), values)
            of_series += [len(series.keys) - 1] * len(part)
            if len(of_series) >= rows:
                yield _batch(plan, series, observed, of_series)
                series.keys, series.values = series.keys[-1:], series.values[-1:]
                observed, of_series = _Gathered(), []
    if of_series:
        yield _batch(plan, series, observed, of_series)


def flat_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of observations that name every dimension but those of the whole data set."""
    while part := list(islice(entries, rows)):
        observed = _Gathered()
        for key, values in part:
            observed.add(_places(key, len(plan.observation)), values)
        level = Level(observed.columns(plan.observation, plan.observed))
        yield _of_levels(plan, [level], len(part))


def group_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of attributes of partial keys: a key has a place for each dimension, given or not."""
    count = len(plan.every)
    while part := list(islice(entries, rows)):
        groups = _Gathered()
        for key, values in part:
            places = _partial_places(key)
            if any(place is not None for place in places[count:]):
                raise malformed(f"key {key[:80]} has a place where there is no dimension")
            groups.add([*places[:count], *([None] * (count - len(places)))], values)
        level = Level(groups.columns(plan.every, plan.group_attributes))
        yield _of_levels(plan, [level], len(part), whole=False)


def lone_row(plan: DataSetPlan) -> pa.RecordBatch:
    """The one row of a data set that says nothing but its own attributes."""
    return _of_levels(plan, [], 1)


def _batch(
    plan: DataSetPlan, series: _Gathered, observed: _Gathered, of_series: Sequence[int]
) -> pa.RecordBatch:
    spread = pa.array(np.asarray(of_series, dtype=np.int32))
    levels = [
        Level(observed.columns(plan.observation, plan.observed)),
        Level(series.columns(plan.series, plan.series_attributes), spread),
    ]
    return _of_levels(plan, levels, len(of_series))


def _of_levels(
    plan: DataSetPlan, levels: Sequence[Level], length: int, *, whole: bool = True
) -> pa.RecordBatch:
    """A batch without lines; ``whole``: its rows have the dimensions of the whole data set."""
    names = plan.use.layout.key
    said: Mapping[str, str] = plan.constant
    if not whole:
        said = {name: text for name, text in said.items() if name not in names}
    schema = plan.use.layout.schema(lines=False)
    return record_batch(schema, [*levels, constant(said, length)], pa.nulls(length, pa.int64()))


def _places(key: str, length: int) -> Sequence[int]:
    places = [place for place in _partial_places(key) if place is not None]
    if len(places) != length:
        raise malformed(f"key {key[:80]} has not one place for each of {length} dimensions")
    return places


def _partial_places(key: str) -> Sequence[int | None]:
    """The places of a key; none where a dimension is left open or switched off."""
    parts = key.split(":")
    if not all(part in _NO_PLACE or _PLACE.fullmatch(part) for part in parts):
        raise malformed(f"key {key[:80]} has what is no place")
    return [None if part in _NO_PLACE else int(part) for part in parts]
