"""Problem reports as JSON-ready documents, as text for a terminal, and back to values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sdmx_service.i18n.negotiate import supported
from sdmx_service.i18n.render import isolated, render, shown
from sdmx_service.i18n.words import word
from sdmx_service.model.problem import (
    Location,
    Problem,
    ProblemCount,
    ProblemReport,
    Severity,
)

_SAMPLES_IN_TEXT = 3
_FIELDS = {
    re.sub(r"_(\w)", lambda match: match[1].upper(), field.name): field.name
    for field in fields(Location)
}
"""Name on the wire → field of Location, in its order."""


def report_document(report: ProblemReport, language: str, *, verdict: str) -> dict[str, Any]:
    """A report as JSON: texts for people, and beside them what they were made of.

    Shape: verdict, language, errors, warnings, problems [code, severity, title, remedy, count,
    samples [detail, location, arguments]]; a location says only what applies.
    """
    spoken = supported(language)
    return {
        "verdict": verdict,
        "language": spoken,
        "errors": report.errors,
        "warnings": report.warnings,
        "problems": [_entry(entry, spoken) for entry in report.problems],
    }


def problem_report_from(document: Mapping[str, Any]) -> ProblemReport:
    """The report a document was made of, to be rendered in another language."""
    return ProblemReport(tuple(_count(entry) for entry in document["problems"]))


def location_document(location: Location) -> dict[str, str | int]:
    """A place as JSON, only what applies."""
    values = ((name, getattr(location, field)) for name, field in _FIELDS.items())
    return {name: value for name, value in values if value is not None}


def sentence(problem: Problem, language: str) -> str:
    """Title, detail and remedy in one line, and the place where there is one."""
    text = render(problem, language)
    place = location_text(problem.location, language)
    end = f" ({place})" if place else ""
    return f"{text.title}. {text.detail} {text.remedy}".strip() + end


def location_text(location: Location, language: str) -> str:
    """A place in words: ``Line 5 · Series A.MA``; empty where nothing is known."""
    spoken = supported(language)
    return " · ".join(
        f"{word('location.' + name, spoken)} {isolated(shown(value, spoken), spoken)}"
        for name, value in location_document(location).items()
    )


def report_text(report: ProblemReport, language: str) -> str:
    """A report for a terminal: a few lines a problem, the first occurrences only."""
    spoken = supported(language)
    colon = word("report.colon", spoken)
    counts = (("report.errors", report.errors), ("report.warnings", report.warnings))
    lines = [" · ".join(f"{word(key, spoken)}{colon}{count}" for key, count in counts)]
    for entry in report.problems:
        lines += ["", *_lines(entry, spoken, colon)]
    if not report.problems:
        lines.append(word("report.none", spoken))
    return "\n".join(lines) + "\n"


def _entry(entry: ProblemCount, language: str) -> dict[str, Any]:
    text = render(Problem(entry.code), language)
    return {
        "code": entry.code,
        "severity": entry.severity.value,
        "title": text.title,
        "remedy": text.remedy,
        "count": entry.count,
        "samples": [
            {
                "detail": render(sample, language).detail,
                "location": location_document(sample.location),
                "arguments": dict(sample.arguments),
            }
            for sample in entry.samples
        ],
    }


def _count(entry: Mapping[str, Any]) -> ProblemCount:
    samples = (
        Problem(entry["code"], sample["arguments"], _location(sample["location"]))
        for sample in entry["samples"]
    )
    return ProblemCount(entry["code"], Severity(entry["severity"]), entry["count"], tuple(samples))


def _location(document: Mapping[str, Any]) -> Location:
    return Location(**{_FIELDS[name]: value for name, value in document.items()})


def _lines(entry: ProblemCount, language: str, colon: str) -> list[str]:
    text = render(Problem(entry.code), language)
    severity = word(f"severity.{entry.severity.value}", language)
    code = isolated(entry.code, language)
    count = f"{word('report.occurrences', language)}{colon}{entry.count}"
    lines = [f"{severity}{colon}{text.title} ({code}) · {count}"]
    shown_samples = entry.samples[:_SAMPLES_IN_TEXT]
    for sample in shown_samples:
        place = location_text(sample.location, language)
        detail = render(sample, language).detail
        lines.append(f"  - {place}{colon}{detail}" if place else f"  - {detail}")
    hidden = entry.count - len(shown_samples)
    if hidden > 0:
        lines.append(f"  {word('report.more', language)}{colon}{hidden}")
    return [*lines, f"  {word('report.remedy', language)}{colon}{text.remedy}"]
