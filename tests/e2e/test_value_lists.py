"""Components that a value list enumerates: values are held to it as codes are to a code list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Attribute,
    ValueItem,
    ValueList,
)
from tests.conftest import Running, running
from tests.e2e.test_data_follows_structure import (
    AGENCY,
    FIRST,
    OBSERVATION,
    about,
    coded,
    of,
    post,
    push,
    ref,
    rows,
    said,
    structure,
)

NOTES = ValueList(
    ref=ref(Class.VALUE_LIST, "VL_NOTE", "1.0.0-draft"),
    about=about("VL_NOTE"),
    items=tuple(ValueItem(id=value, about=about(f"<{value}>")) for value in ("n/a", '5 % "x"')),
)
NOTE = Attribute(
    id="NOTE", concept=of("NOTE"), relationship=OBSERVATION, representation=coded(NOTES.ref)
)
STRUCTURE = structure("1.0.0", attributes=(*structure("1.0.0").attributes, NOTE))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(Path(tmp_path_factory.mktemp("values"))) as hub:
        hub.keys[AGENCY] = hub.hub.credentials.add(f"AGENCY_{AGENCY}")
        rest = (STRUCTURE if entry.ref == STRUCTURE.ref else entry for entry in FIRST)
        answer = post(hub, NOTES, *rest)
        assert answer.status_code == 201, said(answer)
        sent = push(hub, "1.0.0", "MA,F,2020,1,A,n/a", 'MA,M,2020,2,A,"5 % ""x"""', columns=",NOTE")
        assert sent.status_code == 201, sent.text
        yield hub


def test_a_value_that_the_list_lacks_is_refused(hub: Running) -> None:
    answer = push(hub, "1.0.0", "MA,F,2020,1,A,N/A", columns=",NOTE", dryRun="true")
    assert answer.status_code == 422
    (problem,) = answer.json()["report"]["problems"]
    assert problem["code"] == "CODE_UNKNOWN"
    (sample,) = problem["samples"]
    assert (sample["location"]["component"], sample["location"]["line"]) == ("NOTE", 2)
    assert "N/A" in answer.text
    assert "VL_NOTE" in answer.text


def test_values_come_back_as_they_were_sent(hub: Running) -> None:
    assert [row["NOTE"] for row in rows(hub, "1.0.0")] == ["n/a", '5 % "x"']
    with hub.client() as client:
        path = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/1.0.0?format="
        labelled = client.get(path + "csvdata;labels=both").text
        assert "n/a: <n/a>" in labelled
        for form in ("jsondata", "structurespecificdata", "xlsx", "parquet"):
            assert client.get(path + form).status_code == 200, form
        body = client.get(f"/sdmx/v2/data/dataflow/{AGENCY}/DF/1.0.0?format=jsondata").content
    for name in ("n/a", '5 % \\"x\\"'):
        assert f'"{name}"'.encode() in body
    again = hub.push("MA_CNSS", body, dryRun="true")
    assert again.status_code == 200, again.text


def test_schemas_say_which_values_there_are(hub: Running) -> None:
    path = f"/sdmx/v2/schema/dataflow/{AGENCY}/DF/1.0.0"
    sdmx = "application/vnd.sdmx."
    with hub.client() as client:
        xsd = client.get(path, headers={"Accept": f"{sdmx}schema+xml"}).text
        structures = client.get(path, headers={"Accept": f"{sdmx}structure+json"}).text
    assert '<xs:enumeration value="n/a"/><xs:enumeration value="5 % &quot;x&quot;"/>' in xsd
    assert '"VL_NOTE"' in structures


def test_a_value_in_use_is_not_removed(hub: Running) -> None:
    answer = post(hub, replace(NOTES, items=NOTES.items[1:]))
    assert answer.status_code == 409
    assert "NOTE n/a" in said(answer)
