"""SDMX-CSV beyond the contract of all writers: labels, keys, times, several structures."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_20, write_csv_21
from sdmx_service.model.message import Action, WriteOptions
from sdmx_service.model.values import cell_of, value_of
from tests.facts import Facts, context_of, out_dataset
from tests.writing import (
    BARE,
    CODED,
    CSV_2,
    ONE,
    SERIES,
    SEVERAL,
    assert_refused,
    several_only,
    written,
)


def csv_lines(writer: DataWriter, options: WriteOptions, facts: Facts = ONE) -> list[str]:
    text = written(writer, out_dataset(CODED, facts), options=options).decode()
    return text.replace("a\tb\r\nc", "abc").split("\r\n")


def test_csv_1_labels_both() -> None:
    lines = csv_lines(write_csv_10, WriteOptions(labels="both"))
    assert lines[0].startswith('DATAFLOW,"FREQ: Freq, of it","AREA: Area, of it",')
    assert lines[1] == (
        '"T:DF(1.0): Flow, ""first""","A: Code A, en","B_1: Code B_1, en",s1,,,"A ""title""",,'
        '"A: Code A, en",,'
    )


def test_csv_2_labels_name_and_keys() -> None:
    lines = csv_lines(write_csv_20, WriteOptions(labels="name", keys="both", languages=("fr",)))
    assert lines[0].startswith(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SERIES_KEY,OBS_KEY,FREQ,Le FREQ,AREA,Le AREA"
    )
    assert lines[1].startswith("dataflow,T:DF(1.0),Flux,R,A.B_1.s1,,A,« A »,B_1,« B_1 »,s1,,,,,,")
    assert lines[2].startswith("dataflow,T:DF(1.0),Flux,R,A.A.x & y,A.A.x & y.2019,A,« A »,")


def test_an_empty_csv_is_its_header() -> None:
    head = "DATAFLOW,FREQ,AREA,SECTOR,TIME_PERIOD,OBS_VALUE,TITLE,OBS_STATUS,UNIT,COMMENT,SOURCE"
    assert csv_lines(write_csv_10, SERIES, Facts()) == [head, ""]


def test_csv_1_refuses_data_sets_of_several_structures() -> None:
    other = out_dataset(context_of(structure_id="OTHER"), ONE)
    assert_refused(write_csv_10, out_dataset(CODED, ONE), other)


@pytest.mark.parametrize("name", ["FLAGS", "REMARK"])
def test_csv_1_refuses_several_values_and_languages_by_name(name: str) -> None:
    assert_refused(write_csv_10, out_dataset(several_only(name), Facts()))
    none = WriteOptions(attributes=False, measures=False)
    assert written(write_csv_10, out_dataset(SEVERAL, Facts()), options=none)


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_puts_several_structures_side_by_side(writer: DataWriter) -> None:
    other = context_of(coded=(), dimensions=("SECTOR", "SIZE"), structure_id="OTHER")
    facts = Facts({}, {("s2", "big"): ({"UNIT": "kg"}, {"2020": ("7", {"COMMENT": "c"})})})
    text = written(writer, out_dataset(CODED, ONE), out_dataset(other, facts), options=SERIES)
    head, *lines = list(csv.reader(io.StringIO(text.decode(), newline="")))
    assert head == [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "AREA", "SECTOR", "TIME_PERIOD", "SIZE"),
        *("OBS_VALUE", "TITLE", "OBS_STATUS", "UNIT", "COMMENT", "SOURCE"),
    ]
    found = dict(zip(head, lines[-1], strict=True))
    assert {name: cell for name, cell in found.items() if cell} == {
        **{"STRUCTURE": "dataflow", "STRUCTURE_ID": "T:DF(1.0)", "ACTION": "R", "SECTOR": "s2"},
        **{"SIZE": "big", "TIME_PERIOD": "2020", "OBS_VALUE": "7", "UNIT": "kg", "COMMENT": "c"},
    }
    assert all(dict(zip(head, line, strict=True))["SIZE"] == "" for line in lines[:-1])


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_refuses_a_component_that_is_several_in_one_structureseveral_only(
    writer: DataWriter,
) -> None:
    single = replace(SEVERAL.data_structure, ref=BARE.data_structure.ref)
    notes = tuple(
        replace(item, representation=None) if item.id == "NOTES" else item
        for item in single.attributes
    )
    other = replace(SEVERAL, data_structure=replace(single, attributes=notes))
    assert_refused(writer, out_dataset(SEVERAL, Facts()), out_dataset(other, Facts()))


def test_the_actions_of_csv() -> None:
    sets = [out_dataset(CODED, ONE, action=action) for action in Action]
    for writer, letters in ((write_csv_20, "ARD"), (write_csv_21, "MRD")):
        lines = written(writer, *sets).decode().replace("a\tb\r\nc", "").splitlines()[1:]
        assert "".join(dict.fromkeys(line.split(",")[2] for line in lines)) == letters


def test_csv_21_switches_off_what_a_row_does_not_have_and_a_delete_leaves_it_empty() -> None:
    facts = Facts({}, {("A", "B_1", "s1"): ({"UNIT": "A"}, {})})
    for writer, action, cell in (
        (write_csv_20, Action.REPLACE, ""),
        (write_csv_21, Action.REPLACE, "~"),
        (write_csv_21, Action.DELETE, ""),
    ):
        text = written(writer, out_dataset(CODED, facts, action=action)).decode()
        assert text.splitlines()[1].split(",")[3:7] == ["A", "B_1", "s1", cell]


@pytest.mark.parametrize("writer", CSV_2)
def test_csv_2_says_when_data_sets_of_history_were_valid(writer: DataWriter) -> None:
    instant = datetime(2024, 1, 1, tzinfo=UTC)
    past = out_dataset(CODED, ONE)
    past = replace(past, slice=replace(past.slice, valid_from=instant))
    lines = written(writer, past, out_dataset(CODED, ONE)).decode().splitlines()
    assert lines[0].endswith(",VALID_FROM,VALID_TO")
    assert lines[1].endswith(",2024-01-01T00:00:00+00:00,")
    assert lines[-1].endswith(",,")


@pytest.mark.parametrize("writer", [write_csv_10, *CSV_2])
def test_csv_normalized_time_is_the_first_day(writer: DataWriter) -> None:
    periods = ["2019", "2020-Q2", "2020-02", "2020-01-05", "2020-W02", "2020-03-01/P1Y",
               "2020-01-01T12:00:00", "once"]  # fmt: skip
    facts = Facts({}, {("A", "A", "s"): ({}, {period: ("1", {}) for period in periods})})
    options = WriteOptions(time_format="normalized", labels="both")
    text = written(writer, out_dataset(CODED, facts), options=options).decode()
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    time = head.index("TIME_PERIOD: Time_Period, of it")
    assert [line[time] for line in lines] == [
        *("2019-01-01", "2020-04-01", "2020-02-01", "2020-01-05", "2020-01-06", "2020-03-01"),
        *("2020-01-01T12:00:00", "once"),
    ]


def test_csv_2_names_each_of_several_codes() -> None:
    flags = {"FLAGS": cell_of(["A", "_T"]), "REMARK": value_of({"en": "x", "fr": "y; z"})}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", flags)})})
    found = {}
    for labels in ("both", "name"):
        options = WriteOptions(labels=labels, languages=("fr", "en"))
        text = written(write_csv_21, out_dataset(SEVERAL, facts), options=options).decode()
        found[labels] = list(csv.reader(io.StringIO(text, newline="")))
    both = dict(zip(*found["both"], strict=True))
    assert found["both"][0][0] == "STRUCTURE[;]"
    assert both["FLAGS[]: Le FLAGS"] == "A: « A »;_T: « _T »"
    assert both["REMARK[en;fr]: Le REMARK"] == 'en:x;"fr:y; z"'
    name = dict(zip(*found["name"], strict=True))
    assert (name["FLAGS[]"], name["Le FLAGS"]) == ("A;_T", "« A »;« _T »")


def test_csv_1_refuses_labels_it_does_not_know() -> None:
    assert_refused(write_csv_10, out_dataset(CODED, ONE), options=WriteOptions(labels="name"))
