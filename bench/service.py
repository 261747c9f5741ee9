"""The running service over HTTP: push, serve, slices, memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psutil

from bench import answers, asking, serving
from bench.serving import most_memory
from bench.structures import PROVIDER, write_folder
from bench.table import Row
from sdmx_service.storage.credentials import Credentials


def measure(folder: Path, message: Path, observations: int) -> list[Row]:
    """Push the message, read it in every format, ask slices; the peak of memory over all."""
    key = Credentials(_data(folder) / "credentials.json").add(PROVIDER)
    with service(folder) as (url, process), most_memory(process) as peak:
        client = httpx.Client(base_url=url, timeout=600, trust_env=False)
        client.headers["Authorization"] = f"Bearer {key}"
        rows = [_push(client, message, observations)]
        _wait_for_bulk(client)
        rows += serving.measure(url, process, key, observations)
        rows += asking.measure(url, process, key)
        rows.append(_push(client, message, observations, again=True))
        _wait_for_bulk(client)
        rows += answers.data(url, process, key)
        rows += asking.measure_after_commits(url, process, key)
    rows.append(Row("memory", "peak RSS of the service", max(peak), "MB", "< 600"))
    return [*rows, serving.measure_engine(folder, observations)]


def measure_large(folder: Path, message: Path, observations: int) -> list[Row]:
    """Push a larger message to a hub of its own, and ask slices of the same size."""
    large = folder / "of_large"
    write_folder(large / "structures")
    key = Credentials(_data(large) / "credentials.json").add(PROVIDER)
    with service(large) as (url, process):
        client = httpx.Client(base_url=url, timeout=3600, trust_env=False)
        client.headers["Authorization"] = f"Bearer {key}"
        rows = [_push(client, message, observations)]
        _wait_for_bulk(client)
        rows += serving.measure(url, process, key, observations)
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


def _wait_for_bulk(client: httpx.Client) -> None:
    """Bulk files are made in the background after a publication: not while others measure."""
    client.get("/bulk/toc.json").raise_for_status()


def _push(client: httpx.Client, message: Path, observations: int, *, again: bool = False) -> Row:
    start = time.perf_counter()
    with message.open("rb") as file:
        answer = client.post("/submissions", content=file)
    seconds = time.perf_counter() - start
    assert answer.status_code == 201, answer.text
    what = "this hub, replacing all" if again else "this hub, first time"
    return Row("accept, durable", what, observations / seconds, "obs/s", "≥ 100,000")
