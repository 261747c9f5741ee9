"""Structures of reference metadata: versions, columns that come and go, schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Concept,
    MetadataAttribute,
    MetadataAttributeUsage,
)
from tests.conftest import Running
from tests.e2e import test_data_follows_structure as follow
from tests.hub_with_metadata import (
    AREA,
    CONCEPTS,
    DATED,
    FLOW,
    MA,
    USAGES,
    get,
    hub_with,
    metadata,
    posted,
    push,
    pushed,
    rows,
    structure,
)
from tests.xsd_of_structure import message_schema


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with hub_with(tmp_path, structure()) as started:
        yield started


@pytest.fixture
def filled(hub: Running) -> Running:
    pushed(hub, *DATED)
    return hub


def test_no_metadata_structure_no_metadata(hub: Running) -> None:
    """No refusal: there are none."""
    plain = follow.structure("2.0.0")
    posted(hub, plain, follow.flow("2.0.0", "2.0.0"),
           replace(follow.AGREEMENT, ref=replace(follow.AGREEMENT.ref, id="PA2"),
                   dataflow=follow.ref(Class.DATAFLOW, "DF", "2.0.0")))  # fmt: skip
    assert push(hub, "MA,F,2020,1,A", columns="", version="2.0.0").status_code == 201
    (row,) = rows(hub, "?attributes=msd", "2.0.0")
    assert {"AREA", "OBS_VALUE"} <= row.keys()
    assert "STATUS" not in row
    for form in ("jsondata", "xml", "structurespecificdata", "genericdata"):
        assert get(hub, f"?attributes=msd&format={form}", "2.0.0").status_code == 200


def test_a_minor_version_may_link_a_metadata_structure(tmp_path: Path) -> None:
    with hub_with(tmp_path, follow.structure("1.0.0")) as hub:
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
