"""Which language a caller is answered in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdmx_service.i18n.negotiate import LANGUAGES, choose, supported


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        (None, "fr en ar"),
        ("", "fr en ar"),
        ("*", "fr en ar"),
        ("ar", "ar fr en"),
        ("AR-ma", "ar fr en"),
        ("en-GB,en;q=0.8", "en fr ar"),
        ("ar, en", "ar en fr"),
        ("en;q=0.5, ar;q=0.9, fr;q=0.1", "ar en fr"),
        ("fr;q=0", "en ar fr"),
        ("fr;q=0, *", "en ar fr"),
        ("*;q=0, ar", "ar fr en"),
        ("ar;q=0.1, *;q=0.5", "fr en ar"),
        ("de, es;q=0.9", "fr en ar"),
        ("fr-CA;q=0.1, fr-MA;q=0.9, en;q=0.5", "fr en ar"),
        ("en ; q = 0.2 , ar ; q = 0.3", "ar en fr"),
        ("en;q=nan", "fr en ar"),
        ("en;q=-1", "fr en ar"),
        (";;q==,ar,\x00", "ar fr en"),
    ],
)
def test_choice(header: str | None, languages: str) -> None:
    assert choose(header) == tuple(languages.split())


@given(st.text() | st.text(alphabet="frenarq=0.15;,*- "))
def test_any_header_gives_every_language_once(header: str) -> None:
    assert sorted(choose(header)) == sorted(LANGUAGES)


def test_a_tag_is_taken_to_its_language() -> None:
    assert (supported("AR-MA"), supported("en"), supported("de"), supported("")) == (
        "ar",
        "en",
        "fr",
        "fr",
    )
