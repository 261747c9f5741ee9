"""The running service over HTTP: push, serve, slices, memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psutil

from bench import answers, asking
from bench.structures import AGENCY, PROVIDER, VERSION, write_folder
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


def measure(folder: Path, message: Path, observations: int) -> list[Row]:
    """Push the message, read it in every format, ask slices; the peak of memory over all."""
    key = Credentials(_data(folder) / "credentials.json").add(PROVIDER)
    with service(folder) as (url, process), _peak(process) as peak:
        client = httpx.Client(base_url=url, timeout=600, trust_env=False)
        client.headers["Authorization"] = f"Bearer {key}"
        rows = [_push(client, message, observations)]
        rows += [_read(client, *entry, observations) for entry in _FORMATS]
        rows += asking.measure(url, process, key)
        rows.append(_push(client, message, observations, again=True))
        rows += answers.data(url, process, key)
        rows += asking.measure_after_commits(url, process, key)
    return [*rows, Row("memory", "peak RSS of the service", max(peak), "MB", "< 600")]


def measure_large(folder: Path, message: Path, observations: int) -> list[Row]:
    """Push a larger message to a hub of its own, and ask slices of the same size."""
    large = folder / "of_large"
    write_folder(large / "structures")
    key = Credentials(_data(large) / "credentials.json").add(PROVIDER)
    with service(large) as (url, process):
        client = httpx.Client(base_url=url, timeout=3600, trust_env=False)
        client.headers["Authorization"] = f"Bearer {key}"
        rows = [_push(client, message, observations)]
        rows += asking.measure(url, process, key, narrow=True)
        rows += asking.measure_after_commits(url, process, key, narrow=True)
    return [replace(row, family=f"{row.family}, large", goal="") for row in rows]


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
