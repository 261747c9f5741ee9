"""What an engine may keep between commits is never older, or more, than a query may see."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from sdmx_service.access.gate import AuthorisedQuery, Tier
from sdmx_service.access.principal import Principal
from sdmx_service.model.message import Action
from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import DuckDBStore, near
from tests.contract.storage.building import (
    LAYOUT,
    POLICIES,
    PROVIDER_A,
    PROVIDER_B,
    PUBLIC,
    START,
    A,
    B,
    Clock,
    Row,
    Send,
    answer,
    day,
    obs,
    query,
    read,
    send,
    staged,
)


def seen(store: Store, at: float, principal: Principal = PROVIDER_B, **asked: object) -> list[Row]:
    """Rows, each with its series' attributes."""
    (found,) = read(store, query(at, principal, **asked))  # type: ignore[arg-type]
    of_series = {(one["AREA"], one["SEX"]): one for one in found.series}
    return [of_series[row["AREA"], row["SEX"]] | row for row in found.rows]


def test_what_is_asked_in_between_changes_nothing(store: Store, clock: Clock) -> None:
    assert seen(store, 0) == []
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t", UNIT="u")]))
    first = seen(store, 1)
    send(store, clock, Send(2, [obs("DZ", "M", "2020", "2", TITLE="v", UNIT="w")]))
    send(store, clock, Send(3, [obs("MA", "F", None, TITLE="new")]))
    second = seen(store, 3)
    send(store, clock, Send(4, [obs("MA", "*", None)], action=Action.DELETE))
    send(store, clock, Send(5, [obs("AA", "F", "2020", "3"), obs("MA", "F", "2021", "4")]))

    assert first == [obs("MA", "F", "2020", "1", TITLE="t", UNIT="u")]
    assert second == [
        obs("DZ", "M", "2020", "2", TITLE="v", UNIT="w"),
        obs("MA", "F", "2020", "1", TITLE="new", UNIT="u"),
    ]
    assert seen(store, 5) == [
        obs("AA", "F", "2020", "3"),
        second[0],
        obs("MA", "F", "2021", "4"),
    ]
    assert seen(store, 3) == second
    assert seen(store, 1) == first


def test_an_attribute_of_an_area_reaches_its_series(store: Store, clock: Clock) -> None:
    rows = [obs("MA", sex, "2020", "1") for sex in "FM"] + [obs("DZ", "F", "2020", "1")]
    send(store, clock, Send(1, rows))
    assert not any("UNIT" in row for row in seen(store, 1))
    send(store, clock, Send(2, [obs("MA", "*", None, UNIT="u")]))
    assert [row.get("UNIT") for row in seen(store, 2)] == [None, "u", "u"]
    send(store, clock, Send(3, [obs("MA", "X", "2020", "1")]))
    assert [row.get("UNIT") for row in seen(store, 3)] == [None, "u", "u", "u"]


def test_a_release_passes_without_a_commit(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t")]))
    send(store, clock, Send(2, [obs("MA", "F", "2020", "2"), obs("DZ", "F", "2020", "3")],
                            release=10))  # fmt: skip
    for at, values in ((9, ["1"]), (10, ["3", "2"]), (9, ["1"]), (11, ["3", "2"])):
        assert [row["OBS_VALUE"] for row in seen(store, at)] == values
    send(store, clock, Send(12, [obs("TN", "F", "2020", "4")]))
    for at, values in ((9, ["1"]), (11, ["3", "2"]), (12, ["3", "2", "4"])):
        assert [row["OBS_VALUE"] for row in seen(store, at)] == values


def test_an_attribute_opens_without_a_commit(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t", SOURCE="s")]))
    send(store, clock, Send(2, [obs("MA", "F", None, TITLE="new", SOURCE="other")], release=10))
    for at, title, source in ((9, "t", "s"), (10, "new", "other"), (9, "t", "s"), (3, "t", "s")):
        (found,) = read(store, query(at))
        assert (found.series[0]["TITLE"], found.dataset) == (title, {"SOURCE": source})


def test_readers_of_other_rights_follow_each_other(store: Store, clock: Clock) -> None:
    rows = [obs("MA", "F", "2020", "1", TITLE="of A", CONF_STATUS="C", OBS_STATUS="A")]
    send(store, clock, Send(1, rows))
    rows = [obs("DZ", "F", "2021", "8", TITLE="of B"), obs("MA", "F", "2021", "7", TITLE="of B")]
    send(store, clock, Send(2, rows, B))

    own = obs("MA", "F", "2020", "1", TITLE="of A", CONF_STATUS="C", OBS_STATUS="A")
    masked = obs("MA", "F", "2020", TITLE="of A", OBS_STATUS="Q")
    both = [
        obs("DZ", "F", "2021", "8", TITLE="of B"),
        masked | {"TITLE": "of B"},
        obs("MA", "F", "2021", "7", TITLE="of B"),
    ]
    for _ in range(2):
        assert seen(store, 5, PROVIDER_B) == both
        assert seen(store, 5, PUBLIC) == [masked]
        assert seen(store, 5, PROVIDER_A) == [own]
        assert read(store, query(5, policies=()))[0].series == []


def test_precedence_is_of_the_query(store: Store, clock: Clock) -> None:
    from dataclasses import replace

    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="of A", SOURCE="A")]))
    send(store, clock, Send(2, [obs("MA", "F", "2020", "2", TITLE="of B", SOURCE="B")], B))
    turned = (replace(POLICIES[0], rank=2), replace(POLICIES[1], tier=Tier.PUBLIC))
    for policies, name in ((POLICIES, "A"), (turned, "B"), (POLICIES, "A")):
        (found,) = read(store, query(5, policies=policies))
        assert found.series[0]["TITLE"] == f"of {name}"
        assert found.dataset == {"SOURCE": name}
        assert len(found.rows) == 1


def test_a_reader_that_began_before_a_commit(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t")]))
    seen(store, 50)
    part = next(store.scan(query(50)))
    rows = [obs("AA", "F", "2020", "2", TITLE="u"), obs("MA", "F", None, TITLE="new")]
    send(store, clock, Send(2, rows))
    later = seen(store, 50)

    assert answer(part).series == [obs("MA", "F", None, TITLE="t")]
    assert [row["TITLE"] for row in later] == ["u", "new"]


def test_readers_see_series_and_rows_of_one_commit(store: Store, clock: Clock) -> None:
    """Each commit adds a series and gives every series its number as title and value."""
    wrong: list[object] = []
    stop = threading.Event()
    send(store, clock, Send(0, [obs("A0", "F", "2020", "0", TITLE="0")]))

    def look() -> None:
        while not stop.is_set():
            rows = seen(store, 90)
            numbers = {row["TITLE"] for row in rows} | {row["OBS_VALUE"] for row in rows}
            if len(numbers) != 1 or len(rows) != int(numbers.pop()) + 1:
                wrong.append(rows)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 9):
        rows = [
            obs(f"A{n}", "F", "2020", str(number), TITLE=str(number)) for n in range(number + 1)
        ]
        send(store, clock, Send(number, rows))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("kept", [0, 600, 10**9])
def test_what_is_kept_is_bounded(tmp_path: Path, clock: Clock, kept: int) -> None:
    """Whether a data structure fits or not, or does no more, the answers are the same."""
    store = DuckDBStore(tmp_path / "hub.duckdb", clock=clock, kept=kept)
    store.prepare(LAYOUT)
    for number in range(1, 6):
        send(store, clock, Send(number, [
            obs(f"A{n}", "F", str(2000 + number), str(number), TITLE=f"{n}")
            for n in range(3 * number)
        ]))  # fmt: skip
        rows = seen(store, 90)
        assert len(rows) == sum(3 * n for n in range(1, number + 1))
        assert all(row["AREA"] == f"A{row['TITLE']}" for row in rows)
        assert store.kept_bytes <= kept
    assert (store.kept_bytes > 0) == (kept == 10**9)
    assert store.last_change(query(90)) == day(5)
    store.close()


def test_a_release_that_has_passed_is_kept_again(tmp_path: Path, clock: Clock) -> None:
    """Without a write: whoever reads after it need not pay for what was pending."""
    store = DuckDBStore(tmp_path / "hub.duckdb", clock=clock)
    store.prepare(LAYOUT)
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t")]))
    send(store, clock, Send(2, [obs("MA", "F", "2020", "2"), obs("DZ", "F", "2020", "3")],
                            release=10))  # fmt: skip
    assert [row["OBS_VALUE"] for row in seen(store, 11)] == ["3", "2"]
    clock.now = day(10)
    ends = time.monotonic() + 20
    while not store.kept_bytes and time.monotonic() < ends:
        assert [row["OBS_VALUE"] for row in seen(store, 10)] == ["3", "2"]
    assert store.kept_bytes
    for at, values in ((9, ["1"]), (10, ["3", "2"]), (2, ["1"]), (11, ["3", "2"])):
        assert [row["OBS_VALUE"] for row in seen(store, at)] == values
    assert store.last_change(query(9)) == day(1)
    assert store.last_change(query(11)) == day(10)
    store.close()


def test_readers_while_releases_pass(store: Store, clock: Clock) -> None:
    """Each release adds a series and gives every series its number: none is ever half seen."""
    for number in range(5):
        rows = [obs(f"A{n}", "F", "2020", str(number), TITLE="t") for n in range(number + 1)]
        with store.write() as transaction:
            stage = staged(store, Send(0, rows))
            # Of one submission, so that the later does not take the place of the earlier.
            transaction.apply(stage, A, 1, day(10 + number), now=transaction.now)
            stage.close()
    wrong: list[object] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            at = (clock.now - START).days
            found = seen(store, at)
            if [row["OBS_VALUE"] for row in found] != [str(at - 10)] * max(at - 9, 0):
                wrong.append(found)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        time.sleep(0.1)
        clock.now = day(10 + number)
    time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [row["OBS_VALUE"] for row in seen(store, 20)] == ["4"] * 5


def test_few_rows_are_kept_until_the_next_commit(tmp_path: Path, clock: Clock) -> None:
    """Under the rights they were read with only, and never of another instant."""
    store = DuckDBStore(tmp_path / "hub.duckdb", clock=clock)
    store.prepare(LAYOUT)
    rows = [obs("MA", "F", "2020", "1", CONF_STATUS="C"), obs("DZ", "F", "2020", "2")]
    send(store, clock, Send(1, rows))
    assert store.scan_kept(query(1)) is None
    open_to_all = seen(store, 1, PUBLIC)
    assert store.kept_row_bytes
    assert _kept(store, query(1, PUBLIC)) == open_to_all
    assert store.scan_kept(query(1, PROVIDER_A)) is None
    assert store.scan_kept(query(1, PUBLIC, keys=((("DZ",), None),))) is not None
    assert store.scan_kept(query(0, PUBLIC)) is None
    assert store.scan_kept(query(1, PUBLIC, last_observations=1)) is None

    send(store, clock, Send(2, [obs("TN", "F", "2020", "3")]))
    assert store.scan_kept(query(2, PUBLIC)) is None
    assert len(seen(store, 2, PUBLIC)) == len(open_to_all) + 1
    store.close()


@pytest.mark.parametrize("rows", [0, 300])
def test_rows_that_are_kept_are_bounded(tmp_path: Path, clock: Clock, rows: int) -> None:
    store = DuckDBStore(tmp_path / "hub.duckdb", clock=clock, rows=rows)
    store.prepare(LAYOUT)
    send(store, clock, Send(1, [obs(f"A{n}", "F", "2020", str(n)) for n in range(50)]))
    assert len(seen(store, 1)) == 50
    assert store.kept_row_bytes <= rows
    assert store.scan_kept(query(1, PROVIDER_B)) is None
    store.close()


def test_a_long_series_is_not_kept_with_its_neighbours(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read as many rows are; and many rows that are kept are not answered at once."""
    monkeypatch.setattr(near, "_ROWS", 10)
    store = DuckDBStore(tmp_path / "hub.duckdb", clock=clock)
    store.prepare(LAYOUT)
    years = [str(year) for year in range(1900, 1960)]
    rows = [obs("MA", "F", year, year) for year in years]
    send(store, clock, Send(1, [*rows, *(obs(f"A{n}", "F", "2020", "1") for n in range(50))]))
    assert [row["OBS_VALUE"] for row in seen(store, 1, keys=((("MA",), None),))] == years
    assert store.kept_row_bytes == 0
    short = query(1, keys=((("A1", "A2"), None),))
    assert len(read(store, short)[0].rows) == 2
    assert store.scan_kept(short) is not None
    monkeypatch.setattr(near, "_FEW", 1)
    assert store.scan_kept(short) is None
    store.close()


def _kept(store: Store, asked: AuthorisedQuery) -> list[Row]:
    slices = store.scan_kept(asked)
    assert slices is not None
    return [row for part in slices for row in answer(part).rows]
