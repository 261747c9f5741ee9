"""What several kinds of tests share: a running hub on loopback."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from hypothesis import settings

from sdmx_service.app import build_hub, create_app
from sdmx_service.model.limits import Limits
from sdmx_service.service.hub import Hub
from sdmx_service.settings import Settings

# What is examined follows from the code where a change is judged; elsewhere it is drawn anew.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).parents[1]
STRUCTURES = (ROOT / "codelists", ROOT / "dsd", ROOT / "dataflows")
DEMO = ROOT / "demo"
PROVIDERS = ("INT_UNDESA", "INT_ILO", "MA_CNSS", "MA_MIEPEEC", "MA_HCP", "TN_INS", "DZ_ONS")
FOCAL = ("FOCAL_MA", "FOCAL_TN")


@dataclass(frozen=True)
class Running:
    """A hub that answers at ``url``; ``keys`` by principal id."""

    url: str
    hub: Hub
    keys: dict[str, str]

    def client(self, principal: str | None = None, **headers: str) -> httpx.Client:
        """A client that speaks for a principal, or for no one."""
        client = httpx.Client(base_url=self.url, trust_env=False, timeout=60, headers=headers)
        if principal is not None:
            client.headers["Authorization"] = f"Bearer {self.keys[principal]}"
        return client

    def push(self, principal: str, message: bytes | Path, **parameters: str) -> httpx.Response:
        """POST a message."""
        content = message.read_bytes() if isinstance(message, Path) else message
        with self.client(principal) as client:
            return client.post("/submissions", content=content, params=parameters)

    def push_for_later(self, principal: str, first: Path, later: bytes) -> datetime:
        """POST a message, then another whose release is so far away that there is time to look
        before it, however slow the machine; returns the release."""
        begun = time.monotonic()
        assert self.push(principal, first).status_code == 201
        opens = datetime.now(UTC) + timedelta(seconds=3 + 3 * (time.monotonic() - begun))
        sent = self.push(principal, later, releaseAt=opens.isoformat())
        assert sent.status_code == 201, sent.text
        return opens


def wait_until(instant: datetime) -> None:
    """Return just after an instant."""
    time.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds() + 0.05))


@contextmanager
def running(
    data: Path, *, principals: tuple[str, ...] = (*PROVIDERS, *FOCAL), **settings: object
) -> Iterator[Running]:
    """A hub with its own data folder and keys, served by uvicorn; with the shipped structures
    where the settings name no others."""
    chosen = replace(Settings(data=data, structures=STRUCTURES), **settings)  # type: ignore[arg-type]
    hub = build_hub(chosen)
    keys = {name: hub.credentials.add(name) for name in principals}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(hub), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield Running(f"http://127.0.0.1:{port}", hub, keys)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def demo_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A hub that holds the demo's figures; tests only read it."""
    with running(tmp_path_factory.mktemp("demo")) as hub:
        for provider, file in (
            ("INT_UNDESA", "undesa_migrant_stock.csv"),
            ("INT_UNDESA", "undesa_born_abroad.xml"),
            ("INT_ILO", "ilostat_labour_force.csv"),
            ("MA_CNSS", "cnss_foreign_employees.csv"),
            ("MA_MIEPEEC", "miepeec_work_permits.xml"),
            ("MA_HCP", "hcp_return_migrants.csv"),
        ):
            answer = hub.push(provider, DEMO / file)
            assert answer.status_code == 201, answer.text
        yield hub


@pytest.fixture
def empty_hub(tmp_path: Path) -> Iterator[Running]:
    """A hub without data, of one test's own."""
    with running(tmp_path / "data", limits=Limits(message_bytes=4_000_000)) as hub:
        yield hub
