"""A process killed while it writes: on reopening, all of a submission is there or nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sdmx_service.storage.duckdb import DuckDBStore
from tests.contract.storage.building import (
    LAYOUT,
    Clock,
    Send,
    obs,
    query,
    read,
    staged,
    submission,
)
from tests.contract.storage.building import send_within as apply
from tests.security.killing import kill_midway

AREAS, YEARS = 40, 50
ROWS = AREAS * YEARS


def rows(value: int) -> list[dict[str, str]]:
    return [
        obs(f"A{area}", "F", str(1970 + year), str(value), TITLE=f"title {value}")
        for area in range(AREAS)
        for year in range(YEARS)
    ]


def write_for_ever(path: Path) -> None:
    """What the killed process does: one submission after another, each of the same keys."""
    clock = Clock()
    store = DuckDBStore(path, clock=clock)
    store.prepare(LAYOUT)
    value = len(store.submissions(None, limit=1)) and store.submissions(None, limit=1)[0].number
    while True:
        value += 1
        step = Send(float(value), rows(value))
        stage = staged(store, step)
        clock.now = query(float(value)).selection.at
        print("writing", flush=True)
        with store.write() as transaction:
            apply(transaction, stage, step)
            transaction.record(submission(transaction.number))
        stage.close()


def look(path: Path) -> int:
    """Check that what is there is whole; the number of submissions."""
    store = DuckDBStore(path)
    store.prepare(LAYOUT)
    kept = [one.number for one in store.submissions(None, limit=10_000)]
    assert kept == list(range(len(kept), 0, -1))
    last = len(kept)
    for at in {last, last - 1, 1} - {0, -1}:
        (found,) = read(store, query(float(at), now=1e4))
        assert [row["OBS_VALUE"] for row in found.rows] == [str(at)] * ROWS
        assert {row["TITLE"] for row in found.series} == {f"title {at}"}
    if not kept:
        assert read(store, query(1e4))[0].rows == []
    store.close()
    return last


def kill_many(path: Path, times: int) -> None:
    moments = random.Random(7)
    counts = []
    for _ in range(times):
        kill_midway("test_kill", path, moments.uniform(0, 0.6))
        counts.append(look(path))
    assert counts == sorted(counts)
    assert counts[-1] > 0


def test_all_or_nothing_survives_a_kill(tmp_path: Path) -> None:
    kill_many(tmp_path / "hub.duckdb", 8)


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_all_or_nothing_survives_many_kills(tmp_path: Path) -> None:
    kill_many(tmp_path / "hub.duckdb", 50)
