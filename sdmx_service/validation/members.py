"""Which rows a member of a region takes, and which rows are among many keys at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.time import TimePeriod
from sdmx_service.validation.codes import missing_on_purpose, unknown_codes
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.parts import parts_of
from sdmx_service.validation.regions import Area, Keys, Member, TimeLimits, period_of
from sdmx_service.validation.rows import Column, Mask, Rows

_ROOM = 2**62
Codes = npt.NDArray[np.int64]


def within(rows: Rows, context: CheckContext, area: Area, *, null: bool) -> Mask:
    """The rows in a region, or among keys; ``null``: what a cell counts as that gives nothing, or
    what is no code or period at all."""
    if isinstance(area, Keys):
        return _among_keys(rows, context, area, null=null)
    return all_of(holds(rows, context, member, null=null) for member in area.members)


def takes(rows: Rows, context: CheckContext, area: Area, component: str) -> Mask:
    """Whether an area, as far as one component goes, takes the rows."""
    if isinstance(area, Keys):
        if component not in area.components:
            return np.asarray(True)
        values = area.columns[area.components.index(component)]
        member = Member(component, values, False, None, True)
        return holds(rows, context, member, null=True)
    members = (member for member in area.members if member.component == component)
    return all_of(holds(rows, context, member, null=True) for member in members)


def holds(rows: Rows, context: CheckContext, member: Member, *, null: bool) -> Mask:
    """Whether the rows' values are among the member's."""
    if not _is_given(rows, member.component):
        return np.asarray(null)
    column = rows.column(member.component)
    inside = _inside(rows, column, member, null=null)
    if member.dated or member.validity is not None:
        return _holds_in_time(rows, context, member, inside, null=null)
    of_values = inside if member.include else ~inside
    if not null or not of_values.all():
        of_values = np.where(_wrong_already(column, context), null, of_values)
    if of_values.all() and (null or not column.has_nulls):
        return np.asarray(True)
    return column.spread(of_values, null=null)


def all_of(masks: Iterable[Mask]) -> Mask:
    """Where every mask holds."""
    return reduce(np.logical_and, masks, np.asarray(True))


def any_of(masks: Iterable[Mask]) -> Mask:
    """Where any mask holds."""
    return reduce(np.logical_or, masks, np.asarray(False))


def _is_given(rows: Rows, component: str) -> bool:
    return component in (rows.layout.key if rows.deletes else rows.layout.columns)


def _holds_in_time(
    rows: Rows, context: CheckContext, member: Member, inside: Mask, *, null: bool
) -> Mask:
    """As ``holds``, where what counts depends on the period of the row; without one, ``null``."""
    column = rows.column(member.component)
    among, unsaid = column.spread(inside, null=False), _unsaid(column, context)
    timeless = _timeless(rows)
    for dated in member.dated:
        named = column.spread(_among(_canonical(rows, column), dated.values), null=False)
        unsaid = unsaid | (named & timeless & ~among)
        among = among | (named & _in_limits(rows, dated.limits))
    if member.validity is not None:
        unsaid = unsaid | timeless
        among = among & _in_limits(rows, member.validity)
    result: Mask = np.where(unsaid, null, among if member.include else ~among)
    return result


def _unsaid(column: Column, context: CheckContext) -> Mask:
    """The rows that give nothing, or what is no code or period."""
    return column.spread(_wrong_already(column, context), null=True)


def _timeless(rows: Rows) -> Mask:
    """The rows that give no period."""
    if rows.layout.time is None:
        return np.ones(rows.batch.rows.num_rows, np.bool_)
    column = rows.column(rows.layout.time)
    return column.spread(_no_period(column), null=True)


def _in_limits(rows: Rows, limits: TimeLimits) -> Mask:
    """The rows whose period is within the limits."""
    if rows.layout.time is None:
        return np.zeros(rows.batch.rows.num_rows, np.bool_)
    column = rows.column(rows.layout.time)
    periods = (period_of(text) for text in column.values.to_pylist())
    fits = np.array([_fits(period, limits) for period in periods], np.bool_)
    return column.spread(fits, null=False)


def _inside(rows: Rows, column: Column, member: Member, *, null: bool) -> Mask:
    """Of each distinct cell whether it is among the member's values.

    A cell of several values is taken (``null`` True) where all of them are, and hit by what is
    excluded where one of them is.
    """
    parts = parts_of(rows.layout, column.id, column.values)
    inside = _texts_inside(parts.texts, member, timed=column.id == rows.layout.time)
    return parts.all(inside) if null is member.include else parts.any(inside)


def _texts_inside(texts: pa.Array, member: Member, *, timed: bool) -> Mask:
    if member.any_value:
        return np.ones(len(texts), np.bool_)
    if not timed:
        return _among(texts, member.values)
    periods = [period_of(text) for text in texts.to_pylist()]
    canonical = pa.array([period.text if period else None for period in periods], pa.string())
    inside = _among(canonical, member.values)
    if member.limits is not None:
        inside |= np.array([_fits(period, member.limits) for period in periods], np.bool_)
    return inside


def _canonical(rows: Rows, column: Column) -> pa.Array:
    """The distinct values, periods in their canonical form."""
    if column.id != rows.layout.time:
        return column.values
    periods = (period_of(text) for text in column.values.to_pylist())
    return pa.array([period.text if period else None for period in periods], pa.string())


def _among(values: pa.Array, allowed: pa.Array) -> Mask:
    found: Mask = pc.is_in(values, value_set=allowed).to_numpy(zero_copy_only=False)
    return found


def _wrong_already(column: Column, context: CheckContext) -> Mask:
    """Values that are no period or code at all, for saying it once is enough, and those that are
    missing on purpose: as nothing given, they are held against no one."""
    if column.id != context.layout.time:
        return unknown_codes(column, context) | missing_on_purpose(column, context)
    return _no_period(column)


def _no_period(column: Column) -> Mask:
    return np.array([period_of(text) is None for text in column.values.to_pylist()], np.bool_)


def _fits(period: TimePeriod | None, limits: TimeLimits) -> bool:
    if period is None:
        return False
    first, last = limits.first, limits.last
    return (first is None or period.start >= first) and (last is None or period.end <= last)


def _among_keys(rows: Rows, context: CheckContext, keys: Keys, *, null: bool) -> Mask:
    """Rows that say the same of what they say; one pass for each set of components said."""
    size = rows.batch.rows.num_rows
    sides = zip(keys.components, keys.columns, strict=True)
    codes = [_pair(rows, name, column) for name, column in sides]
    said = [
        ~_unsaid(rows.column(name), context) if _is_given(rows, name) else np.zeros(size, np.bool_)
        for name in keys.components
    ]
    if not null:
        return all_of([_matching(codes), *said])
    pattern = np.zeros(size, np.int64)
    for place, mask in enumerate(said):
        pattern |= mask.astype(np.int64) << place
    found = np.zeros(size, np.bool_)
    for one in np.unique(pattern):
        chosen = [pair for place, pair in enumerate(codes) if one >> place & 1]
        matching = _matching(chosen) if chosen else np.ones(size, np.bool_)
        found |= matching & (pattern == one)
    return found


def _pair(rows: Rows, component: str, wanted: pa.Array) -> tuple[Codes, Codes]:
    """A number for each key's value and for each row's; a row's is -1 where no key has it."""
    encoded = wanted.dictionary_encode()
    of_keys: Codes = encoded.indices.to_numpy().astype(np.int64)
    if not _is_given(rows, component):
        return of_keys, np.full(rows.batch.rows.num_rows, -1, np.int64)
    column = rows.column(component)
    places = pc.index_in(_canonical(rows, column), value_set=encoded.dictionary)
    of_values = pc.fill_null(places, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return of_keys, np.append(of_values, -1)[column.indices]


def _matching(pairs: Sequence[tuple[Codes, Codes]]) -> Mask:
    """The rows whose numbers are together those of a key."""
    of_keys, of_rows = np.zeros(1, np.int64), np.zeros(1, np.int64)
    count = 1
    for keys, rows in pairs:
        size = int(keys.max(initial=-1)) + 2
        if count * size > _ROOM:
            distinct, both = np.unique(np.append(of_keys, of_rows), return_inverse=True)
            of_keys, of_rows = both[: len(of_keys)], both[len(of_keys) :]
            count = len(distinct)
        of_keys, of_rows = of_keys * size + keys + 1, of_rows * size + rows + 1
        count *= size
    return np.isin(of_rows, of_keys)
