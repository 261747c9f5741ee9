"""structures load, export, diff, impact, import: folders and hubs from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sdmx
from pysdmx.io import read_sdmx
from typer.testing import CliRunner, Result

from sdmx_service.cli import app
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Artefact, Code, Codelist, StructureMessage
from sdmx_service.registry.load import load_folders
from tests.conftest import DEMO, STRUCTURES, Running, running

OWN = Ref(Class.CODELIST, "MAGHREB.MA", "CL_TEST", "1.0.0")
LIST = Codelist(ref=OWN, items=(Code(id="A"), Code(id="B")))


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDMX_SERVICE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SDMX_SERVICE_STRUCTURES", ":".join(map(str, STRUCTURES)))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "served") as hub:
        name = "AGENCY_MAGHREB.MA"
        hub.keys[name] = hub.hub.credentials.add(name)
        yield hub


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["structures", *map(str, arguments)])


def file_of(path: Path, *artefacts: Artefact) -> Path:
    header = Header(id="TEST", sender="TEST")
    path.write_bytes(xml_structures.write_30(header, StructureMessage(artefacts=artefacts)))
    return path


def test_load_export_load_is_equal(tmp_path: Path) -> None:
    first = command("load", file_of(tmp_path / "list.xml", LIST))
    assert (first.exit_code, "Created." in first.output) == (0, True), first.output
    assert command("export", tmp_path / "out").exit_code == 0
    exported = load_folders((tmp_path / "out",), Limits())
    shipped = load_folders(STRUCTURES, Limits())
    assert {one.ref: one for one in exported} == {one.ref: one for one in (*shipped, LIST)}
    assert (tmp_path / "out/MAGHREB.MA/Codelist/CL_TEST-1.0.0.xml").is_file()
    again = command("load", tmp_path / "out")
    assert again.exit_code == 0
    assert again.output.count("Unchanged.") == len(exported)
    files = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.xml")}
    assert command("export", tmp_path / "out").exit_code == 0
    assert {path: path.read_bytes() for path in files} == files


def test_load_says_what_is_wrong(tmp_path: Path) -> None:
    command("load", file_of(tmp_path / "list.xml", LIST))
    changed = file_of(tmp_path / "changed.xml", replace(LIST, items=LIST.items[:1]))
    result = command("load", changed)
    assert result.exit_code == 1
    assert "removed B (major)" in result.output
    assert "2.0.0" in result.output


def test_diff_of_files_and_of_a_hub(tmp_path: Path, hub: Running) -> None:
    added = replace(LIST, items=(*LIST.items, Code(id="C")))
    old, new = file_of(tmp_path / "old.xml", LIST), file_of(tmp_path / "new.xml", added)
    result = command("diff", old, new)
    assert result.output.splitlines() == [
        "Codelist=MAGHREB.MA:CL_TEST(1.0.0): minor, asks for version 1.1.0",
        "  added C (minor)",
    ]
    assert command("diff", old, old).output == "No difference.\n"
    here = "Codelist=MAGHREB:CL_SEX(1.0.0)"
    assert command("diff", here, here, "--url", hub.url).output == "No difference.\n"
    assert command("diff", old, "nonsense", "--url", hub.url).exit_code == 2


def test_impact(hub: Running) -> None:
    sent = hub.push("MA_CNSS", DEMO / "cnss_foreign_employees.csv")
    key = ("--url", hub.url, "--key", hub.keys["MA_CNSS"])
    result = command("impact", "DataStructure=MAGHREB:DSD_MIG_STOCK(1.0.0)", *key)
    assert result.exit_code == 0, result.output
    assert "Dataflow=MAGHREB:DF_MIG_STOCK_WRK(1.0.0)" in result.output
    assert "ProvisionAgreement=" in result.output
    assert f"submission {sent.json()['id']} of MA_CNSS" in result.output


def test_load_into_a_running_hub_and_read_elsewhere(tmp_path: Path, hub: Running) -> None:
    path = file_of(tmp_path / "list.xml", LIST)
    key = ("--url", hub.url, "--key", hub.keys["AGENCY_MAGHREB.MA"])
    assert command("load", path, *key).exit_code == 0
    others = file_of(tmp_path / "others.xml", replace(LIST, ref=replace(OWN, agency="MAGHREB")))
    assert command("load", others, *key).exit_code == 1
    sdmx.add_source({"id": "HERE", "url": f"{hub.url}/sdmx/v1", "name": "here"}, override=True)
    message = sdmx.Client("HERE").codelist("CL_TEST", agency_id="MAGHREB.MA", version="1.0.0")
    assert list(message.codelist["CL_TEST"].items) == ["A", "B"]
    with hub.client(Accept="application/vnd.sdmx.structure+xml;version=3.0.0") as client:
        text = client.get("/sdmx/v2/structure/codelist/MAGHREB.MA/CL_TEST/1.0.0").text
    (read,) = read_sdmx(text).structures
    assert [code.id for code in read] == ["A", "B"]


def test_import_from_another_hub(tmp_path: Path, hub: Running) -> None:
    flow = (f"{hub.url}/sdmx/v2", "MAGHREB", "DF_MIG_STOCK_WRK")
    guarded = command("import", *flow, "--folder", tmp_path / "in")
    assert guarded.exit_code == 2
    assert "not a public address" in guarded.output
    for api in ("v1", "v2"):
        folder = tmp_path / api
        found = (f"{hub.url}/sdmx/{api}", *flow[1:])
        result = command("import", *found, "1.0.0", "--folder", folder, "--allow-private")
        assert result.exit_code == 0, result.output
        classes = {artefact.ref.artefact for artefact in load_folders((folder,), Limits())}
        assert {Class.DATAFLOW, Class.DATA_STRUCTURE, Class.CONCEPT_SCHEME} <= classes
        assert (folder / "MAGHREB/Codelist/CL_SEX-1.0.0.xml").is_file()
    here = command("import", *flow, "--allow-private")
    assert here.exit_code == 0, here.output
    assert "Created." not in here.output
    structure = command("import", flow[0], "MAGHREB", "DSD_LM_CORE", "--allow-private")
    assert structure.exit_code == 0, structure.output
    nothing = command("import", flow[0], "MAGHREB", "DF_NONE", "--allow-private")
    assert (nothing.exit_code, "no dataflow" in nothing.output) == (2, True)
