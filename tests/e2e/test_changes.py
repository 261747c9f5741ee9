"""updatedAfter over HTTP: what changed and what went, with more series than fit in a statement."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sdmx_service.model.structures import AttachmentLevel, AttributeRelationship
from sdmx_service.storage.duckdb import sorting
from tests.conftest import DEMO, Running
from tests.e2e import test_data_follows_structure as follow

PATH = "/sdmx/v2/data/provisionagreement/MAGHREB/PA_DF_MIG_STOCK_POP_INT_UNDESA/1.0.0"


@pytest.mark.parametrize("few", [10, 100_000])
def test_what_changed_and_what_went(
    empty_hub: Running, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sorting, "_FEW", few)
    text = (DEMO / "undesa_migrant_stock.csv").read_text(encoding="utf-8")
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert empty_hub.push("INT_UNDESA", text.encode()).status_code == 201
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    half, key = len(rows) // 2, header.index("TIME_PERIOD") + 1
    gone = [[*row[:2], "D", *row[3:key]] for row in rows[half:]]
    assert empty_hub.push("INT_UNDESA", _csv([header, *rows[:half]])).status_code == 201
    assert empty_hub.push("INT_UNDESA", _csv([header[:key], *gone])).status_code == 201
    with empty_hub.client() as client:
        answer = client.get(PATH, params={"updatedAfter": since, "format": "csvdata"})
    actions = Counter(row["ACTION"] for row in csv.DictReader(io.StringIO(answer.text)))
    assert actions == {"R": half, "D": len(rows) - half}


def test_attributes_of_the_data_set_alone_have_changed(empty_hub: Running) -> None:
    """No series changed, and yet it is no answer of nothing, whatever the format."""
    empty_hub.keys[follow.AGENCY] = empty_hub.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
    level = AttributeRelationship(level=AttachmentLevel.DATAFLOW)
    note = replace(follow.NOTE, relationship=level)
    structure = follow.structure("1.0.0", attributes=(*follow.structure("1.0.0").attributes, note))
    first = (structure if entry.ref == structure.ref else entry for entry in follow.FIRST)
    assert follow.post(empty_hub, *first).status_code == 201
    sent = follow.push(empty_hub, "1.0.0", "MA,F,2020,1,A,old", columns=",NOTE")
    assert sent.status_code == 201, sent.text
    path = f"/sdmx/v2/data/dataflow/{follow.AGENCY}/DF/1.0.0"
    changes = {"updatedAfter": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    with empty_hub.client() as client:
        assert client.get(path, params=changes).status_code == 204
        sent = follow.push(empty_hub, "1.0.0", "~,~,~,,,new", columns=",NOTE")
        assert sent.status_code == 201, sent.text
        for form in ("jsondata", "structurespecificdata", "genericdata", "parquet", "arrow"):
            answer = client.get(path, params={**changes, "format": form})
            assert answer.status_code == 200, answer.text
            assert b"new" in answer.content, form
            assert b"old" not in answer.content, form
        for more in ({"format": "xlsx"}, {"dimensionAtObservation": "SEX"}):
            assert client.get(path, params={**changes, **more}).status_code == 200, more
        assert client.get(path, params={**changes, "attributes": "none"}).status_code == 204
        assert client.get(f"{path}/DZ.F").status_code == 204
    (row,) = follow.rows(empty_hub, "1.0.0", f"&updatedAfter={changes['updatedAfter']}")
    assert row == {"AREA": "~", "SEX": "~", "TIME_PERIOD": "~", "OBS_VALUE": "", "STATUS": "",
                   "NOTE": "new"}  # fmt: skip
    history = follow.rows(empty_hub, "1.0.0", "&includeHistory=true")
    assert [row["NOTE"] for row in history] == ["old", "new"]


FORMS = ("csvdata", "jsondata", "xml", "structurespecificdata", "genericdata")


def test_a_removed_attribute_of_the_data_set_is_told_and_can_be_told_on(
    empty_hub: Running,
) -> None:
    """A Delete data set of nothing else, which a replica that is sent it takes as it is meant."""
    empty_hub.keys[follow.AGENCY] = empty_hub.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
    level = AttributeRelationship(level=AttachmentLevel.DATAFLOW)
    note = replace(follow.NOTE, relationship=level)
    structure = follow.structure("1.0.0", attributes=(*follow.structure("1.0.0").attributes, note))
    first = (structure if entry.ref == structure.ref else entry for entry in follow.FIRST)
    assert follow.post(empty_hub, *first).status_code == 201
    path = f"/sdmx/v2/data/dataflow/{follow.AGENCY}/DF/1.0.0"

    def said() -> list[str]:
        return [row["NOTE"] for row in follow.rows(empty_hub, "1.0.0")]

    messages = {}
    for form in ("", *FORMS):
        sent = follow.push(empty_hub, "1.0.0", "MA,F,2020,1,A,kept", columns=",NOTE")
        assert sent.status_code == 201, sent.text
        since = {"updatedAfter": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
        body = messages.get(form) or _csv(
            [["STRUCTURE", "STRUCTURE_ID", "ACTION", "NOTE"],
             ["dataflow", f"{follow.AGENCY}:DF(1.0.0)", "D", "-"]]
        )  # fmt: skip
        assert said() == ["kept"]
        sent = empty_hub.push("MA_CNSS", body)
        assert sent.status_code == 201, (form, sent.text)
        assert said() == [""], form
        with empty_hub.client() as client:
            for one in FORMS:
                answer = client.get(path, params={**since, "format": one})
                assert answer.status_code == 200, one
                messages[one] = answer.content
            others = [{"format": one} for one in ("parquet", "arrow", "xlsx")]
            for more in (*others, {"dimensionAtObservation": "SEX"}):
                assert client.get(path, params={**since, **more}).status_code == 200, more
    history = follow.rows(empty_hub, "1.0.0", "&includeHistory=true")
    assert sum(row["VALID_TO"] != "" for row in history) == 1 + len(FORMS)


def _csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()
