"""Reading messages in tests: text in; rows, problems and refusals out."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from sdmx_service.formats.recognise import read_data
from sdmx_service.formats.xml.ml_read import read_ml
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch, DataMessage
from sdmx_service.model.problem import Problem, ProblemReport, Refused
from tests.structures_of_tests import SMALL, WIDE, knows

LIMITS = Limits()
XML_BEGIN = """<?xml version="1.0" encoding="UTF-8"?>
<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"\
 xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
"""
XML_HEADER = """<m:Header><m:ID>M1</m:ID><m:Test>false</m:Test>\
<m:Prepared>2024-05-06T07:08:09Z</m:Prepared><m:Sender id="MA_HCP"/>\
<m:Structure structureID="S1" dimensionAtObservation="TIME_PERIOD"><c:StructureUsage>\
<Ref agencyID="TEST" id="SMALL" version="1.0"/></c:StructureUsage></m:Structure></m:Header>
"""
XML_END = "</m:StructureSpecificData>\n"


def xml(datasets: str, header: str = XML_HEADER) -> bytes:
    """A message around the text of its data sets, which begin on line 4."""
    return (XML_BEGIN + header + datasets + XML_END).encode()


def generic(datasets: str) -> bytes:
    """A generic message around the text of its data sets, which begin on line 4."""
    text = (
        xml(datasets)
        .decode()
        .replace("xmlns:ss", "xmlns:g")
        .replace("structurespecific", "generic")
    )
    return text.replace("StructureSpecificData", "GenericData").encode()


def in_version(message: bytes, version: str) -> bytes:
    """The same message in ``v3_0`` or ``v3_1``: other namespaces, references as URNs."""
    text = message.decode().replace("v2_1", version)
    for name, artefact in (("Structure", "DataStructure"), ("StructureUsage", "Dataflow")):
        ref = '<Ref agencyID="TEST" id="SMALL" version="1.0"/>'
        urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.{artefact}=TEST:SMALL(1.0)"
        text = text.replace(f"<c:{name}>{ref}", f"<c:{name}>{urn}")
    return text.encode()


@dataclass
class Outcome:
    """All that came of reading a message; ``rows``: a dict a row, nulls left out."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    batches: list[DataBatch] = field(default_factory=list)
    report: ProblemReport = field(default_factory=ProblemReport)
    refused: Problem | None = None
    message: DataMessage | None = None

    @property
    def codes(self) -> dict[str, int]:
        return {entry.code: entry.count for entry in self.report.problems}


def read(data: bytes, limits: Limits = LIMITS, window_bytes: int | None = None) -> Outcome:
    """Read a message of the test structures; with ``window_bytes`` as XML, 0 = strictly."""
    problems, outcome = ProblemCollector(limits.samples), Outcome()
    source, resolve = io.BytesIO(data), knows(SMALL, WIDE)
    try:
        if window_bytes is None:
            outcome.message = read_data(source, resolve, problems, limits)
        else:
            outcome.message = read_ml(source, resolve, problems, limits, window_bytes=window_bytes)
        for batch in outcome.message.batches:
            outcome.batches.append(batch)
            outcome.rows += rows_of(batch)
    except Refused as refused:
        outcome.refused = refused.problem
    outcome.report = problems.report()
    return outcome


def rows_of(batch: DataBatch) -> list[dict[str, Any]]:
    """The rows of a batch with what the batch says of them; its schema and arrays checked."""
    batch.rows.validate(full=True)
    assert batch.rows.schema == batch.structure.layout.schema()
    said = {"dataset": batch.dataset, "action": batch.action.value}
    rows = pa.Table.from_batches([batch.rows]).to_pylist()
    return [
        said | {name: value for name, value in row.items() if value is not None} for row in rows
    ]
