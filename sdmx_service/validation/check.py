"""Is a batch what its structure, its dataflow and its agreement say? All rules, in order."""

from __future__ import annotations

from collections.abc import Callable

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch
from sdmx_service.validation.attributes import check_attributes, check_dimensions
from sdmx_service.validation.codes import check_codes
from sdmx_service.validation.components import check_keys
from sdmx_service.validation.constraints import check_constraints
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.occurrences import check_occurrences
from sdmx_service.validation.periods import check_periods
from sdmx_service.validation.rows import Rows
from sdmx_service.validation.values import check_measures

Check = Callable[[Rows, CheckContext], None]

CHECKS: tuple[Check, ...] = (
    check_keys,
    check_occurrences,
    check_codes,
    check_dimensions,
    check_constraints,
    check_periods,
    check_measures,
    check_attributes,
)
"""Rules for Merge and Replace."""

CHECKS_OF_DELETE: tuple[Check, ...] = (
    check_codes,
    check_dimensions,
    check_constraints,
    check_periods,
)
"""Rules for Delete, where an empty dimension means any and other cells only mark what goes."""


def check(batch: DataBatch, context: CheckContext, problems: ProblemCollector) -> None:
    """Check the rows of one batch; what is wrong goes to ``problems``, counted exactly.

    Columns: those of ``context.layout.schema()``, with LINE.
    """
    rows = Rows(batch, problems)
    for rule in CHECKS_OF_DELETE if rows.deletes else CHECKS:
        rule(rows, context)
