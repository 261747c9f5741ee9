"""Problems: what is wrong with data or with a request, as values.

A problem has no text here; ``i18n`` renders it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where: any of these, None where it does not apply. Lines, rows and data sets count from 1;
    ``line`` of a JSON message is the number of the row.

    ``series_key``: codes joined by dots in key order. ``parameter``: of the request.
    """

    dataset: int | None = None
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    series_key: str | None = None
    period: str | None = None
    component: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` is a key of ``catalogue.CATALOGUE``, which gives severity and statuses."""

    code: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """All problems of one code: the exact count and the first samples."""

    code: str
    severity: Severity
    count: int
    samples: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """Every problem found, by code in order of first appearance."""

    problems: tuple[ProblemCount, ...] = ()

    @property
    def errors(self) -> int:
        return sum(entry.count for entry in self.problems if entry.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        return sum(entry.count for entry in self.problems if entry.severity is Severity.WARNING)


class Refused(Exception):
    """A request that ends here, for one named problem; the protocol edge makes it an answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def refuse(code: str, location: Location | None = None, **arguments: str | int) -> Refused:
    """The exception for a problem: ``raise refuse("KEY_UNKNOWN")``."""
    return Refused(Problem(code, arguments, location or Location()))
