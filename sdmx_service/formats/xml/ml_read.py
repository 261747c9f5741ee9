"""Reads SDMX-ML data as Arrow batches: 2.1, generic and structure-specific, 3.0 and 3.1.

Of structure-specific data the fast reader takes what is regular, the strict reader the rest; both
give the same rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import inf
from typing import BinaryIO

from sdmx_service.formats.xml.ml_fast import read_window, usable
from sdmx_service.formats.xml.ml_source import Place, XmlSource
from sdmx_service.formats.xml.ml_strict import StrictReading
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch, DataMessage, ResolveStructure

WINDOW_BYTES = 4 * 1024 * 1024
_STRICT_PART = 16
"""The strict reader goes on for at least this part of a window before the fast one tries again."""


def read_ml(
    source: BinaryIO,
    resolve: ResolveStructure,
    problems: ProblemCollector,
    limits: Limits,
    *,
    window_bytes: int = WINDOW_BYTES,
) -> DataMessage:
    """Read a message. Source: SDMX 2.1 section 3A; SDMX-ML 3.0 and 3.1 data schemas.

    ``window_bytes``: how much the fast reader looks at in one piece; 0 = expat alone.
    """
    text = XmlSource(source, limits)
    reading = StrictReading(text, resolve, problems)
    fast = text.plain and window_bytes > 0
    reading.open(pause_at=0 if fast else inf)
    assert reading.preamble is not None
    fast = fast and not reading.kind.generic
    batches = _by_turns(reading, text, window_bytes) if fast else reading.read()
    return DataMessage(format=reading.kind.format, header=reading.preamble.header, batches=batches)


def _by_turns(reading: StrictReading, source: XmlSource, window_bytes: int) -> Iterator[DataBatch]:
    """Fast and strict by turns; where the fast reader gets nowhere the turns grow longer."""
    strict_bytes = least = window_bytes // _STRICT_PART
    yield from reading.read(pause_at=0)
    while not reading.finished:
        start = reading.place.offset
        place = yield from _fast(reading, source, window_bytes)
        strict_bytes = least if place.offset - start > strict_bytes else 2 * strict_bytes
        reading.resume(place, any_rows=place.offset > start)
        yield from reading.read(pause_at=place.offset + strict_bytes)


def _fast(
    reading: StrictReading, source: XmlSource, window_bytes: int
) -> Generator[DataBatch, None, Place]:
    place, plan = reading.place, reading.plan
    assert plan is not None
    if not usable(plan, source.limits):
        return place
    while window := source.window(place.offset, window_bytes):
        stretch = read_window(window, plan, place.line, source.limits)
        if stretch is None:
            break
        size = source.limits.batch_rows
        for start in range(0, stretch.rows.num_rows, size):
            yield plan.batch(stretch.rows.slice(start, size))
        place = Place(place.offset + stretch.consumed, place.line + stretch.lines)
    return place
