"""What the fast reader takes of a window of generic SDMX-ML, and where it stops."""

from __future__ import annotations

import pytest

from sdmx_service.formats.xml.ml_fast import Stretch, read_window
from sdmx_service.formats.xml.ml_generic_between import generic
from sdmx_service.model.limits import Limits
from tests.unit.test_fast_window import PLAN

KEY = (
    '<g:SeriesKey><g:Value id="FREQ" value="A"/>\n<g:Value id="REF_AREA" value="MA"/></g:SeriesKey>'
)
ABOVE = '<g:Attributes><g:Value id="UNIT" value="x &amp; y"/></g:Attributes>'
OBS = (
    '<g:Obs><g:ObsDimension value="2020"/>\n<g:ObsValue value="1"/>'
    '<g:Attributes><g:Value id="OBS_STATUS" value="A"/></g:Attributes></g:Obs>\n'
)
SERIES = f"<g:Series>{KEY}{ABOVE}\n{OBS}{OBS}</g:Series>\n"
BARE = '<g:Series><g:SeriesKey><g:Value id="FREQ" value="A"/></g:SeriesKey></g:Series>\n'
SHORT = BARE.replace("</g:Series>", '<g:Obs><g:ObsDimension value="2020"/></g:Obs></g:Series>')
NAMED = SHORT.replace("<g:ObsDimension", '<g:ObsDimension id="TIME_PERIOD"')
FLAT = '<g:Obs><g:ObsKey><g:Value id="FREQ" value="A"/></g:ObsKey><g:ObsValue value="1"/></g:Obs>\n'
NO_VALUE = FLAT.replace('<g:ObsValue value="1"/>', ABOVE)
END = "</m:DataSet>"


def taken(window: bytes, line: int = 1) -> Stretch | None:
    grammar = generic(window, sorted(PLAN.components), "TIME_PERIOD", "OBS_VALUE")
    return read_window(window, grammar, PLAN, line, Limits()) if grammar else None


@pytest.mark.parametrize("prefix", ["g:", "generic:", ""])
@pytest.mark.parametrize("element", [SERIES, BARE, SHORT, NAMED, FLAT, NO_VALUE])
def test_all_but_the_last_element_is_taken(element: str, prefix: str) -> None:
    element = element.replace("g:", prefix)
    stretch = taken((element * 50 + END).encode())
    assert stretch is not None
    assert stretch.rows.num_rows == 49 * (2 if OBS.replace("g:", prefix) in element else 1)
    assert stretch.consumed == 49 * len(element)
    assert stretch.lines == 49 * element.count("\n")


def test_rows_have_values_of_their_series_and_lines() -> None:
    stretch = taken((BARE + SERIES + NO_VALUE + FLAT * 2).encode(), line=10)
    assert stretch is not None
    rows = [
        {name: value for name, value in row.items() if value is not None}
        for row in stretch.rows.to_pylist()
    ]
    observed = {
        "FREQ": "A", "REF_AREA": "MA", "UNIT": "x & y", "TIME_PERIOD": "2020",
        "OBS_VALUE": "1", "OBS_STATUS": "A",
    }  # fmt: skip
    assert rows == [
        {"FREQ": "A", "_line": 10},
        observed | {"_line": 13},
        observed | {"_line": 15},
        {"FREQ": "A", "UNIT": "x & y", "_line": 18},
        {"FREQ": "A", "OBS_VALUE": "1", "_line": 19},
    ]


@pytest.mark.parametrize(
    "odd",
    [
        "<!-- note -->" + SERIES,
        SERIES.replace("<g:Series>", '<g:Series xmlns:g="urn:other">'),
        SERIES.replace("g:", "h:"),
        SERIES.replace('id="FREQ"', 'id="UNKNOWN"'),
        SERIES.replace('id="FREQ" value="A"', 'value="A" id="FREQ"'),
        SERIES.replace('<g:Value id="UNIT"', "<g:Value"),
        SERIES.replace('"2020"', '"20<20"'),
        SERIES.replace('"2020"', '"20\n20"'),
        SERIES.replace('<g:ObsDimension value="2020"/>', ""),
        SERIES.replace("</g:SeriesKey>", "</g:Attributes>"),
        SERIES.replace("<g:SeriesKey>", "<g:ObsKey>").replace("</g:SeriesKey>", "</g:ObsKey>"),
        OBS + SERIES,
        SERIES.replace(OBS, FLAT),
        SERIES.replace('id="UNIT"', 'id="FREQ"'),
        SERIES.replace(KEY + ABOVE, ABOVE + KEY),
        FLAT.replace("<g:ObsKey>", "").replace("</g:ObsKey>", ""),
        FLAT.replace("</g:Obs>", "</g:Obs></g:Series>"),
        "<g:Group><g:GroupKey>" + BARE[len("<g:Series><g:SeriesKey>") :],
    ],
)
def test_it_takes_nothing_that_is_odd(odd: str) -> None:
    stretch = taken((SERIES * 3 + odd + SERIES * 3).encode())
    # What stands before the odd element may be taken, less its last series.
    assert stretch is None or stretch.consumed <= 3 * len(SERIES)


def test_an_element_of_another_kind_has_no_grammar() -> None:
    assert taken(b"<!-- note -->" + SERIES.encode()) is None
    assert taken(b"</m:DataSet>") is None
