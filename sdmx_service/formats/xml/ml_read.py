"""Reads SDMX-ML data as Arrow batches: 2.1, generic and structure-specific, 3.0 and 3.1.

The fast reader takes what is regular, the strict reader the rest; both give the same rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import inf
from typing import BinaryIO

from sdmx_service.formats.xml.ml_between import Grammar, specific
from sdmx_service.formats.xml.ml_dataset import EMBARGO_TIME, DataSetPlan
from sdmx_service.formats.xml.ml_fast import read_window, usable
from sdmx_service.formats.xml.ml_generic_between import generic
from sdmx_service.formats.xml.ml_source import Place, XmlSource
from sdmx_service.formats.xml.ml_strict import Kind, StrictReading
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
    place, plan, limits = reading.place, reading.plan, source.limits
    assert plan is not None
    window = source.window(place.offset, window_bytes) if usable(plan, limits) else b""
    grammar = _grammar(reading.kind, plan, window)
    while grammar is not None and window:
        stretch = read_window(window, grammar, plan, place.line, limits)
        if stretch is None:
            break
        for start in range(0, stretch.rows.num_rows, limits.batch_rows):
            yield plan.batch(stretch.rows.slice(start, limits.batch_rows))
        place = Place(place.offset + stretch.consumed, place.line + stretch.lines)
        window = source.window(place.offset, window_bytes)
    return place


def _grammar(kind: Kind, plan: DataSetPlan, begin: bytes) -> Grammar | None:
    """How values stand where the data set goes on so; None where nobody knows."""
    # An embargo is a problem, and problems are the strict reader's.
    components = sorted(plan.components - {EMBARGO_TIME})
    if not kind.generic:
        return specific(components)
    return generic(begin, components, plan.observation_dimension, plan.observation_measure)
