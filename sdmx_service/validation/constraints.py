"""Constraints: may what is reported be reported here? Levels cascade, each must hold."""

from __future__ import annotations

import numpy as np

from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.members import any_of, takes, within
from sdmx_service.validation.regions import Area, ConstraintRule
from sdmx_service.validation.rows import Mask, RowNumbers, Rows


def check_constraints(rows: Rows, context: CheckContext) -> None:
    """One problem for each row and constraint; a Delete is held to its agreement's only."""
    for rule in context.constraints:
        if rows.deletes and rule.code != "CONSTRAINT_AGREEMENT":
            continue
        for areas in rule.excluded:
            _report_inside(rows, context, rule, areas)
        if rule.included:
            _report_outside(rows, context, rule)


def _report_inside(
    rows: Rows, context: CheckContext, rule: ConstraintRule, areas: tuple[Area, ...]
) -> None:
    """Rows in what is excluded, named by what they say for its components."""
    inside = any_of(within(rows, context, area, null=False) for area in areas)
    if not inside.any():
        return
    named = dict.fromkeys(name for area in areas for name in area.components)
    names = [name for name in named if name in rows.layout.columns]
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
    """Rows in nothing that is included: named by the first component whose value no area takes,
    or, where only the combination is wrong, by the series key."""
    outside = ~any_of(within(rows, context, area, null=True) for area in rule.included)
    for component in _constrained(rule):
        if not outside.any():
            return
        wrong = outside & ~any_of(takes(rows, context, area, component) for area in rule.included)
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
    return list(dict.fromkeys(name for area in rule.included for name in area.components))


def _row_numbers(rows: Rows, mask: Mask) -> RowNumbers:
    return np.flatnonzero(np.broadcast_to(mask, rows.batch.rows.num_rows))
