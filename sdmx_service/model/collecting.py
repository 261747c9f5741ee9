"""Gathering problems: exact counts, capped samples."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.problem import Problem, ProblemCount, ProblemReport


class ProblemCollector:
    """Gathers problems: counts exactly, keeps the first ``samples`` of each code."""

    def __init__(self, samples: int = 20) -> None:
        self._limit = samples
        self._counts: dict[str, int] = {}
        self._samples: dict[str, list[Problem]] = {}

    def add(self, problem: Problem, count: int = 1) -> None:
        """Add a problem that stands for ``count`` occurrences (for what was counted in bulk)."""
        self._counts[problem.code] = self._counts.get(problem.code, 0) + count
        kept = self._samples.setdefault(problem.code, [])
        if len(kept) < self._limit:
            kept.append(problem)

    def add_many(self, count: int, samples: Iterable[Problem]) -> None:
        """Add ``count`` occurrences of one code of which ``samples`` show the first.

        ``samples`` is only walked as far as room is left: pass a generator.
        """
        if count <= 0:
            return
        iterator = iter(samples)
        first = next(iterator)
        self.add(first, count)
        kept = self._samples[first.code]
        while len(kept) < self._limit:
            following = next(iterator, None)
            if following is None:
                return
            kept.append(following)

    @property
    def fatal(self) -> bool:
        """Whether any error was found."""
        return self.report().errors > 0

    def report(self) -> ProblemReport:
        return ProblemReport(
            tuple(
                ProblemCount(code, CATALOGUE[code].severity, count, tuple(self._samples[code]))
                for code, count in self._counts.items()
            )
        )
