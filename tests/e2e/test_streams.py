"""Answers on their way: what they are called, and that a client who leaves stops the work."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sdmx_service.storage.duckdb import rendering
from tests.conftest import DEMO, Running, running

DATA = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{DATA}?format=csvdata", 'attachment; filename="DF_MIG_STOCK_POP.csv"'),
        (f"{DATA}?format=jsondata", 'inline; filename="DF_MIG_STOCK_POP.json"'),
        ("/sdmx/v1/data/DF_MIG_STOCK_POP", 'inline; filename="DF_MIG_STOCK_POP.xml"'),
        ("/sdmx/v2/data/*/*/*/*?format=jsondata", 'inline; filename="data.json"'),
        ("/sdmx/v1/codelist/MAGHREB/CL_SEX", 'inline; filename="CL_SEX.xml"'),
        ("/sdmx/v2/structure/*/MAGHREB", 'inline; filename="structures.json"'),
    ],
)
def test_an_answer_says_what_to_call_it(demo_hub: Running, path: str, name: str) -> None:
    with demo_hub.client() as client:
        answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == name


def test_a_client_that_goes_away_stops_the_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an answer of many pieces the first is read; then the connection is closed."""
    made, closed = [], []
    original = rendering.Observations.close

    def pieces(text: bytes) -> Iterator[bytes]:
        for start in range(0, len(text), 64):
            made.append(start)
            time.sleep(0.001)
            yield text[start : start + 64] * 4096

    def close(observations: rendering.Observations) -> None:
        closed.append(True)
        original(observations)

    with running(tmp_path) as hub, hub.client() as other:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        assert other.get("/bulk/toc.json").json()["files"]  # Nothing is made in the background.
        monkeypatch.setattr("sdmx_service.formats.csv.write.pieces", pieces)
        monkeypatch.setattr(rendering.Observations, "close", close)
        address = urlsplit(hub.url)
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as client:
            client.sendall(f"GET {DATA}?format=csvdata HTTP/1.1\r\nHost: hub\r\n\r\n".encode())
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        for _ in range(200):
            if closed:
                break
            time.sleep(0.05)
        assert closed
        so_far = len(made)
        time.sleep(0.2)
        assert len(made) == so_far
