"""Keys: does every observation give every dimension and its period?"""

from __future__ import annotations

from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.rows import Rows


def check_keys(rows: Rows, context: CheckContext) -> None:
    """KEY_INCOMPLETE for each dimension an observation leaves empty."""
    for component in context.layout.key:
        rows.report_missing("KEY_INCOMPLETE", component)
