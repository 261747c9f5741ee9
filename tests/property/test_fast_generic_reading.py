"""The fast reader of generic SDMX-ML data gives what the strict one gives, whatever the message."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.messages_of_tests import XML_END, generic
from tests.property.test_fast_reading import GAPS, ODDITIES, REGULAR, VALUES, assert_same

DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR")
OF_SERIES = ("UNIT", "CONTACT")
OF_OBS = ("OBS_STATUS", "COMMENT", "UNIT")
ODD_NAMES = st.sampled_from(["FOREIGN", "EMBARGO_TIME", "FREQ", "TIME_PERIOD", "OBS_VALUE"])
ODD_VALUES = st.sampled_from(
    [
        '<g:Value value="A" id="FREQ"/>',
        "<g:Value id='FREQ' value='A'/>",
        '<g:Value id="UNIT" value="x"></g:Value>',
        '<g:Value id = "UNIT" value="id="/>',
        '<g:Value id="UNIT"/>',
        '<m:Value id="UNIT" value="x"/>',
        '<g:Value id="UNIT" value="a<b"/>',
        '<g:ObsDimension value="2020"/>',
        "<g:Attributes/>",
        "</g:Attributes>",
        "<g:Obs>",
    ]
)


@st.composite
def values(draw: st.DrawFn, names: tuple[str, ...], odd: bool, gap: str) -> str:
    """Values of some components, in an order of theirs."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    if odd and draw(st.integers(0, 5)) == 0:
        chosen.append(draw(ODD_NAMES))
    texts = [draw(VALUES if odd else REGULAR) for _ in chosen]
    made = [f'<g:Value id="{n}" value="{v}"/>' for n, v in zip(chosen, texts, strict=True)]
    if odd and draw(st.integers(0, 3)) == 0:
        made.insert(draw(st.integers(0, len(made))), draw(ODD_VALUES))
    return gap.join(made)


@st.composite
def observations(draw: st.DrawFn, odd: bool, gap: str, flat: bool) -> str:
    """An Obs with its key or dimension, and perhaps a value and attributes."""
    time, value = draw(REGULAR), draw(VALUES if odd else REGULAR)
    name = draw(st.sampled_from(["", ' id="TIME_PERIOD"', ' id="UNIT"']))
    key = f'<g:ObsDimension{name} value="{time}"/>'
    if flat:
        key = f"<g:ObsKey>{gap}{draw(values((*DIMENSIONS, 'TIME_PERIOD'), odd, gap))}</g:ObsKey>"
    parts = [key]
    parts += [f'<g:ObsValue value="{value}"/>'] if draw(st.integers(0, 4)) else []
    if draw(st.booleans()):
        parts.append(f"<g:Attributes>{draw(values(OF_OBS, odd, gap))}{gap}</g:Attributes>")
    if odd and draw(st.integers(0, 3)) == 0:
        parts = draw(st.permutations([*parts, draw(ODDITIES)]))
    return f"<g:Obs>{gap.join(parts)}{gap}</g:Obs>"


@st.composite
def series(draw: st.DrawFn, odd: bool, gap: str) -> str:
    parts = [f"<g:SeriesKey>{draw(values(DIMENSIONS, odd, gap))}</g:SeriesKey>"]
    if draw(st.booleans()):
        parts.append(f"<g:Attributes>{draw(values(OF_SERIES, odd, gap))}</g:Attributes>")
    parts += draw(st.lists(observations(odd, gap, odd and draw(st.booleans())), max_size=4))
    if odd and draw(st.integers(0, 2)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), draw(ODDITIES))
    return f"<g:Series>{gap.join(parts)}{gap}</g:Series>"


@st.composite
def datasets(draw: st.DrawFn) -> str:
    """A data set; three of four series are regular, so that the fast reader takes them."""
    gap, parts = draw(GAPS), []
    if draw(st.integers(0, 3)) == 0:
        parts.append('<g:Attributes><g:Value id="COMPILER" value="me"/></g:Attributes>')
    for _ in range(draw(st.integers(0, 8))):
        odd = draw(st.integers(0, 3)) == 0
        kind = draw(st.integers(0, 5))
        if kind == 0:
            parts.append(draw(observations(odd, gap, not odd or draw(st.booleans()))))
        elif kind == 1 and odd:
            key = draw(values(DIMENSIONS, True, gap))
            parts.append(f'<g:Group type="S"><g:GroupKey>{key}</g:GroupKey></g:Group>')
        else:
            parts.append(draw(series(odd, gap)))
    action = draw(st.sampled_from(["", ' action="Delete" FOREIGN="1"']))
    return f'<m:DataSet structureRef="S1"{action}>{gap}{gap.join(parts)}{gap}</m:DataSet>'


def in_prefix(message: bytes, prefix: str) -> bytes:
    """The same message, its generic elements with another prefix or with none."""
    text = message.decode().replace("xmlns:g=", f"xmlns:{prefix}=" if prefix else "xmlns=")
    tag = f"{prefix}:" if prefix else ""
    return text.replace("<g:", f"<{tag}").replace("</g:", f"</{tag}").encode()


PREFIXES = st.sampled_from(["g", "generic", "a.b-c", ""])


@given(st.lists(datasets(), min_size=1, max_size=2), st.integers(200, 3000), PREFIXES)
@settings(max_examples=120, deadline=None)
@example(['<m:DataSet structureRef="S1"/>'], 100, "g")
def test_fast_and_strict_give_the_same(texts: list[str], window_bytes: int, prefix: str) -> None:
    assert_same(in_prefix(generic("\n".join(texts)), prefix), window_bytes)


@given(datasets(), st.integers(200, 3000), st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_messages_are_refused_alike(
    text: str, window_bytes: int, data: st.DataObject
) -> None:
    message = generic(text)
    end = len(message) - len(XML_END)
    position = data.draw(st.integers(end - len(text.encode()), end))
    length = data.draw(st.integers(1, 4))
    instead = data.draw(st.sampled_from([b"", b"", b'"', b"<", b"\xff", b"\0", b"\x01", b"m:"]))
    assert_same(message[:position] + instead + message[position + length :], window_bytes)
