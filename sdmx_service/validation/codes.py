"""Codes: does every value of a coded component stand in its code list?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.values import NOT_AVAILABLE
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.parts import parts_of
from sdmx_service.validation.rows import Column, Mask, Rows


def check_codes(rows: Rows, context: CheckContext) -> None:
    """CODE_UNKNOWN, dimensions first; a Delete is held to codes of dimensions only, since what
    its other cells say does not matter."""
    for component in context.layout.key if rows.deletes else context.layout.columns:
        rule = context.coded.get(component)
        if rule is not None:
            column = rows.column(component)
            unknown = unknown_codes(column, context)
            unknown = unknown & ~missing_on_purpose(column, context)
            rows.report_values("CODE_UNKNOWN", column, unknown, {"codelist": rule.codelist})


def missing_on_purpose(column: Column, context: CheckContext) -> Mask:
    """Which distinct values of a column say that there is none, even where there must be one; a
    part of a key never does.

    Source: SDMX-CSV 2.1 and SDMX-JSON 2.1, intentionally missing values.
    """
    if column.id in context.layout.key:
        return np.zeros(len(column.values), np.bool_)
    return is_missing(column.values)


def is_missing(values: pa.Array) -> Mask:
    """Which distinct values say that a value is missing on purpose."""
    missing = pc.equal(values, NOT_AVAILABLE).fill_null(False)
    mask: Mask = missing.to_numpy(zero_copy_only=False)
    return mask


def unknown_codes(column: Column, context: CheckContext) -> Mask:
    """Which distinct values of a column do not stand in its code list, or, being several, do not
    all; none without a list."""
    rule = context.coded.get(column.id)
    if rule is None:
        return np.zeros(len(column.values), np.bool_)
    parts = parts_of(context.layout, column.id, column.values)
    known: Mask = pc.is_in(parts.texts, value_set=rule.codes).to_numpy(zero_copy_only=False)
    return parts.any(~known)
