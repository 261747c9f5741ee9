"""Bulk files: public figures only, never stale, with sums that hold."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import time
from pathlib import Path

import httpx
import pandas as pd
import pytest

from tests.conftest import DEMO, Running, running, wait_until

FLOW = "/bulk/MAGHREB/DF_MIG_STOCK_POP/1.0.0/DF_MIG_STOCK_POP"


def _files(hub: Running) -> list[dict[str, object]]:
    with hub.client() as client:
        answer = client.get("/bulk/toc.json")
    assert answer.status_code == 200
    return list(answer.json()["files"])


def _get(hub: Running, path: str, **headers: str) -> httpx.Response:
    with hub.client() as client:
        return client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_every_file_is_what_the_contents_say(demo_hub: Running) -> None:
    files = _files(demo_hub)
    assert {str(file["dataflow"]) for file in files} >= {
        "MAGHREB:DF_MIG_STOCK_POP(1.0.0)",
        "MAGHREB:DF_LM_CORE(1.0.0)",
    }
    for file in files:
        answer = _get(demo_hub, str(file["url"]))
        assert answer.status_code == 200, file
        assert len(answer.content) == file["bytes"] == int(answer.headers["Content-Length"])
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        assert "Content-Encoding" not in answer.headers
        if str(file["url"]).endswith(".csv.gz"):
            rows = list(csv.DictReader(io.StringIO(gzip.decompress(answer.content).decode())))
            assert len([row for row in rows if row["TIME_PERIOD"]]) == file["rows"]
            if file["area"]:
                assert {row["REF_AREA"] for row in rows} == {file["area"]}


def test_the_areas_together_are_the_whole(demo_hub: Running) -> None:
    files = [file for file in _files(demo_hub) if "DF_MIG_STOCK_POP" in str(file["dataflow"])]
    for form in {file["format"] for file in files}:
        of_form = [file for file in files if file["format"] == form]
        (whole,) = (file for file in of_form if not file["area"])
        assert whole["rows"] == sum(int(str(f["rows"])) for f in of_form if f["area"])
        assert len(of_form) > 2


def test_pandas_reads_a_file_by_its_address(demo_hub: Running) -> None:
    table = pd.read_csv(f"{demo_hub.url}{FLOW}_MA.csv.gz")
    assert set(table["REF_AREA"]) == {"MA"}
    assert table["OBS_VALUE"].notna().any()


def test_the_contents_as_csv_name_in_the_language_asked_for(demo_hub: Running) -> None:
    for language, name in (("fr", "Maroc"), ("en", "Morocco"), ("ar", "المغرب")):
        answer = _get(demo_hub, f"/bulk/toc.csv?lang={language}")
        assert answer.headers["Content-Language"] == language
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert name in {row["areaName"] for row in rows}
    assert _get(demo_hub, "/bulk/toc.csv?lang=de").status_code == 406


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_page_links_to_every_file(demo_hub: Running, language: str) -> None:
    page = _get(demo_hub, f"/bulk/?lang={language}")
    assert page.headers["Content-Language"] == language
    for file in _files(demo_hub):
        assert f'href="{str(file["url"]).removeprefix(demo_hub.url)}"' in page.text
    assert "/bulk/?lang=" in _get(demo_hub, f"/?lang={language}").text


def test_what_the_client_has_is_not_sent_again(demo_hub: Running) -> None:
    first = _get(demo_hub, f"{FLOW}.csv.gz")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert _get(demo_hub, f"{FLOW}.csv.gz", If_None_Match=tag).status_code == 304
    assert _get(demo_hub, f"{FLOW}.csv.gz", If_Modified_Since=changed).status_code == 304
    assert _get(demo_hub, f"{FLOW}.csv.gz", If_None_Match='"other"').status_code == 200


def test_a_part_of_a_file_can_be_asked_for(demo_hub: Running) -> None:
    whole = _get(demo_hub, f"{FLOW}.csv.gz").content
    part = _get(demo_hub, f"{FLOW}.csv.gz", Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole[10:20])


def test_only_public_figures_are_in_files(demo_hub: Running) -> None:
    """Work permits are regional: no file of them, also not for who may read them."""
    assert not any("DF_WORK_PERMIT" in str(file["dataflow"]) for file in _files(demo_hub))
    with demo_hub.client("MA_MIEPEEC") as client:
        path = "/bulk/MAGHREB/DF_WORK_PERMIT/1.0.0/DF_WORK_PERMIT.csv.gz"
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{FLOW}_XX.csv.gz", f"{FLOW}.xls", "/bulk/MAGHREB/NONE/1.0.0/NONE.csv.gz",
        "/bulk/MAGHREB/DF_MIG_STOCK_POP/1.0.0/..%2Fedition.json", "/bulk/none.such",
        "/bulk/MAGHREB/DF_MIG_STOCK_POP/1.0.0/edition.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(demo_hub: Running, path: str) -> None:
    assert _get(demo_hub, path).status_code == 404


def test_a_publication_makes_new_files_and_a_release_opens_in_them(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        assert _files(hub) == []
        stock = DEMO / "undesa_migrant_stock.csv"
        text = stock.read_text(encoding="utf-8").replace(",79083,", ",123456789,", 1)
        opens = hub.push_for_later("INT_UNDESA", stock, text.encode())
        before = _get(hub, f"{FLOW}.csv.gz")
        assert b"79083" in gzip.decompress(before.content)
        tag = before.headers["ETag"]
        assert _get(hub, f"{FLOW}.csv.gz", If_None_Match=tag).status_code == 304
        wait_until(opens)
        after = _get(hub, f"{FLOW}.csv.gz", If_None_Match=tag)
        assert after.status_code == 200
        assert b"123456789" in gzip.decompress(after.content)
        # The edition before stays until the next, for who is reading it; older ones go.
        assert hub.push("INT_UNDESA", stock).status_code == 201
        assert _get(hub, f"{FLOW}.csv.gz").status_code == 200
        assert len(list((tmp_path / "bulk").glob("*/*/"))) == 2


def test_files_last_across_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        tag = _get(hub, f"{FLOW}.csv.gz").headers["ETag"]
    (manifest,) = (tmp_path / "bulk").glob("*/edition.json")
    made = manifest.stat().st_mtime_ns
    with running(tmp_path) as hub:
        assert _get(hub, f"{FLOW}.csv.gz", If_None_Match=tag).status_code == 304
        assert manifest.stat().st_mtime_ns == made


def test_the_background_makes_them_before_anyone_asks(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        for _ in range(200):
            if list((tmp_path / "bulk").glob("*/edition.json")):
                break
            time.sleep(0.05)
        assert list((tmp_path / "bulk").glob("*/edition.json"))
