"""Every test of this folder runs on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdmx_service.storage.base import Store
from tests.contract.storage.building import LAYOUT, Clock
from tests.contract.storage.engines import ENGINES


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=sorted(ENGINES))
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = ENGINES[request.param](tmp_path / "hub.duckdb", clock)
    store.prepare(LAYOUT)
    yield store
    store.close()
