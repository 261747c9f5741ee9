"""Small answers of data are kept as they were sent, and reach only those who may have them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sdmx_service.model.limits import Limits
from tests.conftest import DEMO, Running, running

DATA = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0?format=csvdata"
PERMITS = "/sdmx/v2/data/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0?format=csvdata"
UNDESA = DEMO / "undesa_migrant_stock.csv"
ALL = Limits(small_answer_bytes=10**7)
"""Under these every answer of the demo is small."""


def get(hub: Running, path: str, principal: str | None = None) -> httpx.Response:
    with hub.client(principal) as client:
        return client.get(path, headers={"Accept-Encoding": "identity"})


def test_readers_of_other_rights_get_their_own(demo_hub: Running) -> None:
    """Everyone asks the same twice, one after the other: what is kept for one is not for all."""
    readers = ("MA_MIEPEEC", "TN_INS", None, "INT_UNDESA")
    answers = [[get(demo_hub, PERMITS, reader) for reader in readers] for _ in range(2)]
    for first, again in zip(*answers, strict=True):
        assert (first.status_code, first.content) == (again.status_code, again.content)
    own, masked, anonymous, international = answers[1]
    assert (anonymous.status_code, international.status_code) == (204, 204)
    assert b",Q," in masked.content
    assert own.content != masked.content


def test_a_kept_answer_is_the_one_first_sent(demo_hub: Running) -> None:
    path = DATA.replace("?", "/A5.MR?")
    for more in ("", "&lang=ar", "&compression=gzip", "&startPeriod=2015"):
        first, again = (get(demo_hub, path + more) for _ in range(2))
        assert first.content == again.content
        assert first.headers["ETag"] == again.headers["ETag"]
        assert "Content-Length" in again.headers
    assert demo_hub.hub.slices.size > 0


def test_what_is_published_is_seen_at_once(tmp_path: Path) -> None:
    with running(tmp_path, limits=ALL) as hub:
        assert hub.push("INT_UNDESA", UNDESA).status_code == 201
        text = UNDESA.read_text(encoding="utf-8")
        assert b",79083," in get(hub, DATA).content
        for number in ("123456781", "123456782"):
            changed = text.replace(",79083,", f",{number},", 1)
            assert hub.push("INT_UNDESA", changed.encode()).status_code == 201
            assert number.encode() in get(hub, DATA).content


def test_a_release_opens_over_a_kept_answer(tmp_path: Path) -> None:
    with running(tmp_path, limits=ALL) as hub:
        assert hub.push("INT_UNDESA", UNDESA).status_code == 201
        changed = UNDESA.read_text(encoding="utf-8").replace(",79083,", ",123456789,", 1)
        opens = datetime.now(UTC) + timedelta(seconds=15)
        sent = hub.push("INT_UNDESA", changed.encode(), releaseAt=opens.isoformat())
        assert sent.status_code == 201, sent.text
        seen = [get(hub, DATA).content for _ in range(2)]
        if datetime.now(UTC) < opens:
            assert not any(b"123456789" in content for content in seen)
        time.sleep(max(0.0, (opens - datetime.now(UTC)).total_seconds() + 0.05))
        assert b"123456789" in get(hub, DATA).content


@pytest.mark.parametrize(
    "limits", [Limits(small_answer_bytes=1000), Limits(kept_slice_bytes=0), ALL]
)
def test_what_is_long_is_streamed_and_not_kept(tmp_path: Path, limits: Limits) -> None:
    with running(tmp_path, limits=limits) as hub:
        assert hub.push("INT_UNDESA", UNDESA).status_code == 201
        first, again = get(hub, DATA), get(hub, DATA)
        assert first.content == again.content
        assert len(first.content) > 1000
        assert (hub.hub.slices.size > 0) == (limits is ALL)
        assert ("Content-Length" in first.headers) == (
            limits.small_answer_bytes > len(first.content)
        )
