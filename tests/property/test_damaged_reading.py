"""A damaged message is read or refused by name: no other exception comes out of a reader."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.model.limits import Limits
from tests.messages_of_tests import generic, in_version, read, xml

ROWS = """dataflow,TEST:SMALL(1.0),A,A,MA,EMIG,2020,"1,5","a ""b""
c"
datastructure,TEST:WIDE(1.0),D,,,,,,
dataflow,TEST:SMALL(1.0): Name,,A: Annual,MA,EMIG,2021,2,é
"""
CSV = (
    "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,"
    f"COMMENT[]\n{ROWS}"
).encode()
XML = xml(
    '<m:DataSet ss:structureRef="S1" ss:action="Replace" COMPILER="X">\n'
    '<Group REF_AREA="MA" SOURCE_GROUP="g"/>\n'
    '<Series FREQ="A" REF_AREA="MA">\n<Obs TIME_PERIOD="2020" OBS_VALUE="1"/>\n</Series>\n'
    "</m:DataSet>\n"
)
XML_30 = in_version(
    XML.replace(b'OBS_VALUE="1"/>', b'OBS_VALUE="1"><Comp id="COMMENT"><Value>a</Value>'
                b'<Value><c:Text xml:lang="fr">b</c:Text></Value></Comp></Obs>'),
    "v3_0",
)  # fmt: skip
GENERIC = generic(
    '<m:DataSet structureRef="S1" action="Replace"><g:Attributes><g:Value id="COMPILER"'
    ' value="X"/></g:Attributes>\n<g:Series><g:SeriesKey><g:Value id="FREQ" value="A"/>'
    '</g:SeriesKey>\n<g:Obs><g:ObsDimension value="2020"/><g:ObsValue value="1"/>'
    '<g:Attributes><g:Value id="COMMENT" value="b"/></g:Attributes></g:Obs></g:Series>\n'
    "</m:DataSet>\n"
)
JSON = json.dumps({
    "data": {
        "dataSets": [
            {
                "series": {"0:0": {"attributes": ["u"], "observations": {"0": [1.5, None, "c"]}}},
                "dimensionGroupAttributes": {"0::": ["u"]},
                "observations": {"0": [1]},
            }
        ],
        "structures": [
            {
                "links": [
                    {"urn": "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=TEST:SMALL(1.0)"}
                ],
                "dimensions": {
                    "series": [
                        {"id": name, "keyPosition": place, "values": [{"id": "A", "name": "A"}]}
                        for place, name in enumerate(("FREQ", "REF_AREA"))
                    ],
                    "observation": [{"id": "TIME_PERIOD", "values": [{"value": "2020"}]}],
                },
                "attributes": {"series": [{"id": "UNIT"}], "observation": [{"id": "COMMENT"}]},
            }
        ],
    }
}).encode()  # fmt: skip
PIECES = st.sampled_from(
    [b"", b'"', b",", b";", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"<", b">", b"&", b"/", b"A",
     b"dataflow", b" ", b"\xef\xbb\xbf", b"<!--", b"]]>", b"\xc3", b"[", b"}",
     b"{}", b"null", b"1e9", b"-1", b":", b"true"]
)  # fmt: skip
DAMAGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), PIECES), min_size=1, max_size=3)


def damaged(message: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    for part, length, piece in damages:
        position = int(part * len(message))
        message = message[:position] + piece + message[position + length :]
    return message


@given(st.sampled_from([CSV, XML, XML_30, GENERIC, JSON]), DAMAGES, st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_it_is_read_or_refused(
    message: bytes, damages: list[tuple[float, int, bytes]], batch_rows: int
) -> None:
    outcome = read(damaged(message, damages), Limits(batch_rows=batch_rows))
    assert outcome.refused is not None or outcome.message is not None
