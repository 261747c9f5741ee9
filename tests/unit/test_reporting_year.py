"""Reporting periods of years that start on another day, as days of the calendar."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdmx_service.model.reporting_year import in_calendar
from sdmx_service.model.time import parse_period

# Period | start of the reporting year | the same days in the calendar
PERIODS = [
    ("2010-Q3", (7, 1), "2010-Q1"),  # the example of the standard
    ("2010-Q1", (7, 1), "2009-Q3"),
    ("2010-A1", (7, 1), "2009-07-01/P365D"),
    ("2012-A1", (7, 1), "2011-07-01/P366D"),
    ("2010-A1", (4, 6), "2009-04-06/P365D"),
    ("2010-S2", (7, 1), "2010-S1"),
    ("2010-S1", (4, 1), "2009-04-01/P183D"),
    ("2010-T1", (5, 1), "2009-T2"),
    ("2010-M01", (4, 1), "2009-04"),
    ("2010-M12", (4, 1), "2010-03"),
    ("2010-M01", (4, 6), "2009-04-06/P30D"),
    ("2010-D001", (7, 1), "2009-07-01"),
    ("2010-D032", (7, 1), "2009-08-01"),
    ("2012-W36", (7, 1), "2012-W10"),
    ("2010-W01", (7, 1), "2009-W27"),
    ("2010", (7, 1), "2010"),
    ("2010-03", (7, 1), "2010-03"),
    ("2010-03-05", (7, 1), "2010-03-05"),
    ("2010-03-05/P3M", (7, 1), "2010-03-05/P3M"),
]


@pytest.mark.parametrize(("text", "start", "expected"), PERIODS)
def test_the_same_days_in_the_calendar(text: str, start: tuple[int, int], expected: str) -> None:
    assert in_calendar(text, start) == expected


START_DAYS = st.dates(date(2001, 1, 2), date(2001, 12, 31)).map(lambda day: (day.month, day.day))


@given(START_DAYS, st.sampled_from(["S", "T", "Q", "M"]), st.integers(1990, 2030))
def test_the_parts_of_a_year_follow_one_another(
    start: tuple[int, int], form: str, year: int
) -> None:
    count = {"S": 2, "T": 3, "Q": 4, "M": 12}[form]
    width = 2 if form == "M" else 1
    names = [f"{year}-{form}{number:0{width}d}" for number in range(1, count + 1)]
    spans = [parse_period(in_calendar(name, start)) for name in names]
    whole = parse_period(in_calendar(f"{year}-A1", start))
    assert spans[0].start == whole.start == date(year - 1, *start)
    assert spans[-1].end == whole.end
    for before, after in pairwise(spans):
        assert (after.start - before.end).days == 1
