"""The table of conformance says what the hub does, its proofs are there, its page is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conformance import LATER, NO, PAGE, YES, Row, page, rows
from tests.conftest import Running

ROOT = Path(__file__).parents[2]
GROUPS = sorted({(row.api, row.subject) for row in rows()})


def _verdict(hub: Running, row: Row) -> str:
    with hub.client() as client:
        if row.accept is not None:
            client.headers["Accept"] = row.accept
        answer = client.get(f"/sdmx/{row.api}/{row.path}")
    if answer.status_code == 501:
        return LATER
    nothing = answer.status_code == 404 and re.search(r"code\W{1,4}(100|404)\b", answer.text)
    if nothing and row.subject == "Structure types":
        return YES
    if answer.status_code in (200, 204):
        if row.accept is not None and answer.status_code == 200:
            assert answer.headers["Content-Type"].startswith(row.accept.split(";")[0])
        return YES
    assert answer.status_code in (400, 406), f"{row.path}: {answer.status_code}"
    return NO


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_the_hub_answers_as_the_table_says(demo_hub: Running, group: tuple[str, str]) -> None:
    wrong = {
        (row.what, verdict)
        for row in rows()
        if (row.api, row.subject) == group
        if (verdict := _verdict(demo_hub, row)) != row.verdict
    }
    assert wrong == set()


def test_every_proof_is_a_test() -> None:
    for proof in {row.proof for row in rows()}:
        path, _, name = proof.partition("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), proof


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make conformance"
