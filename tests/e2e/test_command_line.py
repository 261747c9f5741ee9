"""The command line against a running hub and against folders."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from sdmx_service.cli import app
from tests.conftest import DEMO, ROOT, Running, running

CNSS, WRONG = DEMO / "cnss_foreign_employees.csv", DEMO / "wrong_on_purpose.csv"
FLOW = "MAGHREB:DF_MIG_STOCK_WRK(1.0.0)"


def _run(hub: Running, principal: str | None, *words: str | Path) -> Result:
    environment = {
        "SDMX_SERVICE_URL": hub.url,
        "COLUMNS": "200",
        "LANG": "en_GB.UTF-8",
        "TERM": "xterm",
    }
    environment["SDMX_SERVICE_KEY"] = hub.keys[principal] if principal else ""
    return CliRunner().invoke(app, [str(word) for word in words], env=environment)


def test_push_then_status_then_read(empty_hub: Running) -> None:
    pushed = _run(empty_hub, "MA_CNSS", "push", CNSS)
    assert pushed.exit_code == 0, pushed.output
    assert "accepted · 17 observations" in pushed.stdout
    identifier = pushed.stdout.split("id ")[1].split()[0]
    assert identifier in _run(empty_hub, "MA_CNSS", "status").stdout
    assert "accepted" in _run(empty_hub, "MA_CNSS", "status", identifier).stdout
    table = _run(empty_hub, None, "read", FLOW, "--start", "2017", "--end", "2017")
    assert table.exit_code == 0, table.output
    assert "26283" in table.stdout


def test_a_rejected_file_is_explained_and_leaves_with_1(empty_hub: Running) -> None:
    result = _run(empty_hub, "MA_CNSS", "validate", CNSS, WRONG)
    assert result.exit_code == 1
    assert "rejected" in result.stdout
    assert "CODE_UNKNOWN" in result.stdout
    assert "line" in result.stdout
    assert "nothing was kept" in result.stdout


def test_the_report_speaks_the_language_asked_for(empty_hub: Running) -> None:
    french = _run(empty_hub, "MA_CNSS", "validate", WRONG, "--language", "fr").stdout
    english = _run(empty_hub, "MA_CNSS", "validate", WRONG).stdout
    assert french != english


def test_a_refusal_leaves_with_2_and_says_the_remedy(empty_hub: Running) -> None:
    result = _run(empty_hub, None, "push", CNSS)
    assert result.exit_code == 2
    assert "KEY_MISSING (401)" in result.stderr
    assert "Traceback" not in result.output


def test_nobody_there_leaves_with_2() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    result = CliRunner().invoke(app, ["read", "DF_X", "--url", url])
    assert result.exit_code == 2
    assert url in result.stderr


@pytest.mark.parametrize(
    "words", [("read", "A:B:C"), ("read", FLOW, "--format", "parquet"), ("read", FLOW, "-o", "x")]
)
def test_a_wrong_wish_is_said_in_one_line(demo_hub: Running, words: tuple[str, ...]) -> None:
    result = _run(demo_hub, None, *words)
    assert result.exit_code == 2
    assert result.stderr.count("\n") <= 2


def test_csv_is_the_hubs_own_bytes(demo_hub: Running) -> None:
    result = _run(demo_hub, None, "read", FLOW, "--format", "csv")
    with demo_hub.client(Accept="application/vnd.sdmx.data+csv;version=2.0.0") as client:
        answer = client.get("/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_WRK/1.0.0/*")
    assert result.stdout_bytes == answer.content


def test_every_format_goes_into_a_file(demo_hub: Running, tmp_path: Path) -> None:
    for form in ("csv", "json", "xml", "parquet", "arrow", "xlsx"):
        target = tmp_path / f"data.{form}"
        result = _run(demo_hub, None, "read", FLOW, "--format", form, "-o", target)
        assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "data.json").read_text())["data"]["dataSets"]
    assert len(pd.read_csv(tmp_path / "data.csv")) == 17
    assert len(pd.read_parquet(tmp_path / "data.parquet")) == 17
    assert len(pd.read_excel(tmp_path / "data.xlsx")) == 17
    assert pa.ipc.open_stream((tmp_path / "data.arrow").read_bytes()).read_all().num_rows == 17
    assert (tmp_path / "data.xml").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_nothing_to_see_leaves_no_file(demo_hub: Running, tmp_path: Path, form: str) -> None:
    target = tmp_path / "data"
    words = ("read", FLOW, "--start", "2090", "--format", form, "-o", target)
    result = _run(demo_hub, None, *words)
    assert result.exit_code == 0, result.output
    assert "Nothing" in result.stderr
    assert not target.exists()


def test_the_shipped_structures_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, ["structures", "check"])
    assert result.exit_code == 0, result.output
    assert "0 errors" in result.stdout


def test_a_dangling_reference_is_found(tmp_path: Path) -> None:
    (tmp_path / "DATAFLOWS.xml").write_bytes((ROOT / "dataflows/DATAFLOWS.xml").read_bytes())
    result = CliRunner().invoke(
        app,
        ["structures", "check", str(tmp_path)],
        env={"COLUMNS": "200", "LANG": "en", "TERM": "xterm"},
    )
    assert result.exit_code == 1
    assert "REFERENCE_DANGLING" in result.stdout


def test_a_file_that_is_no_structure_message_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_text("<oops")
    result = CliRunner().invoke(app, ["structures", "check", str(tmp_path)])
    assert result.exit_code == 2
    assert "broken.xml" in result.stderr.replace("\n", "")


def test_keys_are_made_listed_and_removed(tmp_path: Path) -> None:
    environment = {"SDMX_SERVICE_DATA": str(tmp_path / "data")}

    def keys(*words: str) -> Result:
        return CliRunner().invoke(app, ["keys", *words], env=environment)

    assert len(keys("add", "MA_CNSS").stdout.strip()) > 30
    assert "MA_CNSS" in keys("list").stdout
    assert keys("remove", "MA_CNSS").exit_code == 0
    assert "MA_CNSS" not in keys("list").stdout
    assert keys("remove", "MA_CNSS").exit_code == 2


def test_what_is_backed_up_comes_back(tmp_path: Path) -> None:
    data, copy, restored = tmp_path / "data", tmp_path / "copy", tmp_path / "restored"
    with running(data) as hub:
        assert hub.push("MA_CNSS", CNSS).status_code == 201
        key = hub.keys["MA_CNSS"]
    runner = CliRunner()
    saved = runner.invoke(app, ["backup", str(copy)], env={"SDMX_SERVICE_DATA": str(data)})
    assert saved.exit_code == 0, saved.output
    again = runner.invoke(app, ["backup", str(copy)], env={"SDMX_SERVICE_DATA": str(data)})
    assert again.exit_code == 2
    environment = {"SDMX_SERVICE_DATA": str(restored)}
    back = runner.invoke(app, ["restore", str(copy)], env=environment)
    assert back.exit_code == 0, back.output
    assert runner.invoke(app, ["restore", str(copy)], env=environment).exit_code == 2
    with running(restored) as hub, hub.client() as client:
        entry = client.get("/submissions", headers={"Authorization": f"Bearer {key}"})
        assert len(entry.json()["submissions"]) == 1
        message = entry.json()["submissions"][0]["links"]["message"]
        sent = client.get(message, headers={"Authorization": f"Bearer {key}"})
        assert sent.content == CNSS.read_bytes()
