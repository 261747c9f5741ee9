"""What is asked of the structures in one maintenance request, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.problem import Problem, Severity
from sdmx_service.model.refs import Ref


class MaintenanceAction(StrEnum):
    """What is to be done with the artefacts of a message.

    Append: they are new. Replace: they are new, or take the place of what is there; partial item
    schemes are merged. Merge: items are merged in any case. Delete: they go.
    """

    APPEND = "Append"
    REPLACE = "Replace"
    MERGE = "Merge"
    DELETE = "Delete"


class Became(StrEnum):
    """What became of one artefact."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactOutcome:
    """What became of one artefact (or item), with warnings, or with what is wrong."""

    ref: Ref
    action: MaintenanceAction
    became: Became
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if is_error(problem))

    @property
    def http_status(self) -> int:
        """The status this artefact alone would be answered with."""
        if self.became is Became.FAILED:
            return max(CATALOGUE[problem.code].http_status for problem in self.errors)
        return 201 if self.became is Became.CREATED else 200


def is_error(problem: Problem) -> bool:
    """Whether a problem stops what was asked."""
    return CATALOGUE[problem.code].severity is Severity.ERROR
