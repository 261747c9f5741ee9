"""Measures: is a value given where one must be, and is it what its format says?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.structures import TextFormat
from sdmx_service.validation.codes import is_missing
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.data_types import FRACTIONAL_TYPES, NUMBER_TYPES, wrong_type
from sdmx_service.validation.facets import Finding, broken_lengths, broken_limits
from sdmx_service.validation.numbers import Numbers, read_numbers, wrong_integers
from sdmx_service.validation.parts import parts_of
from sdmx_service.validation.rows import Arguments, Mask, Rows

_WITH_NAN = ("Float", "Double")
ValueFinding = tuple[str, Arguments, Mask]
"""Problem code, its arguments beside the value, and which texts it is about."""


def check_measures(rows: Rows, context: CheckContext) -> None:
    """MEASURE_MISSING where a mandatory measure is empty, then VALUE_… for what is given."""
    for measure in context.layout.measures:
        if measure in context.mandatory:
            rows.report_missing("MEASURE_MISSING", measure)
        if measure in context.formats:
            check_format(rows, measure, context.formats[measure])


def check_format(rows: Rows, component: str, text_format: TextFormat) -> None:
    """VALUE_NOT_NUMBER, VALUE_FORMAT or VALUE_FACET for the cells of an uncoded component."""
    cells = rows.batch.rows.column(component)
    column = rows.column(component) if pa.types.is_dictionary(cells.type) else None
    parts = parts_of(rows.layout, component, cells if column is None else column.values)
    texts = parts.texts
    if component not in rows.layout.key:
        texts = _given(texts, text_format)
    for code, arguments, wrong_texts in findings(texts, text_format):
        wrong = parts.any(wrong_texts)
        if column is not None:
            rows.report_values(code, column, wrong, arguments)
        else:
            rows.report_cells(code, component, wrong, arguments)


def _given(texts: pa.Array, text_format: TextFormat) -> pa.Array:
    """The texts but for those that are missing on purpose, which no format is asked of.

    Source: SDMX-CSV 2.1 and SDMX-JSON 2.1, intentionally missing values.
    """
    if text_format.data_type in _WITH_NAN or not is_missing(texts).any():
        return texts
    return pc.if_else(pa.array(is_missing(texts)), pa.scalar(None, texts.type), texts)


def findings(texts: pa.Array, text_format: TextFormat) -> Iterator[ValueFinding]:
    """What is wrong with which texts: each is named by its type, or else by its facets."""
    data_type = text_format.data_type or "String"
    numbers: Numbers | None = None
    wrong = np.zeros(len(texts), np.bool_)
    if data_type in NUMBER_TYPES:
        numbers, wrong = read_numbers(texts)
        yield "VALUE_NOT_NUMBER", {}, wrong
    if data_type not in FRACTIONAL_TYPES:
        unfit = _wrong_type(texts, numbers, data_type) & ~wrong
        yield "VALUE_FORMAT", {"data_type": data_type}, unfit
        wrong = wrong | unfit
    for facet, limit, broken in _broken(texts, numbers, text_format):
        yield "VALUE_FACET", {"facet": facet, "limit": limit}, broken & ~wrong


def _wrong_type(texts: pa.Array, numbers: Numbers | None, data_type: str) -> Mask:
    if numbers is None:
        return wrong_type(texts, data_type)
    return wrong_integers(texts, numbers, data_type)


def _broken(texts: pa.Array, numbers: Numbers | None, text_format: TextFormat) -> Iterator[Finding]:
    if numbers is not None:
        yield from broken_limits(texts, numbers, text_format)
    yield from broken_lengths(texts, text_format)
