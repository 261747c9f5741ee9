"""Problems as text, in French, English and Arabic."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.problem import Problem


@dataclass(frozen=True, slots=True)
class ProblemText:
    """``title`` names the kind, ``detail`` says what is wrong here, ``remedy`` what to do."""

    title: str
    detail: str
    remedy: str


def render(problem: Problem, language: str) -> ProblemText:
    """The texts of a problem in a language of ``LANGUAGES``; placeholders are filled."""
    return ProblemText(problem.code, problem.code, f"({language})")
