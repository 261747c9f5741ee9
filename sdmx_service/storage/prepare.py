"""Shared by the engines, pure: names of series, canonical periods, numbers, instants.

No rows (columns.py prepares those), no SQL, nothing kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import Layout
from sdmx_service.model.refs import Ref
from sdmx_service.model.time import TimePeriod, parse_period

NUMBER = r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"
"""What counts as a number in a measure; everything else is text."""
_NUMBER = re.compile(NUMBER, re.ASCII)


def utc_now() -> datetime:
    return datetime.now(UTC)


def check_instants(at: datetime, latest: datetime | None) -> None:
    """Raises ValueError where a version would open before what is already published."""
    if latest is not None and at < latest:
        raise ValueError(f"{at} is before {latest}, the latest change")


def changed_layout(given: Layout) -> ValueError:
    """The error of a data structure that has other columns now than what is stored under it."""
    return ValueError(f"{given.data_structure.short} has changed: it needs a new version")


def number_of(text: str) -> float | None:
    """The finite number a measure's text stands for, or None."""
    if _NUMBER.match(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def display_key(dimensions: Sequence[str | None]) -> str:
    """A series key for people: codes joined by dots, nothing where a dimension is open."""
    return ".".join(part or "" for part in dimensions)


def series_id(data_structure: Ref, dimensions: Sequence[str]) -> int:
    """Signed 64-bit hash of the data structure and the dimensions, the same on every machine."""
    parts = [data_structure.short, *dimensions]
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def span_of(text: str) -> int:
    """First and last day of a period as one number that sorts by both; 0 where there is none.

    The days are counted from 1 January of the year 1; the first stands above bit 32.
    """
    if not text:
        return 0
    period: TimePeriod = parse_period(text)
    return (period.start.toordinal() << 32) | period.end.toordinal()


def numbers(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """A measure as finite numbers, and the text where the number's rendering is another."""
    values = _parsed(texts)
    values = pc.if_else(pc.is_finite(values), values, None)
    same = pc.fill_null(pc.equal(rendered(values), texts), False)
    return values, pc.if_else(same, None, texts)


def rendered(values: pa.Array) -> pa.Array:
    """The shortest text of each number; 26283.0 is ``26283``."""
    return pc.cast(values, pa.string())


def _parsed(texts: pa.Array) -> pa.Array:
    try:
        return pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        shaped = pc.match_substring_regex(texts, NUMBER)
        return pc.cast(pc.if_else(shaped, texts, None), pa.float64())
