"""Every test of this folder runs on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import stretches
from tests.contract.storage.building import LAYOUT, Clock
from tests.contract.storage.engines import ENGINES

# DuckDB reads rows stretch by stretch, or sorted as a whole: small data take every way.
_WAYS = {
    "duckdb, streaming": {"_SMALL": -1, "_WASTE": -1},
    "duckdb, stretches": {"_FIRST_ROWS": 1, "_ROWS": 1, "_WASTE": 1_000_000},
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[*sorted(ENGINES), *_WAYS])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    for name, value in _WAYS.get(request.param, {}).items():
        monkeypatch.setattr(stretches, name, value)
    engine = request.param.split(",")[0]
    store = ENGINES[engine](tmp_path / "hub.duckdb", clock)
    store.prepare(LAYOUT)
    yield store
    store.close()
