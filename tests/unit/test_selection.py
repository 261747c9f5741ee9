"""What a data query says of a layout: order, the dimension at the observation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.problem import Refused
from sdmx_service.model.query import DataQuery, SortTerm
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.service.selection import observation_dimension, selection_of

REF = Ref(ArtefactClass.DATA_STRUCTURE, "T", "D", "1.0.0")
LAYOUT = Layout(
    REF,
    ("A", "B", "C"),
    "TIME_PERIOD",
    ("OBS_VALUE",),
    (AttributeColumn("S", ("A", "B"), False, False), AttributeColumn("O", (), True, False)),
)
NO_TIME = Layout(REF, ("A", "B"), None, ("OBS_VALUE",), ())
ONE = Layout(REF, ("A",), None, ("OBS_VALUE",), ())
T = "TIME_PERIOD"

# Sort | dimension at the observation | a table | terms, a minus before what descends
ORDERS = [
    ("", None, False, ""),
    ("", None, True, ""),
    ("-T B", None, True, "-T B"),
    ("-T B", None, False, "B A C -T"),
    ("-T B", "AllDimensions", False, "-T B"),
    ("B", None, False, "B A C T"),
    ("-*", None, True, "-A -B -C -T"),
    ("-*", None, False, "-A -B -C -T"),
    ("T -*", None, True, "T -A -B -C"),
    ("-series_key", None, False, "-A -B -C T"),
    ("-series_key", None, True, "-A -B -C"),
    ("-series_key", "AllDimensions", True, "-A -B -C"),
    ("-series_key", "B", False, "-A -C -T B"),
    ("-B T", "B", False, "T A C -B"),
    ("A -A", None, True, "A"),
    ("-OBS_VALUE S O", None, True, "-OBS_VALUE S O"),
    ("-OBS_VALUE S O", "AllDimensions", False, "-OBS_VALUE S O"),
    ("-OBS_VALUE -S O", None, False, "-S A B C T"),
    ("-OBS_VALUE O", None, False, ""),
    ("-S", "C", False, "-S A B T C"),
    ("-S", "B", False, ""),
]


def _terms(text: str) -> tuple[SortTerm, ...]:
    words = [word.replace("T", T) if word in ("T", "-T") else word for word in text.split()]
    return tuple(SortTerm(word.lstrip("-"), word.startswith("-")) for word in words)


@pytest.mark.parametrize(("sort", "at", "flat", "expected"), ORDERS)
def test_order(sort: str, at: str | None, flat: bool, expected: str) -> None:
    query = DataQuery(sort=_terms(sort), dimension_at_observation=at)
    found = selection_of(query, LAYOUT, datetime(2026, 1, 1, tzinfo=UTC), flat=flat)
    assert found.order == _terms(expected)


@pytest.mark.parametrize(
    ("layout", "asked", "found"),
    [
        (LAYOUT, None, T),
        (LAYOUT, "B", "B"),
        (LAYOUT, "AllDimensions", "AllDimensions"),
        (NO_TIME, None, "AllDimensions"),
        (NO_TIME, T, "AllDimensions"),
        (NO_TIME, "B", "B"),
        (ONE, "A", "AllDimensions"),
    ],
)
def test_dimension_at_the_observation(layout: Layout, asked: str | None, found: str) -> None:
    assert observation_dimension(DataQuery(dimension_at_observation=asked), layout) == found
    with pytest.raises(Refused) as caught:
        observation_dimension(DataQuery(dimension_at_observation="OBS_VALUE"), layout)
    assert caught.value.problem.code == "QUERY_COMPONENT_UNKNOWN"
