"""Periods as days of the calendar, for formats that can do without SDMX's own forms.

Each distinct text is parsed once; columns of periods are dictionaries.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from sdmx_service.model.time import parse_period


def first_days(texts: pa.Array) -> pa.Array:
    """The first day of each period. Shape: date32, null for what is no period."""
    return pa.array([_first_day(text) for text in texts.to_pylist()], pa.date32())


def normalized(texts: pa.Array) -> pa.Array:
    """Each period as the ISO 8601 date of its first day; a date-time, which says more, as it is.

    What is no period stays. Source: SDMX-CSV 2.1 field guide, ``timeFormat`` (ADR 14).
    """
    return pa.array([_normalized(text) for text in texts.to_pylist()], pa.string())


def _normalized(text: str | None) -> str | None:
    day = _first_day(text)
    is_instant = text is not None and "T" in text[10:] and "/" not in text
    return text if day is None or is_instant else day.isoformat()


def _first_day(text: str | None) -> date | None:
    try:
        return None if text is None else parse_period(text).start
    except ValueError:
        return None
