"""Time periods: read, ordered, compared. Of the calendar: a reporting year starts 1 January."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_YEAR = r"(?P<year>[0-9]{4})"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("A", re.compile(rf"^{_YEAR}(?:-A1)?$")),
    ("S", re.compile(rf"^{_YEAR}-S(?P<n>[12])$")),
    ("T", re.compile(rf"^{_YEAR}-T(?P<n>[1-3])$")),
    ("Q", re.compile(rf"^{_YEAR}-Q(?P<n>[1-4])$")),
    ("M", re.compile(rf"^{_YEAR}-M?(?P<n>0[1-9]|1[0-2])$")),
    ("W", re.compile(rf"^{_YEAR}-W(?P<n>0[1-9]|[1-4][0-9]|5[0-3])$")),
    ("D", re.compile(rf"^{_YEAR}-D(?P<n>[0-9]{{3}})$")),
    ("D", re.compile(rf"^{_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})$")),
)
_DATE_TIME = re.compile(
    r"^([0-9]{4})-([0-9]{2})-([0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
)
_MONTHS = {"S": 6, "T": 4, "Q": 3, "M": 1}
# Which forms of period a frequency code may be written with (CL_FREQ 2.1, by its first letter).
_FORMS_OF_FREQUENCY = {
    "A": "A", "S": "S", "T": "T", "Q": "Q", "M": "M", "W": "W", "D": "D", "B": "D",
    "H": "I", "N": "I",
}  # fmt: skip


StartDay = tuple[int, int]
"""Month and day on which a reporting year starts."""


@dataclass(frozen=True, slots=True)
class TimePeriod:
    """A span of days, both included; ``text`` is its canonical form, its identity.

    ``form`` is the letter of the reporting period (A S T Q M W D) or I for a date-time or range.
    """

    text: str
    form: str
    start: date
    end: date


@lru_cache(maxsize=65536)
def parse_period(text: str) -> TimePeriod:
    """Read a period in any SDMX form; ``2020-A1`` is ``2020``, ``2020-M01`` is ``2020-01``.

    Raises ValueError where the text is no period. Source: SDMX 3.0 section 6, time formats.
    """
    for form, pattern in _FORMS:
        match = pattern.fullmatch(text)
        if match is not None:
            return _period(form, match)
    if _DATE_TIME.fullmatch(text):
        day = date.fromisoformat(text[:10])
        return TimePeriod(text, "I", day, day)
    start, separator, duration = text.partition("/")
    if separator:
        return TimePeriod(text, "I", *_range(start, duration))
    raise ValueError(text)


def fits_frequency(period: TimePeriod, frequency: str) -> bool:
    """Whether a period of this form may stand in a series of this frequency code.

    Unknown, irregular and occasional frequencies take any form.
    """
    if frequency[:1] in ("O", "I", "_"):
        return True
    return _FORMS_OF_FREQUENCY.get(frequency[:1], period.form) in (period.form, "I")


def _period(form: str, match: re.Match[str]) -> TimePeriod:
    year = int(match["year"])
    if form == "A":
        return TimePeriod(f"{year:04d}", form, date(year, 1, 1), date(year, 12, 31))
    if form == "W":
        return _week(year, int(match["n"]))
    if form == "D":
        return _day(year, match)
    number, months = int(match["n"]), _MONTHS[form]
    first, last = (number - 1) * months + 1, number * months
    end = date(year, last, calendar.monthrange(year, last)[1])
    text = f"{year:04d}-{number:02d}" if form == "M" else f"{year:04d}-{form}{number}"
    return TimePeriod(text, form, date(year, first, 1), end)


def _week(year: int, number: int) -> TimePeriod:
    start = date.fromisocalendar(year, number, 1)
    return TimePeriod(f"{year:04d}-W{number:02d}", "W", start, start + timedelta(days=6))


def _day(year: int, match: re.Match[str]) -> TimePeriod:
    groups = match.groupdict()
    if "month" in groups:
        day = date(year, int(groups["month"]), int(groups["day"]))
    else:
        number = int(groups["n"])
        if not 1 <= number <= (366 if calendar.isleap(year) else 365):
            raise ValueError(match.string)
        day = date(year, 1, 1) + timedelta(days=number - 1)
    return TimePeriod(day.isoformat(), "D", day, day)


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(
    r"^P(?:([0-9]{1,4})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,7})D)?(?:T(?:[0-9]+[HMS])+)?$"
)


def _range(start: str, duration: str) -> tuple[date, date]:
    match = _DURATION.fullmatch(duration)
    dated = _DATE.fullmatch(start) or _DATE_TIME.fullmatch(start)
    if match is None or duration == "P" or not dated:
        raise ValueError(f"{start}/{duration}")
    first = date.fromisoformat(start[:10])
    years, months, days = (int(part or 0) for part in match.groups())
    month = first.month - 1 + months + 12 * years
    year, month = first.year + month // 12, month % 12 + 1
    day = min(first.day, calendar.monthrange(year, month)[1])
    try:
        last = date(year, month, day) + timedelta(days=days)
    except OverflowError as reason:
        raise ValueError(f"{start}/{duration}") from reason
    return first, max(first, last - timedelta(days=1))
