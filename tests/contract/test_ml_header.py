"""The header and the DataSet element of SDMX-ML 2.1: who, what for, which action."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sdmx_service.model.message import Action
from sdmx_service.model.refs import ArtefactClass, Ref
from tests.messages_of_tests import XML_HEADER, Outcome, read, xml

FULL = """<m:Header><m:ID>M1</m:ID><m:Test>true</m:Test>
<m:Prepared>2024-05-06T07:08:09Z</m:Prepared>
<m:Sender id="MA_HCP"><c:Name xml:lang="en">HCP</c:Name></m:Sender>
<m:Receiver id="HUB"/><m:Receiver id="ILO"/>
<c:Name xml:lang="fr">Émigration</c:Name><c:Name xml:lang="ar">هجرة</c:Name>
<m:Structure structureID="S1" namespace="urn:x" dimensionAtObservation="TIME_PERIOD">{structure}
</m:Structure><m:DataSetAction>Replace</m:DataSetAction>
<m:Extracted>2024-05-06T07:08:09</m:Extracted>
<m:Source xml:lang="fr">Recensement &amp; enquête</m:Source></m:Header>
"""
REF = '<Ref agencyID="TEST" id="SMALL" version="1.0"/>'
SERIES = '<Series FREQ="A"><Obs TIME_PERIOD="2020"/></Series>'


def read_with(structure: str, dataset: str = '<m:DataSet ss:structureRef="S1">') -> Outcome:
    text = f"{dataset}{SERIES}</m:DataSet>"
    outcome = read(xml(text, FULL.format(structure=structure)))
    assert outcome.refused is None
    assert not outcome.report.problems
    return outcome


def test_the_header_is_read_whole() -> None:
    message = read_with(f"<c:Structure>{REF}</c:Structure>").message
    assert message is not None
    header = message.header
    assert message.format == "sdmx-ml-2.1-structure-specific"
    assert (header.id, header.test, header.sender) == ("M1", True, "MA_HCP")
    assert header.prepared == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert header.receivers == ("HUB", "ILO")
    assert dict(header.names) == {"fr": "Émigration", "ar": "هجرة"}
    assert dict(header.sources) == {"fr": "Recensement & enquête"}


@pytest.mark.parametrize(
    ("structure", "artefact", "version"),
    [
        (f"<c:Structure>{REF}</c:Structure>", ArtefactClass.DATA_STRUCTURE, "1.0"),
        (f"<c:StructureUsage>{REF}</c:StructureUsage>", ArtefactClass.DATAFLOW, "1.0"),
        (
            f"<c:ProvisionAgrement>{REF}</c:ProvisionAgrement>",
            ArtefactClass.PROVISION_AGREEMENT,
            "1.0",
        ),
        (
            f"<c:ProvisionAgreement>{REF}</c:ProvisionAgreement>",
            ArtefactClass.PROVISION_AGREEMENT,
            "1.0",
        ),
        (
            "<c:Structure><URN>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
            "TEST:SMALL(1.0)</URN></c:Structure>",
            ArtefactClass.DATA_STRUCTURE,
            "1.0",
        ),
        (
            '<c:Structure><Ref agencyID="TEST" id="SMALL"/></c:Structure>',
            ArtefactClass.DATA_STRUCTURE,
            "1.0",
        ),
        (
            "<c:StructureUsage>\nurn:sdmx:org.sdmx.infomodel.datastructure.Dataflow="
            "TEST:SMALL(1.0)\n</c:StructureUsage>",
            ArtefactClass.DATAFLOW,
            "1.0",
        ),
        (
            "<c:ProvisionAgreement>urn:sdmx:org.sdmx.infomodel.registry.ProvisionAgreement="
            "TEST:SMALL(1.0)</c:ProvisionAgreement>",
            ArtefactClass.PROVISION_AGREEMENT,
            "1.0",
        ),
    ],
)
def test_what_a_data_set_is_reported_for(
    structure: str, artefact: ArtefactClass, version: str
) -> None:
    (batch,) = read_with(structure).batches
    assert batch.structure.declared == Ref(artefact, "TEST", "SMALL", version)


@pytest.mark.parametrize(
    ("dataset", "action", "declared"),
    [
        ('<m:DataSet ss:structureRef="S1">', Action.REPLACE, "Replace"),
        ('<m:DataSet ss:structureRef="S1" ss:action="Append">', Action.MERGE, "Append"),
        ('<m:DataSet structureRef="S1" action="Information">', Action.MERGE, "Information"),
        ('<m:DataSet structureRef="S1" action="Merge">', Action.MERGE, "Merge"),
        ('<m:DataSet ss:action="Delete">', Action.DELETE, "Delete"),
    ],
)
def test_the_action_of_a_data_set(dataset: str, action: Action, declared: str) -> None:
    (batch,) = read_with(f"<c:Structure>{REF}</c:Structure>", dataset).batches
    assert (batch.action, batch.declared_action) == (action, declared)


def test_without_any_action_none_is_declared() -> None:
    (batch,) = read(xml(f'<m:DataSet ss:structureRef="S1">{SERIES}</m:DataSet>')).batches
    assert (batch.action, batch.declared_action) == (Action.MERGE, None)


@pytest.mark.parametrize(
    "text",
    [
        f'<d:DataSet xmlns:d="urn:x" ss:structureRef="S1">{SERIES}</d:DataSet>',
        '<d:DataSet xmlns:d="urn:x" ss:structureRef="S1"><d:Series FREQ="A">'
        '<d:Obs TIME_PERIOD="2020"/></d:Series></d:DataSet>',
        '<m:DataSet ss:structureRef="S1" ss:dataScope="DataStructure" xsi:type="d:DataSetType"'
        ' ss:setID="X" ss:validFromDate="2020-01-01" REPORTING_YEAR_START_DAY="--07-01">'
        '<DataProvider><Ref id="P"/></DataProvider>'
        '<Series FREQ="A" xsi:type="d:SeriesType" REPORTING_YEAR_START_DAY="--07-01">'
        '<Obs TIME_PERIOD="2020" xsi:type="d:ObsType" type="X"/></Series></m:DataSet>',
        f'<m:DataSet ss:structureRef="S1"><c:Annotations><c:Annotation id="1"/></c:Annotations>'
        f"{SERIES}</m:DataSet><f:Footer xmlns:f='urn:f'><f:Message code='1'/></f:Footer>",
    ],
    ids=["data set elsewhere", "all elsewhere", "attributes of the schema", "annotations, footer"],
)
def test_namespaces_and_what_the_schema_adds(text: str) -> None:
    outcome = read(xml(text))
    assert outcome.refused is None
    assert not outcome.report.problems
    (row,) = outcome.rows
    assert (row["FREQ"], row["TIME_PERIOD"]) == ("A", "2020")


def test_time_series_messages_are_read_too() -> None:
    message = xml(f'<m:DataSet ss:structureRef="S1">{SERIES}</m:DataSet>')
    name = b"StructureSpecificTimeSeriesData"
    assert len(read(message.replace(b"StructureSpecificData", name)).rows) == 1


def test_a_prepared_that_is_no_date_is_none() -> None:
    outcome = read(xml("", XML_HEADER.replace("2024-05-06T07:08:09Z", "yesterday")))
    assert outcome.message is not None
    assert outcome.message.header.prepared is None
    assert outcome.rows == []


def test_another_declared_encoding_is_read() -> None:
    text = xml(f'<m:DataSet COMPILER="é" ss:structureRef="S1">{SERIES}</m:DataSet>').decode()
    outcome = read(text.replace("UTF-8", "ISO-8859-1").encode("latin-1"))
    assert outcome.refused is None
    assert outcome.rows[0]["COMPILER"] == "é"
    wrong = read(text.replace("UTF-8", "UTF-16").encode())
    assert wrong.refused is not None
    assert wrong.refused.code == "MESSAGE_ENCODING"
