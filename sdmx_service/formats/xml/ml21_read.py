"""Reads SDMX-ML 2.1 structure-specific data, time series or not, as Arrow batches.

The fast reader takes what is regular, the strict reader the rest; both give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from sdmx_service.formats.xml.ml21_source import XmlSource
from sdmx_service.formats.xml.ml21_strict import StrictReading
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch, DataMessage, ResolveStructure
from sdmx_service.model.problem import refuse

FORMAT = "sdmx-ml-2.1-structure-specific"


def read_structure_specific(
    source: BinaryIO, resolve: ResolveStructure, problems: ProblemCollector, limits: Limits
) -> DataMessage:
    """Read a message through expat alone. Source: SDMX 2.1 section 3A, structure-specific data."""
    reading = StrictReading(XmlSource(source, limits), resolve, problems)
    first = list(reading.read(pause_at=0))
    if reading.preamble is None:
        raise refuse("XML_HEADER_MISSING")
    rest = [] if reading.finished else _strictly(reading)
    return DataMessage(format=FORMAT, header=reading.preamble.header, batches=chain(first, rest))


def _strictly(reading: StrictReading) -> Iterator[DataBatch]:
    reading.resume(reading.place, any_rows=False)
    yield from reading.read()
