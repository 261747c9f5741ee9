"""Codes: does every value of a coded component stand in its code list?"""

from __future__ import annotations

import pyarrow.compute as pc

from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.rows import Rows


def check_codes(rows: Rows, context: CheckContext) -> None:
    """CODE_UNKNOWN, dimensions first; a Delete is held to codes of dimensions only, since what
    its other cells say does not matter."""
    for component in context.layout.key if rows.deletes else context.layout.columns:
        rule = context.coded.get(component)
        if rule is None:
            continue
        column = rows.column(component)
        known = pc.is_in(column.values, value_set=rule.codes).to_numpy(zero_copy_only=False)
        rows.report_values("CODE_UNKNOWN", column, ~known, {"codelist": rule.codelist})
