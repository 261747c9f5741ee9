"""Data queries of the running hub: order, cross-sections, reporting years."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import httpx
import pytest
from lxml import etree

from sdmx_service.model.limits import Limits
from tests.conftest import DEMO, Running, running

FLOW = "/sdmx/v2/data/dataflow/MAGHREB/DF_LM_CORE/1.0.0"
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
XML = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
JSON = "application/vnd.sdmx.data+json;version=2.0.0"


def _get(hub: Running, query: str, accept: str) -> httpx.Response:
    with hub.client(Accept=accept) as client:
        return client.get(f"{FLOW}{query}")


def _rows(hub: Running, query: str) -> list[dict[str, str]]:
    answer = _get(hub, query, CSV)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _keys(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_table_is_sorted_as_asked(demo_hub: Running) -> None:
    rows = _rows(demo_hub, "?sort=TIME_PERIOD:desc+REF_AREA+INDICATOR:desc")
    keys = _keys(rows, "TIME_PERIOD", "REF_AREA", "INDICATOR")
    expected = sorted(sorted(keys, key=lambda key: key[2], reverse=True), key=lambda key: key[1])
    assert keys == sorted(expected, key=lambda key: key[0], reverse=True)
    assert len({key[1] for key in keys[:6]}) > 1, "rows of several series alternate"


def test_a_table_is_sorted_by_values(demo_hub: Running) -> None:
    rows = _rows(demo_hub, "")
    values = sorted((float(row["OBS_VALUE"]) for row in rows if row["OBS_VALUE"]), reverse=True)
    largest = _rows(demo_hub, "?sort=OBS_VALUE:desc&limit=3")
    assert [float(row["OBS_VALUE"]) for row in largest] == values[:3]
    whole = _rows(demo_hub, "?sort=OBS_VALUE:desc")
    assert [row["OBS_VALUE"] for row in whole[len(values) :]] == [""] * (len(rows) - len(values))
    assert whole[:3] == largest
    units = [row["UNIT_MEASURE"] for row in _rows(demo_hub, "?sort=UNIT_MEASURE:desc+OBS_VALUE")]
    assert units == sorted(units, reverse=True)
    assert len(set(units)) > 1


def test_attributes_of_the_series_order_series(demo_hub: Running) -> None:
    for at in ("", "&dimensionAtObservation=REF_AREA"):
        root = etree.fromstring(_get(demo_hub, f"?sort=UNIT_MEASURE:desc{at}", XML).content)
        units = [one.get("UNIT_MEASURE") for one in root.findall(".//Series")]
        assert units == sorted(units, reverse=True)
        assert len(set(units)) > 1


def test_values_order_nothing_where_series_are_whole(demo_hub: Running) -> None:
    found = [
        etree.fromstring(_get(demo_hub, query, XML).content).findall(".//Series")
        for query in ("", "?sort=OBS_VALUE:desc")
    ]
    plain, asked = ([etree.tostring(one) for one in series] for series in found)
    assert asked == plain


def test_pages_of_a_sorted_table_are_the_table(demo_hub: Running) -> None:
    whole = _rows(demo_hub, "?sort=TIME_PERIOD+*:desc")
    pages = [
        _rows(demo_hub, f"?sort=TIME_PERIOD+*:desc&offset={start}&limit=7")
        for start in range(0, len(whole), 7)
    ]
    assert [row for page in pages for row in page] == whole


def test_series_stay_whole_and_time_is_ordered_inside_them(demo_hub: Running) -> None:
    query = "?sort=TIME_PERIOD:desc+INDICATOR:desc"
    for accept in (XML, XML.replace("structurespecific", "generic")):
        assert _get(demo_hub, query, accept).status_code == 200
    root = etree.fromstring(_get(demo_hub, query, XML).content)
    series = root.findall(".//Series")
    names = [one.get("INDICATOR") for one in series]
    assert names == sorted(names, reverse=True)
    keys = [tuple(one.attrib.values()) for one in series]
    assert len(keys) == len(set(keys))
    for one in series:
        periods = [row.get("TIME_PERIOD") for row in one.findall("Obs")]
        assert periods == sorted(periods, reverse=True)


def test_series_key_is_what_is_not_at_the_observation(demo_hub: Running) -> None:
    query = "?sort=series_key:desc&dimensionAtObservation=INDICATOR"
    root = etree.fromstring(_get(demo_hub, query, XML).content)
    names = ("FREQ", "REF_AREA", "DATA_SOURCE", "MIGRANT_STATUS", "SEX", "TIME_PERIOD")
    keys = [tuple(one.get(name) for name in names) for one in root.findall(".//Series")]
    assert len(keys) > 3
    assert keys == sorted(keys, reverse=True)
    for one in root.findall(".//Series"):
        codes = [row.get("INDICATOR") for row in one.findall("Obs")]
        assert codes == sorted(codes)


def test_a_cross_section_says_what_the_series_say(demo_hub: Running) -> None:
    flat = {
        tuple(sorted(row.items()))
        for row in _rows(demo_hub, "?attributes=none")
        for row in [{k: v for k, v in row.items() if v and not k.startswith(("STRUCT", "ACTION"))}]
    }
    query = "?attributes=none&dimensionAtObservation=INDICATOR"
    root = etree.fromstring(_get(demo_hub, query, XML).content)
    found = {
        tuple(sorted({**one.attrib, **row.attrib}.items()))
        for one in root.findall(".//Series")
        for row in one.findall("Obs")
    }
    assert found == flat
    assert root.find(".//{*}Structure").get("dimensionAtObservation") == "INDICATOR"
    data = json.loads(_get(demo_hub, query, JSON).text)["data"]
    dimensions = data["structures"][0]["dimensions"]
    assert [entry["id"] for entry in dimensions["observation"]] == ["INDICATOR"]
    assert dimensions["series"][-1]["id"] == "TIME_PERIOD"
    observations = [o for s in data["dataSets"][0]["series"].values() for o in s["observations"]]
    assert len(observations) == len(flat)


def test_cross_sections_of_several_dataflows_are_sorted_each(demo_hub: Running) -> None:
    path = "/sdmx/v2/data/datastructure/MAGHREB/DSD_MIG_STOCK"
    query = "?dimensionAtObservation=REF_AREA&sort=TIME_PERIOD:desc+REF_AREA:desc"
    with demo_hub.client(Accept=XML) as client:
        root = etree.fromstring(client.get(path + query).content)
    datasets = root.findall("{*}DataSet")
    assert len(datasets) > 1
    for dataset in datasets:
        periods = [one.get("TIME_PERIOD") for one in dataset.findall("Series")]
        assert periods == sorted(periods, reverse=True)
        for one in dataset.findall("Series"):
            areas = [row.get("REF_AREA") for row in one.findall("Obs")]
            assert areas == sorted(areas, reverse=True)


def test_a_table_is_no_cross_section(demo_hub: Running) -> None:
    assert _rows(demo_hub, "?dimensionAtObservation=SEX") == _rows(demo_hub, "")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?sort=NONE_SUCH", 422),
        ("?sort=OBS_VALUE", 200),
        ("?sort=OBS_STATUS:desc&dimensionAtObservation=SEX", 200),
        ("?dimensionAtObservation=NONE_SUCH", 422),
        ("?dimensionAtObservation=OBS_VALUE", 422),
        ("?dimensionAtObservation=SEX&attributes=none&measures=none", 200),
        ("?dimensionAtObservation=SEX&includeHistory=true", 200),
        ("?reportingYearStartDay=--07-01&c[TIME_PERIOD]=ge:0001-Q1", 400),
    ],
)
def test_what_is_asked_wrongly(demo_hub: Running, query: str, status: int) -> None:
    assert _get(demo_hub, query, JSON).status_code == status


def test_a_cross_section_too_large_is_refused_with_the_number(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(cross_section_observations=5)) as hub:
        assert hub.push("INT_ILO", DEMO / "ilostat_labour_force.csv").status_code == 201
        answer = _get(hub, "?dimensionAtObservation=SEX", JSON)
        assert answer.status_code == 413
        assert " 5 observations" in answer.text
        assert _get(hub, "?dimensionAtObservation=SEX&limit=5", JSON).status_code == 200
        assert _get(hub, "?dimensionAtObservation=SEX", CSV).status_code == 200


def test_a_reporting_year_may_start_on_another_day(demo_hub: Running) -> None:
    """2010-A1 is the year to June 2010: the calendar's 2010 is not inside, 2009 begins before."""
    periods = {row["TIME_PERIOD"] for row in _rows(demo_hub, "")}
    assert {"2010", "2011"} <= periods
    query = "?c[TIME_PERIOD]=ge:2010-Q3&reportingYearStartDay="
    shown = {row["TIME_PERIOD"] for row in _rows(demo_hub, query + "--07-01")}
    assert shown == {period for period in periods if period >= "2010"}
    shown = {row["TIME_PERIOD"] for row in _rows(demo_hub, query + "--01-01")}
    assert shown == {period for period in periods if period >= "2011"}
