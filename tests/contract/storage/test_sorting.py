"""In which order rows come: the terms asked for, then key order, time last."""

from __future__ import annotations

import pytest

from sdmx_service.model.message import Action
from sdmx_service.model.query import SortTerm
from sdmx_service.storage.base import Store
from tests.contract.storage.building import (
    PROVIDER_A,
    PROVIDER_B,
    Answer,
    Clock,
    Row,
    Send,
    obs,
    query,
    read,
    send,
)

SENT = Send(
    1,
    [
        obs("A", "x", "2020", "1"),
        obs("A", "x", "2021", "2"),
        obs("A", "y", "2020-Q1", "3"),
        obs("B", "x", "2020", "4"),
        obs("B", "y", "2021", "5"),
    ],
)

# Terms (a minus before what descends) | rows as AREA SEX PERIOD
ORDERS = [
    ("", ["A x 2020", "A x 2021", "A y 2020-Q1", "B x 2020", "B y 2021"]),
    ("TIME_PERIOD", ["A y 2020-Q1", "A x 2020", "B x 2020", "A x 2021", "B y 2021"]),
    ("-TIME_PERIOD", ["A x 2021", "B y 2021", "A x 2020", "B x 2020", "A y 2020-Q1"]),
    ("SEX", ["A x 2020", "A x 2021", "B x 2020", "A y 2020-Q1", "B y 2021"]),
    ("-SEX", ["A y 2020-Q1", "B y 2021", "A x 2020", "A x 2021", "B x 2020"]),
    ("-AREA SEX -TIME_PERIOD", ["B x 2020", "B y 2021", "A x 2021", "A x 2020", "A y 2020-Q1"]),
    ("SEX -TIME_PERIOD", ["A x 2021", "A x 2020", "B x 2020", "B y 2021", "A y 2020-Q1"]),
    ("SEX TIME_PERIOD -AREA", ["B x 2020", "A x 2020", "A x 2021", "A y 2020-Q1", "B y 2021"]),
]


def _terms(text: str) -> tuple[SortTerm, ...]:
    return tuple(SortTerm(word.lstrip("-"), word.startswith("-")) for word in text.split())


def _keys(found: Answer) -> list[str]:
    return [f"{r['AREA']} {r['SEX']} {r['TIME_PERIOD']}" for r in found.rows]


@pytest.mark.parametrize(("terms", "expected"), ORDERS)
def test_rows_come_as_asked(store: Store, clock: Clock, terms: str, expected: list[str]) -> None:
    send(store, clock, SENT)
    (found,) = read(store, query(50, order=_terms(terms)))
    assert _keys(found) == expected


@pytest.mark.parametrize(("terms", "expected"), ORDERS)
def test_offset_and_limit_come_after(
    store: Store, clock: Clock, terms: str, expected: list[str]
) -> None:
    send(store, clock, SENT)
    (found,) = read(store, query(50, order=_terms(terms), offset=1, limit=3))
    assert _keys(found) == expected[1:4]
    assert {(r["AREA"], r["SEX"]) for r in found.series} == {
        (r["AREA"], r["SEX"]) for r in found.rows
    }


def test_the_last_of_a_series_is_the_latest_however_it_is_sorted(
    store: Store, clock: Clock
) -> None:
    send(store, clock, SENT)
    asked = query(50, order=_terms("-TIME_PERIOD"), last_observations=1)
    (found,) = read(store, asked)
    assert [r["OBS_VALUE"] for r in found.rows] == ["2", "5", "4", "3"]


def test_keys_alone_are_sorted_and_counted_as_series(store: Store, clock: Clock) -> None:
    send(store, clock, SENT)
    asked = query(50, order=_terms("-AREA"), observations=False, limit=3)
    (found,) = read(store, asked)
    assert [(r["AREA"], r["SEX"]) for r in found.series] == [("B", "x"), ("B", "y"), ("A", "x")]


def test_many_series_are_sorted_by_the_engine(store: Store, clock: Clock) -> None:
    """More than an engine may take another way for: an Arrow table, rows streamed."""
    rows = [
        obs(f"{n % 40:02d}", f"{n % 41:02d}", str(1990 + n % 3), str(n)) for n in range(40 * 41)
    ]
    send(store, clock, Send(1, rows))
    (found,) = read(store, query(50, order=_terms("-TIME_PERIOD SEX"), limit=2000))
    expected = sorted(rows, key=lambda r: (-int(r["TIME_PERIOD"]), r["SEX"], r["AREA"]))
    assert [r["OBS_VALUE"] for r in found.rows] == [r["OBS_VALUE"] for r in expected]


VALUES = Send(
    1,
    [
        obs("A", "x", "2020", "10", OBS_STATUS="A", TITLE="u", UNIT="v"),
        obs("A", "x", "2021", "9.50", OBS_STATUS="B"),
        obs("A", "y", "2020", "9.5", TITLE="t"),
        obs("B", "x", "2020", "NaN", OBS_STATUS="B", UNIT="w"),
        obs("B", "x", "2021", OBS_STATUS="A"),
        obs("B", "y", "2021", "-1", OBS_STATUS="C", TITLE="t"),
    ],
)

# Terms | rows: numbers as numbers, then texts; what is missing last in either direction
VALUE_ORDERS = [
    ("OBS_VALUE", "By2021 Ax2021 Ay2020 Ax2020 Bx2020 Bx2021"),
    ("-OBS_VALUE", "Ax2020 Ax2021 Ay2020 By2021 Bx2020 Bx2021"),
    ("OBS_STATUS", "Ax2020 Bx2021 Ax2021 Bx2020 By2021 Ay2020"),
    ("-OBS_STATUS", "By2021 Ax2021 Bx2020 Ax2020 Bx2021 Ay2020"),
    ("OBS_STATUS -AREA", "Bx2021 Ax2020 Bx2020 Ax2021 By2021 Ay2020"),
    ("OBS_STATUS -TIME_PERIOD", "Bx2021 Ax2020 Ax2021 Bx2020 By2021 Ay2020"),
    ("-OBS_STATUS -OBS_VALUE", "By2021 Ax2021 Bx2020 Ax2020 Bx2021 Ay2020"),
    ("SEX OBS_STATUS -AREA", "Bx2021 Ax2020 Bx2020 Ax2021 By2021 Ay2020"),
    ("AREA SEX -OBS_VALUE", "Ax2020 Ax2021 Ay2020 Bx2020 Bx2021 By2021"),
    ("-AREA -OBS_VALUE SEX", "By2021 Bx2020 Bx2021 Ax2020 Ax2021 Ay2020"),
    ("TITLE", "Ay2020 By2021 Ax2020 Ax2021 Bx2020 Bx2021"),
    ("-TITLE", "Ax2020 Ax2021 Ay2020 By2021 Bx2020 Bx2021"),
    ("-UNIT TITLE", "By2021 Bx2020 Bx2021 Ay2020 Ax2020 Ax2021"),
    ("SEX TITLE -AREA", "Ax2020 Ax2021 Bx2020 Bx2021 By2021 Ay2020"),
    ("TITLE -TIME_PERIOD", "By2021 Ay2020 Ax2021 Ax2020 Bx2021 Bx2020"),
    ("TITLE TIME_PERIOD -UNIT", "Ay2020 By2021 Ax2020 Ax2021 Bx2020 Bx2021"),
    ("TIME_PERIOD -TITLE", "Ax2020 Ay2020 Bx2020 Ax2021 By2021 Bx2021"),
    ("SOURCE -AREA", "Bx2020 Bx2021 By2021 Ax2020 Ax2021 Ay2020"),
]


@pytest.mark.parametrize(("terms", "expected"), VALUE_ORDERS)
@pytest.mark.parametrize("components", [None, frozenset({"SHARE"})])
def test_values_and_attributes_order_rows_shown_or_not(
    store: Store, clock: Clock, terms: str, expected: str, components: frozenset[str] | None
) -> None:
    send(store, clock, VALUES)
    keys = expected.split()
    order = _terms(terms)
    (found,) = read(store, query(50, order=order, components=components))
    assert [key.replace(" ", "") for key in _keys(found)] == keys
    (page,) = read(store, query(50, order=order, components=components, offset=1, limit=3))
    assert [key.replace(" ", "") for key in _keys(page)] == keys[1:4]


@pytest.mark.parametrize(("terms", "shown"), [("OBS_VALUE", "123"), ("-OBS_VALUE", "321")])
def test_a_masked_row_is_among_the_missing(
    store: Store, clock: Clock, terms: str, shown: str
) -> None:
    rows = [
        obs("A", "x", "2020", "1"),
        obs("A", "y", "2020", "2", CONF_STATUS="C"),
        obs("B", "x", "2020", "3"),
    ]
    send(store, clock, Send(1, rows))
    order = _terms(terms)
    (own,) = read(store, query(50, PROVIDER_A, order=order))
    assert [row["OBS_VALUE"] for row in own.rows] == list(shown)
    (masked,) = read(store, query(50, PROVIDER_B, order=order))
    assert [row.get("OBS_VALUE") for row in masked.rows] == [
        *(value for value in shown if value != "2"),
        None,
    ]
    (first,) = read(store, query(50, PROVIDER_B, order=order, limit=2))
    assert all("OBS_VALUE" in row for row in first.rows)
    (statuses,) = read(store, query(50, PROVIDER_B, order=_terms("CONF_STATUS OBS_STATUS")))
    assert [row.get("OBS_STATUS") for row in statuses.rows] == ["Q", None, None]


def test_keys_alone_are_ordered_by_attributes_of_the_series_only(
    store: Store, clock: Clock
) -> None:
    send(store, clock, VALUES)
    asked = query(50, order=_terms("-OBS_VALUE -TITLE -AREA"), observations=False, limit=3)
    (found,) = read(store, asked)
    assert [(r["AREA"], r["SEX"]) for r in found.series] == [("A", "x"), ("B", "y"), ("A", "y")]


def test_what_is_gone_is_in_the_order_of_what_was_seen(store: Store, clock: Clock) -> None:
    send(store, clock, VALUES)
    send(store, clock, Send(2, [{"SEX": "x"}], action=Action.DELETE))
    (found,) = read(store, query(50, since=1, order=_terms("OBS_VALUE")))
    assert found.action == "Delete"
    assert [key.replace(" ", "") for key in _keys(found)] == [
        "Ax2021", "Ax2020", "Bx2020", "Bx2021"
    ]  # fmt: skip
    assert not any("OBS_VALUE" in row for row in found.rows)


def test_many_rows_are_sorted_by_their_values(store: Store, clock: Clock) -> None:
    """More series than are given as parameters."""
    rows: list[Row] = [
        obs(f"{n % 40:02d}", f"{n % 41:02d}", "2020", str(n * 7 % 100), TITLE=f"t{n % 3}")
        for n in range(40 * 41)
    ]
    send(store, clock, Send(1, rows))
    (found,) = read(store, query(50, order=_terms("-TITLE OBS_VALUE SEX")))
    expected = sorted(rows, key=lambda r: (int(r["OBS_VALUE"]), r["SEX"], r["AREA"]))
    expected.sort(key=lambda r: r["TITLE"], reverse=True)
    assert _keys(found) == [f"{r['AREA']} {r['SEX']} 2020" for r in expected]
