"""Problems as text, in French, English and Arabic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import RIGHT_TO_LEFT, supported
from sdmx_service.i18n.words import word
from sdmx_service.model.problem import Problem

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LONGEST = 200
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class ProblemText:
    """``title`` names the kind, ``detail`` says what is wrong here, ``remedy`` what to do."""

    title: str
    detail: str
    remedy: str


def render(problem: Problem, language: str) -> ProblemText:
    """The texts of a problem in a language of ``LANGUAGES``; placeholders are filled.

    Never raises: an argument that is not given is shown as an ellipsis, a code without texts as
    itself.
    """
    spoken = supported(language)
    parts = (
        _fill(_text(part, problem.code, spoken), problem.arguments, spoken)
        for part in ("title", "detail", "remedy")
    )
    return ProblemText(*parts)


def isolated(text: str, language: str) -> str:
    """A piece of foreign text so that it does not disturb the direction of what surrounds it."""
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if language in RIGHT_TO_LEFT else text


def shown(value: str | int, language: str) -> str:
    """A value of the sender's, fit to stand in a sentence.

    Control and direction marks are replaced, long text is cut, nothing is called empty.
    """
    text = str(value)
    if not text:
        return word("value.empty", language)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return "".join("\ufffd" if unicodedata.category(sign)[0] == "C" else sign for sign in text)


def _text(part: str, code: str, language: str) -> str:
    found = texts("problems", language).get((part, code))
    return found or ("" if part == "remedy" else code)


def _fill(template: str, arguments: Mapping[str, str | int], language: str) -> str:
    def argument(match: re.Match[str]) -> str:
        name = match[1]
        value = shown(arguments[name], language) if name in arguments else "…"
        return isolated(value, language)

    return _PLACEHOLDER.sub(argument, template)
