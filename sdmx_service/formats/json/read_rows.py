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
from sdmx_service.formats.json.outline import malformed, placed
from sdmx_service.formats.json.read_dataset import Components, DataSetPlan
from sdmx_service.formats.json.read_values import Component
from sdmx_service.model.problem import Refused

Entries = Iterator[tuple[str, Any]]
_NO_PLACE = ("", "~")
_SHOWN = 80
_PLACE = re.compile(r"[0-9]{1,9}")


_Where = tuple[str, ...]
"""Members on the way from a data set to what is meant, the first with its data set."""


def _pointer(where: _Where) -> str:
    """Its JSON pointer, members that are endless cut off."""
    members = (name[:_SHOWN].replace("~", "~0").replace("/", "~1") for name in where[1:])
    return "/".join((where[0], *members))


@dataclass(slots=True)
class _Gathered:
    """Keys and values at one level: ``keys`` as places, ``values`` as the message lists them;
    ``where``: the object that holds the level and the member of it, for who must be told."""

    keys: list[Sequence[int | None]] = field(default_factory=list)
    values: list[Sequence[Any]] = field(default_factory=list)
    where: list[_Where] = field(default_factory=list)

    def add(self, key: Sequence[int | None], values: Any, where: _Where) -> None:
        if values is not None and not isinstance(values, list):
            raise malformed("no list", at=_pointer(where))
        self.keys.append(key)
        self.values.append(values or ())
        self.where.append(where)

    def columns(self, dimensions: Components, valued: Components) -> dict[str, pa.Array]:
        """Component → its texts; what a list does not reach is null."""
        found = {}
        for position, component in enumerate(dimensions):
            keys = [key[position] for key in self.keys]
            found[component.id] = self._cells(component, keys, "")
        for position, component in enumerate(valued):
            raw = [values[position] if len(values) > position else None for values in self.values]
            found[component.id] = self._cells(component, raw, f"/{position}")
        return found

    def _cells(self, component: Component, raw: Sequence[Any], member: str) -> pa.Array:
        """The texts of cells. Raises Refused, and only then looks for the cell that is wrong."""
        try:
            return component.cells(raw)
        except Refused as refused:
            row = next(row for row, value in enumerate(raw) if not component.takes(value))
            raise placed(refused, _pointer(self.where[row]) + member) from refused

    def forget_all_but_last(self) -> None:
        self.keys, self.values, self.where = self.keys[-1:], self.values[-1:], self.where[-1:]


def series_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of series; one without observations is a row of its attributes."""
    series, observed = _Gathered(), _Gathered()
    of_series: list[int] = []
    member = f"{plan.at}/series"
    for key, entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("observations") or {}, dict):
            raise malformed("no object of observations", at=_pointer((member, key)))
        places = _places(key, len(plan.series), (member, key))
        series.add(places, entry.get("attributes"), (member, key, "attributes"))
        observations = iter((entry.get("observations") or {"": None}).items())
        while part := list(islice(observations, max(1, rows - len(of_series)))):
            for place, values in part:
                where = (member, key, "observations", place)
                none = () if place else (None,) * len(plan.observation)
                observed.add(none or _places(place, len(plan.observation), where), values, where)
            of_series += [len(series.keys) - 1] * len(part)
            if len(of_series) >= rows:
                yield _batch(plan, series, observed, of_series)
                series.forget_all_but_last()
                observed, of_series = _Gathered(), []
    if of_series:
        yield _batch(plan, series, observed, of_series)


def flat_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of observations that name every dimension but those of the whole data set."""
    while part := list(islice(entries, rows)):
        observed = _Gathered()
        for key, values in part:
            where = (f"{plan.at}/observations", key)
            observed.add(_places(key, len(plan.observation), where), values, where)
        level = Level(observed.columns(plan.observation, plan.observed))
        yield _of_levels(plan, [level], len(part))


def group_rows(plan: DataSetPlan, entries: Entries, rows: int) -> Iterator[pa.RecordBatch]:
    """Rows of attributes of partial keys: a key has a place for each dimension, given or not."""
    count = len(plan.every)
    while part := list(islice(entries, rows)):
        groups = _Gathered()
        for key, values in part:
            where = (f"{plan.at}/dimensionGroupAttributes", key)
            places = _partial_places(key, where)
            if any(place is not None for place in places[count:]):
                raise malformed("a place where there is no dimension", at=_pointer(where))
            groups.add([*places[:count], *([None] * (count - len(places)))], values, where)
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


def _places(key: str, length: int, where: _Where) -> Sequence[int]:
    places = [place for place in _partial_places(key, where) if place is not None]
    if len(places) != length:
        reason = f"not one place for each of {length} dimensions"
        raise malformed(reason, at=_pointer(where))
    return places


def _partial_places(key: str, where: _Where) -> Sequence[int | None]:
    """The places of a key; none where a dimension is left open or switched off."""
    parts = key.split(":")
    if not all(part in _NO_PLACE or _PLACE.fullmatch(part) for part in parts):
        raise malformed("a key of what is no place", at=_pointer(where))
    return [None if part in _NO_PLACE else int(part) for part in parts]
