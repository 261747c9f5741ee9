"""What there is of each series: counted as ``scan`` shows it, whatever way an engine takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from sdmx_service.access.principal import Principal
from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.storage.base import Store
from sdmx_service.storage.coverage import FIRST, LAST, OBSERVATIONS, coverage_schema
from tests.contract.storage.building import (
    LAYOUT,
    PROVIDER_B,
    PUBLIC,
    A,
    B,
    Clock,
    Send,
    batch,
    day,
    obs,
    query,
    send,
    submission,
)

FIRST_SENT = Send(
    1,
    [
        obs("MA", "F", "2020", "1", CONF_STATUS="C", TITLE="t"),
        obs("MA", "F", "2021", "2"),
        obs("MA", "M", "2020-Q2", "3", OBS_STATUS="A"),
        obs("DZ", "F", "2019-12", "4"),
    ],
)
BY_B = Send(2, [obs("MA", "F", "2021", "7"), obs("MA", "F", "2022", "8")], B)
ALL = ["DZ F 1 2019-12-01 2019-12-31", "MA F 2 2020-01-01 2021-12-31",
       "MA M 1 2020-04-01 2020-06-30"]  # fmt: skip


def where(component: str, operator: str, value: str) -> ComponentFilter:
    return ComponentFilter(component, ((Term(Operator(operator), value),),))


@dataclass(frozen=True)
class Rule:
    name: str
    sent: list[Send]
    expected: list[str]
    asked: dict[str, Any] = field(default_factory=dict)
    at: float = 50
    principal: Principal = PROVIDER_B


RULES = [
    Rule("nothing", [], []),
    Rule("every series", [FIRST_SENT], ALL),
    Rule("a masked row counts", [FIRST_SENT], ALL, principal=PUBLIC),
    Rule("a hidden one does not", [BY_B], [], principal=PUBLIC),
    Rule("keys", [FIRST_SENT], ALL[1:], {"keys": ((frozenset({"MA"}), None),)}),
    Rule("a dimension", [FIRST_SENT], ALL[2:], {"filters": (where("SEX", "ne", "F"),)}),
    Rule("an attribute of series", [FIRST_SENT], ["MA F 2 2020-01-01 2021-12-31"],
         {"filters": (where("TITLE", "eq", "t"),)}),
    Rule("a measure", [FIRST_SENT], ["DZ F 1 2019-12-01 2019-12-31",
         "MA M 1 2020-04-01 2020-06-30"], {"filters": (where("OBS_VALUE", "ge", "3"),)}),
    Rule("time", [FIRST_SENT], ["MA F 1 2021-01-01 2021-12-31"],
         {"filters": (where("TIME_PERIOD", "ge", "2021"),)}),
    Rule("no search for what is masked", [FIRST_SENT], ["MA F 1 2021-01-01 2021-12-31"],
         {"filters": (where("OBS_VALUE", "le", "2"),)}, principal=PUBLIC),
    Rule("the last of each", [FIRST_SENT], [ALL[0], "MA F 1 2021-01-01 2021-12-31", ALL[2]],
         {"last_observations": 1}),
    Rule("what two agreements have counts once", [FIRST_SENT, BY_B],
         [ALL[0], "MA F 3 2020-01-01 2022-12-31", ALL[2]]),
    Rule("of the visible ones", [FIRST_SENT, BY_B], ALL, principal=PUBLIC),
    Rule("the past", [FIRST_SENT, BY_B], ALL, at=1.5),
    Rule("what is pending does not count", [FIRST_SENT, Send(2, [obs("TN", "F", "2020", "1")],
         release=60)], ALL),
    Rule("what was released does", [FIRST_SENT, Send(2, [obs("TN", "F", "2020", "1")],
         release=40)], [*ALL, "TN F 1 2020-01-01 2020-12-31"]),
    Rule("what was deleted does not", [FIRST_SENT, Send(2, [obs("MA", "F", "2020")],
         action=Action.DELETE)], [ALL[0], "MA F 1 2021-01-01 2021-12-31", ALL[2]]),
    Rule("changes, deletions too", [FIRST_SENT, Send(2, [obs("MA", "F", "2020")],
         action=Action.DELETE),
         Send(3, [obs("MA", "F", "2022", "3"), obs("MA", "M", "2022", "3")])],
         ["MA F 2 2020-01-01 2022-12-31", "MA M 1 2022-01-01 2022-12-31"], {"since": 1.5}),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_coverage_is_as_the_rule_says(rule: Rule, store: Store, clock: Clock) -> None:
    for step in rule.sent:
        send(store, clock, step)
    components: dict[str, Any] = {"components": frozenset(), **rule.asked}
    found = store.coverage(query(rule.at, rule.principal, now=50, **components))
    assert found.schema.equals(coverage_schema(LAYOUT))
    assert [
        f"{row['AREA']} {row['SEX']} {row[OBSERVATIONS]} "
        f"{date.fromordinal(row[FIRST])} {date.fromordinal(row[LAST])}"
        for row in found.to_pylist()
    ] == rule.expected


def test_a_structure_without_time_has_no_days(store: Store, clock: Clock) -> None:
    ref = replace(LAYOUT.data_structure, id="NO_TIME")
    layout = replace(LAYOUT, data_structure=ref, time=None)
    store.prepare(layout)
    clock.now = day(1)
    stage = store.stage(layout)
    stage.add(batch([obs("MA", "F", None, "1"), obs("MA", "M", None, "2")], layout=layout))
    with store.write() as transaction:
        transaction.apply(stage, A, transaction.number, day(1), now=day(1))
        transaction.record(submission(transaction.number))
    found = store.coverage(query(50, layout=layout)).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("MA", "F", 1, None, None),
        ("MA", "M", 1, None, None),
    ]
