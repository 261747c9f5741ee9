"""Periods: is TIME_PERIOD a period, of the form its series' frequency asks for?"""

from __future__ import annotations

import numpy as np

from sdmx_service.model.time import TimePeriod, fits_frequency
from sdmx_service.validation.codes import unknown_codes
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.data_types import wrong_type
from sdmx_service.validation.regions import period_of
from sdmx_service.validation.rows import Column, Mask, Rows


def check_periods(rows: Rows, context: CheckContext) -> None:
    """TIME_FORMAT for what is no period, then TIME_FREQUENCY for one of another frequency."""
    time = context.layout.time
    if time is None or time in context.coded:
        return
    column = rows.column(time)
    periods = [period_of(text) for text in column.values.to_pylist()]
    wrong = np.array([period is None for period in periods], np.bool_)
    text_format = context.formats.get(time)
    if text_format is not None:
        wrong |= wrong_type(column.values, text_format.data_type)
    rows.report_values("TIME_FORMAT", column, wrong)
    if context.frequency is not None:
        frequency = rows.column(context.frequency)
        known = ~unknown_codes(frequency, context)
        periods = [None if bad else one for one, bad in zip(periods, wrong, strict=True)]
        _check_frequency(rows, column, periods, frequency, known)


def _check_frequency(
    rows: Rows, time: Column, periods: list[TimePeriod | None], frequency: Column, known: Mask
) -> None:
    """Rows are looked at by pairs of frequency and form of period, of which there are few."""
    examples = {period.form: period for period in periods if period is not None}
    forms = {form: number for number, form in enumerate(examples)}
    unfit = np.array(
        [
            [not fits_frequency(period, code) for period in examples.values()] + [False]
            for code in frequency.values.to_pylist()
        ],
        np.bool_,
    ).reshape(len(known), len(examples) + 1)
    unfit &= known[:, np.newaxis]
    if not unfit.any():
        return
    none = len(forms)
    form_of_value = [forms[period.form] if period else none for period in periods]
    form = np.array([*form_of_value, none], np.intp)[time.indices]
    wrong = unfit[frequency.indices, form] & (frequency.indices >= 0)
    rows.report(
        "TIME_FREQUENCY",
        np.flatnonzero(wrong),
        time.id,
        lambda row: {"value": time.text(row), "frequency": frequency.text(row)},
    )
