"""Every test of this folder runs on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import scan
from tests.contract.storage.building import LAYOUT, Clock
from tests.contract.storage.engines import ENGINES

# DuckDB gathers small slices and streams large ones: small data take both ways.
_STREAMING = "duckdb, streaming"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[*sorted(ENGINES), _STREAMING])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    if request.param == _STREAMING:
        monkeypatch.setattr(scan, "_SMALL", -1)
    engine = request.param.removesuffix(", streaming")
    store = ENGINES[engine](tmp_path / "hub.duckdb", clock)
    store.prepare(LAYOUT)
    yield store
    store.close()
