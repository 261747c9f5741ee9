"""SDMX-JSON beyond the contract of all writers: names, periods, lists, what 1.0 lacks."""

from __future__ import annotations

import json
import re

import pytest

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.json.write import write_json_10, write_json_20, write_json_21
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import Action, WriteOptions
from sdmx_service.model.values import cell_of, value_of
from tests.facts import Facts, context_of, out_dataset
from tests.facts_read import read_json
from tests.writing import (
    CODED,
    JSON,
    JSON_2,
    ONE,
    SEVERAL,
    assert_refused,
    json_validator,
    several_only,
    without_sector,
    written,
)


@pytest.mark.parametrize("writer", JSON)
def test_the_licence_is_an_annotation_of_a_json_data_set(writer: DataWriter) -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(writer, out_dataset(CODED, ONE), options=options))["data"]
    assert data["dataSets"][0]["annotations"] == [0]
    structure = data["structure"] if writer is write_json_10 else data["structures"][0]
    assert structure["annotations"] == [
        {
            "type": "SOURCE",
            "text": "Licence : CC BY 4.0",
            "texts": {"fr": "Licence : CC BY 4.0", "en": "Licence: CC BY 4.0"},
        }
    ]


def test_json_values_have_names_and_periods_their_ends() -> None:
    options = WriteOptions(languages=("fr", "en"))
    data = json.loads(written(write_json_20, out_dataset(CODED, ONE), options=options))["data"]
    dimensions = data["structures"][0]["dimensions"]
    area = next(item for item in dimensions["series"] if item["id"] == "AREA")
    assert area["names"] == {"fr": "Le AREA", "en": "Area, of it"}
    assert area["values"][0] == {
        "id": "B_1",
        "name": "« B_1 »",
        "names": {"fr": "« B_1 »", "en": "Code B_1, en"},
    }
    assert dimensions["observation"][0]["values"][1] == {
        "id": "2020-Q1",
        "name": "2020-Q1",
        "start": "2020-01-01T00:00:00Z",
        "end": "2020-03-31T23:59:59Z",
    }


def test_json_numbers_are_the_text_of_the_producer() -> None:
    text = written(write_json_20, out_dataset(CODED, ONE)).decode()
    assert '"0":[12.50,' in text
    assert '["NaN",' in text


@pytest.mark.parametrize("writer", JSON)
def test_json_refuses_keys_that_lack_a_dimension(writer: DataWriter) -> None:
    assert_refused(writer, without_sector())


def test_json_1_refuses_several_measures_values_and_structures() -> None:
    assert_refused(write_json_10, out_dataset(SEVERAL, Facts()))
    assert_refused(write_json_10, out_dataset(several_only("FLAGS"), Facts()))
    other = out_dataset(context_of(structure_id="OTHER"), ONE)
    assert_refused(write_json_10, out_dataset(CODED, ONE), other)


def test_json_1_says_texts_in_several_languages_as_names() -> None:
    remark = {"REMARK": value_of({"en": "x", "fr": "y"})}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", remark)})})
    context = several_only("REMARK")
    text = written(write_json_10, out_dataset(context, facts))
    json_validator(write_json_10).validate(json.loads(text))
    attribute = json.loads(text)["data"]["structure"]["attributes"]["observation"][0]
    assert attribute["values"] == [{"name": "x", "names": {"en": "x", "fr": "y"}}]
    assert attribute["relationship"] == {"primaryMeasure": "OBS_VALUE"}
    assert read_json(text, layout_of(context.data_structure)) == [facts]


def test_json_1_has_one_structure_of_all_data_sets() -> None:
    sets = [out_dataset(CODED, ONE, action=action) for action in Action]
    text = written(write_json_10, *sets)
    json_validator(write_json_10).validate(json.loads(text))
    assert read_json(text, layout_of(CODED.data_structure)) == [ONE] * 3
    found = [dataset["action"] for dataset in json.loads(text)["data"]["dataSets"]]
    assert found == ["Append", "Replace", "Delete"]


def test_json_lists_are_of_places_and_numbers_in_21_and_of_texts_in_20() -> None:
    flags = {"FLAGS": cell_of(["A", "_T"]), "SHARES": cell_of(["1", "2.50"]), "KIND": "A"}
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", flags)})})
    found = {}
    for writer in JSON_2:
        text = written(writer, out_dataset(SEVERAL, facts)).decode()
        (found[writer],) = re.findall(r'"0":(\[.*?\])}}', text)
    assert found[write_json_21] == "[1,null,0,[1,2.50],null,null,null,[0,1],null]"
    assert found[write_json_20] == '[1,null,0,["1","2.50"],null,null,null,["A","_T"],null]'


def test_json_21_says_its_schema_at_the_root() -> None:
    message = json.loads(written(write_json_21, out_dataset(CODED, ONE)))
    assert list(message) == ["$schema", "meta", "data"]
    assert "schema" not in message["meta"]
