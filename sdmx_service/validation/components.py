"""Keys: does every observation, and every attribute, give the dimensions it needs?"""

from __future__ import annotations

import numpy as np

from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.rows import Mask, Rows


def check_keys(rows: Rows, context: CheckContext) -> None:
    """KEY_INCOMPLETE for each dimension that an observation leaves empty, or a row that gives
    an attribute depending on it."""
    for component in context.layout.key:
        if rows.column(component).has_nulls:
            rows.report_missing("KEY_INCOMPLETE", component, needing(rows, component))


def needing(rows: Rows, dimension: str) -> Mask:
    """Observations, and rows with an attribute that depends on this dimension."""
    observations = rows.observations
    needing = np.ones(rows.batch.rows.num_rows, np.bool_) if observations is None else observations
    for attribute in rows.layout.higher_attributes:
        if dimension in attribute.dimensions:
            needing = needing | ~rows.column(attribute.id).nulls()
    return needing
