"""The meaning of actions, release, deletion, precedence and masks, as a table.

Each rule: what is sent, what is asked, the rows expected as texts ``AREA SEX PERIOD VALUE …``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from sdmx_service.access.principal import Principal
from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.storage.base import Store
from tests.contract.storage.building import (
    PROVIDER_A,
    PROVIDER_B,
    PUBLIC,
    B,
    Clock,
    Send,
    obs,
    query,
    read,
    send,
)


@dataclass(frozen=True)
class Rule:
    name: str
    sent: list[Send]
    expected: list[str]
    at: float = 50
    principal: Principal = PROVIDER_B
    asked: dict[str, Any] = field(default_factory=dict)


def where(component: str, operator: str, value: str) -> dict[str, Any]:
    return {"filters": (ComponentFilter(component, ((Term(Operator(operator), value),),)),)}


FIRST = Send(1, [obs("MA", "F", "2020", "1", OBS_STATUS="A"), obs("MA", "F", "2021", "2")])
TITLED = Send(1, [obs("MA", "F", "2020", "1", TITLE="t", UNIT="u", SOURCE="s")])
BOTH = [
    Send(1, [obs("MA", "F", "2020", "1", TITLE="of A"), obs("MA", "F", "2021", "2")]),
    Send(2, [obs("MA", "F", "2021", "7", TITLE="of B"), obs("MA", "F", "2022", "8")], B),
]
SECRET = [
    Send(1, [obs("MA", "F", "2020", "1", OBS_STATUS="A", CONF_STATUS="F")]),
    Send(2, [obs("MA", "F", "2020", "2", OBS_STATUS="A", CONF_STATUS="C")]),
]
REMOVED = [TITLED, Send(2, [obs("*", "*", None, SOURCE="-")], action=Action.DELETE)]
PENDING = [FIRST, Send(2, [obs("MA", "F", "2020", "5")], release=10)]
DELETE = Action.DELETE
RULES = [
    Rule("what is sent is there", [FIRST], ["MA F 2020 1 A", "MA F 2021 2"]),
    Rule("nothing is there before", [FIRST], [], at=0.5),
    Rule("a version begins at its instant", [FIRST], ["MA F 2020 1 A", "MA F 2021 2"], at=1),
    Rule(
        "merge keeps what is not given",
        [FIRST, Send(2, [obs("MA", "F", "2020", "9")])],
        ["MA F 2020 9 A", "MA F 2021 2"],
    ),
    Rule(
        "replace clears what is not given",
        [FIRST, Send(2, [obs("MA", "F", "2020", "9")], action=Action.REPLACE)],
        ["MA F 2020 9", "MA F 2021 2"],
    ),
    Rule(
        "the past stays",
        [FIRST, Send(2, [obs("MA", "F", "2020", "9")])],
        ["MA F 2020 1 A", "MA F 2021 2"],
        at=1.5,
    ),
    Rule(
        "one period has one name",
        [Send(1, [obs("MA", "F", "2020-A1", "1")]), Send(2, [obs("MA", "F", "2020", "2")])],
        ["MA F 2020 2"],
    ),
    Rule(
        "numbers stay as written",
        [Send(1, [obs("MA", "F", str(2000 + n), text) for n, text in enumerate(
            ["12.50", "NaN", "9007199254740993", "26283", "-0", "1e3", "+1", "0.1"])])],
        ["MA F 2000 12.50", "MA F 2001 NaN", "MA F 2002 9007199254740993", "MA F 2003 26283",
         "MA F 2004 -0", "MA F 2005 1e3", "MA F 2006 +1", "MA F 2007 0.1"],
    ),
    Rule("delete one", [FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE)], ["MA F 2021 2"]),
    Rule("delete a series", [FIRST, Send(2, [obs("MA", "F", None)], action=DELETE)], []),
    Rule("delete all", [FIRST, Send(2, [obs("*", "*", None)], action=DELETE)], []),
    Rule("delete another", [FIRST, Send(2, [obs("DZ", "*", None)], action=DELETE)],
         ["MA F 2020 1 A", "MA F 2021 2"]),
    Rule("delete is of one's own", [FIRST, Send(2, [obs("MA", "*", None)], B, DELETE)],
         ["MA F 2020 1 A", "MA F 2021 2"]),
    Rule("delete a value", [FIRST, Send(2, [obs("MA", "F", "2020", "x")], action=DELETE)],
         ["MA F 2020 A", "MA F 2021 2"]),
    Rule("sent again after delete, nothing returns", [
        FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE),
        Send(3, [obs("MA", "F", "2020", "3")])], ["MA F 2020 3", "MA F 2021 2"]),
    Rule("data sets follow each other", [Send(1, [obs("MA", "F", "2020", "1")], more=(
        (DELETE, [obs("MA", "*", None)]), (Action.MERGE, [obs("MA", "F", "2021", "2")])))],
        ["MA F 2021 2"]),
    Rule("not released yet", PENDING, ["MA F 2020 1 A", "MA F 2021 2"], at=9),
    Rule("released", PENDING, ["MA F 2020 5 A", "MA F 2021 2"], at=10),
    Rule("a release can be superseded", [*PENDING, Send(3, [obs("MA", "F", "2020", "6")])],
         ["MA F 2020 6 A", "MA F 2021 2"]),
    Rule("a deletion can be released",
         [FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE, release=10)], ["MA F 2021 2"]),
    Rule("a deletion waits for release",
         [FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE, release=10)],
         ["MA F 2020 1 A", "MA F 2021 2"], at=9),
    Rule("what is written after a release sees it",
         [*PENDING, Send(11, [obs("MA", "F", "2020", OBS_STATUS="E")])],
         ["MA F 2020 5 E", "MA F 2021 2"]),
    Rule("the better agreement wins", BOTH, ["MA F 2020 1", "MA F 2021 2", "MA F 2022 8"]),
    Rule("the invisible do not win", BOTH, ["MA F 2020 1", "MA F 2021 2"], principal=PUBLIC),
    Rule("own rows are not masked", SECRET, ["MA F 2020 2 A C"], principal=PROVIDER_A),
    Rule("others' confidential rows are masked", SECRET, ["MA F 2020 Q"]),
    Rule("what is confidential now is masked in the past", SECRET, ["MA F 2020 Q"], at=1),
    Rule("what was confidential is masked in the past", [
        *SECRET, Send(3, [obs("MA", "F", "2020", "3", CONF_STATUS="F")])], ["MA F 2020 Q"], at=2),
    Rule("filters do not find what is masked", SECRET, [], asked=where("OBS_VALUE", "eq", "2")),
    Rule("filters see the mask", SECRET, ["MA F 2020 Q"], asked=where("OBS_STATUS", "eq", "Q")),
    Rule("numbers compare as numbers", [Send(1, [obs("MA", "F", "2020", "9"),
         obs("MA", "F", "2021", "10.0")])], ["MA F 2021 10.0"],
         asked=where("OBS_VALUE", "gt", "9.5")),
    Rule("a number equals another writing of it", [Send(1, [obs("MA", "F", "2021", "10.0")])],
         ["MA F 2021 10.0"], asked=where("OBS_VALUE", "eq", "10")),
    Rule("time from", [FIRST], ["MA F 2021 2"], asked=where("TIME_PERIOD", "ge", "2020-07")),
    Rule("time to", [FIRST], ["MA F 2020 1 A"], asked=where("TIME_PERIOD", "le", "2021-11")),
    Rule("what is absent is not equal", [FIRST], ["MA F 2021 2"],
         asked=where("OBS_STATUS", "ne", "A")),
    Rule("series attributes filter", [TITLED], ["MA F 2020 1"], asked=where("TITLE", "sw", "t")),
    Rule("data set attributes filter", [TITLED], [], asked=where("SOURCE", "co", "x")),
    Rule("first", [FIRST], ["MA F 2020 1 A"], asked={"first_observations": 1}),
    Rule("last", [FIRST], ["MA F 2021 2"], asked={"last_observations": 1}),
    Rule("first and last", [FIRST, Send(2, [obs("MA", "F", "2022", "3")])],
         ["MA F 2020 1 A", "MA F 2022 3"],
         asked={"first_observations": 1, "last_observations": 1}),
    Rule("offset and limit", [FIRST, Send(2, [obs("DZ", "F", "2022", "3")])], ["MA F 2020 1 A"],
         asked={"offset": 1, "limit": 1}),
    Rule("only the components asked for", [FIRST], ["MA F 2020 A", "MA F 2021"],
         asked={"components": frozenset({"OBS_STATUS"})}),
    Rule("keys with any", [FIRST, Send(2, [obs("DZ", "F", "2022", "3")])], ["DZ F 2022 3"],
         asked={"keys": ((frozenset({"DZ"}),),)}),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rows_are_as_the_rule_says(rule: Rule, store: Store, clock: Clock) -> None:
    for step in rule.sent:
        send(store, clock, step)

    (found,) = read(store, query(rule.at, rule.principal, now=max(50, rule.at), **rule.asked))

    assert [" ".join(row.values()) for row in found.rows] == rule.expected


@dataclass(frozen=True)
class Attributes:
    """Higher attributes expected on the first series, and on the data set."""

    name: str
    sent: list[Send]
    series: dict[str, str]
    dataset: dict[str, str] = field(default_factory=dict)
    at: float = 50


LATER = Send(3, [obs("MA", "M", "2020", "1"), obs("MA", "F", "2022", "1")])
ATTRIBUTES = [
    Attributes("given", [TITLED], {"TITLE": "t", "UNIT": "u"}, {"SOURCE": "s"}),
    Attributes("given without observations",
               [TITLED, Send(2, [obs("MA", "*", None, UNIT="v")])],
               {"TITLE": "t", "UNIT": "v"}, {"SOURCE": "s"}),
    Attributes("before the change", [TITLED, Send(2, [obs("MA", "*", None, UNIT="v")])],
               {"TITLE": "t", "UNIT": "u"}, {"SOURCE": "s"}, at=1.5),
    Attributes("replace merges them",
               [TITLED, Send(2, [obs("MA", "F", "2020", "2")], action=Action.REPLACE)],
               {"TITLE": "t", "UNIT": "u"}, {"SOURCE": "s"}),
    Attributes("delete of a period leaves them",
               [TITLED, Send(2, [obs("MA", "F", "2021", "2")]),
                Send(3, [obs("MA", "F", "2020")], action=DELETE)],
               {"TITLE": "t", "UNIT": "u"}, {"SOURCE": "s"}),
    Attributes("delete of a series takes its own only",
               [TITLED, Send(2, [obs("MA", "F", None)], action=DELETE), LATER],
               {"UNIT": "u"}, {"SOURCE": "s"}),
    Attributes("delete of an area takes the area's",
               [TITLED, Send(2, [obs("MA", "*", None)], action=DELETE), LATER],
               {}, {"SOURCE": "s"}),
    Attributes("delete of all takes all",
               [TITLED, Send(2, [obs("*", "*", None)], action=DELETE), LATER], {}),
    Attributes("delete of a named attribute",
               [TITLED, Send(2, [obs("MA", "F", None, UNIT="x")], action=DELETE)],
               {"TITLE": "t"}, {"SOURCE": "s"}),
    Attributes("those of the winner of the latest period", BOTH, {"TITLE": "of B"}),
    Attributes("pending", [TITLED, Send(2, [obs("MA", "F", None, TITLE="new")], release=10)],
               {"TITLE": "t", "UNIT": "u"}, {"SOURCE": "s"}, at=9),
    Attributes("released", [TITLED, Send(2, [obs("MA", "F", None, TITLE="new")], release=10)],
               {"TITLE": "new", "UNIT": "u"}, {"SOURCE": "s"}, at=10),
]  # fmt: skip


@pytest.mark.parametrize("rule", ATTRIBUTES, ids=lambda rule: rule.name)
def test_higher_attributes_are_as_the_rule_says(
    rule: Attributes, store: Store, clock: Clock
) -> None:
    for step in rule.sent:
        send(store, clock, step)

    (found,) = read(store, query(rule.at))

    dimensions = {"AREA": "MA", "SEX": "F"}
    assert found.series[0] == {**dimensions, **rule.series}
    assert found.dataset == rule.dataset


@dataclass(frozen=True)
class Change:
    """Slices expected: ``action: rows``, with the instant in days where history is asked for."""

    name: str
    sent: list[Send]
    expected: list[str]
    since: float | None = 1.5
    at: float = 50
    history: bool = False


CHANGES = [
    Change("nothing has changed", [FIRST], []),
    Change("opened since", [FIRST, Send(2, [obs("MA", "F", "2020", "9")])],
           ["Replace: MA F 2020 9 A"]),
    Change("opened since though equal", [FIRST, Send(2, [obs("MA", "F", "2021", "2")])],
           ["Replace: MA F 2021 2"]),
    Change("closed since", [FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE)],
           ["Delete: MA F 2020"]),
    Change("closed and opened again", [FIRST, Send(2, [obs("MA", "F", "2020")], action=DELETE),
           Send(3, [obs("MA", "F", "2020", "4")])], ["Replace: MA F 2020 4"]),
    Change("opened and closed again", [FIRST, Send(2, [obs("MA", "F", "2022", "3")]),
           Send(3, [obs("MA", "F", "2022")], action=DELETE)], []),
    Change("the winner is gone, the next one shows", [*BOTH,
           Send(3, [obs("MA", "F", "2021")], action=DELETE)], ["Replace: MA F 2021 7"], since=2.5),
    Change("an attribute alone", [TITLED, Send(2, [obs("MA", "F", None, TITLE="v")])],
           ["Replace: MA F TITLE=v SOURCE=s"]),
    Change("an attribute of the data set alone",
           [TITLED, Send(2, [obs("*", "*", None, SOURCE="v")])], ["Replace: SOURCE=v"]),
    Change("an attribute of the data set is removed", REMOVED, ["Delete: SOURCE=s"]),
    Change("history with a removed attribute of the data set", REMOVED,
           ["1 Replace: MA F 2020 1 SOURCE=s", "2 Delete: SOURCE=s"], since=None, history=True),
    Change("everything is deleted, the attribute of the data set with it",
           [TITLED, Send(2, [obs("*", "*", None)], action=DELETE)],
           ["Delete: MA F 2020", "Delete: SOURCE=s"]),
    Change("history", [FIRST, Send(2, [obs("MA", "F", "2020", "9")]),
           Send(3, [obs("MA", "F", "2020")], action=DELETE)],
           ["1 Replace: MA F 2020 1 A, MA F 2021 2", "2 Replace: MA F 2020 9 A",
            "3 Delete: MA F 2020"], since=None, history=True),
    Change("history after", [FIRST, Send(2, [obs("MA", "F", "2020", "9")]),
           Send(3, [obs("MA", "F", "2020")], action=DELETE)],
           ["2 Replace: MA F 2020 9 A", "3 Delete: MA F 2020"], history=True),
    Change("history up to", [FIRST, Send(2, [obs("MA", "F", "2020", "9")]),
           Send(3, [obs("MA", "F", "2020")], action=DELETE)],
           ["2 Replace: MA F 2020 9 A"], history=True, at=2),
    Change("a release is a change", PENDING, ["Replace: MA F 2020 5 A"]),
]  # fmt: skip


@pytest.mark.parametrize("rule", CHANGES, ids=lambda rule: rule.name)
def test_changes_are_as_the_rule_says(rule: Change, store: Store, clock: Clock) -> None:
    for step in rule.sent:
        send(store, clock, step)

    asked = query(rule.at, since=rule.since, include_history=rule.history)

    assert [_told(part) for part in read(store, asked)] == rule.expected


def _told(part: Any) -> str:
    instant = part.valid_from or part.valid_to
    when = f"{(instant - query(0).selection.at).days} " if instant else ""
    rows = [" ".join(row.values()) for row in part.rows]
    rows = rows or [f"{r['AREA']} {r['SEX']} TITLE={r['TITLE']}" for r in part.series]
    dataset = [f"SOURCE={text}" for text in part.dataset.values()]
    return f"{when}{part.action}: {' '.join([', '.join(rows), *dataset]).strip()}"
