"""Whatever is sent and asked, the embedded engine answers as the one that defines the meaning."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdmx_service.access.gate import Tier
from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, SortTerm, Term
from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import DuckDBStore, near
from sdmx_service.storage.memory import MemoryStore
from tests.contract.storage.building import (
    LAYOUT,
    POLICIES,
    PROVIDER_A,
    PROVIDER_B,
    PUBLIC,
    A,
    B,
    Clock,
    Row,
    Send,
    day,
    query,
    read,
    send_within,
    staged,
    submission,
)

PRINCIPALS = (PROVIDER_A, PROVIDER_B, PUBLIC)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


AREAS, SEXES = st.sampled_from("ab"), st.sampled_from("xy")
PERIODS = st.sampled_from(["2020", "2020-A1", "2021", "2020-Q1"])
NUMBERS = st.sampled_from(["1", "2.50", "NaN", "10"])
COMPONENTS = {
    "AREA": AREAS,
    "SEX": SEXES,
    "TIME_PERIOD": PERIODS,
    "OBS_VALUE": NUMBERS,
    "SHARE": NUMBERS,
    "OBS_STATUS": st.sampled_from("AQ"),
    "CONF_STATUS": st.sampled_from("FCC"),
    "TITLE": st.sampled_from(["t", "u"]),
    "UNIT": st.sampled_from(["v", "w"]),
    "SOURCE": st.sampled_from(["s", "r"]),
}
KEY = ("AREA", "SEX", "TIME_PERIOD")
HIGHER = ("TITLE", "UNIT", "SOURCE")


def rows_of(required: tuple[str, ...], optional: tuple[str, ...]) -> st.SearchStrategy[Row]:
    drawn = {name: COMPONENTS[name] for name in required}
    drawn |= {name: maybe(COMPONENTS[name]) for name in optional}
    return st.fixed_dictionaries(drawn).map(
        lambda row: {name: text for name, text in row.items() if text is not None}
    )


OBSERVATIONS = rows_of(KEY, ("OBS_VALUE", "SHARE", "OBS_STATUS", "CONF_STATUS", *HIGHER))
ATTRIBUTES_ALONE = rows_of((), ("AREA", "SEX", *HIGHER))
DELETIONS = rows_of((), KEY) | rows_of((), tuple(COMPONENTS))
DATASETS = st.one_of(
    st.tuples(
        st.sampled_from([Action.MERGE, Action.REPLACE]),
        st.lists(OBSERVATIONS | OBSERVATIONS | ATTRIBUTES_ALONE, min_size=1, max_size=5),
    ),
    st.tuples(st.just(Action.DELETE), st.lists(DELETIONS, min_size=1, max_size=2)),
)


@st.composite
def sends(draw: st.DrawFn) -> list[Send]:
    steps = []
    for number in range(draw(st.integers(2, 6))):
        datasets = draw(st.lists(DATASETS, min_size=1, max_size=2))
        steps.append(
            Send(
                float(number),
                datasets[0][1],
                draw(st.sampled_from([A, B])),
                datasets[0][0],
                draw(maybe(st.sampled_from([0.5, 1.5, 4.0]).map(lambda wait, n=number: n + wait))),
                tuple(datasets[1:]),
            )
        )
    return steps


@st.composite
def filters(draw: st.DrawFn) -> ComponentFilter:
    component = draw(st.sampled_from(sorted(COMPONENTS)))
    terms = st.builds(
        Term,
        st.sampled_from(list(Operator)),
        COMPONENTS[component] | st.sampled_from(["5", "2020-07", ""]),
    )
    any_of = draw(st.lists(st.lists(terms, min_size=1, max_size=2).map(tuple), max_size=2))
    return ComponentFilter(component, tuple(any_of))


INSTANTS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.5, 5.0, 9.0])
KEYS = st.tuples(maybe(st.frozensets(AREAS)), maybe(st.frozensets(SEXES)))
ORDERS = st.lists(
    st.builds(SortTerm, st.sampled_from(sorted(COMPONENTS)), st.booleans()),
    max_size=3,
    unique_by=lambda term: term.component,
).map(tuple)
WHOLE = {"order": (), "offset": 0, "limit": None, "observations": True}
ASKED = st.fixed_dictionaries(
    {
        "at": INSTANTS,
        "principal": st.sampled_from(PRINCIPALS),
        "now": INSTANTS,
        "policies": st.sampled_from(
            [
                POLICIES,
                (replace(POLICIES[0], rank=2), replace(POLICIES[1], tier=Tier.PUBLIC)),
                (POLICIES[1],),
            ]
        ),
        "since": maybe(INSTANTS),
        "include_history": st.booleans(),
    },
    optional={
        "keys": st.lists(KEYS | KEYS.map(lambda key: key[:1]), max_size=2).map(tuple),
        "filters": st.lists(filters(), max_size=2).map(tuple),
        "first_observations": st.integers(0, 2),
        "last_observations": st.integers(0, 2),
        "components": st.frozensets(st.sampled_from(sorted(COMPONENTS))),
        "observations": st.booleans(),
        "offset": st.integers(0, 3),
        "limit": maybe(st.integers(0, 3)),
        "order": ORDERS,
    },
)


def outcome(store: Store, clock: Clock, step: Send) -> object:
    """What a submission leads to: its findings and count, or its refusal."""
    clock.now = day(step.at)
    stage = staged(store, step) if _complete(step) else None
    if stage is None:
        return None
    found = [
        stage.observations,
        stage.duplicate_keys(9),
        stage.attribute_conflicts(9),
        stage.missing_attributes(9),
    ]
    try:
        with store.write() as transaction:
            found.append(transaction.pending_keys(stage, step.agreement, 9))
            found.append(send_within(transaction, stage, step))
            found.append(transaction.releases(LAYOUT))
            transaction.record(submission(transaction.number))
    except ValueError as error:
        found.append(str(error))
    stage.close()
    return found


def _complete(step: Send) -> bool:
    """Rows of Merge and Replace that are observations have every dimension."""
    names = ("OBS_VALUE", "SHARE", "OBS_STATUS", "CONF_STATUS", "TIME_PERIOD")
    return all(
        action is Action.DELETE or "SEX" in row or not any(name in row for name in names)
        for action, rows in [(step.action, step.rows), *step.more]
        for row in rows
    )


def check(steps: list[Send], questions: list[dict[str, Any]], rows: int) -> None:
    """``rows``: of a neighbourhood that is kept, so that some answers are of several."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "_ROWS", rows)
        meaning: Store = MemoryStore(clock=clock)
        engine: Store = DuckDBStore(Path(folder) / "hub.duckdb", clock=clock)
        for store in (meaning, engine):
            store.prepare(LAYOUT)
        for number, step in enumerate(steps):
            assert outcome(engine, clock, step) == outcome(meaning, clock, step)
            # What is kept between commits must follow each of them.
            between = questions[number % len(questions)]
            for asked in (*({"at": 9.0, "principal": one} for one in PRINCIPALS), between):
                assert read(engine, query(**asked)) == read(meaning, query(**asked))
        # What is due by the clock may become current while the questions are asked.
        clock.now = day(9.0)
        for asked in questions:
            wanted = query(**asked)
            assert engine.last_change(wanted) == meaning.last_change(wanted)
            assert read(engine, wanted) == read(meaning, wanted)
            whole = {**asked, **WHOLE}
            assert engine.coverage(query(**whole)).to_pylist() == (
                meaning.coverage(query(**whole)).to_pylist()
            )
        engine.close()


ROWS = st.sampled_from([1, 2, 4096])
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(sends(), st.lists(ASKED, min_size=6, max_size=12), ROWS)
def test_engines_agree(steps: list[Send], questions: list[dict[str, Any]], rows: int) -> None:
    check(steps, questions, rows)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(sends(), st.lists(ASKED, min_size=3, max_size=8), ROWS)
def test_engines_agree_on_many_histories(
    steps: list[Send], questions: list[dict[str, Any]], rows: int
) -> None:
    check(steps, questions, rows)
