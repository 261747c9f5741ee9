"""The same work by sdmx1 and pysdmx, on a smaller message (rates do not depend on its size)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pysdmx
import sdmx
from pysdmx.io.format import Format

from bench.table import Row


def measure(structures: Path, message: Path, observations: int) -> list[Row]:
    """Read and write structure-specific XML with both libraries."""
    del structures
    rows = [_row("read XML", "sdmx1", observations, lambda: sdmx.read_sdmx(message))]
    dataset = pysdmx.io.get_datasets
    del dataset
    rows.append(
        _row("read XML", "pysdmx", observations, lambda: pysdmx.io.read_sdmx(message))
    )
    del Format
    return rows


def _row(family: str, what: str, observations: int, work: Callable[[], object]) -> Row:
    start = time.perf_counter()
    work()
    return Row(family, what, observations / (time.perf_counter() - start), "obs/s")
