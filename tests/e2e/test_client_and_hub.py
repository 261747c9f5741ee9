"""The Python client against a running hub."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from secrets import token_hex

import pandas as pd
import pytest

from sdmx_service import client
from sdmx_service.client import Client, DataRequest, ServiceProblem
from tests.conftest import DEMO, Running

CNSS = DEMO / "cnss_foreign_employees.csv"
WRONG = DEMO / "wrong_on_purpose.csv"
FLOW = "MAGHREB:DF_MIG_STOCK_WRK(1.0.0)"


def test_send_look_back_and_read(empty_hub: Running) -> None:
    with Client(empty_hub.url, empty_hub.keys["MA_CNSS"], language="en") as hub:
        sent = hub.push(CNSS)
        assert (sent.accepted, sent.status, sent.observations) == (True, 201, 17)
        assert sent.published_at is not None
        looked_up = hub.status(sent.id or "")
        assert (looked_up.verdict, looked_up.number) == ("accepted", sent.number)
        assert looked_up.report["language"] == "en"
        assert [entry.id for entry in hub.submissions()] == [sent.id]
    table = client.read(empty_hub.url, None, FLOW)
    assert len(table) == 17
    assert table["OBS_VALUE"].dtype == "float64"
    assert isinstance(table["CITIZENSHIP"].dtype, pd.CategoricalDtype)
    assert "STRUCTURE" not in table.columns


def test_the_same_key_is_the_same_sending(empty_hub: Running) -> None:
    with Client(empty_hub.url, empty_hub.keys["MA_CNSS"]) as hub:
        first = hub.push(CNSS, idempotency_key="monday")
        again = hub.push(CNSS, idempotency_key="monday")
        other = hub.push(CNSS)
    assert (again.id, again.replayed, first.replayed) == (first.id, True, False)
    assert other.id != first.id


def test_a_dry_run_says_all_and_keeps_nothing(empty_hub: Running) -> None:
    key = empty_hub.keys["MA_CNSS"]
    good = client.validate(empty_hub.url, key, CNSS)
    wrong = client.validate(empty_hub.url, key, WRONG, language="ar")
    assert (good.verdict, good.dry_run, good.id) == ("accepted", True, None)
    assert (wrong.verdict, wrong.status, wrong.report["language"]) == ("rejected", 422, "ar")
    with Client(empty_hub.url, key) as hub:
        assert hub.submissions() == ()


def test_a_rejected_message_is_an_outcome(empty_hub: Running) -> None:
    outcome = client.push(empty_hub.url, empty_hub.keys["MA_CNSS"], WRONG)
    assert not outcome.accepted
    assert "CODE_UNKNOWN" in {entry["code"] for entry in outcome.report["problems"]}


@pytest.mark.parametrize(
    ("sender", "content", "code", "status"),
    [
        (None, CNSS.read_bytes(), "KEY_MISSING", 401),
        ("MA_MIEPEEC", CNSS.read_bytes(), "AGREEMENT_NONE", 403),
        ("MA_CNSS", b"", "MESSAGE_EMPTY", 400),
        ("MA_CNSS", b"<not sdmx>", "XML_MALFORMED", 400),
    ],
)
def test_a_refused_message_is_raised_with_its_reason(
    empty_hub: Running, tmp_path: Path, sender: str | None, content: bytes, code: str, status: int
) -> None:
    path = tmp_path / "message"
    path.write_bytes(content)
    key = empty_hub.keys[sender] if sender else None
    with pytest.raises(ServiceProblem) as caught:
        client.push(empty_hub.url, key, path, language="en")
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.title
    assert caught.value.remedy


def test_an_embargo_hides_until_then(empty_hub: Running) -> None:
    release = datetime.now(UTC) + timedelta(hours=1)
    with Client(empty_hub.url, empty_hub.keys["MA_CNSS"]) as hub:
        assert hub.push(CNSS, release_at=release).release_at == release
        table = hub.read(FLOW)
    assert table.empty
    assert {"FREQ", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"} <= set(table.columns)


def _large(path: Path, comment: Callable[[], str]) -> Path:
    """1,356 observations of six series, each with a comment."""
    header, row, *_ = CNSS.read_text(encoding="utf-8").splitlines()
    columns, cells = header.split(";"), row.split(";")
    lines = []
    for country, year in product(("FR", "TN", "SN", "ES", "PH", "CN"), range(1800, 2026)):
        cells[columns.index("CITIZENSHIP")] = country
        cells[columns.index("TIME_PERIOD")] = str(year)
        cells[columns.index("COMMENT_OBS")] = comment()
        lines.append(";".join(cells))
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    assert path.stat().st_size > 1024**2
    return path


def test_a_large_message_arrives_compressed(empty_hub: Running, tmp_path: Path) -> None:
    path, seen = _large(tmp_path / "large.csv", lambda: token_hex(500)), []
    with Client(empty_hub.url, empty_hub.keys["MA_CNSS"]) as hub:
        outcome = hub.push(path, progress=lambda done, size: seen.append((done, size)))
    assert outcome.observations == 1356, outcome.report
    assert seen[-1][0] == seen[-1][1] == path.stat().st_size
    kept = empty_hub.hub.store.submission(outcome.id or "")
    assert kept is not None
    assert kept.message_bytes < path.stat().st_size * 0.7


def test_what_shrinks_suspiciously_is_sent_as_it_is(empty_hub: Running, tmp_path: Path) -> None:
    path = _large(tmp_path / "large.csv", lambda: "x" * 2200)
    with Client(empty_hub.url, empty_hub.keys["MA_CNSS"]) as hub:
        outcome = hub.push(path)
    assert outcome.observations == 1356, outcome.report
    kept = empty_hub.hub.store.submission(outcome.id or "")
    assert kept is not None
    assert kept.message_bytes == path.stat().st_size


def test_a_request_narrows_the_answer(demo_hub: Running) -> None:
    request = DataRequest(
        dataflow="DF_MIG_STOCK_POP",
        key="A5.MA.*",
        start="2000",
        end="2010",
        filters={"SEX": ["F", "M"]},
    )
    table = client.read(demo_hub.url, None, request)
    assert set(table["TIME_PERIOD"]) == {"2000", "2005", "2010"}
    assert set(table["SEX"]) == {"F", "M"}
    assert set(table["REF_AREA"]) == {"MA"}
    with Client(demo_hub.url) as hub:
        last = hub.read("DF_MIG_STOCK_POP", "A5.MA.*", last=1)
    assert set(last["TIME_PERIOD"]) == {"2020"}


def test_nothing_found_is_an_empty_table_with_columns(demo_hub: Running) -> None:
    with Client(demo_hub.url) as hub:
        full, empty = hub.read(FLOW), hub.read(FLOW, start="2090")
    assert len(empty) == 0
    assert set(full.columns) <= set(empty.columns)
    assert empty["OBS_VALUE"].dtype == "float64"


def test_an_unknown_dataflow_is_a_problem(demo_hub: Running) -> None:
    with Client(demo_hub.url, language="en") as hub, pytest.raises(ServiceProblem) as caught:
        hub.read("DF_NOWHERE")
    assert caught.value.status == 404
    assert caught.value.title != "HTTP 404"


def test_structures_come_as_sdmx1_objects(demo_hub: Running) -> None:
    message = client.structures(demo_hub.url, "codelist", "MAGHREB:CL_SEX")
    assert "F" in message.codelist["CL_SEX"]
    flows = client.structures(demo_hub.url, "dataflow")
    assert "DF_WORK_PERMIT" in flows.dataflow
