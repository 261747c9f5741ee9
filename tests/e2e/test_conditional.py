"""Conditional requests, caches and what an entity tag tells: never more than the caller may see."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import httpx
import pytest
import zstandard

from sdmx_service.model.cache import Cache
from sdmx_service.model.limits import Limits
from sdmx_service.registry.published import changes_of
from tests.conftest import DEMO, Running, running, wait_until

STRUCTURE = "/sdmx/v2/structure/codelist/MAGHREB/CL_SEX"
SCHEMA = "/sdmx/v1/schema/dataflow/MAGHREB/DF_WORK_PERMIT"
DATA = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"
PERMITS = "/sdmx/v2/data/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0"
PATHS = (STRUCTURE, SCHEMA, DATA)
PLAIN = {"Accept-Encoding": "identity"}


def _get(hub: Running, path: str, principal: str | None = None, **headers: str) -> httpx.Response:
    with hub.client(principal) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, headers=named)


@pytest.mark.parametrize("path", PATHS)
def test_the_same_tag_is_the_same_text(demo_hub: Running, path: str) -> None:
    first, second = _get(demo_hub, path), _get(demo_hub, path)
    assert first.headers["ETag"] == second.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")
    assert first.content == second.content


@pytest.mark.parametrize("path", PATHS)
def test_what_the_client_has_is_not_sent_again(demo_hub: Running, path: str) -> None:
    known = _get(demo_hub, path)
    tag = known.headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", W/{tag}', f'"a,b",{tag}', "*"):
        answer = _get(demo_hub, path, If_None_Match=given)
        assert (answer.status_code, answer.content) == (304, b""), given
        for name in ("ETag", "Last-Modified", "Vary", "Cache-Control", "Content-Language"):
            assert answer.headers[name] == known.headers[name]
    for given in ('"other"', "", "garbage", tag.strip('"')):
        assert _get(demo_hub, path, If_None_Match=given).status_code == 200, given


@pytest.mark.parametrize("path", PATHS)
def test_by_instant(demo_hub: Running, path: str) -> None:
    modified = _get(demo_hub, path).headers["Last-Modified"]
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for since in (modified, later, later.replace("+00:00", "Z"), "Fri, 31 Dec 2100 23:59:59 GMT"):
        assert _get(demo_hub, path, If_Modified_Since=since).status_code == 304, since
    for since in ("Mon, 01 Jan 2001 00:00:00 GMT", "2001-01-01T00:00:00Z", "never", ""):
        assert _get(demo_hub, path, If_Modified_Since=since).status_code == 200, since
    both = _get(demo_hub, path, If_None_Match='"other"', If_Modified_Since=modified)
    assert both.status_code == 200, "a tag counts for more than an instant"


@pytest.mark.parametrize("path", PATHS)
def test_every_representation_has_its_own_tag(demo_hub: Running, path: str) -> None:
    wishes = [
        {},
        {"Accept_Language": "en"},
        {"Accept_Encoding": "identity"},
        {"Accept_Encoding": "deflate"},
        {"Accept": "application/xml"},
        {"Accept": "application/json"},
    ]
    kinds = {
        (a.headers["ETag"], a.headers["Content-Type"])
        for a in (_get(demo_hub, path, **wish) for wish in wishes)
    }
    assert len({tag for tag, _ in kinds}) >= 5
    assert len(kinds) == len({tag for tag, _ in kinds})


def test_vary_names_every_header_that_counts(demo_hub: Running) -> None:
    for path in (*PATHS, "/sdmx/v2/structure/codelist/MAGHREB/NONE_SUCH"):
        vary = _get(demo_hub, path).headers["Vary"]
        assert {"Accept", "Accept-Language", "Authorization"} <= {
            name.strip() for name in vary.split(",")
        }


def test_structures_that_are_not_there_are_not_unchanged(demo_hub: Running) -> None:
    path = "/sdmx/v2/structure/codelist/MAGHREB/NONE_SUCH"
    later = "Fri, 31 Dec 2100 23:59:59 GMT"
    assert _get(demo_hub, path, If_Modified_Since=later).status_code == 404
    assert _get(demo_hub, path, If_None_Match="*").status_code == 404


def test_a_bad_key_is_refused_whatever_the_client_has(demo_hub: Running) -> None:
    for path in PATHS:
        tag = _get(demo_hub, path).headers["ETag"]
        answer = _get(demo_hub, path, If_None_Match=tag, Authorization="Bearer nobody")
        assert answer.status_code == 401


def test_a_tag_tells_nothing_of_what_others_publish(tmp_path: Path) -> None:
    """MA_MIEPEEC's permits are not public: their publication changes its tag and no one else's."""
    with running(tmp_path) as hub:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        outside = _get(hub, DATA).headers["ETag"]
        assert _get(hub, PERMITS).status_code == 204
        assert hub.push("MA_MIEPEEC", DEMO / "miepeec_work_permits.xml").status_code == 201
        assert _get(hub, DATA, If_None_Match=outside).status_code == 304
        answer = _get(hub, PERMITS)
        assert (answer.status_code, "ETag" in answer.headers) == (204, False)
        own = _get(hub, PERMITS, "MA_MIEPEEC").headers["ETag"]
        assert _get(hub, PERMITS, "MA_MIEPEEC", If_None_Match=own).status_code == 304
        assert _get(hub, PERMITS, If_None_Match=own).status_code == 204
        everything = "/sdmx/v2/data/dataflow/MAGHREB/*/1.0.0"
        mine = _get(hub, everything, "MA_MIEPEEC").headers["ETag"]
        assert _get(hub, everything, If_None_Match=mine).status_code == 200


def test_what_is_published_changes_the_tag(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        before = _get(hub, DATA)
        text = (DEMO / "undesa_migrant_stock.csv").read_text(encoding="utf-8")
        changed = text.replace(",79083,", ",123456789,", 1)
        assert hub.push("INT_UNDESA", changed.encode()).status_code == 201
        after = _get(hub, DATA, If_None_Match=before.headers["ETag"])
        assert after.status_code == 200
        assert after.headers["ETag"] != before.headers["ETag"]
        assert after.content != before.content


@pytest.mark.parametrize("engine", ["duckdb", "memory"])
def test_a_release_that_opens_changes_the_tag(tmp_path: Path, engine: str) -> None:
    with running(tmp_path, engine=engine) as hub:
        text = (DEMO / "undesa_migrant_stock.csv").read_text(encoding="utf-8")
        changed = text.replace(",79083,", ",123456789,", 1)
        stock = DEMO / "undesa_migrant_stock.csv"
        opens = hub.push_for_later("INT_UNDESA", stock, changed.encode())
        before = _get(hub, DATA)
        tag = before.headers["ETag"]
        assert _get(hub, DATA, If_None_Match=tag).status_code == 304
        assert b"123456789" not in before.content
        wait_until(opens)
        after = _get(hub, DATA, If_None_Match=tag)
        assert after.status_code == 200
        assert b"123456789" in after.content


def test_other_structures_have_other_tags(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        tags = [_get(hub, path).headers["ETag"] for path in (STRUCTURE, SCHEMA)]
        published = hub.hub.published
        with published.maintenance() as registry:
            changes = changes_of(registry.artefacts[:1], ())
            published.publish(changes, registry, "test", datetime.now(UTC))
        for path, tag in zip((STRUCTURE, SCHEMA), tags, strict=True):
            answer = _get(hub, path, If_None_Match=tag)
            assert answer.status_code == 200
            assert answer.headers["ETag"] != tag


def test_tags_last_across_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        assert hub.push("INT_UNDESA", DEMO / "undesa_migrant_stock.csv").status_code == 201
        tags = {path: _get(hub, path).headers["ETag"] for path in PATHS}
    with running(tmp_path) as hub:
        for path, tag in tags.items():
            assert _get(hub, path, If_None_Match=tag).status_code == 304, path


def test_lists_in_another_order_are_the_same_query(demo_hub: Running) -> None:
    one = "/sdmx/v2/structure/codelist/MAGHREB/CL_SEX,CL_FREQ/1.0.0"
    other = "/sdmx/v2/structure/codelist/MAGHREB/CL_FREQ,CL_SEX/1.0.0"
    assert _get(demo_hub, one).headers["ETag"] == _get(demo_hub, other).headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_compression_parameter_wins(demo_hub: Running, path: str) -> None:
    sign = "&" if "?" in path else "?"
    plain = _get(demo_hub, path, Accept_Encoding="identity")
    assert "Content-Encoding" not in plain.headers
    unpack = {
        "gzip": gzip.decompress,
        "deflate": zlib.decompress,
        "br": brotli.decompress,
        "zstd": lambda raw: zstandard.ZstdDecompressor().decompressobj().decompress(raw),
    }
    for coding, decompress in unpack.items():
        with (
            demo_hub.client() as client,
            client.stream("GET", f"{path}{sign}compression={coding}", headers=PLAIN) as answer,
        ):
            raw = b"".join(answer.iter_raw())
        assert answer.headers["Content-Encoding"] == coding
        assert decompress(raw) == plain.content
    for coding in ("compress", "zip", "identity"):
        refused = _get(demo_hub, f"{path}{sign}compression={coding}")
        assert refused.status_code == 406, coding


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"), ("deflate", "deflate"), ("gzip;q=0", None), ("*", "zstd"),
        ("identity, gzip;q=0.5", None), ("exi, deflate;q=0.2", "deflate"), ("", None),
        ("gzip;q=0.3, deflate;q=0.8", "deflate"), ("gzip;q=x", None), ("br", "br"),
        ("gzip, deflate, br, zstd", "zstd"), ("gzip, deflate, br", "br"), ("exi", None),
    ],
)  # fmt: skip
def test_accept_encoding(demo_hub: Running, header: str, coding: str | None) -> None:
    answer = _get(demo_hub, STRUCTURE, Accept_Encoding=header)
    assert answer.headers.get("Content-Encoding") == coding


def test_lang_parameter_wins(demo_hub: Running) -> None:
    for asked, used in (("en", "en"), ("ar-MA", "ar"), ("all", "fr"), ("de,en", "en")):
        answer = _get(demo_hub, f"{DATA}?lang={asked}", Accept_Language="fr")
        assert answer.headers["Content-Language"] == used
    assert _get(demo_hub, f"{STRUCTURE}?lang=de").status_code == 406
    assert _get(demo_hub, STRUCTURE, Accept_Language="de").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (STRUCTURE, 200), (DATA, 200), (f"{STRUCTURE}?detail=none_such", 400),
        ("/sdmx/v1/codelist/MAGHREB/NONE_SUCH", 404), (f"{DATA}?format=none_such", 406),
        ("/sdmx/v2/metadata/metadataflow/MAGHREB", 501), ("/submissions", 401),
        ("/none/such", 404),
    ],
)  # fmt: skip
def test_other_sites_may_read_answers_and_errors(demo_hub: Running, path: str, status: int) -> None:
    answer = _get(demo_hub, path, Origin="https://example.org")
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "charset" not in answer.headers["Content-Type"]


def test_what_is_kept_is_bounded() -> None:
    cache = Cache(10, len)
    cache.keep("a", b"12345")
    cache.keep("b", b"12345")
    assert cache.find("a") == b"12345"
    cache.keep("c", b"1")
    assert (cache.find("b"), cache.find("a"), cache.find("c")) == (None, b"12345", b"1")
    cache.keep("a", b"1234567")
    cache.keep("large", bytes(11))
    assert cache.find("large") is None
    assert cache.size == 8


def test_the_hub_keeps_no_more_than_its_setting(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(kept_answer_bytes=60_000)) as hub:
        for name in ("CL_SEX", "CL_FREQ", "CL_AREA"):
            for accept in ("application/xml", "application/json"):
                path = f"/sdmx/v2/structure/codelist/MAGHREB/{name}"
                assert _get(hub, path, Accept=accept, **PLAIN).status_code in (200, 404)
        assert 0 < hub.hub.answers.size <= 60_000
