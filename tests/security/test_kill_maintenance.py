"""A process killed while it maintains structures: each maintenance is there whole, or not."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from sdmx_service.storage.duckdb import DuckDBStore
from sdmx_service.storage.structures_base import StructureChange
from tests.security.killing import kill_midway

ARTEFACTS = 60


def write_for_ever(path: Path) -> None:
    """What the killed process does: one maintenance after another, of the same artefacts."""
    structures = DuckDBStore(path).structures()
    while True:
        value = str(structures.maintenance_at(datetime.max.replace(tzinfo=UTC)) + 1).encode()
        print("writing", flush=True)
        changes = [StructureChange(f"urn:{name}", "AG", value) for name in range(ARTEFACTS)]
        structures.publish(changes, "one", datetime.now(UTC))


def test_all_or_nothing_survives_a_kill(tmp_path: Path) -> None:
    path, moments, last = tmp_path / "hub.duckdb", random.Random(7), 0
    for _ in range(5):
        kill_midway("test_kill_maintenance", path, moments.uniform(0, 0.5))
        last = look(path, last)
    assert last > 0


def look(path: Path, before: int) -> int:
    """Check that every maintenance is whole; the number of the latest."""
    store = DuckDBStore(path)
    structures = store.structures()
    number = structures.maintenance_at(datetime.max.replace(tzinfo=UTC))
    assert number >= before
    states = structures.current()
    assert len(states) == (ARTEFACTS if number else 0)
    assert {state.content for state in states} <= {str(number).encode()}
    history = structures.history("urn:0")
    assert [state.maintenance for state in history] == list(range(1, number + 1))
    store.close()
    return number
