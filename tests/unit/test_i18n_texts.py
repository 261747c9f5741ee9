"""Every problem has its texts in every language, with the catalogue's arguments and no others."""

from __future__ import annotations

import inspect
import re

import pytest

from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import LANGUAGES
from sdmx_service.i18n.words import word
from sdmx_service.model import catalogue
from sdmx_service.model.catalogue import CATALOGUE

PARTS = ("title", "detail", "remedy")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LINE = re.compile(r'^    "(?P<code>[A-Z_]+)": [^#\n]*(?:# (?P<arguments>.*))?$', re.MULTILINE)
_ARABIC = re.compile(r"[\u0621-\u064a]{2}")


def _arguments() -> dict[str, set[str]]:
    """The arguments of each code, as the comments of the catalogue name them."""
    named = {}
    for match in _LINE.finditer(inspect.getsource(catalogue)):
        comment = re.sub(r"\([^)]*\)", "", match["arguments"] or "").partition(":")[0]
        named[match["code"]] = {part.strip() for part in comment.split(",") if part.strip()}
    return named


ARGUMENTS = _arguments()


def test_the_comments_of_the_catalogue_are_all_read() -> None:
    assert set(ARGUMENTS) == set(CATALOGUE)
    assert ARGUMENTS["VALUE_FACET"] == {"value", "facet", "limit"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_is_without_text_and_no_text_without_code(language: str) -> None:
    assert set(texts("problems", language)) == {
        (part, code) for part in PARTS for code in CATALOGUE
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CATALOGUE)
def test_placeholders_are_the_arguments(code: str, language: str) -> None:
    found = texts("problems", language)
    assert set(_PLACEHOLDER.findall(found["detail", code])) == ARGUMENTS[code]
    assert "{" not in found["title", code] + found["remedy", code]


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_language_says_it_in_its_own_words(code: str) -> None:
    for part in PARTS:
        said = [texts("problems", language)[part, code] for language in LANGUAGES]
        assert len(set(said)) == len(LANGUAGES)
        assert _ARABIC.search(texts("problems", "ar")[part, code])
        assert all(text == text.strip() for text in said)


@pytest.mark.parametrize("code", CATALOGUE)
def test_sentences_end_and_titles_do_not(code: str) -> None:
    for language in LANGUAGES:
        found = texts("problems", language)
        assert found["detail", code].endswith(".")
        assert found["remedy", code].endswith(".")
        assert not found["title", code].endswith(".")


def test_french_spaces_do_not_break() -> None:
    for text in texts("problems", "fr").values():
        assert not re.search(r"« | »| [;?!:]", text)


def test_words_are_the_same_in_every_language() -> None:
    keys = [set(texts("words", language)) for language in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) > 40


def test_arabic_words_are_arabic() -> None:
    words = {key: text for (_, key), text in texts("words", "ar").items()}
    punctuation = {"report.colon"}
    assert all(_ARABIC.search(words[key]) for key in set(words) - punctuation)


def test_a_word_falls_back() -> None:
    assert word("verdict.accepted", "ar-MA") == "مقبول"
    assert word("verdict.accepted", "de") == word("verdict.accepted", "fr")
    assert word("no.such.word", "en") == "no.such.word"
