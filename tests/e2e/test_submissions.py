"""POST /submissions and looking back, over HTTP."""

from __future__ import annotations

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.conftest import DEMO, Running, running

CNSS = DEMO / "cnss_foreign_employees.csv"
PERMITS = DEMO / "miepeec_work_permits.xml"
WRONG = DEMO / "wrong_on_purpose.csv"
FLOW = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_WRK/1.0.0"


def _count(hub: Running, principal: str | None = None, query: str = "") -> int:
    with hub.client(principal) as client:
        answer = client.get(f"{FLOW}{query}", params=None if query else {"format": "csvdata"})
    return 0 if answer.status_code == 204 else answer.text.count("\r\n") - 1


def test_accepted_is_there_and_can_be_looked_up(empty_hub: Running) -> None:
    answer = empty_hub.push("MA_CNSS", CNSS)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["verdict"] == "accepted"
    assert document["observations"] == 17
    assert document["agreements"] == ["MAGHREB:PA_DF_MIG_STOCK_WRK_MA_CNSS(1.0.0)"]
    assert _count(empty_hub) == 17
    with empty_hub.client("MA_CNSS") as client:
        assert client.get(answer.headers["Location"]).json()["id"] == document["id"]
        assert client.get(document["links"]["message"]).content == CNSS.read_bytes()
        listed = client.get("/submissions").json()["submissions"]
    assert [entry["id"] for entry in listed] == [document["id"]]


def test_the_hub_takes_back_what_it_writes(empty_hub: Running) -> None:
    """In every kind of SDMX-ML, series and flat, nothing is found to be wrong."""
    assert empty_hub.push("MA_MIEPEEC", PERMITS).status_code == 201
    path = "/sdmx/v2/data/provisionagreement/MAGHREB/PA_DF_WORK_PERMIT_MA_MIEPEEC/1.0.0"
    for kind, version in (
        ("genericdata", "2.1"),
        ("generictimeseriesdata", "2.1"),
        ("structurespecificdata", "2.1"),
        ("structurespecifictimeseriesdata", "2.1"),
        ("data", "3.0.0"),
        ("data", "3.1.0"),
    ):
        accept = f"application/vnd.sdmx.{kind}+xml;version={version}"
        for form in ("", "?dimensionAtObservation=AllDimensions"):
            if form and "timeseries" in kind:
                continue
            with empty_hub.client("MA_MIEPEEC", Accept=accept) as client:
                text = client.get(path + form)
            assert text.status_code == 200
            answer = empty_hub.push("MA_MIEPEEC", text.content, dryRun="true")
            assert answer.status_code == 200, answer.text
            assert answer.json()["report"]["problems"] == [], (accept, form)


def test_a_wrong_file_is_rejected_whole_with_every_mistake_named(empty_hub: Running) -> None:
    answer = empty_hub.push("MA_CNSS", WRONG)
    assert answer.status_code == 422
    codes = {entry["code"]: entry["count"] for entry in answer.json()["report"]["problems"]}
    assert codes == {
        "VALUE_NOT_NUMBER": 1,
        "CODE_UNKNOWN": 2,
        "TIME_FORMAT": 1,
        "TIME_FREQUENCY": 1,
        "KEY_DUPLICATE": 1,
        "CONSTRAINT_AGREEMENT": 2,
        "ATTRIBUTE_MANDATORY": 1,
    }
    assert _count(empty_hub) == 0


@pytest.mark.parametrize(("language", "word"), [("fr", "ligne"), ("en", "line"), ("ar", "السطر")])
def test_the_report_speaks_the_readers_language_also_later(
    empty_hub: Running, language: str, word: str
) -> None:
    identifier = empty_hub.push("MA_CNSS", WRONG).json()["id"]
    with empty_hub.client("MA_CNSS", **{"Accept-Language": language}) as client:
        report = client.get(f"/submissions/{identifier}/report").json()
    assert report["language"] == language
    duplicate = next(p for p in report["problems"] if p["code"] == "KEY_DUPLICATE")
    sample = duplicate["samples"][0]
    assert sample["location"]["line"] == 7
    assert word in sample["detail"]
    assert all(p["title"] and p["remedy"] for p in report["problems"])


def test_a_dry_run_changes_nothing(empty_hub: Running) -> None:
    answer = empty_hub.push("MA_CNSS", CNSS, dryRun="true")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "accepted")
    assert empty_hub.push("MA_CNSS", WRONG, dryRun="true").status_code == 422
    assert _count(empty_hub) == 0
    with empty_hub.client("MA_CNSS") as client:
        assert client.get("/submissions").json() == {"submissions": []}


def test_multipart_and_gzip_are_taken(empty_hub: Running) -> None:
    with empty_hub.client("MA_CNSS") as client:
        form = client.post("/submissions", files={"file": ("a.csv", CNSS.read_bytes())})
        zipped = client.post(
            "/submissions",
            content=gzip.compress(CNSS.read_bytes()),
            headers={"Content-Encoding": "gzip"},
        )
    assert (form.status_code, zipped.status_code) == (201, 201), form.text + zipped.text
    assert _count(empty_hub) == 17


def test_a_release_opens_by_itself(empty_hub: Running) -> None:
    release = datetime.now(UTC) + timedelta(seconds=3)
    answer = empty_hub.push("MA_CNSS", CNSS, releaseAt=release.isoformat())
    assert answer.status_code == 201, answer.text
    assert _count(empty_hub) == _count(empty_hub, "MA_CNSS") == 0
    again = empty_hub.push("MA_CNSS", CNSS)
    assert again.status_code == 422
    assert [p["code"] for p in again.json()["report"]["problems"]] == ["PENDING_EMBARGO"]
    assert "message" not in again.json()["links"]
    while datetime.now(UTC) < release:
        time.sleep(0.1)
    assert _count(empty_hub) == 17


@pytest.mark.parametrize("release", ["2020-01-01T00:00:00Z", "tomorrow", "2030-01-01"])
def test_a_release_must_be_an_instant_to_come(empty_hub: Running, release: str) -> None:
    answer = empty_hub.push("MA_CNSS", CNSS, releaseAt=release)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"].startswith("RELEASE_")


def test_an_idempotency_key_answers_the_first_result(empty_hub: Running) -> None:
    with empty_hub.client("MA_CNSS", **{"Idempotency-Key": "k1"}) as client:
        first = client.post("/submissions", content=CNSS.read_bytes())
        second = client.post("/submissions", content=CNSS.read_bytes())
        other = client.post("/submissions", content=CNSS.read_bytes() + b"\r\n")
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert second.json()["id"] == first.json()["id"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.json()["code"] == "IDEMPOTENCY_MISMATCH"
    with empty_hub.client("MA_MIEPEEC", **{"Idempotency-Key": "k1"}) as client:
        assert client.post("/submissions", content=PERMITS.read_bytes()).status_code == 201


def test_submissions_are_the_senders_and_the_countrys(empty_hub: Running) -> None:
    mine = empty_hub.push("MA_MIEPEEC", PERMITS).json()
    path = f"/submissions/{mine['id']}"

    def status(principal: str | None, tail: str = "") -> int:
        with empty_hub.client(principal) as client:
            return client.get(path + tail).status_code

    assert [status("MA_MIEPEEC", tail) for tail in ("", "/report", "/message")] == [200] * 3
    assert [status("FOCAL_MA", tail) for tail in ("", "/report")] == [200] * 2
    assert status("FOCAL_MA", "/message") == 404
    assert [status(who) for who in ("MA_CNSS", "FOCAL_TN", "INT_ILO")] == [404] * 3
    assert status(None) == 401
    with empty_hub.client("FOCAL_TN") as client:
        assert client.get("/submissions").json() == {"submissions": []}


def test_a_focal_point_reads_counts_but_no_samples_of_anothers_report(empty_hub: Running) -> None:
    path = f"/submissions/{empty_hub.push('MA_CNSS', WRONG).json()['id']}/report"
    with empty_hub.client("MA_CNSS") as own, empty_hub.client("FOCAL_MA") as focal:
        mine, seen = own.get(path).json(), focal.get(path).json()
    assert [p["count"] for p in seen["problems"]] == [p["count"] for p in mine["problems"]]
    assert all(problem["samples"] for problem in mine["problems"])
    assert not any(problem["samples"] for problem in seen["problems"])


def test_the_total_is_a_submission_that_names_its_cause(empty_hub: Running) -> None:
    sent = empty_hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").json()
    derived = empty_hub.hub.store.submissions(("MAGHREB",), limit=5)
    assert [(entry.derived_from, entry.observations) for entry in derived] == [
        (sent["number"], 273)
    ]
    again = empty_hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv")
    assert again.status_code == 201
    assert len(empty_hub.hub.store.submissions(("MAGHREB",), limit=5)) == 1


def test_health_and_openapi(empty_hub: Running) -> None:
    with empty_hub.client() as client:
        assert client.get("/health").json()["status"] == "ok"
        document = client.get("/openapi.json").json()
    assert {"/submissions", "/submissions/{submission_id}/report"} <= set(document["paths"])
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    post = document["paths"]["/submissions"]["post"]
    assert {"201", "422", "4XX"} <= set(post["responses"])
    assert "HTTPValidationError" not in str(document)


def test_the_data_folder_is_its_owners(tmp_path: Path) -> None:
    with running(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_errors_of_fastapi_never_leak(empty_hub: Running) -> None:
    with empty_hub.client("MA_CNSS") as client:
        answers: list[httpx.Response] = [
            client.get("/submissions", params={"limit": "many"}),
            client.get("/nowhere"),
            client.put("/submissions"),
        ]
    assert [answer.status_code for answer in answers] == [400, 404, 405]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert {"code", "title", "detail", "remedy"} <= set(answer.json())


@pytest.mark.parametrize(
    "query", ["dryrun=true", "releaseat=2099-01-01T00:00:00Z", "dryRun=false&dryRun=true"]
)
def test_a_misspelt_parameter_never_publishes(empty_hub: Running, query: str) -> None:
    with empty_hub.client("MA_CNSS") as client:
        answer = client.post(f"/submissions?{query}", content=CNSS.read_bytes())
    assert answer.status_code == 400
    assert answer.json()["location"]["parameter"] in query
    assert _count(empty_hub) == 0


@pytest.mark.parametrize("release", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_release_beyond_the_calendar_is_refused(empty_hub: Running, release: str) -> None:
    answer = empty_hub.push("MA_CNSS", CNSS, releaseAt=release)
    assert (answer.status_code, answer.json()["code"]) == (400, "RELEASE_MALFORMED")


@pytest.mark.parametrize("before", ["0", "-1", "99999999999999999999999"])
def test_a_page_of_submissions_has_a_possible_number(empty_hub: Running, before: str) -> None:
    with empty_hub.client("MA_CNSS") as client:
        answer = client.get("/submissions", params={"before": before})
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_SYNTAX")


def test_a_method_that_is_not_allowed_is_named_with_those_that_are(empty_hub: Running) -> None:
    with empty_hub.client(**{"Accept-Language": "en"}) as client:
        answer = client.delete("/health")
    assert answer.status_code == 405
    assert "DELETE" in answer.json()["detail"]
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("file", [CNSS, WRONG])
def test_equal_requests_at_once_are_one_submission(empty_hub: Running, file: Path) -> None:
    def send(_number: int) -> httpx.Response:
        with empty_hub.client("MA_CNSS", **{"Idempotency-Key": "same"}) as client:
            return client.post("/submissions", content=file.read_bytes())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert len({answer.status_code for answer in answers}) == 1, [a.text for a in answers]
    assert answers[0].status_code in (201, 422)
    assert len({answer.json()["id"] for answer in answers}) == 1
    with empty_hub.client("MA_CNSS") as client:
        assert len(client.get("/submissions").json()["submissions"]) == 1
