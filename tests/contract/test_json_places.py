"""A refusal of an SDMX-JSON data message says where in the message what is wrong stands."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from sdmx_service.formats.json.read import read_json
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from tests.structures_of_tests import SMALL, knows

FREQ = {"id": "FREQ", "keyPosition": 0, "values": [{"id": "A"}]}
STATUS = {"id": "OBS_STATUS", "values": [{"id": "F"}]}
OBSERVATION = {"id": "TIME_PERIOD", "values": [{"value": "2020"}, {"value": "2021"}]}


def message(dataset: dict[str, Any], **structure: Any) -> dict[str, Any]:
    """One data set of one series and two periods, with what is wrong about it."""
    stated = {
        "links": [{"urn": SMALL.ref.urn}],
        "dimensions": {"series": [FREQ], "observation": [OBSERVATION]},
        "measures": {"observation": [{"id": "OBS_VALUE"}]},
        "attributes": {"observation": [STATUS]},
    }
    return {"data": {"dataSets": [dataset], "structures": [stated | structure]}}


def series(observations: Any, key: str = "0", **more: Any) -> dict[str, Any]:
    return {"series": {key: {"observations": observations, **more}}}


OF_SERIES = "/data/dataSets/0/series"
FLAT = {"dimensions": {"observation": [FREQ, OBSERVATION]}}
GROUPS = {"attributes": {"dimensionGroup": [STATUS]}}
CASES = {
    "a value": (series({"0": [1], "1": [2, 7]}), {}, f"{OF_SERIES}/0/observations/1/1"),
    "a list": (series({"0": 7}), {}, f"{OF_SERIES}/0/observations/0"),
    "a place of time": (series({"0": [1], "2": [1]}), {}, f"{OF_SERIES}/0/observations/2"),
    "a key": (series({}, "0:0"), {}, f"{OF_SERIES}/0:0"),
    "a key of no places": (series({}, "a/b"), {}, f"{OF_SERIES}/a~1b"),
    "a place of a dimension": (series({"0": [1]}, "3"), {}, f"{OF_SERIES}/3/attributes"),
    "no series": ({"series": {"0": 1}}, {}, f"{OF_SERIES}/0"),
    "a flat value": (
        {"observations": {"0:0": [1, 0], "0:1": [1, 9]}},
        FLAT,
        "/data/dataSets/0/observations/0:1/1",
    ),
    "a group": (
        {"dimensionGroupAttributes": {"0:~:5": [0]}},
        GROUPS,
        "/data/dataSets/0/dimensionGroupAttributes/0:~0:5",
    ),
    "an attribute of the data set": (
        {"attributes": [None, 4]},
        {"attributes": {"dataSet": [{"id": "X"}, STATUS]}},
        "/data/dataSets/0/attributes/1",
    ),
    "a component": (
        {},
        {"attributes": {"observation": [STATUS, {"values": []}]}},
        "/data/structures/0/attributes/observation/1",
    ),
    "no list": (
        {},
        {"measures": {"observation": 1}},
        "/data/structures/0/measures/observation",
    ),
    "no structure": ({"structure": 4}, {}, "/data/dataSets/0/structure"),
}


def walk(text: bytes, rows: int) -> None:
    limits = Limits(batch_rows=rows)
    for _ in read_json(io.BytesIO(text), knows(SMALL), ProblemCollector(), limits).batches:
        pass


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("rows", [1, 65536])
def test_what_is_wrong_is_named_by_its_pointer(case: str, rows: int) -> None:
    dataset, structure, pointer = CASES[case]
    text = json.dumps(message(dataset, **structure)).encode()
    with pytest.raises(Refused) as caught:
        walk(text, rows)
    problem = caught.value.problem
    assert problem.code == "JSON_MALFORMED"
    assert str(problem.arguments["reason"]).rpartition(": ")[2] == pointer
