"""SDMX data types: which texts may stand for a value of each.

A table, and the few functions that read it. Source: SDMX 3.0 section 2, data types; XML Schema
part 2 for the types it borrows. Sizes, limits and patterns stand in ``facets.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.time import parse_period
from sdmx_service.validation.rows import Mask

INTEGER_RANGES: dict[str, tuple[int, int] | None] = {
    "BigInteger": None,
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
    "Short": (-(2**15), 2**15 - 1),
    "Count": None,
}
"""Whole-number types and the least and greatest they hold; None = any."""

FRACTIONAL_TYPES = frozenset(
    {"Decimal", "Double", "Float", "Incremental", "InclusiveValueRange", "ExclusiveValueRange"}
)
NUMBER_TYPES = FRACTIONAL_TYPES | frozenset(INTEGER_RANGES)

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_GREGORIAN = {
    "GregorianYear": r"[0-9]{4}",
    "GregorianYearMonth": rf"[0-9]{{4}}-{_MONTH}",
    "GregorianDay": _DATE,
    "DateTime": rf"{_DATE}T{_CLOCK}{_ZONE}",
}
_REPORTING = {
    "ReportingYear": r"[0-9]{4}-A1",
    "ReportingSemester": r"[0-9]{4}-S[12]",
    "ReportingTrimester": r"[0-9]{4}-T[1-3]",
    "ReportingQuarter": r"[0-9]{4}-Q[1-4]",
    "ReportingMonth": rf"[0-9]{{4}}-M{_MONTH}",
    "ReportingWeek": r"[0-9]{4}-W[0-5][0-9]",
    "ReportingDay": r"[0-9]{4}-D[0-3][0-9]{2}",
}
_DURATION_OF_DAYS = r"P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
_DURATION_OF_TIME = r"T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?"
_RANGE = rf"{_DATE}(?:T{_CLOCK}{_ZONE})?/{_DURATION_OF_DAYS}(?:{_DURATION_OF_TIME})?"


def _one_of(patterns: dict[str, str]) -> str:
    return "|".join(patterns.values())


_DATED = {
    **_GREGORIAN,
    **_REPORTING,
    "TimeRange": _RANGE,
    "GregorianTimePeriod": _one_of({k: v for k, v in _GREGORIAN.items() if k != "DateTime"}),
    "BasicTimePeriod": _one_of(_GREGORIAN),
    "ReportingTimePeriod": _one_of(_REPORTING),
    "StandardTimePeriod": _one_of(_GREGORIAN | _REPORTING),
    "ObservationalTimePeriod": _one_of(_GREGORIAN | _REPORTING | {"TimeRange": _RANGE}),
}
_PATTERNS = {
    **_DATED,
    **{name: r"[+-]?[0-9]+" for name in INTEGER_RANGES},
    "Alpha": r"[A-Za-z]*",
    "AlphaNumeric": r"[A-Za-z0-9]*",
    "Numeric": r"[0-9]*",
    "Boolean": r"true|false|1|0",
    "URI": r"[^\s<>\"{}|\\^`]*",
    "Month": rf"--{_MONTH}{_ZONE}",
    "MonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}",
    "Day": rf"---{_DAY}{_ZONE}",
    "Time": rf"{_CLOCK}{_ZONE}",
    "Duration": rf"-?{_DURATION_OF_DAYS}(?:{_DURATION_OF_TIME})?",
}


def wrong_type(texts: pa.Array, data_type: str | None) -> Mask:
    """Which texts are no value of the data type; null is never wrong.

    Numbers with fractions are ``numbers.py``'s; types not in the table take any text.
    """
    pattern = _PATTERNS.get(data_type or "")
    if pattern is None or not len(texts):
        return np.zeros(len(texts), np.bool_)
    wrong = unlike(texts, pattern)
    beyond = _BEYOND_PATTERN.get(data_type or "")
    if beyond is not None:
        checked = enumerate(zip(texts.to_pylist(), wrong.tolist(), strict=True))
        more = [at for at, (text, bad) in checked if text and not bad and not beyond(text)]
        wrong[more] = True
    return wrong


def unlike(texts: pa.Array, pattern: str) -> Mask:
    """Which texts do not match a pattern from end to end; null is never wrong."""
    like = pc.match_substring_regex(texts, rf"\A(?:{pattern})\z").fill_null(True)
    wrong: Mask = ~like.to_numpy(zero_copy_only=False)
    return wrong


def _on_calendar(text: str) -> bool:
    """Whether what looks like a date or period exists: no 30 February, no week 53 of 2021."""
    try:
        if "T" in text and "-T" not in text and "/" not in text:
            datetime.fromisoformat(text)
        else:
            parse_period(text)
    except ValueError:
        return False
    return True


def _says_something(text: str) -> bool:
    return text[-1] not in "PT"


_BEYOND_PATTERN: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(_DATED, _on_calendar),
    "Duration": _says_something,
}
