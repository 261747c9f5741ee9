"""SDMX-CSV with names: in the cells, in columns of their own, with keys; decimal commas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from sdmx_service.formats.csv.read import read_csv
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.values import cell_of, texts_of, values_of
from tests.facts_several import several_context
from tests.messages_of_tests import Outcome, read, rows_of
from tests.structures_of_tests import SMALL, knows

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


def test_a_decimal_comma_counts_in_each_of_several_values() -> None:
    context = several_context()
    structure = context.data_structure
    header = ["STRUCTURE[|]", "STRUCTURE_ID", "SHARES[]", "NOTES[]"]
    row = ["datastructure", structure.ref.short, '"12,5|7|1,2,3"', '"a 1,5|1,5"']
    text = ";".join(header) + "\n" + ";".join(row) + "\n"
    message = read_csv(io.BytesIO(text.encode()), knows(structure), ProblemCollector(), Limits())
    (found,) = [row for batch in message.batches for row in rows_of(batch)]
    assert found["SHARES"] == cell_of(["12.5", "7", "1,2,3"])
    assert found["NOTES"] == cell_of(["a 1,5", "1,5"])


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


def test_columns_that_are_no_components_are_passed_over_where_they_are_known_by_name() -> None:
    begin = "STRUCTURE,STRUCTURE_ID,FREQ,OBS_VALUE,UPDATED,VALID_FROM,COMENT\n"
    row = "dataflow,TEST:SMALL(1.0),A,1,2021-01-22T13:15:41Z,2020-01-01T00:00:00Z,x\n"
    outcome = read((begin + row).encode())
    assert outcome.codes == {"COMPONENT_UNKNOWN": 1}
    assert outcome.report.problems[0].samples[0].location.component == "COMENT"


DIMENSIONS = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,CONTACT\n"


def test_a_dimension_switched_off_is_none() -> None:
    outcome = read((DIMENSIONS + "dataflow,TEST:SMALL(1.0),M,~,MA,~,~,,someone\n").encode())
    assert not outcome.report.problems
    row = only_row(outcome)
    assert (row["REF_AREA"], row["CONTACT"]) == ("MA", "someone")
    assert not {"FREQ", "INDICATOR", "TIME_PERIOD"} & row.keys()


def test_a_delete_that_switches_a_dimension_off_names_what_goes() -> None:
    rows = (
        "dataflow,TEST:SMALL(1.0),D,~,MA,~,~,,-\n"
        "dataflow,TEST:SMALL(1.0),D,A,MA,~,,,\n"
        "dataflow,TEST:SMALL(1.0),D,A,MA,,,,\n"
    )
    outcome = read((DIMENSIONS + rows).encode())
    assert outcome.codes == {"DIMENSION_SWITCHED_OFF": 1}
    location = outcome.report.problems[0].samples[0].location
    assert (location.line, location.component, location.dataset) == (3, "INDICATOR", 1)


@pytest.mark.parametrize("sign", ["\x1d", "\x1e", "\x1f"])
def test_the_marks_of_several_values_are_refused(sign: str) -> None:
    text = DIMENSIONS + f"dataflow,TEST:SMALL(1.0),M,A,MA,E,2020,1,a{sign}b\n"
    outcome = read(text.encode())
    assert outcome.refused is not None
    assert outcome.refused.code == "CONTROL_CHARACTER"
    assert outcome.refused.location.line == 2


SEVERAL = replace(several_context().data_structure, ref=SMALL.ref)
HEAD = (
    "STRUCTURE[{0}]{1}STRUCTURE_ID{1}"
    "FLAGS[]{1}NOTES[]{1}REMARK[en{0}fr]{1}SAID[en{0}fr]{1}SHARES[]\n"
)


@pytest.mark.parametrize(("between", "separator"), [(";", ","), ("|", ";"), ("|", "\t")])
def test_cells_of_several_values_and_languages(between: str, separator: str) -> None:
    cells = ["A;_T", '"a;b";c', "en:x: y;fr:Texte", '"en:V1;fr:W1";"fr:W2"', "1;2.5"]
    cells = [cell.replace(";", between) for cell in cells]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerow(["dataflow", "TEST:SMALL(1.0)", *cells])
    data = HEAD.format(between, separator) + text.getvalue()
    problems = ProblemCollector()
    message = read_csv(io.BytesIO(data.encode()), knows(SEVERAL), problems, Limits())
    ((row,),) = [rows_of(batch) for batch in message.batches]
    assert not problems.report().problems
    assert values_of(row["FLAGS"]) == ("A", "_T")
    assert values_of(row["NOTES"]) == (f"a{between}b", "c")
    assert texts_of(row["REMARK"]) == {"en": "x: y", "fr": "Texte"}
    assert [texts_of(value) for value in values_of(row["SAID"])] == [
        {"en": "V1", "fr": "W1"},
        {"fr": "W2"},
    ]
    assert values_of(row["SHARES"]) == ("1", "2.5")


def test_names_of_several_codes_and_texts_without_languages() -> None:
    head = "STRUCTURE[;],STRUCTURE_ID,FLAGS[]: Flags,REMARK,SAID[en;fr]\n"
    row = "dataflow,TEST:SMALL(1.0),A: One;_T: Two,just so; you see,und:z\n"
    message = read_csv(
        io.BytesIO((head + row).encode()), knows(SEVERAL), ProblemCollector(), Limits()
    )
    ((found,),) = [rows_of(batch) for batch in message.batches]
    assert values_of(found["FLAGS"]) == ("A", "_T")
    assert texts_of(found["REMARK"]) == {"": "just so; you see"}
    assert texts_of(found["SAID"]) == {"": "z"}


def only_row(outcome: Outcome) -> dict[str, object]:
    assert outcome.refused is None
    (row,) = outcome.rows
    return row
