"""In which order rows come: the terms asked for, then key order, time last."""

from __future__ import annotations

import pytest

from sdmx_service.model.query import SortTerm
from sdmx_service.storage.base import Store
from tests.contract.storage.building import Clock, Send, obs, query, read, send

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


@pytest.mark.parametrize(("terms", "expected"), ORDERS)
def test_rows_come_as_asked(store: Store, clock: Clock, terms: str, expected: list[str]) -> None:
    send(store, clock, SENT)
    (found,) = read(store, query(50, order=_terms(terms)))
    assert [f"{r['AREA']} {r['SEX']} {r['TIME_PERIOD']}" for r in found.rows] == expected


@pytest.mark.parametrize(("terms", "expected"), ORDERS)
def test_offset_and_limit_come_after(
    store: Store, clock: Clock, terms: str, expected: list[str]
) -> None:
    send(store, clock, SENT)
    (found,) = read(store, query(50, order=_terms(terms), offset=1, limit=3))
    assert [f"{r['AREA']} {r['SEX']} {r['TIME_PERIOD']}" for r in found.rows] == expected[1:4]
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
