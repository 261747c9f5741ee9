"""The start page: three languages, links that work, no way in for scripts."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import LANGUAGES
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import Categorisation, Category, CategoryScheme
from tests.conftest import Running
from tests.e2e import test_data_follows_structure as follow

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class _Page(HTMLParser):
    """Tags in order, addresses, ids and the language and direction of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.root: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.root = values
        if tag in ("a", "link", "img"):
            self.links.append(values.get("href") or values.get("src") or "")
        if values.get("id"):
            self.ids.append(values["id"] or "")


def _page(hub: Running, path: str = "/", **headers: str) -> tuple[httpx.Response, _Page]:
    with hub.client(**headers) as client:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer, _Page(answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_there(demo_hub: Running, language: str) -> None:
    answer, page = _page(demo_hub, f"/?lang={language}")
    assert page.root == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert answer.headers["content-language"] == language
    text = texts("pages", language)
    for key in ("title", "designations", "restated", "send_lead"):
        assert text["", key].replace("'", "&#39;") in answer.text
    assert "DF_WORK_PERMIT" in answer.text


def test_the_texts_have_the_same_keys_in_every_language() -> None:
    keys = [set(texts("pages", language)) for language in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]


def test_the_browser_chooses_where_the_address_does_not(demo_hub: Running) -> None:
    answer, page = _page(demo_hub, "/?lang=xx", **{"Accept-Language": "ar;q=0.9, en;q=0.8"})
    assert page.root["lang"] == "ar"
    assert "Accept-Language" in answer.headers["vary"]


def test_every_link_works(demo_hub: Running) -> None:
    _, page = _page(demo_hub, "/?lang=en")
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert sum("/sdmx/v2/data" in link for link in page.links) >= 6
    with demo_hub.client(**browser) as client:
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids
                continue
            with client.stream("GET", link) as answer:
                assert answer.status_code == 200, (link, answer.status_code)


def test_a_link_gives_the_format_it_names(demo_hub: Running) -> None:
    _, page = _page(demo_hub)
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    kinds = {"format=csvdata": "csv", "format=jsondata": "json", "/sdmx/v1/": "xml"}
    with demo_hub.client(**browser) as client:
        for mark, kind in kinds.items():
            link = next(link for link in page.links if mark in link)
            assert kind in client.get(link).headers["content-type"]


def test_an_empty_hub_offers_no_data_to_download(empty_hub: Running) -> None:
    answer, page = _page(empty_hub, "/?lang=en")
    assert "No public figures" in answer.text
    assert not any("/data/" in link for link in page.links)
    assert any("references=descendants" in link for link in page.links)


def test_what_only_some_may_see_is_not_named(empty_hub: Running) -> None:
    permits = empty_hub.hub.registry.policy
    hidden = [
        agreement
        for flow in empty_hub.hub.registry.dataflows()
        for agreement in empty_hub.hub.registry.agreements_of(flow.ref)
        if permits(agreement).tier != "public"
    ]
    public = {
        permits(agreement).provider
        for flow in empty_hub.hub.registry.dataflows()
        for agreement in empty_hub.hub.registry.agreements_of(flow.ref)
        if permits(agreement).tier == "public"
    }
    answer, _ = _page(empty_hub)
    only_hidden = {permits(agreement).provider for agreement in hidden} - public
    assert only_hidden
    for provider in only_hidden:
        assert f">{provider}<" not in answer.text


def test_the_page_can_run_nothing_and_loads_nothing_from_elsewhere(demo_hub: Running) -> None:
    answer, page = _page(demo_hub)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in page.tags
    assert "style=" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    with demo_hub.client() as client:
        assert client.get("/static/pages.py").status_code == 404
        assert client.get("/static/..%2fpages.py").status_code == 404


def test_a_host_name_is_never_markup(demo_hub: Running) -> None:
    with demo_hub.client() as client:
        answer = client.get("/", headers={"Host": "x'><script>alert(1)</script>"})
    assert "<script>" not in answer.text


def test_headings_are_in_order_and_landmarks_are_there(demo_hub: Running) -> None:
    _, page = _page(demo_hub)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert len(page.ids) == len(set(page.ids))


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_reach_the_contrast_of_wcag_aa(demo_hub: Running) -> None:
    with demo_hub.client() as client:
        sheet = client.get("/static/page.css").text
    schemes = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    ]
    schemes = [scheme for scheme in schemes if scheme]
    assert len(schemes) == 2
    for scheme in schemes:
        for ground in ("ground", "surface", "code"):
            for ink in ("ink", "quiet", "accent"):
                assert _contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
        assert _contrast(scheme["on-accent"], scheme["accent"]) >= 4.5


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_draws_the_page(demo_hub: Running, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}",
        f"--screenshot={picture}", "--window-size=360,2000", f"{demo_hub.url}/?lang=ar",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000


def test_of_each_line_the_newest_version_is_listed_once(empty_hub: Running) -> None:
    empty_hub.keys[follow.AGENCY] = empty_hub.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
    scheme = CategoryScheme(
        ref=follow.ref(Class.CATEGORY_SCHEME, "CAT"),
        about=follow.about("CAT"),
        items=(Category(id="WORK", about=follow.about("Work filed here")),),
    )
    filed = Categorisation(
        ref=follow.ref(Class.CATEGORISATION, "FILED"),
        about=follow.about("FILED"),
        source=follow.ref(Class.DATAFLOW, "DF", "1.0.0"),
        target=follow.ref(Class.CATEGORY_SCHEME, "CAT", item="WORK"),
    )
    later = [(follow.WIDER, follow.flow("1.1.0", "1.1.0"))]
    later += [(follow.structure("2.0.0"), follow.flow("2.0.0", "2.0.0"))]
    for artefacts in ((*follow.FIRST, scheme, filed), *later):
        answer = follow.post(empty_hub, *artefacts)
        assert answer.status_code == 201, follow.said(answer)

    answer, _ = _page(empty_hub, "/?lang=en")
    before, under = answer.text.split("Work filed here")
    links = rf"/sdmx/v1/dataflow/{follow.AGENCY}/DF/([0-9.]+)[?]"
    assert re.findall(links, before) == []
    assert re.findall(links, under) == ["1.1.0", "2.0.0"]
