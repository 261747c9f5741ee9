"""Who sees what: tiers, masks, bad keys, over HTTP."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from tests.conftest import Running

PERMITS = "/sdmx/v2/data/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
RETURNS = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_RETURN/1.0.0"
STOCKS = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"


def _rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _get(hub: Running, principal: str | None, path: str) -> httpx.Response:
    with hub.client(principal, Accept="application/vnd.sdmx.data+csv;version=2.0.0") as client:
        return client.get(path)


@pytest.mark.parametrize(
    ("path", "sees", "sees_not"),
    [
        (PERMITS, ["MA_MIEPEEC", "TN_INS", "FOCAL_TN", "MA_CNSS"], [None, "INT_ILO"]),
        (RETURNS, ["MA_HCP", "MA_CNSS", "FOCAL_MA"], [None, "TN_INS", "FOCAL_TN", "INT_ILO"]),
        (STOCKS, [None, "TN_INS", "INT_ILO", "FOCAL_MA"], []),
    ],
)
def test_tiers(
    demo_hub: Running, path: str, sees: list[str | None], sees_not: list[str | None]
) -> None:
    for principal in sees:
        assert _rows(_get(demo_hub, principal, path)), principal
    for principal in sees_not:
        assert _get(demo_hub, principal, path).status_code == 204, principal


def test_invisible_is_404_in_v1_and_the_same_as_no_data(demo_hub: Running) -> None:
    with demo_hub.client() as client:
        hidden = client.get("/sdmx/v1/data/MAGHREB,DF_WORK_PERMIT,1.0.0")
        nothing = client.get("/sdmx/v1/data/MAGHREB,DF_RES_PERMIT,1.0.0")
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.content == nothing.content
    assert b'code="100"' in hidden.content


def test_a_confidential_figure_is_masked_for_all_but_its_sender(demo_hub: Running) -> None:
    def iceland(principal: str) -> dict[str, str]:
        rows = _rows(_get(demo_hub, principal, PERMITS))
        assert len(rows) == 9
        return next(row for row in rows if row["CITIZENSHIP"] == "IS")

    own = iceland("MA_MIEPEEC")
    assert (own["OBS_VALUE"], own["OBS_STATUS"], own["CONF_STATUS"]) == ("3", "A", "A")
    for principal in ("TN_INS", "FOCAL_MA", "MA_CNSS"):
        seen = iceland(principal)
        assert (seen["OBS_VALUE"], seen["OBS_STATUS"], seen["CONF_STATUS"]) == ("", "Q", "")
        assert seen["COMMENT_OBS"] == ""


@pytest.mark.parametrize("filter_", ["c[OBS_VALUE]=3", "c[CONF_STATUS]=A", "c[COMMENT_OBS]=co:don"])
def test_no_filter_finds_a_hidden_value(demo_hub: Running, filter_: str) -> None:
    assert _get(demo_hub, "TN_INS", f"{PERMITS}?{filter_}").status_code == 204
    assert len(_rows(_get(demo_hub, "MA_MIEPEEC", f"{PERMITS}?{filter_}"))) == 1


def test_a_bad_key_is_401_everywhere(demo_hub: Running) -> None:
    for path in (PERMITS, "/sdmx/v1/dataflow/MAGHREB", "/submissions"):
        with demo_hub.client() as client:
            answer = client.get(path, headers={"Authorization": "Bearer nonsense"})
        assert answer.status_code == 401, path


def test_the_regional_total(demo_hub: Running) -> None:
    rows = _rows(_get(demo_hub, None, f"{STOCKS}/A5.MAGHREB.*.*.*._T._T"))
    by_year = {row["TIME_PERIOD"]: row for row in rows}
    parts = _rows(_get(demo_hub, None, f"{STOCKS}/A5.*.INT_UNDESA_IMS.*.*._T._T"))
    for year in ("1990", "2020"):
        expected = sum(int(row["OBS_VALUE"]) for row in parts if row["TIME_PERIOD"] == year)
        assert by_year[year]["OBS_VALUE"] == str(expected)
        assert by_year[year]["OBS_STATUS"] == "E"
        assert by_year[year]["DATA_SOURCE"] == "MAGHREB_CALC"


def test_a_total_names_the_missing_and_needs_four(demo_hub: Running) -> None:
    totals = _rows(_get(demo_hub, None, f"{STOCKS}/A5.MAGHREB"))
    parts = _rows(_get(demo_hub, None, f"{STOCKS}/A5.*.INT_UNDESA_IMS"))
    countries: dict[tuple[str, str, str], set[str]] = {}
    for row in parts:
        key = (row["BIRTH_PLACE"], row["SEX"], row["TIME_PERIOD"])
        countries.setdefault(key, set()).add(row["REF_AREA"])
    complete = {key: found for key, found in countries.items() if len(found) >= 4}
    assert len(totals) == len(complete) == 273
    for row in totals:
        found = complete[row["BIRTH_PLACE"], row["SEX"], row["TIME_PERIOD"]]
        missing = sorted({"DZ", "LY", "MA", "MR", "TN"} - found)
        assert row["COMMENT_OBS"] == (f"missing: {', '.join(missing)}" if missing else "")
