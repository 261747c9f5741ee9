"""Masks where CONF_STATUS is attached to the series, and data structures without time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.storage.base import Store
from tests.contract.storage.building import (
    LAYOUT,
    PROVIDER_A,
    PROVIDER_B,
    A,
    Clock,
    Row,
    batch,
    day,
    obs,
    query,
    read,
)
from tests.contract.storage.engines import ENGINES

SERIES_LEVEL = replace(
    LAYOUT,
    data_structure=replace(LAYOUT.data_structure, id="SERIES_LEVEL"),
    attributes=(
        AttributeColumn("OBS_STATUS", (), True, True),
        AttributeColumn("CONF_STATUS", ("AREA",), False, False),
    ),
)
TIMELESS = replace(LAYOUT, data_structure=replace(LAYOUT.data_structure, id="TIMELESS"), time=None)


def publish(store: Store, clock: Clock, layout: Layout, at: float, rows: list[Row]) -> None:
    clock.now = day(at)
    stage = store.stage(layout)
    stage.add(batch(rows, layout=layout))
    with store.write() as transaction:
        transaction.apply(stage, A, 1, day(at), now=day(at))
    stage.close()


@pytest.fixture(params=sorted(ENGINES))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, Clock]:
    make: Callable[[Path, Clock], Store] = ENGINES[request.param]
    clock = Clock()
    store = make(tmp_path / "hub.duckdb", clock)
    store.prepare(SERIES_LEVEL)
    store.prepare(TIMELESS)
    return store, clock


def test_a_confidential_series_is_masked(opened: tuple[Store, Clock]) -> None:
    store, clock = opened
    publish(store, clock, SERIES_LEVEL, 1, [
        obs("MA", "F", "2020", "1", OBS_STATUS="A"), obs("DZ", "F", "2020", "2", OBS_STATUS="A")
    ])  # fmt: skip
    publish(store, clock, SERIES_LEVEL, 2, [obs("MA", "*", None, CONF_STATUS="C")])

    for at in (1, 2):
        (mine,) = read(store, query(at, PROVIDER_A, layout=SERIES_LEVEL))
        (others,) = read(store, query(at, PROVIDER_B, layout=SERIES_LEVEL))
        assert [row.get("OBS_VALUE") for row in mine.rows] == ["2", "1"]
        assert [row.get("OBS_VALUE") for row in others.rows] == ["2", None]
        assert [row["OBS_STATUS"] for row in others.rows] == ["A", "Q"]


def test_a_data_structure_may_have_no_time(opened: tuple[Store, Clock]) -> None:
    store, clock = opened
    publish(store, clock, TIMELESS, 1, [obs("MA", "F", None, "1"), obs("DZ", "F", None, "2")])
    publish(store, clock, TIMELESS, 2, [obs("MA", "F", None, "3", CONF_STATUS="C")])

    (found,) = read(store, query(5, layout=TIMELESS))
    assert found.rows == [
        {"AREA": "DZ", "SEX": "F", "OBS_VALUE": "2"},
        {"AREA": "MA", "SEX": "F", "OBS_STATUS": "Q"},
    ]
