"""A whole dataflow in every format over HTTP: speed, processor time, first byte, memory; and the
same rows from the engine with no format at all."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.structures import AGENCY, VERSION
from bench.table import Row
from sdmx_service.access.gate import Selection, authorise
from sdmx_service.access.principal import ANONYMOUS
from sdmx_service.app import build_hub
from sdmx_service.model.columns import layout_of
from sdmx_service.settings import Settings

FLOW = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/{VERSION}"
_SDMX = "application/vnd.sdmx."
_FORMATS = (
    ("XML", f"{_SDMX}structurespecificdata+xml;version=2.1", "≥ 1,500,000"),
    ("XML 3.1", f"{_SDMX}data+xml;version=3.1.0", "≥ 1,500,000"),
    ("generic XML", f"{_SDMX}genericdata+xml;version=2.1", "≥ 500,000"),
    ("JSON", f"{_SDMX}data+json;version=2.1.0", "≥ 1,200,000"),
    ("CSV", f"{_SDMX}data+csv;version=2.1.0", "≥ 1,200,000"),
    ("Parquet", "application/vnd.apache.parquet", "≥ 2,000,000"),
    ("Arrow", "application/vnd.apache.arrow.stream", ""),
    ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "≥ 300,000"),
)
_PIECE = 1024 * 1024


def measure(url: str, process: psutil.Process, key: str, observations: int) -> list[Row]:
    """Four rows a format; what is compared is what a core of the service does in a second."""
    rows: list[Row] = []
    for name, accept, goal in _FORMATS:
        got = _get(url, process, key, accept)
        family = f"serve {name}"
        size = f"{got.size / 1e6:.0f} MB"
        rows += [
            Row(family, f"this hub, a core ({size})", observations / got.cpu, "obs/s", goal),
            Row(family, "this hub, by the clock", observations / got.seconds, "obs/s"),
            Row(family, "first byte", got.first * 1000, "ms", "< 100"),
            Row(family, "memory above idle", got.above_idle, "MB", "≤ 100"),
        ]
    return rows


def measure_engine(folder: Path, observations: int) -> Row:
    """The same rows as Arrow batches, read in this process from what the service left."""
    settings = Settings(data=folder / "data", structures=(folder / "structures",))
    hub = build_hub(settings)
    registry = hub.registry
    (flow,) = registry.dataflows()
    policies = [registry.policy(agreement) for agreement in registry.agreements_of(flow.ref)]
    layout = layout_of(registry.structure_context(flow.ref).data_structure)
    now = hub.clock.now()
    start, count = time.process_time(), 0
    for part in hub.store.scan(authorise(ANONYMOUS, layout, Selection(at=now), policies, now=now)):
        count += sum(batch.num_rows for batch in part.observations)
    seconds = time.process_time() - start
    hub.store.close()
    assert count >= observations, count
    return Row("engine", "streams the rows, no format", count / seconds, "obs/s")


@dataclass(frozen=True, slots=True)
class _Answer:
    """``seconds`` until all is read, ``first`` until the first byte, ``cpu`` of the service;
    ``above_idle``: most memory of the service meanwhile, above what it had before, in MB."""

    size: int
    seconds: float
    first: float
    cpu: float
    above_idle: float


def _get(url: str, process: psutil.Process, key: str, accept: str) -> _Answer:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=3600)
    headers = {"Authorization": f"Bearer {key}", "Accept": accept, "Accept-Encoding": "identity"}
    with most_memory(process) as most:
        idle, before = most[0], sum(process.cpu_times()[:2])
        start = time.perf_counter()
        connection.request("GET", FLOW, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        size = len(answer.read(1))
        first = time.perf_counter() - start
        while piece := answer.read(_PIECE):
            size += len(piece)
        seconds = time.perf_counter() - start
        cpu = sum(process.cpu_times()[:2]) - before
    return _Answer(size, seconds, first, cpu, max(most) - idle)


@contextmanager
def most_memory(process: psutil.Process) -> Iterator[list[float]]:
    """RSS in MB, sampled while the body runs; the first is from before."""
    samples, done = [process.memory_info().rss / 1e6], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            samples.append(process.memory_info().rss / 1e6)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()
