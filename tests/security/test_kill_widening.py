"""A process killed while it makes room for new versions of a data structure: no row is lost, and
what there is room for is there whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.storage.duckdb import DuckDBStore
from tests.contract.storage.building import (
    LAYOUT,
    REF,
    A,
    batch,
    obs,
    query,
    read,
    submission,
)

_WRITER = (
    "from pathlib import Path; from tests.security.test_kill_widening import write_for_ever; "
    "write_for_ever(Path({!r}))"
)


def version(number: int) -> Layout:
    """Version 1.number.0: an attribute and a measure more than the one before."""
    more = tuple(AttributeColumn(f"NOTE_{one}", (), True, False) for one in range(number))
    measures = tuple(f"COUNT_{one}" for one in range(number))
    return replace(
        LAYOUT,
        data_structure=replace(REF, version=f"1.{number}.0"),
        measures=(*LAYOUT.measures, *measures),
        attributes=(*more, *LAYOUT.attributes),
    )


def write_for_ever(path: Path) -> None:
    """What the killed process does: room for a version, a row of that version, the next."""
    store = DuckDBStore(path)
    store.prepare(LAYOUT)
    first = len(store.submissions(None, limit=10_000))
    for number in count(first):
        layout = version(number)
        store.prepare(layout)
        print("widened", flush=True)
        stage = store.stage(layout)
        row = obs("MA", "F", str(1900 + number), str(number), OBS_STATUS="A")
        row |= {f"NOTE_{one}": str(number) for one in range(number)}
        stage.add(batch([row], layout=layout))
        with store.write() as transaction:
            now = transaction.now
            transaction.apply(stage, A, transaction.number, now, now=now)
            transaction.record(submission(transaction.number))
        stage.close()


def test_no_row_is_lost(tmp_path: Path) -> None:
    path, moments, last = tmp_path / "hub.duckdb", random.Random(11), 0
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER.format(str(path))],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        for _ in range(moments.randint(2, 4)):
            assert writer.stdout.readline() == b"widened\n"
        time.sleep(moments.uniform(0, 0.3))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        last = look(path, last)
    assert last > 0


def look(path: Path, before: int) -> int:
    """Check that every row sent is there as it was, under the newest version."""
    store = DuckDBStore(path)
    number = len(store.submissions(None, limit=10_000))
    assert number >= before
    layout = version(number)
    store.prepare(layout)
    (found,) = read(store, query(40_000, layout=layout, now=40_000))
    assert [row["OBS_VALUE"] for row in found.rows] == [str(one) for one in range(number)]
    for place, row in enumerate(found.rows):
        assert [name for name in row if name.startswith("NOTE_")] == [
            f"NOTE_{one}" for one in range(place)
        ]
    store.close()
    return number
