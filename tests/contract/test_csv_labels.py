"""SDMX-CSV with names: in the cells, in columns of their own, with keys; decimal commas."""

from __future__ import annotations

import pytest

from tests.messages_of_tests import Outcome, read

IDS = """STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,COMMENT,UNIT
dataflow,TEST:SMALL(1.0),M,A,MA,EMIG,2020,1.5,note: see below,PS
"""
BOTH = """STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA: Area: where,INDICATOR: Flow,\
TIME_PERIOD: Period,OBS_VALUE: Value,COMMENT: Comment,UNIT: Unit
dataflow,TEST:SMALL(1.0): A small flow: of data,M,A: Annual,MA: Maroc: le royaume,"EMIG: ""E"", e",\
2020: 2020,1.5,note: see below,PS: Persons
"""
NAMES = """STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,Frequency,REF_AREA,Area,INDICATOR,\
Area,TIME_PERIOD,Period,OBS_VALUE,Value,COMMENT,UNIT,UNIT
dataflow,TEST:SMALL(1.0),A small flow,M,A,Annual,MA,Maroc,EMIG,Emigration,2020,2020,1.5,,\
note: see below,PS,Persons
"""
KEYS = """STRUCTURE,STRUCTURE_ID,ACTION,SERIES_KEY,OBS_KEY,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,\
OBS_VALUE,COMMENT,UNIT
dataflow,TEST:SMALL,M,A.MA.EMIG,A.MA.EMIG.2020,A,MA,EMIG,2020,1.5,note: see below,PS
"""


@pytest.mark.parametrize("text", [IDS, BOTH, NAMES, KEYS], ids=["id", "both", "name", "keys"])
def test_names_and_keys_are_left_out(text: str) -> None:
    outcome = read(text.encode())
    assert not outcome.report.problems
    assert only_row(outcome) == {
        "dataset": 0,
        "action": "Merge",
        "FREQ": "A",
        "REF_AREA": "MA",
        "INDICATOR": "EMIG",
        "TIME_PERIOD": "2020",
        "OBS_VALUE": "1.5",
        "UNIT": "PS",
        "COMMENT": "note: see below",
        "_line": 2,
    }


@pytest.mark.parametrize(
    ("separator", "cell", "value"),
    [
        (";", "12,50", "12.50"),
        (";", "-0,5e3", "-0.5e3"),
        (";", "1,2,3", "1,2,3"),
        (";", "12.50", "12.50"),
        (",", '"12,50"', "12,50"),
    ],
)
def test_a_decimal_comma_counts_beside_another_separator(
    separator: str, cell: str, value: str
) -> None:
    header = ["STRUCTURE", "STRUCTURE_ID", "OBS_VALUE"]
    row = ["datastructure", "TEST:SMALL(1.0)", cell]
    text = separator.join(header) + "\n" + separator.join(row) + "\n"
    assert only_row(read(text.encode()))["OBS_VALUE"] == value


def test_a_row_may_change_structure_and_action() -> None:
    begin = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,DIM_1\n"
    rows = [
        "dataflow,TEST:SMALL(1.0),I,A,",
        "dataflow,TEST:SMALL(1.0),I,A,",
        "dataprovision,TEST:SMALL(1.0),I,A,",
        "datastructure,TEST:WIDE(1.0),R,,1",
        "datastructure,TEST:WIDE(1.0),D,,1",
        "dataflow,TEST:SMALL(1.0),,A,",
    ]
    outcome = read((begin + "\n".join(rows)).encode())
    assert not outcome.report.problems
    said = [
        (batch.dataset, batch.action.value, batch.declared_action, batch.structure.declared.urn)
        for batch in outcome.batches
    ]
    flow = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=TEST:SMALL(1.0)"
    wide = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=TEST:WIDE(1.0)"
    provision = "urn:sdmx:org.sdmx.infomodel.registry.ProvisionAgreement=TEST:SMALL(1.0)"
    assert said == [
        (0, "Merge", "I", flow),
        (1, "Merge", "I", provision),
        (2, "Replace", "R", wide),
        (3, "Delete", "D", wide),
        (4, "Merge", None, flow),
    ]


def only_row(outcome: Outcome) -> dict[str, object]:
    assert outcome.refused is None
    (row,) = outcome.rows
    return row
