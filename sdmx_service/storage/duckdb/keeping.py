"""Reading what is kept of a data structure (``kept``), and bringing it up to date after a commit.

A commit notes of which series it changes anything; only those are read anew. Who may look at what
is kept, and when, is decided in ``committed``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sdmx_service.storage.duckdb.kept import (
    AttributeRows,
    Kept,
    KeptExtents,
    KeptSeries,
    Numbers,
    Texts,
    key_order,
    texts_of,
)
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.view import attribute_rows, dataset_attribute_rows

_MANY = 10_000
"""From so many changed series on, everything is read anew."""
_EVERY = "no > 0"
_BATCH = 65536
_SMALL = {"agreement", "component", "observations"}
"""Columns of small numbers, none below 0."""
_Rows = TypeVar("_Rows", KeptExtents, AttributeRows)


@dataclass(frozen=True, slots=True)
class Carried:
    """What was kept before the last commits (None: nothing), and the numbers of the series they
    changed anything of, 0 for what is not said of one series alone."""

    kept: Kept | None = None
    changed: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))


def keep(taken: Snapshot, at: datetime, carried: Carried, limit: int) -> Kept | None:
    """What is there at an instant at which current rows are the answer; None where it would take
    more than ``limit`` bytes."""
    old, changed = carried.kept, carried.changed
    if old is not None and len(changed) <= _MANY:
        kept = _anew(taken, at, old, changed) if len(changed) or not old.holds(at) else old
        if kept.nbytes <= limit:
            return kept
    if _estimate(taken) > limit:
        return None
    kept = _put_together(
        taken,
        at,
        _series(taken, None),
        _extents(taken, _EVERY, None),
        _attributes(taken, at, _positions(taken), _EVERY, None),
    )
    return kept if kept.nbytes <= limit else None


def _anew(taken: Snapshot, at: datetime, old: Kept, changed: Numbers) -> Kept:
    series, extents = old.series, old.extents
    if len(changed) and changed.max() > len(series.sids):
        series = _series(taken, series)
    if len(changed):
        fresh = _extents(taken, _numbered(taken, changed), extents.period.values)
        extents = _replaced(extents, np.isin(extents.no, changed), fresh)
    if old.holds(at):
        attributes = _attributes_anew(taken, at, old.attributes, changed)
    else:
        attributes = _attributes(taken, at, _positions(taken), _EVERY, None)
    return _put_together(taken, at, series, extents, attributes)


def _attributes_anew(
    taken: Snapshot, at: datetime, rows: AttributeRows, changed: Numbers
) -> AttributeRows:
    positions = _positions(taken)
    if len(changed):
        within = _numbered(taken, changed)
        fresh = _attributes(taken, at, positions, within, rows.value.values)
        rows = _replaced(rows, np.isin(rows.no, changed), fresh)
    partial = [place for place in positions if not taken.tables.of_series(place)]
    if 0 in changed and partial:
        fresh = _attributes(taken, at, partial, _EVERY, rows.value.values)
        rows = _replaced(rows, np.isin(rows.component, partial), fresh)
    return rows


def _numbered(taken: Snapshot, numbers: Numbers) -> str:
    """Rows of the series of these numbers, as a condition; 0 is none."""
    given = taken.parameters.add(numbers[numbers > 0].tolist())
    return f"no IN (SELECT unnest({given}::INTEGER[]))"


def _put_together(
    taken: Snapshot,
    at: datetime,
    series: KeptSeries,
    extents: KeptExtents,
    attributes: AttributeRows,
) -> Kept:
    instant = taken.parameters.add(at)
    ((begins, ends),) = taken.fetch(f"""
        SELECT max(moment) FILTER (moment <= {instant}), min(moment) FILTER (moment > {instant})
        FROM instant WHERE structure = {taken.parameters.add(taken.tables.id)}""")
    statement = dataset_attribute_rows(taken, at)
    return Kept(
        series=series,
        extents=extents,
        attributes=attributes,
        dataset=tuple(taken.fetch(statement)) if statement else (),
        latest=_latest(extents),
        begins=begins or datetime.min,
        ends=ends or datetime.max,
        rows_each=float(extents.observations.mean()) if len(extents.no) else 0.0,
    )


def _estimate(taken: Snapshot) -> int:
    """Bytes that will be kept, roughly, before anything is read."""
    tables = taken.tables
    ((series, extents, attributes),) = taken.fetch(f"""
        SELECT (SELECT count(*) FROM {tables.table("series")}),
            (SELECT count(*) FROM {tables.table("extent")}),
            (SELECT count(*) FROM {tables.table("attribute")} WHERE no > 0)""")
    partial = sum(not tables.of_series(place) for place in _positions(taken))
    a_series = 12 + len(tables.dimensions) + 7 * partial
    return int(series * a_series + extents * 15 + attributes * 7)


def _positions(taken: Snapshot) -> list[int]:
    """Places of the attributes that are written on series."""
    attributes = taken.tables.layout.higher_attributes
    return [place for place, column in enumerate(attributes) if column.dimensions]


def _series(taken: Snapshot, old: KeptSeries | None) -> KeptSeries:
    """Every series: those that came since the old ones were read are added to them."""
    tables = taken.tables
    after = taken.parameters.add(len(old.sids) if old else 0)
    known = [texts.values for texts in old.dimensions] if old else []
    found = _read(
        taken,
        f"""SELECT no, sid{"".join(f", {name}" for name in tables.dimensions)}
        FROM {tables.table("series")} WHERE no > {after}""",
        dict(zip(tables.dimensions, known, strict=False)),
    )
    sids, dimensions = found.numbers["sid"], tuple(found.texts[name] for name in tables.dimensions)
    if old is not None:
        sids = np.concatenate([old.sids, sids])
        dimensions = tuple(
            Texts(np.concatenate([before.codes, after.codes]), after.values)
            for before, after in zip(old.dimensions, dimensions, strict=True)
        )
    places = [{code: n for n, code in enumerate(t.values.to_pylist())} for t in dimensions]
    ranks = tuple(texts.ranks() for texts in dimensions)
    ranked = ((own[t.codes], len(own)) for t, own in zip(dimensions, ranks, strict=True))
    in_order = key_order(ranked, len(sids)).astype(np.int32)
    return KeptSeries(sids, dimensions, tuple(places), ranks, in_order)


def _extents(taken: Snapshot, within: str, known: pa.StringArray | None) -> KeptExtents:
    found = _read(
        taken,
        f"""SELECT no, agreement, latest, latest_period, observations
        FROM {taken.tables.table("extent")} WHERE {within}""",
        {"latest_period": known},
    )
    return KeptExtents(
        no=found.numbers["no"],
        agreement=found.numbers["agreement"],
        latest=found.numbers["latest"],
        period=found.texts["latest_period"],
        observations=found.numbers["observations"],
    )


def _attributes(
    taken: Snapshot, at: datetime, positions: list[int], within: str, known: pa.StringArray | None
) -> AttributeRows:
    rows = attribute_rows(taken, at, positions, within) if positions else None
    nothing = "SELECT 0::INTEGER AS no, 0 AS agreement, 0 AS component, '' AS value LIMIT 0"
    found = _read(
        taken,
        f"SELECT * FROM ({rows}) WHERE value IS NOT NULL" if rows else nothing,
        {"value": known},
    )
    return AttributeRows(
        no=found.numbers["no"],
        agreement=found.numbers["agreement"],
        component=found.numbers["component"],
        value=found.texts["value"],
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of numbers and of texts, by name; rows in the order of ``no``."""

    numbers: dict[str, Numbers]
    texts: dict[str, Texts]


def _read(taken: Snapshot, statement: str, known: Mapping[str, pa.StringArray | None]) -> _Columns:
    """Read columns batch by batch, each text as a number at once; sorted here, as DuckDB would hold
    all the texts to sort them."""
    reader = taken.arrow(statement).to_arrow_reader(_BATCH)
    parts: dict[str, list[Numbers]] = {name: [] for name in reader.schema.names}
    values = {
        field.name: known.get(field.name) or pa.array([], pa.string())
        for field in reader.schema
        if pa.types.is_string(field.type)
    }
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name not in values:
                numbers = column.to_numpy()
                parts[name].append(_narrow(numbers) if name in _SMALL else numbers)
                continue
            texts = texts_of(pa.chunked_array([column]), values[name])
            values[name] = texts.values
            parts[name].append(texts.codes)
    nothing = [np.zeros(0, np.int32)]
    order = np.argsort(np.concatenate(parts["no"] or nothing), kind="stable")
    # One after another, each let go of: of millions of rows two copies of all would be felt.
    in_order = {name: np.concatenate(parts.pop(name) or nothing)[order] for name in list(parts)}
    texts_found = {name: Texts(in_order.pop(name), held) for name, held in values.items()}
    return _Columns(in_order, texts_found)


def _latest(extents: KeptExtents) -> dict[int, tuple[int, str]]:
    """Of each agreement the span and text of its latest period."""
    found = {}
    for agreement in np.flatnonzero(np.bincount(extents.agreement)).tolist():
        rows = np.flatnonzero(extents.agreement == agreement)
        span = extents.latest[rows].max()
        last = rows[extents.latest[rows] == span]
        found[agreement] = (int(span), max(extents.period.at(last).dictionary.to_pylist()))
    return found


def _narrow(numbers: Numbers) -> Numbers:
    """Small numbers in as few bytes as they need."""
    return np.asarray(numbers, np.min_scalar_type(int(numbers.max(initial=0))))


def _replaced(old: _Rows, gone: npt.NDArray[np.bool_], fresh: _Rows) -> _Rows:
    """Rows by number without those that are gone, with the fresh ones, whose texts know the
    values of the old."""
    left = ~gone
    places = np.searchsorted(old.no[left], fresh.no)
    columns: dict[str, Any] = {}
    for column in fields(old):
        before, after = getattr(old, column.name), getattr(fresh, column.name)
        if isinstance(before, Texts):
            codes = _inserted(before.codes[left], places, after.codes)
            columns[column.name] = Texts(codes, after.values)
        else:
            columns[column.name] = _inserted(before[left], places, after)
    return type(old)(**columns)


def _inserted(old: Numbers, places: Numbers, fresh: Numbers) -> Numbers:
    kind = np.promote_types(old.dtype, fresh.dtype)
    return np.insert(old.astype(kind, copy=False), places, fresh)
