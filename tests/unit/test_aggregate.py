"""Totals: what counts, what is missing, what is shared, and rules as annotations say them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sdmx_service.merge.aggregate import totals
from sdmx_service.merge.declared import AggregationRule, rule_of
from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import About, Annotation

OBSERVATION = ("OBS_STATUS", "CONF_STATUS", "COMMENT_OBS")
LAYOUT = Layout(
    Ref(ArtefactClass.DATA_STRUCTURE, "A", "D", "1.0.0"),
    ("AREA", "SOURCE", "SEX"),
    "TIME_PERIOD",
    ("OBS_VALUE",),
    (
        *(AttributeColumn(name, (), True, False) for name in OBSERVATION),
        AttributeColumn("UNIT_MEASURE", ("SEX",), False, True),
        AttributeColumn("NOTE", ("AREA", "SOURCE", "SEX"), False, False),
        AttributeColumn("ORG", ("SOURCE",), False, True),
    ),
)
RULE = AggregationRule(
    dimension="AREA",
    parts=("X", "Y", "Z"),
    total="ALL",
    moved={"SOURCE": ("S", "CALC")},
    where={"UNIT_MEASURE": ("PS",)},
    minimum=2,
    assigned={"ORG": "HUB"},
)


def _rows(*rows: str) -> pa.Table:
    """Rows of ``AREA SOURCE SEX TIME VALUE STATUS UNIT NOTE``; ``-`` = null."""
    names = ("AREA", "SOURCE", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE",
             "NOTE")  # fmt: skip
    cells = [[None if cell == "-" else cell for cell in row.split()] for row in rows]
    given = dict(zip(names, zip(*cells, strict=True), strict=True))
    schema = LAYOUT.schema(lines=False)
    columns = [pa.array(given.get(f.name, [None] * len(rows)), pa.string()) for f in schema]
    return pa.table(columns, names=schema.names).cast(schema)


def _totals(*rows: str) -> list[dict[str, str | None]]:
    return totals(_rows(*rows), LAYOUT, RULE).to_pylist()


def test_a_total_of_all_parts() -> None:
    (total,) = _totals("X S F 2020 1 A PS n", "Y S F 2020 2 A PS n", "Z S F 2020 0.5 A PS n")
    assert total == {
        "AREA": "ALL", "SOURCE": "CALC", "SEX": "F", "TIME_PERIOD": "2020", "OBS_VALUE": "3.5",
        "OBS_STATUS": "E", "CONF_STATUS": "F", "COMMENT_OBS": None, "UNIT_MEASURE": "PS",
        "NOTE": "n", "ORG": "HUB",
    }  # fmt: skip


def test_missing_is_not_zero_and_is_named() -> None:
    (total,) = _totals("X S F 2020 1 A PS n", "Z S F 2020 2 A PS m")
    assert (total["OBS_VALUE"], total["COMMENT_OBS"]) == ("3", "missing: Y")
    assert total["NOTE"] is None


@pytest.mark.parametrize(
    "other",
    [
        "Y S F 2020 - Q PS n",  # masked
        "Y S F 2020 NaN A PS n",
        "Y S F 2021 2 A PS n",  # another period
        "Y S M 2020 2 A PS n",  # another series
        "Y OTHER F 2020 2 A PS n",
        "ELSEWHERE S F 2020 2 A PS n",
        "Y S F 2020 2 A PT n",  # a rate is never summed
    ],
)
def test_too_few_parts_give_no_total(other: str) -> None:
    assert _totals("X S F 2020 1 A PS n", other) == []


def test_nothing_gives_nothing() -> None:
    empty = LAYOUT.schema(lines=False).empty_table()
    assert totals(empty, LAYOUT, RULE).num_rows == 0


def _annotated(**titles: str) -> About:
    notes = tuple(Annotation(type=f"AGGREGATE_{kind}", title=t) for kind, t in titles.items())
    return About(annotations=notes)


def test_a_rule_as_annotations_say_it() -> None:
    about = _annotated(
        OVER="AREA:X,Y,Z>ALL", FROM="SOURCE:S>CALC", WHERE="UNIT_MEASURE:PS", MINIMUM="2",
        SET="ORG=HUB",
    )  # fmt: skip
    assert rule_of(about) == RULE
    assert rule_of(About()) is None
    assert RULE.inputs == {"SOURCE": frozenset({"S"}), "AREA": frozenset({"X", "Y", "Z"})}
    assert RULE.outputs == {"SOURCE": frozenset({"CALC"}), "AREA": frozenset({"ALL"})}


@pytest.mark.parametrize(
    "titles",
    [
        {"OVER": "AREA:X,Y"},
        {"OVER": ""},
        {"OVER": "AREA:X>ALL", "FROM": "SOURCE"},
        {"OVER": "AREA:X>ALL", "WHERE": "UNIT"},
        {"OVER": "AREA:X>ALL", "MINIMUM": "many"},
        {"OVER": "AREA:X>ALL", "SET": "ORG"},
    ],
)
def test_malformed_rules_are_refused(titles: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the contract
        rule_of(_annotated(**titles))
