"""Lines of the message for problems of its artefacts. What is wrong is found elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sdmx_service.formats.xml.artefact_lines import ArtefactPlace, artefact_places
from sdmx_service.model.maintenance import ArtefactOutcome
from sdmx_service.model.problem import Problem
from sdmx_service.model.refs import Ref


def with_lines(source: bytes, outcomes: Sequence[ArtefactOutcome]) -> tuple[ArtefactOutcome, ...]:
    """The outcomes with a line for each problem: of the item it names, else of the artefact.

    A message without lines (SDMX-JSON) gives none.
    """
    if not any(outcome.problems for outcome in outcomes):
        return tuple(outcomes)
    places = artefact_places(source)
    return tuple(_located(outcome, _place(places, outcome.ref)) for outcome in outcomes)


def _place(places: Sequence[ArtefactPlace], ref: Ref) -> ArtefactPlace | None:
    named = [
        place
        for place in places
        if (place.agency, place.id) == (ref.agency, ref.id)
        and (ref.version is None or place.version in (None, ref.version))
    ]
    same = (place for place in named if place.element == ref.artefact.value)
    return next(same, next(iter(named), None))


def _located(outcome: ArtefactOutcome, place: ArtefactPlace | None) -> ArtefactOutcome:
    if place is None:
        return outcome
    problems = tuple(_with_line(problem, place) for problem in outcome.problems)
    return replace(outcome, problems=problems)


def _with_line(problem: Problem, place: ArtefactPlace) -> Problem:
    item = str(problem.arguments.get("item", "")).rpartition(".")[2]
    line = place.items.get(item, place.line)
    return replace(problem, location=replace(problem.location, line=line))
