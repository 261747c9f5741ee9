"""Constraints: may what is reported be reported here? Levels cascade, each must hold."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.time import TimePeriod
from sdmx_service.validation.codes import unknown_codes
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.parts import parts_of
from sdmx_service.validation.regions import (
    ConstraintRule,
    Member,
    Region,
    TimeLimits,
    period_of,
)
from sdmx_service.validation.rows import Column, Mask, RowNumbers, Rows


def check_constraints(rows: Rows, context: CheckContext) -> None:
    """One problem for each row and constraint; a Delete is held to its agreement's only."""
    for rule in context.constraints:
        if rows.deletes and rule.code != "CONSTRAINT_AGREEMENT":
            continue
        for region in rule.excluded:
            _report_inside(rows, context, rule, region)
        if rule.included:
            _report_outside(rows, context, rule)


def _report_inside(rows: Rows, context: CheckContext, rule: ConstraintRule, region: Region) -> None:
    """Rows in an exclude region, named by what they say for the region's components."""
    inside = _all(_holds(rows, context, member, null=False) for member in region.members)
    if not inside.any():
        return
    names = [member.component for member in region.members]
    rows.report(
        rule.code,
        _row_numbers(rows, inside),
        names[0] if len(names) == 1 else None,
        lambda row: {
            "value": ".".join(rows.column(name).text(row) for name in names),
            "constraint": rule.name,
        },
    )


def _report_outside(rows: Rows, context: CheckContext, rule: ConstraintRule) -> None:
    """Rows in no include region: named by the first component whose value no region takes, or,
    where only the combination is wrong, by the series key."""
    outside = ~_any(
        _all(_holds(rows, context, member, null=True) for member in region.members)
        for region in rule.included
    )
    for component in _constrained(rule):
        if not outside.any():
            return
        wrong = outside & ~_any(
            _takes(rows, context, region, component) for region in rule.included
        )
        _report_component(rows, rule, wrong, component)
        outside = outside & ~wrong
    rows.report(
        rule.code,
        _row_numbers(rows, outside),
        None,
        lambda row: {"value": rows.series_key(row), "constraint": rule.name},
    )


def _report_component(rows: Rows, rule: ConstraintRule, wrong: Mask, component: str) -> None:
    rows.report(
        rule.code,
        _row_numbers(rows, wrong),
        component,
        lambda row: {"value": rows.column(component).text(row), "constraint": rule.name},
    )


def _constrained(rule: ConstraintRule) -> list[str]:
    members = (member for region in rule.included for member in region.members)
    return list(dict.fromkeys(member.component for member in members))


def _takes(rows: Rows, context: CheckContext, region: Region, component: str) -> Mask:
    """Whether a region, as far as one component goes, takes the rows."""
    members = (member for member in region.members if member.component == component)
    return _all(_holds(rows, context, member, null=True) for member in members)


def _holds(rows: Rows, context: CheckContext, member: Member, *, null: bool) -> Mask:
    """Whether the rows' values are among the member's; a cell that gives nothing, or
    what is no code or period at all, is ``null``.

    A cell of several values is taken (``null`` True) where all of them are, and hit by what is
    excluded where one of them is.
    """
    if member.component not in (rows.layout.key if rows.deletes else rows.layout.columns):
        return np.asarray(null)
    column = rows.column(member.component)
    timed = member.component == rows.layout.time
    parts = parts_of(rows.layout, column.id, column.values)
    inside = _inside(parts.texts, member, timed=timed)
    of_parts = inside if member.include else ~inside
    of_values = parts.all(of_parts) if null else parts.any(of_parts)
    if not null or not of_values.all():
        of_values = np.where(_wrong_already(column, context), null, of_values)
    if of_values.all() and (null or not column.has_nulls):
        return np.asarray(True)
    return column.spread(of_values, null=null)


def _inside(texts: pa.Array, member: Member, *, timed: bool) -> Mask:
    if member.any_value:
        return np.ones(len(texts), np.bool_)
    if not timed:
        return _among(texts, member.values)
    periods = [period_of(text) for text in texts.to_pylist()]
    canonical = pa.array([period.text if period else None for period in periods], pa.string())
    inside = _among(canonical, member.values)
    if member.limits is not None:
        inside |= np.array([_within(period, member.limits) for period in periods], np.bool_)
    return inside


def _among(values: pa.Array, allowed: pa.Array) -> Mask:
    found: Mask = pc.is_in(values, value_set=allowed).to_numpy(zero_copy_only=False)
    return found


def _wrong_already(column: Column, context: CheckContext) -> Mask:
    """Values that are no period or code at all; saying it once is enough."""
    if column.id != context.layout.time:
        return unknown_codes(column, context)
    return np.array([period_of(text) is None for text in column.values.to_pylist()], np.bool_)


def _within(period: TimePeriod | None, limits: TimeLimits) -> bool:
    if period is None:
        return False
    first, last = limits.first, limits.last
    return (first is None or period.start >= first) and (last is None or period.end <= last)


def _row_numbers(rows: Rows, mask: Mask) -> RowNumbers:
    return np.flatnonzero(np.broadcast_to(mask, rows.batch.rows.num_rows))


def _all(masks: Iterable[Mask]) -> Mask:
    return reduce(np.logical_and, masks, np.asarray(True))


def _any(masks: Iterable[Mask]) -> Mask:
    return reduce(np.logical_or, masks, np.asarray(False))
