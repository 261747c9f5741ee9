"""The formats of data through the running hub: read by others' software, and sent again."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from tests.conftest import Running

FLOW = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_WRK/1.0.0"
AGREEMENT = "/sdmx/v2/data/provisionagreement/MAGHREB/PA_DF_MIG_STOCK_WRK_MA_CNSS"


def _get(hub: Running, url: str, principal: str | None = None) -> bytes:
    with hub.client(principal) as client:
        answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_pandas_reads_parquet_and_arrow(demo_hub: Running) -> None:
    frame = pd.read_parquet(io.BytesIO(_get(demo_hub, f"{FLOW}?format=parquet")))
    assert len(frame) == 17
    assert frame["OBS_VALUE"].max() == 26283
    assert str(frame["REF_AREA"].dtype) == "category"
    stream = pa.ipc.open_stream(_get(demo_hub, f"{FLOW}?format=arrow"))
    assert stream.read_all().to_pandas()["OBS_VALUE"].sum() == frame["OBS_VALUE"].sum()


@pytest.mark.parametrize(("language", "right_to_left"), [("fr", False), ("ar", True)])
def test_excel_in_the_language_asked_for(
    demo_hub: Running, language: str, right_to_left: bool
) -> None:
    data = _get(demo_hub, f"{FLOW}?format=xlsx&lang={language}")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert bool(book.worksheets[0].sheet_view.rightToLeft) is right_to_left
    frame = pd.read_excel(io.BytesIO(data))
    assert frame["OBS_VALUE"].max() == 26283


@pytest.mark.parametrize(
    "word", ["jsondata&formatVersion=1.0.0", "jsondata&formatVersion=2.0.0", "jsondata",
             "csvdata&formatVersion=2.0.0", "csvdata"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["", "&dimensionAtObservation=AllDimensions"])
def test_what_is_read_can_be_sent_again(demo_hub: Running, word: str, form: str) -> None:
    text = _get(demo_hub, f"{AGREEMENT}?format={word}{form}", "MA_CNSS")
    answer = demo_hub.push("MA_CNSS", text, dryRun="true")
    assert answer.status_code == 200, answer.text
    assert answer.json()["report"]["errors"] == 0


def test_a_problem_of_json_has_its_series_and_period(demo_hub: Running) -> None:
    text = _get(demo_hub, f"{AGREEMENT}?format=jsondata", "MA_CNSS")
    wrong = re.sub(rb'"0":\[[0-9.]+', b'"0":["many"', text, count=1)
    answer = demo_hub.push("MA_CNSS", wrong, dryRun="true")
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["report"]["problems"]
    assert problem["code"] == "VALUE_NOT_NUMBER"
    location = problem["samples"][0]["location"]
    assert location["component"] == "OBS_VALUE"
    assert location["seriesKey"].startswith("A.MA.")
    assert location["period"]
