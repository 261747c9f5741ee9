"""Several measures, values and languages, from the door to the answer: SDMX-ML 3.x in and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from bench.structures import AGENCY, PROVIDER, VERSION, artefacts
from sdmx_service.formats.xml.structures import write_30
from sdmx_service.model.message import Header
from sdmx_service.model.structures import (
    Artefact,
    DataStructure,
    Measure,
    Representation,
    StructureMessage,
    TextFormat,
)
from tests.conftest import Running, running
from tests.xsd_of_structure import message_schema

SDMX = "application/vnd.sdmx."
FLOW = f"dataflow/{AGENCY}/DF/{VERSION}"
KEY = (
    'FREQ="A" REF_AREA="RE1" SOURCE="SO1" INDICATOR="IN1" SEX="SE1" AGE="AG1" EDUCATION="ED1"'
    ' ACTIVITY="AC1" STATUS="ST1" UNIT_MEASURE="PS" UNIT_MULT="0" DECIMALS="0"'
)
MESSAGE = """<m:StructureSpecificData
 xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_1/message"
 xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v3_1/data/structurespecific"
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v3_1/common"><m:Header><m:ID>M</m:ID>
<m:Test>false</m:Test><m:Prepared>2024-01-01T00:00:00Z</m:Prepared><m:Sender id="P1"/>
<m:Structure structureID="S" namespace="urn:x" dimensionAtObservation="TIME_PERIOD">
<c:StructureUsage>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={agency}:DF({version})\
</c:StructureUsage></m:Structure></m:Header>
<m:DataSet s:structureRef="S" s:action="Merge">
<Series {key}><Comp id="COMMENT_TS"><Value><c:Text xml:lang="fr">vu</c:Text>\
<c:Text xml:lang="ar">شوهد</c:Text></Value></Comp>
<Obs TIME_PERIOD="2020" OBS_VALUE="1" RATE="2.5" CONF_STATUS="F">{status}</Obs></Series>
</m:DataSet></m:StructureSpecificData>"""


def with_values_and_languages(artefact: Artefact) -> Artefact:
    """The bench's structure: a second measure, up to two statuses, comments in languages."""
    if not isinstance(artefact, DataStructure):
        return artefact
    (measure,) = artefact.measures
    languages = TextFormat(data_type="String", is_multilingual=True)
    kinds = {"COMMENT_TS": Representation(text_format=languages)}
    for one in artefact.attributes:
        if one.id == "OBS_STATUS" and one.representation is not None:
            kinds[one.id] = replace(one.representation, max_occurs=2)
    return replace(
        artefact,
        measures=(measure, Measure(id="RATE", concept=measure.concept)),
        attributes=tuple(
            replace(one, representation=kinds.get(one.id, one.representation))
            for one in artefact.attributes
        ),
    )


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "structures"
    folder.mkdir()
    message = StructureMessage(
        artefacts=tuple(with_values_and_languages(one) for one in artefacts())
    )
    (folder / "all.xml").write_bytes(write_30(Header(id="S", sender=AGENCY), message))
    with running(tmp_path / "data", principals=(PROVIDER,), structures=(folder,)) as started:
        yield started


def message(*statuses: str) -> bytes:
    values = "".join(f"<Value>{status}</Value>" for status in statuses)
    status = f'<Comp id="OBS_STATUS">{values}</Comp>'
    text = MESSAGE.format(agency=AGENCY, version=VERSION, key=KEY, status=status)
    return text.encode()


def test_what_is_sent_is_served_and_taken_back(hub: Running, tmp_path: Path) -> None:
    answer = hub.push(PROVIDER, message("A", "E"))
    assert answer.status_code == 201, answer.text
    with hub.client() as client:
        for number in ("3.0.0", "3.1.0"):
            version = f"v{number[0]}_{number[2]}"
            accept = {"Accept": f"{SDMX}data+xml;version={number}"}
            text = client.get(f"/sdmx/v2/data/{FLOW}", headers=accept).content
            root = etree.fromstring(text)
            assert [value.text for value in root.iterfind(".//Obs/Comp/Value")] == ["A", "E"]
            assert root.find(".//Obs").get("RATE") == "2.5"
            said = [text.text for text in root.iterfind(".//Series/Comp/Value/{*}Text")]
            assert sorted(said) == ["vu", "شوهد"]
            accept = {"Accept": f"{SDMX}schema+xml;version={number}"}
            xsd = client.get(f"/sdmx/v2/schema/{FLOW}", headers=accept).text
            namespace = etree.fromstring(xsd.encode()).get("targetNamespace")
            message_schema(xsd, namespace, tmp_path, version).assertValid(root)
            again = hub.push(PROVIDER, text, dryRun="true")
            assert again.status_code == 200, again.text
        for old in ("genericdata", "structurespecificdata", "generictimeseriesdata"):
            refused = client.get(f"/sdmx/v2/data/{FLOW}?format={old}")
            assert refused.status_code == 406, old


def test_what_a_component_may_not_hold_is_named(hub: Running) -> None:
    for statuses, code in (
        (("A", "B", "E"), "VALUES_COUNT"),
        (("A", "NONE_SUCH"), "CODE_UNKNOWN"),
    ):
        answer = hub.push(PROVIDER, message(*statuses))
        assert answer.status_code == 422
        (problem,) = answer.json()["report"]["problems"]
        assert problem["code"] == code
        assert "; ".join(statuses) in answer.text
