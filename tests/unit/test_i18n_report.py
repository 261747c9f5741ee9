"""Problems and reports as text, as JSON, and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdmx_service.i18n.negotiate import LANGUAGES
from sdmx_service.i18n.render import render
from sdmx_service.i18n.report import (
    location_text,
    problem_report_from,
    report_document,
    report_text,
)
from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Location, Problem, ProblemReport

CODE_UNKNOWN = Problem(
    "CODE_UNKNOWN",
    {"value": "X", "codelist": "SDMX:CL_SEX(2.1)"},
    Location(dataset=1, line=5, series_key="A.MA.X", period="2020", component="SEX"),
)


def _report(*problems: Problem) -> ProblemReport:
    collector = ProblemCollector(samples=2)
    for problem in problems:
        collector.add(problem)
    return collector.report()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CATALOGUE)
def test_missing_arguments_are_shown_as_missing(code: str, language: str) -> None:
    text = render(Problem(code), language)
    assert all((text.title, text.detail, text.remedy))
    assert "{" not in text.detail


def test_a_code_without_texts_is_shown_as_itself() -> None:
    assert render(Problem("SOMETHING_NEW"), "en").detail == "SOMETHING_NEW"


def test_arguments_stand_in_the_sentence() -> None:
    expected = "The code “X” does not stand in the code list SDMX:CL_SEX(2.1)."
    assert render(CODE_UNKNOWN, "en").detail == expected
    assert render(CODE_UNKNOWN, "en-GB").detail == expected


def test_braces_in_an_argument_are_not_filled() -> None:
    problem = Problem("CODE_UNKNOWN", {"value": "{codelist}", "codelist": "L"})
    assert "“{codelist}”" in render(problem, "en").detail


def test_arguments_are_isolated_in_arabic() -> None:
    detail = render(CODE_UNKNOWN, "ar").detail
    assert "\u2068X\u2069" in detail
    assert "\u2068SDMX:CL_SEX(2.1)\u2069" in detail


@given(st.text(), st.sampled_from(LANGUAGES))
def test_no_argument_steers_the_terminal_or_the_direction(value: str, language: str) -> None:
    detail = render(Problem("CODE_UNKNOWN", {"value": value, "codelist": "L"}), language).detail
    bare = detail.replace("\u2068", "").replace("\u2069", "") if language == "ar" else detail
    assert not set(bare) & {chr(number) for number in (0, 7, 10, 27, 0x202E, 0x2066, 0x2069)}
    assert detail.count("\u2068") == detail.count("\u2069")


def test_nothing_and_too_much_are_shown_short() -> None:
    nothing = render(Problem("CODE_UNKNOWN", {"value": "", "codelist": "L"}), "fr").detail
    assert "(vide)" in nothing
    much = render(Problem("CODE_UNKNOWN", {"value": "x" * 10_000, "codelist": "L"}), "fr").detail
    assert len(much) < 400


def test_a_document_says_what_applies() -> None:
    document = report_document(_report(CODE_UNKNOWN), "en", verdict="rejected")
    (entry,) = document["problems"]
    assert (document["verdict"], document["errors"], document["warnings"]) == ("rejected", 1, 0)
    assert (entry["code"], entry["severity"], entry["count"]) == ("CODE_UNKNOWN", "error", 1)
    assert entry["samples"] == [
        {
            "detail": render(CODE_UNKNOWN, "en").detail,
            "location": {
                "dataset": 1,
                "line": 5,
                "seriesKey": "A.MA.X",
                "period": "2020",
                "component": "SEX",
            },
            "arguments": {"value": "X", "codelist": "SDMX:CL_SEX(2.1)"},
        }
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stored_document_can_be_said_in_another_language(language: str) -> None:
    located = Problem(
        "QUERY_SYNTAX", {"found": "x"}, Location(parameter="c[A]", sheet="S", column=2)
    )
    report = _report(CODE_UNKNOWN, CODE_UNKNOWN, CODE_UNKNOWN, located)
    stored = json.loads(json.dumps(report_document(report, language, verdict="rejected")))
    assert problem_report_from(stored) == report
    again = report_document(problem_report_from(stored), "ar", verdict="rejected")
    assert again == report_document(report, "ar", verdict="rejected")


def test_a_report_for_the_terminal() -> None:
    text = report_text(_report(CODE_UNKNOWN, CODE_UNKNOWN, CODE_UNKNOWN), "en")
    assert text.splitlines()[0] == "Errors: 3 · Warnings: 0"
    assert "Error: Unknown code (CODE_UNKNOWN) · Occurrences: 3" in text
    assert "Line 5 · Series A.MA.X · Period 2020 · Component SEX" in text
    assert "Further occurrences not shown: 1" in text


def test_an_arabic_report_isolates_codes_and_keys() -> None:
    text = report_text(_report(CODE_UNKNOWN), "ar")
    assert "\u2068CODE_UNKNOWN\u2069" in text
    assert "\u2068A.MA.X\u2069" in text


def test_nothing_found() -> None:
    assert "No problem found." in report_text(_report(), "en")
    assert location_text(Location(), "fr") == ""
