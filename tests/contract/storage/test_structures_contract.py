"""What every engine keeps of structures."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sdmx_service.storage.duckdb import DuckDBStore
from sdmx_service.storage.memory.structures import MemoryStructures
from sdmx_service.storage.structures_base import StructureChange, StructureStore

START = datetime(2026, 1, 1, tzinfo=UTC)
A, B = "urn:a(1.0.0)", "urn:b(1.0.0)"


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def put(urn: str, content: bytes | None) -> StructureChange:
    return StructureChange(urn, "AG", content)


@pytest.fixture(params=["duckdb", "memory"])
def structures(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StructureStore]:
    if request.param == "memory":
        yield MemoryStructures()
        return
    store = DuckDBStore(tmp_path / "hub.duckdb")
    yield store.structures()
    store.close()


def contents(states: object) -> dict[str, bytes]:
    return {state.urn: state.content for state in states}  # type: ignore[attr-defined]


def test_an_empty_store(structures: StructureStore) -> None:
    assert structures.current() == structures.as_of(at(1)) == structures.history(A) == ()
    assert structures.maintenance_at(at(1)) == 0
    assert structures.last_maintained() is None


def test_current_and_past(structures: StructureStore) -> None:
    assert structures.publish([put(A, b"1"), put(B, b"1")], "AGENCY_AG", at(1)) == 1
    assert structures.publish([put(A, b"2")], "AGENCY_AG.X", at(2)) == 2
    assert structures.publish([put(B, None)], "AGENCY_AG", at(3)) == 3
    assert contents(structures.current()) == {A: b"2"}
    expected = {0.9: {}, 1: {A: b"1", B: b"1"}, 1.9: {A: b"1", B: b"1"}, 2: {A: b"2", B: b"1"}}
    for hours, held in {**expected, 2.9: expected[2], 3: {A: b"2"}, 99: {A: b"2"}}.items():
        assert contents(structures.as_of(at(hours))) == held, hours
    assert [structures.maintenance_at(at(hours)) for hours in (0, 1, 1.5, 2, 3, 9)] == [
        0,
        1,
        1,
        2,
        3,
        3,
    ]
    assert structures.last_maintained() == at(3)


def test_history_says_who_and_when(structures: StructureStore) -> None:
    structures.publish([put(A, b"1")], "one", at(1))
    structures.publish([put(A, None)], "two", at(2))
    structures.publish([put(A, b"3")], "three", at(3))
    first, again = structures.history(A)
    assert (first.valid_from, first.valid_to, first.principal) == (at(1), at(2), "one")
    assert (again.valid_from, again.valid_to, again.principal) == (at(3), None, "three")
    assert (first.maintenance, again.maintenance, again.agency) == (1, 3, "AG")


def test_a_deletion_of_nothing_changes_nothing(structures: StructureStore) -> None:
    structures.publish([put(A, None)], "one", at(1))
    assert structures.history(A) == structures.current() == ()


def test_an_artefact_named_twice_keeps_nothing(structures: StructureStore) -> None:
    with pytest.raises(ValueError, match="twice"):
        structures.publish([put(A, b"1"), put(B, b"1"), put(A, b"2")], "one", at(1))
    assert structures.current() == ()
    assert structures.last_maintained() is None


def test_a_clock_that_goes_back(structures: StructureStore) -> None:
    structures.publish([put(A, b"1")], "one", at(5))
    structures.publish([put(A, b"2")], "one", at(4))
    structures.publish([put(A, b"3")], "one", at(4))
    first, second, third = structures.history(A)
    assert first.valid_from == at(5)
    assert first.valid_to == second.valid_from == at(5) + timedelta(microseconds=1)
    assert second.valid_to == third.valid_from > second.valid_from


def test_what_is_written_at_once_is_all_kept(structures: StructureStore) -> None:
    def many(name: str) -> Callable[[], None]:
        def run() -> None:
            for number in range(10):
                structures.publish([put(f"urn:{name}{number}", b"x"), put(A, b"y")], name, at(1))

        return run

    threads = [threading.Thread(target=many(name)) for name in "pqr"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(structures.current()) == 31
    states = structures.history(A)
    assert [state.maintenance for state in states] == list(range(1, 31))
    assert all(
        earlier.valid_to == later.valid_from for earlier, later in itertools.pairwise(states)
    )


def test_the_file_remembers(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "hub.duckdb")
    store.structures().publish([put(A, b"1")], "one", at(1))
    store.close()
    again = DuckDBStore(tmp_path / "hub.duckdb")
    assert contents(again.structures().current()) == {A: b"1"}
    assert again.structures().publish([put(A, b"2")], "one", at(2)) == 2
    again.close()
