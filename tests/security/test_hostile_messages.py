"""Wrong, damaged and hostile messages end as named problems with their line, in bounded memory."""

from __future__ import annotations

import io
import json
from typing import BinaryIO

import pytest

from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Problem, Refused
from tests.messages_of_tests import (
    XML_BEGIN,
    XML_END,
    XML_HEADER,
    Outcome,
    generic,
    in_version,
    read,
    xml,
)
from tests.structures_of_tests import SMALL, knows

CSV_BEGIN = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\n"
ROW = "dataflow,TEST:SMALL(1.0),A,A,MA,EMIG,2020,1\n"
SERIES = '<Series FREQ="A" REF_AREA="MA" INDICATOR="EMIG">\n<Obs TIME_PERIOD="2020"/>\n</Series>\n'
DATASET = '<m:DataSet ss:structureRef="S1">\n'
HEADLESS = XML_BEGIN + "<m:DataSet/>" + XML_END


def dataset(text: str) -> bytes:
    """A message with this text inside its data set, from line 5 on."""
    return xml(DATASET + text + "</m:DataSet>")


def with_header(old: str, new: str) -> bytes:
    assert old in XML_HEADER
    return xml(DATASET + SERIES + "</m:DataSet>", XML_HEADER.replace(old, new))


GENERIC_SERIES = """<g:Series><g:SeriesKey><g:Value id="FREQ" value="A"/>
<g:Value id="INDICATOR" value="EMIG"/></g:SeriesKey>
<g:Obs><g:ObsDimension value="2020"/><g:ObsValue value="1"/></g:Obs></g:Series>
"""


def generic_dataset(inner: str) -> bytes:
    """A generic data set whose content begins on line 5."""
    return generic(f'<m:DataSet structureRef="S1">\n{inner}</m:DataSet>\n')


def comp(inner: str, component: str = "COMMENT") -> bytes:
    """A message of SDMX-ML 3.0 with a Comp on line 6."""
    text = (
        f'{DATASET}<Series FREQ="A"><Obs TIME_PERIOD="2020" OBS_VALUE="1">\n'
        f'<Comp id="{component}">{inner}</Comp></Obs></Series></m:DataSet>'
    )
    return in_version(xml(text), "v3_0")


def json_of(dataset: dict[str, object], named: str = "") -> bytes:
    """A message of one data set; its structure knows FREQ, without a value."""
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=TEST:{named}(1.0)"
    structure = {
        "links": [{"urn": urn}] if named else [],
        "dimensions": {"series": [{"id": "FREQ", "keyPosition": 0, "values": []}]},
    }
    return json.dumps({"data": {"dataSets": [dataset], "structures": [structure]}}).encode()


REFUSED: dict[str, tuple[bytes, str, int | None]] = {
    "nothing": (b"", "MESSAGE_EMPTY", None),
    "only a byte order mark": (b"\xef\xbb\xbf \n", "MESSAGE_EMPTY", None),
    "JSON that is a list": (b"[1]", "MESSAGE_FORMAT_UNKNOWN", None),
    "JSON without structures": (b'{"data": {"dataSets": []}}', "JSON_MALFORMED", None),
    "JSON of something else": (b'{"errors": []}', "JSON_MALFORMED", None),
    "JSON with NaN": (b'{"data": NaN}', "JSON_MALFORMED", None),
    "JSON with more behind": (b'{"data": {}} {}', "JSON_MALFORMED", None),
    "JSON not UTF-8": (b'{"data": "\xe9"}', "JSON_MALFORMED", None),
    "JSON too deep": (b'{"data":' + b"[" * 100 + b"]" * 100 + b"}", "JSON_MALFORMED", None),
    "JSON with rows twice": (
        b'{"data": {"dataSets": [{"series": {}, "series": {}}]}}',
        "JSON_MALFORMED",
        None,
    ),
    "JSON with data sets twice": (
        b'{"data": {"dataSets": []}, "data": {"dataSets": []}}',
        "JSON_MALFORMED",
        None,
    ),
    "JSON with rows that are no object": (
        b'{"data": {"dataSets": [{"observations": 7}]}}',
        "JSON_MALFORMED",
        None,
    ),
    "NUL in JSON": (b'{"data": {"dataSets": [{"series": {"\\u0000": 1}}]}}', "MESSAGE_NUL", None),
    "a mark in JSON": (b'{"data": {"x": "a\\u001fb"}}', "CONTROL_CHARACTER", None),
    "JSON without reference": (json_of({}), "STRUCTURE_REFERENCE_MALFORMED", None),
    "JSON of an unknown dataflow": (json_of({}, named="OTHER"), "STRUCTURE_UNKNOWN", None),
    "JSON action unknown": (json_of({"action": "Upsert"}, "SMALL"), "ACTION_UNKNOWN", None),
    "JSON structure unknown": (json_of({"structure": 3}, "SMALL"), "JSON_MALFORMED", None),
    "JSON place unknown": (json_of({"series": {"0": {}}}, "SMALL"), "JSON_MALFORMED", None),
    "JSON place negative": (json_of({"series": {"-1": {}}}, "SMALL"), "JSON_MALFORMED", None),
    "JSON place too long": (
        json_of({"series": {"9" * 5000: {}}}, "SMALL"),
        "JSON_MALFORMED",
        None,
    ),
    "JSON key too long": (json_of({"series": {"0:0": {}}}, "SMALL"), "JSON_MALFORMED", None),
    "JSON series that is none": (json_of({"series": {"0": 1}}, "SMALL"), "JSON_MALFORMED", None),
    "JSON list of lists": (
        json_of({"observations": {"": [[["x"]]]}}, "SMALL"),
        "JSON_MALFORMED",
        None,
    ),
    "other CSV": (b"FREQ,REF_AREA\nA,MA\n", "MESSAGE_FORMAT_UNKNOWN", None),
    "binary": (b"GIF89a\0\0", "MESSAGE_NUL", 1),
    "NUL in XML": (dataset(SERIES + "\n\0"), "MESSAGE_NUL", 9),
    "NUL in a value": (dataset(SERIES + '<Series FREQ="\0"/>'), "MESSAGE_NUL", 8),
    "not UTF-8": (dataset(SERIES).replace(b"EMIG", b"EMIG\xe9"), "MESSAGE_ENCODING", 5),
    "encoding unknown": (xml("").replace(b"UTF-8", b"EBCDIC-X"), "MESSAGE_ENCODING", 1),
    "generic metadata": (
        xml("").replace(b"StructureSpecificData", b"GenericMetadata"),
        "XML_ROOT_UNKNOWN",
        2,
    ),
    "structures": (
        xml("").replace(b"m:StructureSpecificData", b"m:Structure"),
        "XML_ROOT_UNKNOWN",
        2,
    ),
    "version 4.0": (xml("").replace(b"v2_1/message", b"v4_0/message"), "XML_NAMESPACE_UNKNOWN", 2),
    "generic data of version 3.0": (
        xml("")
        .replace(b"StructureSpecificData", b"GenericData")
        .replace(b"v2_1/message", b"v3_0/message"),
        "XML_NAMESPACE_UNKNOWN",
        2,
    ),
    "HTML": (b"<!DOCTYPE html>\n<html></html>", "XML_DTD", 1),
    "entity bomb": (
        b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>\n<a>&b;</a>',
        "XML_DTD",
        1,
    ),
    "external entity": (
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<a/>',
        "XML_DTD",
        2,
    ),
    "no header": (HEADLESS.encode(), "XML_HEADER_MISSING", 3),
    "no header and no data set": ((XML_BEGIN + XML_END).encode(), "XML_HEADER_MISSING", 4),
    "truncated": (dataset(SERIES)[:-45], "XML_MALFORMED", 7),
    "truncated in a tag": (dataset(SERIES + "<Series FREQ="), "XML_MALFORMED", 8),
    "end tag missing": (dataset(SERIES + '<Series FREQ="A">\n'), "XML_MALFORMED", 9),
    "encoding of many bytes": (xml("").replace(b"UTF-8", b"EUC-JP"), "MESSAGE_ENCODING", 1),
    "attribute twice": (dataset(SERIES + '<Series FREQ="A" FREQ="A"/>'), "XML_MALFORMED", 8),
    "text behind the root": (dataset(SERIES) + b"<more/>", "XML_MALFORMED", 9),
    "element unknown": (dataset(SERIES + "<Serie/>"), "XML_ELEMENT_UNEXPECTED", 8),
    "element in an observation": (
        dataset(SERIES + '<Obs TIME_PERIOD="2020"><Comp/></Obs>'),
        "XML_ELEMENT_UNEXPECTED",
        8,
    ),
    "element in the root": (xml("<m:Data/>"), "XML_ELEMENT_UNEXPECTED", 4),
    "10,000 nested elements": (dataset("<Annotations>" * 10_000), "XML_TOO_DEEP", 5),
    "nested in the header": (with_header("<m:ID>", "<m:a>" * 10_000), "XML_TOO_DEEP", 3),
    "structure unknown": (with_header('id="SMALL"', 'id="OTHER"'), "STRUCTURE_UNKNOWN", 3),
    "version unknown": (with_header('version="1.0"', 'version="2.0"'), "STRUCTURE_UNKNOWN", 3),
    "reference without id": (
        with_header('id="SMALL"', ""),
        "STRUCTURE_REFERENCE_MALFORMED",
        3,
    ),
    "reference to nothing declared": (
        xml('<m:DataSet ss:structureRef="S9"/>'),
        "STRUCTURE_REFERENCE_MALFORMED",
        4,
    ),
    "action unknown": (
        xml('<m:DataSet ss:structureRef="S1" ss:action="Upsert"/>'),
        "ACTION_UNKNOWN",
        4,
    ),
    "embargo in the header": (
        with_header("</m:Header>", "<m:EmbargoDate>2030-01-01T00:00:00</m:EmbargoDate></m:Header>"),
        "EMBARGO_UNSUPPORTED",
        3,
    ),
    "generic element unknown": (
        generic_dataset(GENERIC_SERIES + "<g:Serie/>"),
        "XML_ELEMENT_UNEXPECTED",
        8,
    ),
    "generic attributes behind observations": (
        generic_dataset(GENERIC_SERIES.replace("</g:Series>", "<g:Attributes/></g:Series>")),
        "XML_ELEMENT_UNEXPECTED",
        7,
    ),
    "generic attributes of the data set behind its rows": (
        generic_dataset(GENERIC_SERIES + "<g:Attributes/>"),
        "XML_ELEMENT_UNEXPECTED",
        8,
    ),
    "generic attribute of the data set twice": (
        generic_dataset(
            "<g:Attributes>" + '<g:Value id="COMPILER" value="A"/>' * 2 + "</g:Attributes>"
        ),
        "XML_MALFORMED",
        5,
    ),
    "Comp behind observations": (
        in_version(dataset(SERIES.replace("</Series>", '<Comp id="UNIT"/></Series>')), "v3_0"),
        "XML_ELEMENT_UNEXPECTED",
        7,
    ),
    "generic value without a place": (
        generic_dataset('<g:Value id="FREQ" value="A"/>'),
        "XML_ELEMENT_UNEXPECTED",
        5,
    ),
    "generic value twice": (
        generic_dataset(GENERIC_SERIES.replace("INDICATOR", "FREQ")),
        "XML_MALFORMED",
        5,
    ),
    "generic, 10,000 nested elements": (
        generic_dataset("<c:Annotations>" * 10_000),
        "XML_TOO_DEEP",
        5,
    ),
    "generic series without end": (
        generic_dataset("<g:Series><g:SeriesKey>" + '<g:Value id="FREQ" value="A"/>' * 60_000),
        "XML_TOKEN_TOO_LONG",
        5,
    ),
    "Comp in Comp": (comp("<Comp/>"), "XML_ELEMENT_UNEXPECTED", 6),
    "Comp of one language twice": (
        comp("<Value><c:Text>a</c:Text><c:Text>b</c:Text></Value>"),
        "XML_MALFORMED",
        6,
    ),
    "Comp of what is an attribute too": (
        comp("<Value>a</Value>", "OBS_VALUE"),
        "XML_MALFORMED",
        6,
    ),
    "Comp without end": (comp("<Value>" + "a" * 2_000_000), "XML_TOKEN_TOO_LONG", 6),
    "Comp, 10,000 nested elements": (comp("<Annotations>" * 10_000), "XML_TOO_DEEP", 6),
    "CSV without STRUCTURE_ID": (b"STRUCTURE,ACTION\ndataflow,A\n", "CSV_HEADER", 1),
    "CSV header with an endless cell": (
        b"STRUCTURE,STRUCTURE_ID," + b"x" * 200_000 + b"\n",
        "CSV_HEADER",
        1,
    ),
    "CSV column twice": (
        CSV_BEGIN.replace("OBS_VALUE", "FREQ").encode() + ROW.encode(),
        "CSV_COLUMN_TWICE",
        1,
    ),
    "NUL in CSV": ((CSV_BEGIN + ROW).encode() + b'"\0"', "MESSAGE_NUL", 3),
    "CSV not UTF-8": ((CSV_BEGIN + ROW).encode() + b"\n\xe9t\xe9", "MESSAGE_ENCODING", 4),
    "quote not closed": ((CSV_BEGIN + ROW + '"dataflow').encode(), "CSV_MALFORMED", 3),
    "quote in a cell": ((CSV_BEGIN + ROW + ROW.replace("MA", 'M"A')).encode(), "CSV_MALFORMED", 3),
    "text after a quote": (
        (CSV_BEGIN + ROW.replace("MA", '"MA"x')).encode(),
        "CSV_MALFORMED",
        2,
    ),
    "carriage return alone": ((CSV_BEGIN + ROW).replace("\n", "\r").encode(), "CSV_MALFORMED", 1),
    "CSV structure unknown": (
        (CSV_BEGIN + ROW + ROW.replace("SMALL", "OTHER")).encode(),
        "STRUCTURE_UNKNOWN",
        3,
    ),
    "CSV structure class unknown": (
        (CSV_BEGIN + ROW.replace("dataflow", "table")).encode(),
        "STRUCTURE_REFERENCE_MALFORMED",
        2,
    ),
    "CSV reference malformed": (
        (CSV_BEGIN + ROW.replace("TEST:SMALL(1.0)", "SMALL")).encode(),
        "STRUCTURE_REFERENCE_MALFORMED",
        2,
    ),
    "CSV action unknown": (
        (CSV_BEGIN + ROW.replace(",A,A,", ",X,A,")).encode(),
        "ACTION_UNKNOWN",
        2,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name_and_line(name: str) -> None:
    data, code, line = REFUSED[name]
    outcome = read(data)
    assert outcome.refused is not None
    assert (outcome.refused.code, outcome.refused.location.line) == (code, line)


def test_unknown_components_by_the_thousand_are_counted_in_short_time() -> None:
    comps = "".join(f'<Comp id="C{number}"/>' for number in range(50_000))
    assert read(comp("</Comp>" + comps + "<Comp>")).codes == {"COMPONENT_UNKNOWN": 50_001}


@pytest.mark.parametrize("size", range(1, 60))
def test_a_message_cut_anywhere_is_refused(size: int) -> None:
    whole = dataset(SERIES * 3)
    cut = whole[: len(whole) * size // 60]
    assert read(cut).refused is not None
    assert read(cut, window_bytes=400).refused == read(cut, window_bytes=0).refused


class Endless(io.RawIOBase):
    """A gigabyte that is nowhere: a beginning, then the same byte again and again."""

    def __init__(self, begin: bytes, filler: bytes) -> None:
        self.begin, self.filler, self.position, self.asked = begin, filler, 0, 0
        self.size = 1_000_000_000

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + (self.size if whence == io.SEEK_END else 0)
        return self.position

    def tell(self) -> int:
        return self.position

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.size - self.position)
        piece = self.begin[self.position : self.position + size]
        piece += (self.filler * size)[: size - len(piece)]
        self.position += size
        self.asked += size
        return piece


BEFORE_TAG = XML_BEGIN + XML_HEADER + DATASET
ENDLESS = {
    "attribute": (BEFORE_TAG + SERIES + '<Series FREQ="', b"x", "XML_TOKEN_TOO_LONG", 8),
    "attribute name": (BEFORE_TAG + SERIES + "<Series F", b"F", "XML_TOKEN_TOO_LONG", 8),
    "comment": (BEFORE_TAG + "<!--", b"-", "XML_MALFORMED", 5),
    "comment of text": (BEFORE_TAG + "<!--", b"x", "XML_TOKEN_TOO_LONG", 5),
    "header": (XML_BEGIN + "<m:Header><m:ID>", b"x", "XML_TOKEN_TOO_LONG", 3),
    "root": ("<", b"x", "XML_TOKEN_TOO_LONG", 1),
    "row": (CSV_BEGIN + ROW + "dataflow,", b"x", "CSV_MALFORMED", 3),
    "quoted cell": (CSV_BEGIN + ROW + '"', b"\n", "CSV_MALFORMED", 3),
    "JSON text": ('{"data": {"x": "', b"x", "JSON_MALFORMED", None),
    "JSON text of quotes": ('{"data": {"x": "\\', b'"\\', "JSON_MALFORMED", None),
    "JSON number": ('{"data": {"x": 1', b"1", "JSON_MALFORMED", None),
    "JSON space": ('{"data": {"x":', b" ", "JSON_MALFORMED", None),
    "CSV header": ("STRUCTURE,", b"x", "CSV_MALFORMED", 1),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_gigabyte_without_end_is_not_read(name: str) -> None:
    begin, filler, code, line = ENDLESS[name]
    source = Endless(begin.encode(), filler)
    problem = refusal(source)  # type: ignore[arg-type]
    assert (problem.code, problem.location.line) == (code, line)
    assert source.asked < 30_000_000


def refusal(source: BinaryIO) -> Problem:
    try:
        message = read_data(source, knows(SMALL), ProblemCollector(), Limits(token_bytes=100_000))
        list(message.batches)
    except Refused as refused:
        return refused.problem
    pytest.fail("not refused")


def test_a_message_beyond_the_limit_is_refused_unread() -> None:
    for data in (dataset(SERIES), (CSV_BEGIN + ROW).encode()):
        outcome = read(data, Limits(message_bytes=len(data) - 1))
        assert outcome.refused is not None
        assert outcome.refused.code == "MESSAGE_TOO_LARGE"
        assert read(data, Limits(message_bytes=len(data))).refused is None


def test_unknown_components_are_counted_exactly() -> None:
    text = '<Series FREQ="A" NEW="1">\n<Obs TIME_PERIOD="2020" NEWER="1"/>\n</Series>\n'
    outcome = read(dataset(text * 50), Limits(samples=3))
    assert outcome.refused is None
    assert outcome.codes == {"COMPONENT_UNKNOWN": 100}
    places = [problem.location for problem in outcome.report.problems[0].samples]
    assert [(place.component, place.line) for place in places] == [
        ("NEW", 5),
        ("NEWER", 6),
        ("NEW", 8),
    ]
    assert len(outcome.rows) == 50


def test_an_embargo_is_counted_wherever_it_has_a_value() -> None:
    text = '<Series FREQ="A" EMBARGO_TIME=""><Obs EMBARGO_TIME="2030-01-01T00:00:00"/></Series>\n'
    assert read(dataset(text * 3)).codes == {"EMBARGO_UNSUPPORTED": 3}
    begin = CSV_BEGIN.replace("OBS_VALUE", "EMBARGO_TIME")
    rows = [ROW, ROW.replace(",1\n", ",\n"), ROW]
    outcome = read((begin + "".join(rows)).encode())
    assert outcome.codes == {"EMBARGO_UNSUPPORTED": 2}
    assert [one.location.line for one in outcome.report.problems[0].samples] == [2, 4]


def test_rows_of_a_wrong_width_are_each_named() -> None:
    outcome = read((CSV_BEGIN + ROW + "a,b\n" + ROW + ROW.strip() + ",more,\n" + ROW).encode())
    assert outcome.codes == {"CSV_COLUMN_COUNT": 2}
    samples = outcome.report.problems[0].samples
    assert [(one.location.line, one.arguments["found"]) for one in samples] == [(3, 2), (5, 10)]
    assert lines(outcome) == [2, 4, 6]


def test_an_unknown_column_is_named_once() -> None:
    begin = CSV_BEGIN.replace("OBS_VALUE", "NEW,EMPTY")
    rows = [ROW.replace(",1\n", ",,\n"), ROW.replace(",1\n", ",1,\n"), ROW.replace(",1\n", ",2,\n")]
    outcome = read((begin + "".join(rows)).encode())
    assert outcome.codes == {"COMPONENT_UNKNOWN": 2}
    samples = outcome.report.problems[0].samples
    assert [(one.arguments["component"], one.location.line) for one in samples] == [
        ("NEW", 3),
        ("EMPTY", 1),
    ]


def lines(outcome: Outcome) -> list[int]:
    return [row["_line"] for row in outcome.rows]
