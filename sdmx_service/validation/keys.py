"""What is found over a whole message, set-wise, as problems.

Who finds it (a store's stage) is not known here: findings come as a count and small records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Location, Problem


class Finding(Protocol):
    """One key at which something was found; what does not apply is None."""

    @property
    def series_key(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def period(self) -> str | None: ...
    @property
    def component(self) -> str | None: ...
    @property
    def other_line(self) -> int | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def other(self) -> str | None: ...
    @property
    def release(self) -> datetime | None: ...


def report_duplicates(problems: ProblemCollector, count: int, samples: Iterable[Finding]) -> None:
    """KEY_DUPLICATE: observations given more than once in a data set."""
    _report(problems, count, samples, "KEY_DUPLICATE", lambda one: {"line": one.other_line or 0})


def report_conflicts(problems: ProblemCollector, count: int, samples: Iterable[Finding]) -> None:
    """ATTRIBUTE_CONFLICT: attributes above the observation given two values."""
    _report(
        problems,
        count,
        samples,
        "ATTRIBUTE_CONFLICT",
        lambda one: {"value": one.value or "", "other": one.other or ""},
    )


def report_missing_attributes(
    problems: ProblemCollector, count: int, samples: Iterable[Finding]
) -> None:
    """ATTRIBUTE_MANDATORY: mandatory attributes above the observation given nowhere."""
    _report(
        problems,
        count,
        samples,
        "ATTRIBUTE_MANDATORY",
        lambda one: {"component": one.component or ""},
    )


def report_pending(problems: ProblemCollector, count: int, samples: Iterable[Finding]) -> None:
    """PENDING_EMBARGO: keys that a submission still to be released touches."""
    _report(
        problems, count, samples, "PENDING_EMBARGO", lambda one: {"release": _instant(one.release)}
    )


def _report(
    problems: ProblemCollector,
    count: int,
    samples: Iterable[Finding],
    code: str,
    arguments: Callable[[Finding], dict[str, str | int]],
) -> None:
    problems.add_many(count, (Problem(code, arguments(one), _location(one)) for one in samples))


def _location(finding: Finding) -> Location:
    return Location(
        line=finding.line,
        series_key=finding.series_key,
        period=finding.period,
        component=finding.component,
    )


def _instant(release: datetime | None) -> str:
    if release is None:
        return ""
    return release.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
