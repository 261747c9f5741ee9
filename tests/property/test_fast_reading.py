"""The fast reader of SDMX-ML gives what the strict one gives, whatever the message."""

from __future__ import annotations

import io
import re
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdmx_service.formats.xml import ml_source
from sdmx_service.formats.xml.ml_source import XmlSource
from tests.messages_of_tests import LIMITS, XML_END, in_version, read, xml

REGULAR = st.sampled_from(["A", "MA", "2020", "1.50", "", "é ⵣ", "a &amp; b", "&lt;", "x > y"])
VALUES = st.sampled_from(
    ["A", "MA", "2020", "1.50", "", "é ⵣ", "a &amp; b", "&lt;", "&#65;", "it's", "a\tb", "x > y"]
)
GAPS = st.sampled_from(["", " ", "\n", "\n  ", "\r\n", "\n\n", "\r"])
ODDITIES = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        '<!-- "quoted" </Series> -->',
        "text",
        '<?pi "x"?>',
        '<Annotations><Annotation id="1"/></Annotations>',
    ]
)
COMPS = st.sampled_from(
    [
        '<Comp id="COMMENT"><Value>a</Value>\n<Value>b &amp; c</Value></Comp>',
        '<Comp id="UNIT"><Value><c:Text xml:lang="fr">x</c:Text> <c:Text>y</c:Text></Value></Comp>',
        '<Comp id="FOREIGN"><Value>a</Value></Comp>',
    ]
)
VERSIONS = st.sampled_from(["v2_1", "v3_0", "v3_1"])
DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR")
OF_SERIES = (*DIMENSIONS, "UNIT", "CONTACT")
OF_OBS = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "COMMENT", "UNIT")
RARE = st.sampled_from(["FOREIGN", "EMBARGO_TIME", "xsi:type", "REPORTING_YEAR_START_DAY"])


@st.composite
def tags(
    draw: st.DrawFn, name: str, attributes: tuple[str, ...], odd: bool, inner: str = ""
) -> str:
    chosen = draw(st.lists(st.sampled_from(attributes), min_size=1, max_size=4, unique=True))
    if odd and draw(st.integers(0, 9)) == 0:
        chosen.append(draw(RARE))
    quote = "'" if odd and draw(st.integers(0, 9)) == 0 else '"'
    values = [draw(VALUES if odd else REGULAR).replace("'", "") for _ in chosen]
    texts = [f"{item}={quote}{value}{quote}" for item, value in zip(chosen, values, strict=True)]
    begin = f"<{name} " + draw(st.sampled_from([" ", "\n "])).join(texts)
    if not inner and draw(st.booleans()):
        return begin + "/>"
    return f"{begin}>{inner}</{name}>"


@st.composite
def observations(draw: st.DrawFn, odd: bool) -> str:
    inner = draw(COMPS) if odd and draw(st.booleans()) else ""
    return draw(tags("Obs", OF_OBS, odd, inner))


@st.composite
def datasets(draw: st.DrawFn) -> str:
    """A data set; three of four series are regular, so that the fast reader takes them."""
    gap = draw(GAPS)
    parts = [draw(tags("Group", ("REF_AREA", "INDICATOR", "SOURCE_GROUP"), False))]
    for _ in range(draw(st.integers(0, 8))):
        odd = draw(st.integers(0, 3)) == 0
        if draw(st.integers(0, 5)) == 0:
            parts.append(draw(tags("Obs", (*DIMENSIONS, *OF_OBS), odd)))
            continue
        if odd and draw(st.integers(0, 3)) == 0:
            parts.append(f'<Atts REF_AREA="MA" CONTACT="me">{draw(COMPS)}</Atts>')
        within = draw(st.lists(observations(odd), max_size=4))
        head = draw(COMPS) if odd and draw(st.booleans()) else gap
        inner = gap.join([head, *within, draw(ODDITIES) if odd else gap])
        parts.append(draw(tags("Series", OF_SERIES, odd, inner)))
    attributes = draw(st.sampled_from(["", ' COMPILER="me"', ' ss:action="Delete" FOREIGN="1"']))
    return f'<m:DataSet ss:structureRef="S1"{attributes}>{gap}{gap.join(parts)}{gap}</m:DataSet>'


@given(st.lists(datasets(), min_size=1, max_size=2), st.integers(200, 2000), VERSIONS)
@settings(max_examples=90, deadline=None)
@example(['<m:DataSet ss:structureRef="S1"/>'], 100, "v2_1")
def test_fast_and_strict_give_the_same(texts: list[str], window_bytes: int, version: str) -> None:
    message = in_version(xml("\n".join(texts)), version)
    assert_same(message, window_bytes)


@given(datasets(), st.integers(200, 2000), VERSIONS, st.data())
@settings(max_examples=50, deadline=None)
def test_damaged_messages_are_refused_alike(
    text: str, window_bytes: int, version: str, data: st.DataObject
) -> None:
    message = in_version(xml(text), version)
    end = len(message) - len(XML_END)
    position = data.draw(st.integers(end - len(text.encode()), end))
    length = data.draw(st.integers(1, 4))
    instead = data.draw(st.sampled_from([b"", b"", b'"', b"<", b"\xff", b"\0", b"\x01"]))
    assert_same(message[:position] + instead + message[position + length :], window_bytes)


def assert_same(message: bytes, window_bytes: int) -> None:
    fast, strict = read(message, window_bytes=window_bytes), read(message, window_bytes=0)
    assert fast.refused == strict.refused
    if strict.refused is None:
        assert fast.rows == strict.rows
        assert fast.report == strict.report


@given(st.text("ab\r\n"), st.data(), st.integers(1, 4))
def test_a_byte_is_found_on_the_line_that_expat_has(
    text: str, data: st.DataObject, chunk: int
) -> None:
    source = XmlSource(io.BytesIO(text.encode()), LIMITS)
    offset = data.draw(st.integers(0, len(text)))
    with patch.object(ml_source, "_CHUNK", chunk):
        place = source.location(offset)
    lines = re.split("\r\n|\r|\n", text[:offset])
    assert place.line == len(lines)
    # Of a long line only the last characters are counted.
    assert place.column == len(lines[-1]) + 1 or len(lines[-1]) > chunk
