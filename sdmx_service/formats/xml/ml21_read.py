"""Reads SDMX-ML 2.1 structure-specific data, time series or not, as Arrow batches.

The fast reader takes what is regular, the strict reader the rest; both give the same rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import chain
from typing import BinaryIO

from sdmx_service.formats.xml.ml21_fast import read_window, usable
from sdmx_service.formats.xml.ml21_source import Place, XmlSource
from sdmx_service.formats.xml.ml21_strict import StrictReading
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch, DataMessage, ResolveStructure
from sdmx_service.model.problem import refuse

FORMAT = "sdmx-ml-2.1-structure-specific"
WINDOW_BYTES = 4 * 1024 * 1024
_STRICT_PART = 16
"""The strict reader goes on for at least this part of a window before the fast one tries again."""


def read_structure_specific(
    source: BinaryIO,
    resolve: ResolveStructure,
    problems: ProblemCollector,
    limits: Limits,
    *,
    window_bytes: int = WINDOW_BYTES,
) -> DataMessage:
    """Read a message. Source: SDMX 2.1 section 3A, structure-specific data.

    ``window_bytes``: how much the fast reader looks at in one piece; 0 = expat alone.
    """
    text = XmlSource(source, limits)
    reading = StrictReading(text, resolve, problems)
    first = list(reading.read(pause_at=0))
    if reading.preamble is None:
        raise refuse("XML_HEADER_MISSING")
    rest = _rest(reading, text, window_bytes if text.plain else 0)
    return DataMessage(format=FORMAT, header=reading.preamble.header, batches=chain(first, rest))


def _rest(reading: StrictReading, source: XmlSource, window_bytes: int) -> Iterator[DataBatch]:
    """Fast and strict by turns; where the fast reader gets nowhere the turns grow longer."""
    least = window_bytes // _STRICT_PART if window_bytes else 2**62
    strict_bytes = least
    while not reading.finished:
        start = reading.place
        place = start
        if window_bytes:
            place = yield from _fast(reading, source, window_bytes)
        gained = place.offset - start.offset
        strict_bytes = least if gained > strict_bytes else 2 * strict_bytes
        reading.resume(place, any_rows=gained > 0)
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
