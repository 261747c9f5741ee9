"""The running service over HTTP: push, serve, slices, memory."""

from __future__ import annotations

import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bench import answers
from bench.structures import AGENCY, PROVIDER, VERSION, codes
from bench.table import Row
from sdmx_service.storage.credentials import Credentials

_FLOW = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/{VERSION}"
_FORMATS = (
    ("serve XML", "application/vnd.sdmx.structurespecificdata+xml;version=2.1", "≥ 500,000"),
    ("serve CSV", "application/vnd.sdmx.data+csv;version=2.1.0", "≥ 1,200,000"),
    ("serve JSON", "application/vnd.sdmx.data+json;version=2.1.0", "≥ 1,200,000"),
    ("serve Parquet", "application/vnd.apache.parquet", "≥ 2,000,000"),
    ("serve Arrow", "application/vnd.apache.arrow.stream", ""),
    ("serve generic XML", "application/vnd.sdmx.genericdata+xml;version=2.1", ""),
)
_SLICES = 200


def measure(folder: Path, message: Path, observations: int) -> list[Row]:
    """Push the message, read it in every format, ask slices; the peak of memory over all."""
    key = Credentials(_data(folder) / "credentials.json").add(PROVIDER)
    with service(folder) as (url, process), _peak(process) as peak:
        client = httpx.Client(base_url=url, timeout=600, trust_env=False)
        client.headers["Authorization"] = f"Bearer {key}"
        rows = [_push(client, message, observations)]
        rows += [_read(client, *entry, observations) for entry in _FORMATS]
        rows += _slices(client)
        rows.append(_push(client, message, observations, again=True))
        rows.append(answers.data(url, process, key))
    return [*rows, Row("memory", "peak RSS of the service", max(peak), "MB", "< 600")]


def measure_structures(folder: Path) -> list[Row]:
    """The shipped structures, and a list of 100,000 codes."""
    root = Path(__file__).parents[1]
    (folder / "shipped").mkdir()
    shipped = os.pathsep.join(str(root / name) for name in answers.SHIPPED)
    with service(folder / "shipped", shipped) as (url, process):
        rows = answers.structures(url, process)
    (folder / "lists").mkdir()
    answers.write_large_list(folder / "lists" / "structures")
    with service(folder / "lists") as (url, _):
        return [*rows, answers.large_list(url)]


def _data(folder: Path) -> Path:
    path = folder / "data"
    path.mkdir(exist_ok=True)
    return path


@contextmanager
def service(folder: Path, structures: str | None = None) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "SDMX_SERVICE_DATA": str(folder / "data"),
        "SDMX_SERVICE_STRUCTURES": structures or str(folder / "structures"),
    }
    start = "from sdmx_service.cli import main; main()"
    command = [sys.executable, "-c", start, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{url}/health", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service did not start")


@contextmanager
def _peak(process: psutil.Process) -> Iterator[list[float]]:
    samples, done = [0.0], threading.Event()

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


def _push(client: httpx.Client, message: Path, observations: int, *, again: bool = False) -> Row:
    start = time.perf_counter()
    with message.open("rb") as file:
        answer = client.post("/submissions", content=file)
    seconds = time.perf_counter() - start
    assert answer.status_code == 201, answer.text
    what = "this hub, replacing all" if again else "this hub, first time"
    return Row("accept, durable", what, observations / seconds, "obs/s", "≥ 100,000")


def _read(client: httpx.Client, family: str, accept: str, goal: str, observations: int) -> Row:
    start, size = time.perf_counter(), 0
    headers = {"Accept": accept, "Accept-Encoding": "identity"}
    with client.stream("GET", _FLOW, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        for piece in answer.iter_raw():
            size += len(piece)
    seconds = time.perf_counter() - start
    return Row(family, f"this hub ({size / 1e6:.0f} MB)", observations / seconds, "obs/s", goal)


def _slices(client: httpx.Client) -> list[Row]:
    """Slices of about 1,000 observations: one area, source and sex."""
    numbers, times, size = random.Random(2), [], 0
    for _ in range(_SLICES):
        area, source = numbers.choice(codes("REF_AREA")), numbers.choice(codes("SOURCE"))
        key = f"A.{area}.{source}.*.{codes('SEX')[0]}"
        start = time.perf_counter()
        answer = client.get(f"{_FLOW}/{key}", params={"format": "csvdata"})
        times.append(1000 * (time.perf_counter() - start))
        size = max(size, answer.text.count("\n") - 1)
    quantiles = statistics.quantiles(times, n=100)
    return [
        Row("slice over HTTP", f"p50, up to {size} observations", quantiles[49], "ms", "≤ 15"),
        Row("slice over HTTP", "p99", quantiles[98], "ms"),
    ]
