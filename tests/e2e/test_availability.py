"""Availability over HTTP says of the data what the data say, to whoever may see them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import httpx
import pytest
from lxml import etree

from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.formats.structures.availability import with_reference_period
from sdmx_service.model.limits import Limits
from sdmx_service.model.structures import About, ConstraintRole, DataConstraint
from sdmx_service.model.time import parse_period
from tests.conftest import Running
from tests.property.test_structure_round_trip import assert_valid_json, assert_valid_xml

SDMX = "application/vnd.sdmx.structure"
JSON_21, JSON_20, JSON_10 = (f"{SDMX}+json;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
XML_31, XML_30, XML_21 = (f"{SDMX}+xml;version={v}" for v in ("3.1.0", "3.0.0", "2.1"))
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
FLOW = "dataflow/MAGHREB/DF_LM_CORE/1.0.0"
STOCKS = "dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"
DIMENSIONS = ("FREQ", "REF_AREA", "DATA_SOURCE", "INDICATOR", "MIGRANT_STATUS", "SEX", "AGE",
              "EDUCATION_LEV", "DEG_URB")  # fmt: skip
Rows = list[dict[str, str]]


def _get(
    hub: Running, path: str, accept: str = JSON_21, principal: str | None = None
) -> httpx.Response:
    with hub.client(principal, Accept=accept) as client:
        return client.get(f"/sdmx/{path}")


def _constraint(hub: Running, path: str, principal: str | None = None) -> dict[str, Any]:
    answer = _get(hub, f"v2/availability/{path}", principal=principal)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["data"]["availabilityConstraints"]
    return dict(found)


def _values(constraint: dict[str, Any]) -> dict[str, list[str]]:
    return {
        member["id"]: [value["value"] for value in member["values"]]
        for member in constraint["cubeRegion"]["keyValues"]
        if "values" in member
    }


def _rows(hub: Running, path: str, principal: str | None = None) -> Rows:
    answer = _get(hub, f"v2/data/{path}", CSV, principal)
    assert answer.status_code in (200, 204), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _seen(rows: Rows, dimensions: tuple[str, ...] = DIMENSIONS) -> dict[str, list[str]]:
    return {name: sorted({row[name] for row in rows}) for name in dimensions}


QUERIES = (
    "",
    "/A.TN",
    "/A.TN,A.DZ.*.UNE",
    "/A.*.*.UR?c[REF_AREA]=TN,MA",
    "?c[TIME_PERIOD]=ge:2010+le:2015",
    "?c[SEX]=ne:F&c[OBS_STATUS]=A",
    "?c[OBS_VALUE]=gt:1000",
    "?c[UNIT_MEASURE]=PT",
    "?startPeriod=2012",
    "?updatedAfter=2020-01-01T00:00:00Z",
)


@pytest.mark.parametrize("query", QUERIES)
def test_exact_is_what_the_data_query_gives(demo_hub: Running, query: str) -> None:
    rows = _rows(demo_hub, f"{FLOW}{query}")
    found = _constraint(demo_hub, f"{FLOW}{query}")
    assert _values(found) == _seen(rows)
    assert found["obsCount"] == len(rows)
    assert found["seriesCount"] == len({tuple(row[name] for name in DIMENSIONS) for row in rows})
    for member in found["cubeRegion"]["keyValues"][:-1]:
        for value in member["values"]:
            mine = [row["TIME_PERIOD"] for row in rows if row[member["id"]] == value["value"]]
            assert value["validFrom"] == str(min(parse_period(text).start for text in mine))
            assert value["validTo"] == str(max(parse_period(text).end for text in mine))
    time = found["cubeRegion"]["keyValues"][-1]
    periods = [parse_period(row["TIME_PERIOD"]) for row in rows]
    assert time["id"] == "TIME_PERIOD"
    assert time["timeRange"]["startPeriod"]["period"] == str(min(one.start for one in periods))
    assert time["timeRange"]["endPeriod"]["period"] == str(max(one.end for one in periods))


def test_available_is_what_each_dimension_could_still_be_given(demo_hub: Running) -> None:
    everything = _rows(demo_hub, FLOW)
    query = "/A.TN.*.UR?c[SEX]=_T&c[TIME_PERIOD]=ge:2015&mode=available"
    found = _constraint(demo_hub, f"{FLOW}{query}")
    wanted = {
        "FREQ": lambda row: row["FREQ"] == "A",
        "REF_AREA": lambda row: row["REF_AREA"] == "TN",
        "INDICATOR": lambda row: row["INDICATOR"] == "UR",
        "SEX": lambda row: row["SEX"] == "_T",
        "TIME_PERIOD": lambda row: row["TIME_PERIOD"] >= "2015",
    }
    for name in DIMENSIONS:
        others = [meets for key, meets in wanted.items() if key != name]
        rows = [row for row in everything if all(meets(row) for meets in others)]
        assert _values(found)[name] == sorted({row[name] for row in rows}), name
    assert len(_values(found)["REF_AREA"]) > 1
    timeless = [r for r in everything if all(m(r) for k, m in wanted.items() if k != "TIME_PERIOD")]
    time = found["cubeRegion"]["keyValues"][-1]["timeRange"]["startPeriod"]["period"]
    assert time == f"{min(row['TIME_PERIOD'] for row in timeless)}-01-01"
    exact = _constraint(demo_hub, f"{FLOW}{query.replace('available', 'exact')}")
    assert found["obsCount"] == exact["obsCount"]


def test_the_example_of_the_standard(demo_hub: Running) -> None:
    """What is taken away of a dimension by itself stays a valid selection; by others not."""
    only = _constraint(demo_hub, f"{FLOW}?c[INDICATOR]=UR&c[REF_AREA]=TN&mode=available")
    rows = _rows(demo_hub, FLOW)
    assert _values(only)["INDICATOR"] == sorted(
        {row["INDICATOR"] for row in rows if row["REF_AREA"] == "TN"}
    )
    assert _values(only)["REF_AREA"] == sorted(
        {row["REF_AREA"] for row in rows if row["INDICATOR"] == "UR"}
    )
    assert _values(only)["SEX"] == sorted(
        {r["SEX"] for r in rows if r["INDICATOR"] == "UR" and r["REF_AREA"] == "TN"}
    )


def test_single_components(demo_hub: Running) -> None:
    assert list(_values(_constraint(demo_hub, f"{FLOW}/*/REF_AREA"))) == ["REF_AREA"]
    found = _constraint(demo_hub, f"{FLOW}/A.TN/SEX,TIME_PERIOD")
    assert [member["id"] for member in found["cubeRegion"]["keyValues"]] == ["SEX", "TIME_PERIOD"]
    path = "v1/availableconstraint/MAGHREB,DF_LM_CORE,1.0.0/A.TN......./all/SEX"
    root = etree.fromstring(_get(demo_hub, path, XML_21).content)
    assert [key.get("id") for key in root.iter("{*}KeyValue")] == ["SEX"]
    for wrong in ("NONE_SUCH", "OBS_STATUS"):
        assert _get(demo_hub, f"v2/availability/{FLOW}/*/{wrong}").status_code == 422


def test_masked_rows_count_and_hidden_ones_do_not(demo_hub: Running) -> None:
    permits = "dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
    assert _get(demo_hub, f"v2/availability/{permits}").status_code == 204
    hidden = _get(demo_hub, "v1/availableconstraint/MAGHREB,DF_WORK_PERMIT,1.0.0", XML_21)
    assert hidden.status_code == 404
    assert b'code="100"' in hidden.content
    own = _constraint(demo_hub, permits, "MA_MIEPEEC")
    other = _constraint(demo_hub, permits, "TN_INS")
    assert own == other
    assert own["obsCount"] == len(_rows(demo_hub, permits, "TN_INS")) == 9
    searched = f"{permits}?c[OBS_VALUE]=gt:0"
    counts = [_constraint(demo_hub, searched, who)["obsCount"] for who in ("MA_MIEPEEC", "TN_INS")]
    assert counts == [len(_rows(demo_hub, searched, who)) for who in ("MA_MIEPEEC", "TN_INS")]
    assert counts[0] == counts[1] + 1


@pytest.mark.parametrize("query", ["", "/A5.MA?mode=available", "?references=all", "/A5/SEX"])
def test_every_form_is_valid(demo_hub: Running, query: str) -> None:
    path = f"v2/availability/{STOCKS}{query}"
    for accept in (XML_21, XML_30, XML_31, JSON_10, JSON_20, JSON_21):
        answer = _get(demo_hub, path, accept)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == accept
        version = accept.rpartition("=")[2].removesuffix(".0")
        if "xml" in accept:
            assert_valid_xml(answer.content, version)
        else:
            assert_valid_json(answer.content, version)


def test_earlier_versions_have_an_actual_constraint_with_metrics(demo_hub: Running) -> None:
    newest = _constraint(demo_hub, STOCKS)
    root = etree.fromstring(_get(demo_hub, f"v2/availability/{STOCKS}", XML_21).content)
    constraint = root.find(".//{*}ContentConstraint")
    assert constraint.get("type") == "Actual"
    assert constraint.find("{*}ConstraintAttachment/{*}Dataflow/Ref").get("id") == (
        "DF_MIG_STOCK_POP"
    )
    notes = {
        note.get("id"): note.findtext("{*}AnnotationTitle")
        for note in constraint.iter("{*}Annotation")
        if note.findtext("{*}AnnotationType") == "sdmx_metrics"
    }
    assert notes == {
        "series_count": str(newest["seriesCount"]),
        "obs_count": str(newest["obsCount"]),
    }
    period = constraint.find("{*}ReferencePeriod")
    assert period.get("startTime").endswith("T00:00:00")
    older = _get(demo_hub, f"v2/availability/{STOCKS}", JSON_20).json()["data"]
    (found,) = older["dataConstraints"]
    assert found["role"] == "Actual"
    assert found["cubeRegions"] == [newest["cubeRegion"]]


def test_every_form_is_read_as_the_same(demo_hub: Running) -> None:
    """Only names (before 3.1) and the days of each value (since 3.0) are told by some alone."""
    newest, newest_xml, *others = (
        _read(demo_hub, accept) for accept in (JSON_21, XML_31, XML_30, JSON_20, XML_21, JSON_10)
    )
    assert newest.role is ConstraintRole.ACTUAL
    assert newest_xml == newest
    assert all("fr" in dict(one.about.names) for one in others)
    oldest = with_reference_period(newest)
    assert oldest.reference_period is not None
    nameless = [replace(one, about=About()) for one in others]
    assert nameless == [newest, newest, oldest, oldest]


def _read(hub: Running, accept: str) -> DataConstraint:
    answer = _get(hub, f"v2/availability/{STOCKS}", accept)
    (found,) = read_structures(answer.content, Limits()).artefacts
    assert isinstance(found, DataConstraint)
    return found


def test_defaults_of_both_versions(demo_hub: Running) -> None:
    with demo_hub.client() as client:
        first = client.get("/sdmx/v1/availableconstraint/MAGHREB,DF_LM_CORE,1.0.0")
        second = client.get(f"/sdmx/v2/availability/{FLOW}")
        by_name = client.get(f"/sdmx/v2/availability/{FLOW}?format=structure&formatVersion=3.1.0")
    assert first.headers["Content-Type"] == XML_21
    assert second.headers["Content-Type"] == JSON_21
    assert by_name.headers["Content-Type"] == XML_31


def test_references_hold_what_is_used(demo_hub: Running) -> None:
    path = f"v2/availability/{FLOW}/A.TN?references="
    data = _get(demo_hub, path + "all").json()["data"]
    assert set(data) == {
        "availabilityConstraints", "codelists", "conceptSchemes", "dataProviderSchemes",
        "dataStructures", "dataflows",
    }  # fmt: skip
    values = _values(data["availabilityConstraints"][0])
    areas = next(one for one in data["codelists"] if one["id"] == "CL_AREA")
    codes = {code["id"]: code.get("parent") for code in areas["codes"]}
    assert {"TN"} <= set(codes)
    assert areas["isPartial"] is True
    assert all(parent in codes for parent in codes.values() if parent)
    above = set(codes.values())
    assert set(codes) - above <= {"TN"}
    sexes = next(one for one in data["codelists"] if one["id"] == "CL_SEX")
    assert set(values["SEX"]) <= {code["id"] for code in sexes["codes"]}
    concepts = {c["id"] for scheme in data["conceptSchemes"] for c in scheme["concepts"]}
    assert concepts == {*DIMENSIONS, "TIME_PERIOD"}
    (providers,) = data["dataProviderSchemes"]
    assert [one["id"] for one in providers["dataProviders"]] == ["INT_ILO"]
    assert set(_get(demo_hub, path + "none").json()["data"]) == {"availabilityConstraints"}
    some = _get(demo_hub, path + "dataflow,codelist").json()["data"]
    assert set(some) == {"availabilityConstraints", "dataflows", "codelists"}


def test_by_provision_agreement_each_stands_alone(demo_hub: Running) -> None:
    path = "v2/availability/provisionagreement/MAGHREB/*/*/*/REF_AREA"
    found = _get(demo_hub, path).json()["data"]["availabilityConstraints"]
    attached = [one["constraintAttachment"]["provisionAgreement"] for one in found]
    assert len(attached) == len(set(attached)) > 1
    by_structure = _get(demo_hub, "v2/availability/datastructure/MAGHREB/DSD_MIG_STOCK")
    flows = by_structure.json()["data"]["availabilityConstraints"]
    assert {one["constraintAttachment"]["dataflow"].rpartition(":")[2] for one in flows} == {
        "DF_MIG_STOCK_POP(1.0.0)", "DF_MIG_STOCK_WRK(1.0.0)",
    }  # fmt: skip


def test_providers_of_v1(demo_hub: Running) -> None:
    path = "v1/availableconstraint/MAGHREB,DF_MIG_STOCK_POP,1.0.0/all/{}/REF_AREA"
    every = etree.fromstring(_get(demo_hub, path.format("all"), XML_21).content)
    one = etree.fromstring(_get(demo_hub, path.format("MAGHREB,INT_UNDESA"), XML_21).content)
    values = [[v.text for v in root.iter("{*}Value")] for root in (every, one)]
    assert set(values[1]) < set(values[0])
    assert _get(demo_hub, path.format("NONE"), XML_21).status_code == 404


def test_the_same_again_is_not_sent_again(demo_hub: Running) -> None:
    path = f"v2/availability/{FLOW}"
    first, second = _get(demo_hub, path), _get(demo_hub, path)
    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]
    tags = {
        _get(demo_hub, path, accept).headers["ETag"] for accept in (JSON_21, JSON_20, XML_31)
    } | {_get(demo_hub, f"{path}?mode=available").headers["ETag"]}
    assert len(tags) == 4
    with demo_hub.client(Accept=JSON_21) as client:
        known = {"If-None-Match": first.headers["ETag"]}
        again = client.get(f"/sdmx/{path}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(f"/sdmx/{path}", headers=since).status_code == 304
        hidden = "/sdmx/v2/availability/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
        assert client.get(hidden, headers={"If-None-Match": "*"}).status_code == 204
    assert "Authorization" in first.headers["Vary"]
