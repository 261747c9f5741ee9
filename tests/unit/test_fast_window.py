"""What the fast reader of SDMX-ML takes of a window, and where it stops."""

from __future__ import annotations

import pytest

from sdmx_service.formats.xml.ml_between import specific
from sdmx_service.formats.xml.ml_dataset import DataSetPlan
from sdmx_service.formats.xml.ml_fast import Stretch, read_window
from sdmx_service.model.columns import layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Action, StructureUse
from tests.structures_of_tests import SMALL

LAYOUT = layout_of(SMALL)
PLAN = DataSetPlan(
    number=0,
    line=4,
    structure=StructureUse(declared=SMALL.ref, data_structure=SMALL, layout=LAYOUT),
    action=Action.MERGE,
    declared_action=None,
    schema=LAYOUT.schema(),
    components=frozenset(LAYOUT.columns),
    explicit_measure=None,
    observation_dimension="TIME_PERIOD",
    attributes={},
)
SERIES = '<Series FREQ="A">\n<Obs TIME_PERIOD="2020" OBS_VALUE="1"/>\n</Series>\n'
FLAT = '<Obs FREQ="A" TIME_PERIOD="2020"></Obs>\n'
GROUP = '<Group REF_AREA="MA" SOURCE_GROUP="x &amp; y"/>\n'
EMPTY = '<Series FREQ="A"></Series>\n'
END = "</m:DataSet>"


def taken(window: bytes, line: int = 1) -> Stretch | None:
    return read_window(window, specific(sorted(PLAN.components)), PLAN, line, Limits())


@pytest.mark.parametrize("element", [SERIES, FLAT, GROUP, EMPTY])
def test_all_but_the_last_element_is_taken(element: str) -> None:
    stretch = taken((element * 50 + END).encode())
    assert stretch is not None
    assert stretch.rows.num_rows == 49
    assert stretch.consumed == 49 * len(element)
    assert stretch.lines == 49 * element.count("\n")


def test_rows_have_values_of_their_series_and_lines() -> None:
    stretch = taken((GROUP + SERIES + EMPTY + FLAT * 2).encode(), line=10)
    assert stretch is not None
    rows = [
        {name: value for name, value in row.items() if value is not None}
        for row in stretch.rows.to_pylist()
    ]
    assert rows == [
        {"REF_AREA": "MA", "SOURCE_GROUP": "x & y", "_line": 10},
        {"FREQ": "A", "TIME_PERIOD": "2020", "OBS_VALUE": "1", "_line": 12},
        {"FREQ": "A", "_line": 14},
        {"FREQ": "A", "TIME_PERIOD": "2020", "_line": 15},
    ]


@pytest.mark.parametrize(
    "odd",
    [
        "<!-- note -->" + SERIES,
        "<Annotations/>" + SERIES,
        SERIES.replace("FREQ", "UNKNOWN"),
        SERIES.replace('"A"', "'A'"),
        SERIES.replace('"2020"', '"20<20"'),
        SERIES.replace('"2020"', '"20\n20"'),
        SERIES.replace("</Series>", "</Obs>"),
        SERIES.replace("<Obs", "<Series"),
        SERIES.replace("<Obs", "<Group"),
        SERIES.replace("/>\n</Series>", "/>"),
        SERIES.replace(' OBS_VALUE="1"', ' OBS_VALUE="1" OBS_VALUE="2"'),
        SERIES.replace(' OBS_VALUE="1"', ' xsi:type="x"'),
        SERIES.replace(' OBS_VALUE="1"', 'OBS_VALUE="1"'),
    ],
)
def test_it_takes_nothing_that_is_odd(odd: str) -> None:
    text = (SERIES * 3 + odd + SERIES * 3).encode()
    stretch = taken(text)
    # What stands before the odd element may be taken, less its last series.
    assert stretch is None or stretch.consumed <= 3 * len(SERIES)


@pytest.mark.parametrize("value", [b"\xff", b"\xef\xbf\xbf", b"&#65;", b"&unknown;"])
def test_it_leaves_the_window_to_the_strict_reader(value: bytes) -> None:
    text = (SERIES * 3).encode().replace(b"2020", value)
    assert taken(text) is None


def test_a_series_without_end_is_not_taken() -> None:
    text = '<Series FREQ="A">' + '<Obs TIME_PERIOD="2020"/>' * 100
    assert taken(text.encode()) is None
