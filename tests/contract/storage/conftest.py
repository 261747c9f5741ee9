"""Every test of this folder runs on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import near, stretches
from tests.contract.storage.building import LAYOUT, Clock
from tests.contract.storage.engines import ENGINES

# DuckDB's rows are kept by neighbourhood, read stretch by stretch, or sorted as a whole: small data
# take every way.
_WAYS = {
    "duckdb, streaming": [(near, {"_MOST": 0}), (stretches, {"_SMALL": -1, "_WASTE": -1})],
    "duckdb, stretches": [
        (near, {"_MOST": 0}),
        (stretches, {"_FIRST_ROWS": 1, "_ROWS": 1, "_WASTE": 1_000_000}),
    ],
    "duckdb, neighbourhoods": [(near, {"_MOST": 1000, "_ROWS": 1})],
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[*sorted(ENGINES), *_WAYS])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    for module, values in _WAYS.get(request.param, []):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    engine = request.param.split(",")[0]
    store = ENGINES[engine](tmp_path / "hub.duckdb", clock)
    store.prepare(LAYOUT)
    yield store
    store.close()
