"""Filters on cells of several values or languages: each term is met by any text of the cell, what
is denied by none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.message import Action
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.values import cell_of, value_of
from sdmx_service.storage.base import Store
from sdmx_service.storage.memory.match import meets
from tests.contract.storage.building import A, Clock, batch, day, query, read, submission

LAYOUT = Layout(
    data_structure=Ref(ArtefactClass.DATA_STRUCTURE, "TEST", "SEVERAL", "1.0.0"),
    dimensions=("AREA",),
    time="TIME_PERIOD",
    measures=("OBS_VALUE",),
    attributes=(
        AttributeColumn("TAG", (), True, False),
        AttributeColumn("SOURCE", ("AREA",), False, False),
        AttributeColumn("NOTE", (), False, False),
    ),
    multiple=("OBS_VALUE", "TAG", "SOURCE"),
    multilingual=("SOURCE", "NOTE"),
)
ROWS = {
    "two": {
        "TAG": cell_of(["A", "BC"]),
        "OBS_VALUE": cell_of(["1", "10.0", "x"]),
        "SOURCE": cell_of([value_of({"en": "Census", "fr": "Recensement"}), "Survey"]),
    },
    "one": {"TAG": "A", "OBS_VALUE": "5", "SOURCE": value_of({"fr": "Registre"})},
    "none": {},
}
NOTE = value_of({"en": "Note", "ar": "ملاحظة"})

# Component | filter | areas
FILTERS = [
    ("TAG", [["eq:A"]], ["one", "two"]),
    ("TAG", [["eq:BC"]], ["two"]),
    ("TAG", [["eq:A", "eq:BC"]], ["two"]),
    ("TAG", [["eq:A", "ne:BC"]], ["one"]),
    ("TAG", [["ne:BC"]], ["none", "one"]),
    ("TAG", [["ne:A"]], ["none"]),
    ("TAG", [["co:C"]], ["two"]),
    ("TAG", [["nc:C"]], ["none", "one"]),
    ("TAG", [["sw:B"]], ["two"]),
    ("TAG", [["ew:A", "ew:C"]], ["two"]),
    ("TAG", [["gt:A"]], ["two"]),
    ("TAG", [["le:A", "ge:B"]], ["two"]),
    ("TAG", [["eq:X"], ["eq:BC"]], ["two"]),
    ("OBS_VALUE", [["ge:10"]], ["two"]),
    ("OBS_VALUE", [["eq:10"]], ["two"]),
    ("OBS_VALUE", [["lt:2", "gt:9"]], ["two"]),
    ("OBS_VALUE", [["ne:5"]], ["none", "two"]),
    ("OBS_VALUE", [["eq:x"]], ["two"]),
    ("OBS_VALUE", [["gt:x"]], []),
    ("SOURCE", [["eq:Recensement"]], ["two"]),
    ("SOURCE", [["eq:Survey", "sw:Cens"]], ["two"]),
    ("SOURCE", [["co:fr"]], []),
    ("SOURCE", [["ne:Registre"]], ["none", "two"]),
    ("NOTE", [["eq:ملاحظة"]], ["none", "one", "two"]),
    ("NOTE", [["nc:Not"]], []),
]


def _filter(component: str, any_of: list[list[str]]) -> ComponentFilter:
    return ComponentFilter(
        component,
        tuple(
            tuple(Term(Operator(text.partition(":")[0]), text.partition(":")[2]) for text in terms)
            for terms in any_of
        ),
    )


@pytest.fixture
def filled(store: Store, clock: Clock) -> Store:
    store.prepare(LAYOUT)
    clock.now = day(1)
    stage = store.stage(LAYOUT)
    rows = [{"AREA": area, "TIME_PERIOD": "2020", **row} for area, row in ROWS.items()]
    rows[0]["NOTE"] = NOTE
    stage.add(batch(rows, Action.MERGE, layout=LAYOUT))
    with store.write() as transaction:
        transaction.apply(stage, A, transaction.number, day(1), now=day(1))
        transaction.record(submission(transaction.number))
    return store


@pytest.mark.parametrize(("component", "any_of", "areas"), FILTERS)
def test_filters(filled: Store, component: str, any_of: list[list[str]], areas: list[str]) -> None:
    asked = query(50, layout=LAYOUT, filters=(_filter(component, any_of),))
    (found,) = read(filled, asked)
    assert [row["AREA"] for row in found.rows] == areas
    assert filled.coverage(asked)["AREA"].to_pylist() == areas


TEXTS = st.sampled_from(["A", "AB", "b", "10", "9.5", ""])


@settings(max_examples=200)
@given(st.sampled_from(list(Operator)), TEXTS, TEXTS)
def test_one_value_is_met_as_if_there_could_be_no_more(
    operator: Operator, text: str, value: str
) -> None:
    wanted = ComponentFilter("X", ((Term(operator, text),),))
    for kind in ("text", "measure"):
        assert meets(wanted, value, kind, several=True) == meets(wanted, value, kind)
