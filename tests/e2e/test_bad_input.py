"""What a hostile or unlucky sender may send: a 4xx that says where and why, nothing kept."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from tests.conftest import DEMO, Running

CSV = (DEMO / "cnss_foreign_employees.csv").read_bytes()
XML = (DEMO / "miepeec_work_permits.xml").read_bytes()
DTD = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
EMBARGO = b"<mes:EmbargoDate>2030-01-01T00:00:00Z</mes:EmbargoDate><mes:Source "
HUGE = b' OBS_VALUE="' + b"9" * 3_000_000
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


def _after_declaration(addition: bytes) -> bytes:
    head, tail = XML.split(b"?>", 1)
    return head + b"?>" + addition + tail


def _zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60_000_000)
    return buffer.getvalue()


def _many_datasets() -> bytes:
    """Rows that change the action each time: a data set a row."""
    header, row = CSV.splitlines()[:2]
    rows = (row.replace(b";R;", b";M;" if year % 2 else b";R;", 1) for year in range(600))
    return b"\r\n".join([header, *rows])


def _many_xml_datasets() -> bytes:
    start, end = XML.index(b"<mes:DataSet"), XML.index(b"</mes:DataSet>") + 14
    empty = XML[start : XML.index(b">", start) + 1] + b"</mes:DataSet>"
    return XML[:start] + empty * 600 + XML[end:]


CASES = {
    "empty": (b"", "MESSAGE_EMPTY"),
    "nonsense": (b"%PDF-1.4 nonsense", "MESSAGE_FORMAT_UNKNOWN"),
    "malformed": (XML.replace(b"</Series>", b"</Serie>", 1), "XML_MALFORMED"),
    "truncated": (XML[: len(XML) // 2], "XML_MALFORMED"),
    "truncated late": (XML[:-10], "XML_MALFORMED"),
    "wrong encoding": (CSV.decode().encode("latin-1"), "MESSAGE_ENCODING"),
    "csv in utf-16": (CSV.decode().encode("utf-16"), "MESSAGE_ENCODING"),
    "external entity": (_after_declaration(DTD), "XML_DTD"),
    "entity bomb": (_after_declaration(BOMB), "XML_DTD"),
    "deep": (_after_declaration(b"<a>" * 10_000), "XML_"),
    "huge attribute": (XML.replace(b' OBS_VALUE="', HUGE, 1), "XML_TOKEN"),
    "wrong namespace": (XML.replace(b"v2_1/message", b"v9_9/message"), "XML_"),
    "unknown dataflow": (XML.replace(b"DF_WORK_PERMIT", b"DF_NOWHERE"), "STRUCTURE_UNKNOWN"),
    "nul in csv": (CSV.replace(b"23055", b"23\x00055"), "MESSAGE_NUL"),
    "nul in xml": (XML.replace(b'"4464"', b'"44\x0064"'), ""),
    "gzip bomb": (gzip.compress(b"0" * 60_000_000), ""),
    "zip bomb": (_zip_bomb(), ""),
    "too large": (CSV + b" " * 5_000_000, "MESSAGE_TOO_LARGE"),
    "many data sets": (_many_datasets(), "DATASETS_TOO_MANY"),
    "many data sets in xml": (_many_xml_datasets(), "DATASETS_TOO_MANY"),
    "embargo date": (XML.replace(b"<mes:Source ", EMBARGO, 1), "EMBARGO_UNSUPPORTED"),
    "action": (CSV.replace(b"(1.0.0);R;", b"(1.0.0);X;", 1), "ACTION_UNKNOWN"),
}  # fmt: skip


def _untouched(hub: Running) -> None:
    with hub.client("MA_CNSS") as client:
        assert client.get("/submissions").json() == {"submissions": []}
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize("case", CASES)
def test_an_unreadable_message_is_refused_and_nothing_is_kept(
    empty_hub: Running, case: str
) -> None:
    message, code = CASES[case]
    sender = "MA_MIEPEEC" if b"<mes:" in message else "MA_CNSS"
    titles = set()
    for language in ("fr", "en", "ar"):
        with empty_hub.client(sender, **{"Accept-Language": language}) as client:
            answer = client.post("/submissions", content=message)
        assert 400 <= answer.status_code < 500, answer.text
        problem = answer.json()
        assert problem["code"].startswith(code), problem
        assert problem["detail"]
        assert problem["remedy"]
        titles.add(problem["title"])
    assert len(titles) == 3
    _untouched(empty_hub)


def test_a_row_of_the_wrong_length_is_named_with_its_line(empty_hub: Running) -> None:
    answer = empty_hub.push("MA_CNSS", CSV.replace(b";EES;2016", b";EES;;2016", 1))
    assert answer.status_code == 422
    problem = answer.json()["report"]["problems"][0]
    assert (problem["code"], problem["count"]) == ("CSV_COLUMN_COUNT", 1)
    assert problem["samples"][0]["location"]["line"] == 3


def test_unknown_components_are_named_with_their_place(empty_hub: Running) -> None:
    message = XML.replace(b"OBS_STATUS=", b"OBS_STATE=", 1)
    answer = empty_hub.push("MA_MIEPEEC", message)
    assert answer.status_code == 422
    problem = next(
        p for p in answer.json()["report"]["problems"] if p["code"] == "COMPONENT_UNKNOWN"
    )
    assert problem["count"] == 1
    assert problem["samples"][0]["location"]["component"] == "OBS_STATE"
    assert problem["samples"][0]["location"]["line"] > 1


def test_an_embargo_time_is_refused_by_name(empty_hub: Running) -> None:
    embargo = b' EMBARGO_TIME="2030-01-01T00:00:00" OBS_STATUS="A"'
    message = XML.replace(b' OBS_STATUS="A"', embargo, 1)
    answer = empty_hub.push("MA_MIEPEEC", message)
    assert answer.status_code == 422
    codes = [p["code"] for p in answer.json()["report"]["problems"]]
    assert "EMBARGO_UNSUPPORTED" in codes


@pytest.mark.parametrize(
    ("principal", "status", "code"),
    [
        (None, 401, "KEY_MISSING"),
        ("MA_MIEPEEC", 403, "AGREEMENT_NONE"),
        ("FOCAL_MA", 403, "AGREEMENT_NONE"),
    ],
)
def test_who_may_not_send(
    empty_hub: Running, principal: str | None, status: int, code: str
) -> None:
    with empty_hub.client(principal) as client:
        answer = client.post("/submissions", content=CSV)
    assert answer.status_code == status
    assert answer.json()["code"].startswith(code)
    _untouched(empty_hub)


def test_anothers_figures_under_ones_own_agreement(empty_hub: Running) -> None:
    answer = empty_hub.push("TN_INS", CSV)
    assert answer.status_code == 422
    assert {p["code"] for p in answer.json()["report"]["problems"]} == {"CONSTRAINT_AGREEMENT"}


def test_anothers_agreement_by_name(empty_hub: Running) -> None:
    message = (DEMO / "undesa_migrant_stock.csv").read_bytes()
    answer = empty_hub.push("TN_INS", message)
    assert answer.status_code == 403
    assert answer.json()["code"] == "AGREEMENT_OTHERS"
