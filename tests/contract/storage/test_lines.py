"""Versions of one data structure: one major line, one set of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.storage.base import Store
from tests.contract.storage.building import (
    LAYOUT,
    REF,
    A,
    B,
    Clock,
    Row,
    batch,
    day,
    obs,
    query,
    read,
    submission,
)
from tests.contract.storage.engines import ENGINES

NEXT = replace(
    LAYOUT,
    data_structure=replace(REF, version="1.1.0"),
    measures=("OBS_VALUE", "COUNT", "SHARE"),
    attributes=(
        AttributeColumn("NOTE", (), True, False, metadata=True),
        *LAYOUT.attributes[:2],
        AttributeColumn("LEVEL", ("SEX",), False, False, metadata=True),
        AttributeColumn("TITLE", ("AREA", "SEX"), False, False),
        *LAYOUT.attributes[3:],
        AttributeColumn("CONTACT", (), False, False, metadata=True),
    ),
)
"""A measure more, and metadata attributes of every level."""
OLD = obs("MA", "F", "2020", "1", OBS_STATUS="A", TITLE="Old", UNIT="PS", SOURCE="S")
NEW = obs("MA", "F", "2021", "2", OBS_STATUS="A", COUNT="7", NOTE="n", LEVEL="high", CONTACT="c")


def put(
    store: Store,
    clock: Clock,
    at: float,
    rows: list[Row],
    layout: Layout = LAYOUT,
    *,
    agreement: str = A,
    action: Action = Action.MERGE,
    release: float | None = None,
) -> None:
    clock.now = day(at)
    stage = store.stage(layout)
    stage.add(batch(rows, action, layout=layout))
    with store.write() as transaction:
        opens = day(at if release is None else release)
        transaction.apply(stage, agreement, transaction.number, opens, now=day(at))
        transaction.record(submission(transaction.number))
    stage.close()


def rows_of(store: Store, at: float, layout: Layout = NEXT, **asked: object) -> list[Row]:
    (found,) = read(store, query(at, layout=layout, **asked))  # type: ignore[arg-type]
    return found.rows


def test_old_rows_answer_under_the_new_version(store: Store, clock: Clock) -> None:
    put(store, clock, 1, [OLD])
    store.prepare(NEXT)
    assert rows_of(store, 2) == [obs("MA", "F", "2020", "1", OBS_STATUS="A")]
    (found,) = read(store, query(2, layout=NEXT))
    assert found.series == [{"AREA": "MA", "SEX": "F", "TITLE": "Old", "UNIT": "PS"}]
    assert found.dataset == {"SOURCE": "S"}


def test_new_rows_answer_under_both(store: Store, clock: Clock) -> None:
    put(store, clock, 1, [OLD])
    store.prepare(NEXT)
    put(store, clock, 2, [NEW], NEXT)
    full = obs("MA", "F", "2021", "2", OBS_STATUS="A", COUNT="7", NOTE="n")
    assert rows_of(store, 3) == [obs("MA", "F", "2020", "1", OBS_STATUS="A"), full]
    assert rows_of(store, 3, LAYOUT)[1] == obs("MA", "F", "2021", "2", OBS_STATUS="A")
    (new,) = read(store, query(3, layout=NEXT))
    assert new.series[0]["LEVEL"] == "high"
    assert new.dataset == {"SOURCE": "S", "CONTACT": "c"}
    (old,) = read(store, query(3, layout=LAYOUT))
    assert "LEVEL" not in old.series[0]
    assert old.dataset == {"SOURCE": "S"}
    assert rows_of(store, 1.5) == [obs("MA", "F", "2020", "1", OBS_STATUS="A")]


def test_an_old_message_leaves_what_it_does_not_know(store: Store, clock: Clock) -> None:
    store.prepare(NEXT)
    put(store, clock, 1, [NEW], NEXT)
    again = obs("MA", "F", "2021", "3", OBS_STATUS="A")
    put(store, clock, 2, [again])
    assert rows_of(store, 3) == [{**again, "COUNT": "7", "NOTE": "n"}]
    put(store, clock, 4, [again], action=Action.REPLACE)
    assert rows_of(store, 5) == [again]
    put(store, clock, 6, [obs("MA", "F", "2021")], action=Action.DELETE)
    assert rows_of(store, 7) == []
    assert rows_of(store, 3)[0]["NOTE"] == "n"


def test_what_waited_since_before_is_released_after(store: Store, clock: Clock) -> None:
    put(store, clock, 1, [OLD], release=5)
    store.prepare(NEXT)
    put(store, clock, 6, [NEW], NEXT)
    assert [row["TIME_PERIOD"] for row in rows_of(store, 7)] == ["2020", "2021"]
    put(store, clock, 8, [{**OLD, "OBS_VALUE": "9"}])
    found = read(store, query(9, layout=NEXT, include_history=True))
    assert [len(part.rows) for part in found] == [1, 1, 1]


def test_filters_on_what_is_new(store: Store, clock: Clock) -> None:
    store.prepare(NEXT)
    put(store, clock, 1, [OLD])
    put(store, clock, 2, [NEW], NEXT)
    wanted = ComponentFilter("COUNT", ((Term(Operator.GT, "5"),),))
    assert [row["TIME_PERIOD"] for row in rows_of(store, 3, filters=(wanted,))] == ["2021"]


def test_mandatory_is_what_the_version_says(store: Store, clock: Clock) -> None:
    store.prepare(NEXT)
    del clock
    for layout, count in ((LAYOUT, 1), (NEXT, 0)):
        stage = store.stage(layout)
        stage.add(batch([obs("MA", "F", "2020", "1")], layout=layout))
        assert stage.missing_attributes(5).count == count
        stage.close()


def test_another_major_version_is_another_line(store: Store, clock: Clock) -> None:
    put(store, clock, 1, [OLD])
    other = replace(
        LAYOUT, data_structure=replace(REF, version="2.0.0"), dimensions=("SEX", "AREA")
    )
    draft = replace(other, data_structure=replace(REF, version="1.2.0-draft"))
    for layout in (other, draft):
        store.prepare(layout)
        assert rows_of(store, 2, layout) == []
    assert len(rows_of(store, 2, LAYOUT)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"dimensions": ("AREA", "SEX", "AGE")},
        {"time": None},
        {"attributes": (AttributeColumn("UNIT", (), True, False),)},
        {"measures": ("UNIT",)},
    ],
)
def test_a_version_that_does_not_fit_is_refused(
    store: Store, clock: Clock, changed: dict[str, object]
) -> None:
    put(store, clock, 1, [OLD])
    with pytest.raises(ValueError, match="changed"):
        store.prepare(replace(NEXT, **changed))  # type: ignore[arg-type]
    assert len(rows_of(store, 2, LAYOUT)) == 1


def test_the_wide_shape_outlives_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    store = ENGINES["duckdb"](tmp_path / "hub.duckdb", clock)
    store.prepare(LAYOUT)
    put(store, clock, 1, [OLD])
    store.prepare(NEXT)
    put(store, clock, 2, [NEW], NEXT)
    before = read(store, query(3, layout=NEXT))
    store.close()
    store = ENGINES["duckdb"](tmp_path / "hub.duckdb", clock)
    for layout in (LAYOUT, NEXT):
        store.prepare(layout)
    assert read(store, query(3, layout=NEXT)) == before
    store.close()


def given(batches: Iterable[pa.RecordBatch]) -> list[Row]:
    rows = [row for piece in batches for row in piece.to_pylist()]
    found = [{name: text for name, text in row.items() if text is not None} for row in rows]
    return sorted(found, key=str)


def test_held_is_what_is_there_or_to_come(store: Store, clock: Clock) -> None:
    assert given(store.held(LAYOUT, A)) == []
    put(store, clock, 1, [OLD, obs("MA", "M", "2020", "12.50", OBS_STATUS="A")])
    put(store, clock, 2, [obs("MA", "M", "2020")], action=Action.DELETE)
    put(store, clock, 3, [obs("DZ", "F", "2020", "5", OBS_STATUS="A")], agreement=B)
    put(store, clock, 4, [{**OLD, "OBS_VALUE": "9", "UNIT": "NB"}], release=90)
    clock.now = day(5)
    observation = obs("MA", "F", "2020", "1", OBS_STATUS="A")
    expected = [
        observation,
        {**observation, "OBS_VALUE": "9"},
        {"AREA": "MA", "SEX": "F", "TITLE": "Old"},
        {"AREA": "MA", "UNIT": "PS"},
        {"AREA": "MA", "UNIT": "NB"},
        {"SOURCE": "S"},
    ]
    assert given(store.held(LAYOUT, A)) == sorted(expected, key=str)
    store.prepare(NEXT)
    assert given(store.held(NEXT, A)) == sorted(expected, key=str)
    for piece in store.held(NEXT, A):
        assert piece.schema.equals(NEXT.schema(lines=False))
