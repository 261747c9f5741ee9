"""Reporting periods of years that start on another day than 1 January, in terms of the calendar."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from sdmx_service.model.time import StartDay, parse_period

_REPORTING = re.compile(r"([0-9]{4})-([ASTQMWD])([0-9]+)")
_MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3, "M": 1}


def in_calendar(text: str, start: StartDay) -> str:
    """The same days as a period of the calendar, or a time range (``2009-07-01/P184D``) where the
    calendar has none; what is no reporting period (``2010``, ``2010-07``) stays as it is.

    The reporting year 2010 that starts on 1 July is the one that ends in 2010. Raises ValueError
    where the text is no period. Source: SDMX REST 2.2.2, "reportingYearStartDay" (ADR 12).
    """
    period, match = parse_period(text), _REPORTING.fullmatch(text)
    if match is None:
        return text
    base = date(int(match[1]) - 1, *start)
    first, last = _span(base, match[2], int(match[3]))
    same = _calendar_period(period.form, first)
    if same is not None and parse_period(same).end == last:
        return same
    return f"{first}/P{(last - first).days + 1}D"


def _span(base: date, form: str, number: int) -> tuple[date, date]:
    """First and last day of a period of the year that begins on ``base``."""
    if form == "D":
        day = base + timedelta(days=number - 1)
        return day, day
    if form == "W":
        # The first week is the one that has the year's first Thursday.
        monday = base - timedelta(days=base.weekday()) + timedelta(weeks=base.weekday() > 3)
        monday += timedelta(weeks=number - 1)
        return monday, monday + timedelta(days=6)
    months = _MONTHS[form]
    following = _later(base, months * number)
    return _later(base, months * (number - 1)), following - timedelta(days=1)


def _later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _calendar_period(form: str, first: date) -> str | None:
    """The period of a form that begins on this day, None where none does."""
    if form == "D":
        return first.isoformat()
    if form == "W":
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    months = _MONTHS[form]
    if first.day != 1 or (first.month - 1) % months:
        return None
    number = (first.month - 1) // months + 1
    return parse_period(f"{first.year:04d}-{form}{number:{'02d' if form == 'M' else 'd'}}").text
