"""What every engine does beside reading and writing rows: checks, numbers, rollback, threads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.model.submission import IdempotencyEntry
from sdmx_service.storage.base import KeyFinding, Store
from tests.contract.storage.building import (
    LAYOUT,
    A,
    B,
    Clock,
    Send,
    batch,
    day,
    obs,
    query,
    read,
    send,
    send_within,
    staged,
    submission,
)


def test_duplicates_are_counted_within_a_data_set(store: Store) -> None:
    rows = [obs("MA", "F", "2020"), obs("MA", "F", "2020-A1"), obs("MA", "F", "2020")]
    stage = staged(store, Send(1, rows, more=((Action.MERGE, rows[:1]),)))

    found = stage.duplicate_keys(1)

    first = KeyFinding(series_key="MA.F", line=2, period="2020", other_line=1)
    assert (found.count, found.samples) == (2, (first,))
    assert stage.observations == 4


def test_duplicates_are_found_across_batches(store: Store) -> None:
    stage = store.stage(LAYOUT)
    for line in (1, 5):
        stage.add(batch([obs("MA", "F", "2020", "1")], line=line))

    assert stage.duplicate_keys(5).samples[0].line == 5


def test_attributes_with_two_values_are_found(store: Store) -> None:
    rows = [
        obs("MA", "F", "2020", "1", UNIT="u"),
        obs("MA", "M", "2020", "1", UNIT="v"),
        obs("MA", "*", None, UNIT="w"),
    ]
    found = staged(store, Send(1, rows)).attribute_conflicts(9)

    conflict = KeyFinding(
        series_key="MA.", component="UNIT", line=2, value="v", other="u", other_line=1
    )
    assert (found.count, found.samples) == (1, (conflict,))


def test_mandatory_attributes_that_miss_are_found(store: Store) -> None:
    rows = [
        obs("MA", "F", "2020", "1"),
        obs("MA", "M", "2020", "1"),
        obs("MA", "M", "2021", "1"),
        obs("MA", "F", None, TITLE="t"),
    ]
    found = staged(store, Send(1, rows)).missing_attributes(9)

    missing = KeyFinding(series_key="MA.M", component="TITLE", line=2)
    assert (found.count, found.samples) == (1, (missing,))


def test_an_observation_needs_its_dimensions(store: Store) -> None:
    with pytest.raises(ValueError, match="dimension"):
        staged(store, Send(1, [obs("MA", "*", "2020", "1")]))


@pytest.mark.parametrize("action", [Action.MERGE, Action.DELETE])
def test_pending_keys_are_found(store: Store, clock: Clock, action: Action) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1", TITLE="t")], release=10))
    stage = staged(store, Send(2, [obs("MA", "F", "2020")], action=action))

    with store.write() as transaction:
        mine = transaction.pending_keys(stage, A, 9)
        others = transaction.pending_keys(stage, B, 9)

    pending = KeyFinding(series_key="MA.F", line=1, period="2020", release=day(10))
    assert (mine.count, mine.samples, others.count) == (1, (pending,), 0)


def test_a_pending_attribute_is_found_where_it_differs(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", None, TITLE="t", UNIT="u")], release=10))
    stage = staged(store, Send(2, [obs("MA", "F", "2021", TITLE="x", UNIT="u")]))

    with store.write() as transaction:
        found = transaction.pending_keys(stage, A, 9)

    pending = KeyFinding(
        series_key="MA.F", component="TITLE", line=1, value="x", other="t", release=day(10)
    )
    assert (found.count, found.samples) == (1, (pending,))


def test_released_keys_are_not_pending(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")], release=10))
    clock.now = day(10)
    stage = staged(store, Send(10, [obs("MA", "F", "2020")]))

    with store.write() as transaction:
        assert transaction.pending_keys(stage, A, 9).count == 0
        assert transaction.releases(LAYOUT) == ()


def test_one_submission_may_write_at_several_releases(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")], release=20))
    steps = [
        Send(2, [obs("MA", "F", "2020", value)], release=at)
        for value, at in (("2", None), ("3", 10), ("4", 30))
    ]
    clock.now = day(2)
    with store.write() as transaction:
        for step in steps:
            send_within(transaction, staged(store, step), step)
        assert transaction.releases(LAYOUT) == (day(10), day(30))
        transaction.record(submission(transaction.number))

    seen = [read(store, query(at))[0].rows[0]["OBS_VALUE"] for at in (2, 10, 20, 30)]
    assert seen == ["2", "3", "3", "4"]


def test_the_count_is_of_keys_that_change(store: Store, clock: Clock) -> None:
    rows = [obs("MA", "F", "2020", "1"), obs("MA", "F", "2021", "2")]
    assert send(store, clock, Send(1, rows)) == 2
    assert send(store, clock, Send(2, rows)) == 2
    assert send(store, clock, Send(3, [obs("*", "*", "2020")], action=Action.DELETE)) == 1
    assert send(store, clock, Send(4, [obs("*", "*", "2020")], action=Action.DELETE)) == 0


def test_nothing_of_a_failed_write_stays(store: Store, clock: Clock) -> None:
    step = Send(1, [obs("MA", "F", "2020", "1", TITLE="t")])
    with pytest.raises(RuntimeError), store.write() as transaction:  # noqa: PT012
        send_within(transaction, staged(store, step), step)
        transaction.record(submission(1))
        raise RuntimeError("changed our mind")

    assert read(store, query(50))[0].rows == []
    assert store.submission("s1") is None
    assert send(store, clock, step) == 1


def test_a_transaction_sees_what_it_writes(store: Store) -> None:
    step = Send(1, [obs("MA", "F", "2020", "1")])
    with store.write() as transaction:
        send_within(transaction, staged(store, step), step)
        assert len(read(transaction, query(1))[0].rows) == 1
        assert read(store, query(1))[0].rows == []


def test_a_stage_with_duplicates_is_not_applied(store: Store) -> None:
    step = Send(1, [obs("MA", "F", "2020", "1")] * 2)
    with pytest.raises(ValueError, match="duplicate"), store.write() as transaction:
        send_within(transaction, staged(store, step), step)


def test_nothing_is_written_before_what_is_published(store: Store, clock: Clock) -> None:
    send(store, clock, Send(5, [obs("MA", "F", "2020", "1")]))
    step = Send(4, [obs("MA", "F", "2020", "2")])
    with pytest.raises(ValueError, match="before"), store.write() as transaction:  # noqa: PT012
        assert transaction.now > day(5)
        send_within(transaction, staged(store, step), step)


def test_submissions_are_numbered_and_listed(store: Store) -> None:
    entry = IdempotencyEntry(principal="PA", key="k", fingerprint="f", submission_id="s1")
    for number, principal in ((1, "PA"), (2, "PB"), (3, "PA")):
        with store.write() as transaction:
            assert transaction.number == number
            transaction.record(
                submission(number, principal=principal), entry if number == 1 else None
            )

    assert [one.number for one in store.submissions(None, limit=2)] == [3, 2]
    assert [one.number for one in store.submissions(("PA",), limit=9, before=3)] == [1]
    assert store.submissions((), limit=9) == []
    assert store.submission("s2") == submission(2, principal="PB")
    assert store.idempotency("PA", "k") == entry
    assert store.idempotency("PB", "k") is None


def test_an_idempotency_key_is_used_once(store: Store) -> None:
    entry = IdempotencyEntry(principal="PA", key="k", fingerprint="f", submission_id="s1")
    with store.write() as transaction:
        transaction.record(submission(1), entry)
    with pytest.raises(ValueError, match="idempotency"), store.write() as transaction:
        transaction.record(submission(2), entry)

    assert store.submission("s2") is None


def test_a_number_out_of_turn_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="number"), store.write() as transaction:
        transaction.record(submission(7))


def test_last_change_is_of_what_is_visible(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")]))
    send(store, clock, Send(2, [obs("MA", "F", "2020", "1")], B))
    send(store, clock, Send(3, [obs("MA", "F", "2021", "1")], release=10))

    assert store.last_change(query(0.5)) is None
    assert store.last_change(query(5)) == day(2)
    assert store.last_change(query(5, policies=())) is None
    assert store.last_change(query(10)) == day(10)


def test_what_opens_and_closes_at_one_instant_is_no_change(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("DZ", "F", "2020", "1")]))
    send(store, clock, Send(2, [obs("MA", "F", "2020", "2", UNIT="u")], release=4))
    assert store.last_change(query(4)) == day(4)
    send(store, clock, Send(4, [obs("MA", "F", "2020", "3")], action=Action.REPLACE))
    assert store.last_change(query(9)) == day(4)
    send(store, clock, Send(4, [obs("MA", "*", None)], action=Action.DELETE))
    assert store.last_change(query(9)) == day(1)
    assert read(store, query(9, since=3)) == []


def test_series_alone(store: Store, clock: Clock) -> None:
    rows = [obs(area, "F", year, "1") for area in ("TN", "DZ", "MA") for year in ("2020", "2021")]
    send(store, clock, Send(1, rows))

    (found,) = read(store, query(5, observations=False, offset=1, limit=1))
    assert (found.series, found.rows) == ([{"AREA": "MA", "SEX": "F"}], [])


def test_order_is_by_codes_and_time(store: Store, clock: Clock) -> None:
    keys = [("b", "F"), ("a", "M"), ("B", "F"), ("é", "F"), ("a", "F")]
    rows = [obs(*key, period) for key in keys for period in ("2021", "2020-Q4", "2020-12", "2020")]
    send(store, clock, Send(1, rows))

    (found,) = read(store, query(5))
    assert [(row["AREA"], row["SEX"]) for row in found.series] == sorted(keys)
    periods = [row["TIME_PERIOD"] for row in found.rows[:4]]
    assert periods == ["2020", "2020-Q4", "2020-12", "2021"]


NASTY = ["'; DROP TABLE submission; --", '"', "%", "_", "\\", "a'b\"c;d", "$1", "?"]


@pytest.mark.parametrize("operator", [Operator.EQ, Operator.CONTAINS, Operator.STARTS_WITH])
def test_values_are_never_code(store: Store, clock: Clock, operator: Operator) -> None:
    rows = [obs(text, "F", "2020", text, OBS_STATUS=text, TITLE=text) for text in NASTY]
    send(store, clock, Send(1, rows))

    for component in ("AREA", "OBS_VALUE", "OBS_STATUS", "TITLE"):
        for text in NASTY:
            wanted = ComponentFilter(component, ((Term(operator, text),),))
            (found,) = read(store, query(5, filters=(wanted,)))
            assert text in [row["AREA"] for row in found.rows]
            meant = [one for one in NASTY if one == text or (
                operator is not Operator.EQ and one.startswith(text)) or (
                operator is Operator.CONTAINS and text in one)]  # fmt: skip
            assert sorted(row["AREA"] for row in found.rows) == sorted(meant)
    (found,) = read(store, query(5, keys=tuple((frozenset({text}),) for text in NASTY)))
    assert len(found.rows) == len(NASTY)


def test_a_read_that_has_begun_does_not_see_a_later_write(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", str(year), "1") for year in range(1990, 2020)]))
    part = next(store.scan(query(50)))
    send(store, clock, Send(2, [obs("MA", "F", str(year), "2") for year in range(1990, 2020)]))

    values = {row["OBS_VALUE"] for piece in part.observations for row in piece.to_pylist()}
    assert values == {"1"}


def test_reading_may_stop_early(store: Store, clock: Clock) -> None:
    send(store, clock, Send(1, [obs("MA", "F", str(year), "1") for year in range(1990, 2020)]))
    for _ in range(50):
        part = next(store.scan(query(50)))
        part.observations.close()  # type: ignore[attr-defined]
    assert len(read(store, query(50))[0].rows) == 30


def test_readers_see_whole_submissions_while_one_writes(store: Store, clock: Clock) -> None:
    years = [str(year) for year in range(1990, 2020)]
    send(store, clock, Send(0, [obs("MA", "F", year, "0") for year in years]))
    seen: list[set[str]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            (found,) = read(store, query(90))
            seen.append({row["OBS_VALUE"] for row in found.rows})

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 8):
        send(store, clock, Send(number, [obs("MA", "F", year, str(number)) for year in years]))
    stop.set()
    for thread in threads:
        thread.join()
    assert all(len(values) == 1 for values in seen)


def test_a_data_structure_that_has_changed_is_refused(store: Store, clock: Clock) -> None:
    from dataclasses import replace

    other = replace(LAYOUT, dimensions=("AREA",))
    store.prepare(LAYOUT)
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")]))
    with pytest.raises(ValueError, match="changed"):
        store.prepare(other)


def test_a_data_structure_without_data_changes_shape(store: Store, clock: Clock) -> None:
    from dataclasses import replace

    store.prepare(replace(LAYOUT, dimensions=("AREA",)))
    store.prepare(LAYOUT)
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")]))
    assert len(read(store, query(2))[0].rows) == 1


def test_a_backup_wants_an_empty_folder(store: Store, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(FileExistsError):
        store.backup(tmp_path / "full")
