"""What a change of the structures would break: faults there are afterwards and were not before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Problem
from sdmx_service.model.refs import Ref
from sdmx_service.registry.check import check_structures, name_of
from sdmx_service.registry.registry import Registry

_ALL = 10**9


def new_faults(
    before: Registry, after: Registry, changed: Iterable[Ref]
) -> dict[Ref, list[Problem]]:
    """Faults and warnings that the changed artefacts bring, by the artefact they are told at.

    A reference of another artefact that leads nowhere now is ARTEFACT_REFERENCED at what it led
    to; what cannot be told apart stands at the first.
    """
    changed = tuple(changed)
    found: dict[Ref, list[Problem]] = {ref: [] for ref in changed}
    fresh = Counter(map(_identity, faults := _faults(after)))
    fresh.subtract(map(_identity, _faults(before)))
    for problem in faults:
        if fresh[_identity(problem)] > 0:
            fresh[_identity(problem)] -= 1
            ref, told = _told_at(problem, changed)
            found[ref].append(told)
    for ref in changed:
        if after.get(ref) is not None and after.get(ref) != before.get(ref):
            found[ref] += _own(after, ref)
    return found


def _own(after: Registry, ref: Ref) -> list[Problem]:
    """Circles, and an agency that no scheme knows."""
    found = []
    way = after.cycle_through(ref) if (artefact := after.get(ref)) and artefact.ref == ref else ()
    if way:
        through = " > ".join(name_of(one) for one in way)
        found.append(Problem("REFERENCE_CYCLE", {"found": through, "artefact": name_of(ref)}))
    # Of an agency without a parent no scheme here need tell: what is imported keeps its agency.
    if "." in ref.agency and ref.agency not in after.agencies():
        arguments = {"found": ref.agency, "artefact": name_of(ref)}
        found.append(Problem("AGENCY_UNKNOWN", arguments))
    return found


@lru_cache(maxsize=2)
def _faults(registry: Registry) -> tuple[Problem, ...]:
    """All faults; what follows one maintenance is what stands before the next."""
    problems = ProblemCollector(samples=_ALL)
    check_structures(registry.artefacts, problems)
    return tuple(sample for entry in problems.report().problems for sample in entry.samples)


def _identity(problem: Problem) -> tuple[object, ...]:
    return (problem.code, tuple(sorted(problem.arguments.items())), problem.location)


def _told_at(problem: Problem, changed: tuple[Ref, ...]) -> tuple[Ref, Problem]:
    said = [str(value) for value in problem.arguments.values()]
    artefact = str(problem.arguments.get("artefact", ""))
    for ref in changed:
        if _names(artefact, ref):
            return ref, problem
    for ref in changed:
        target = name_of(Ref(ref.artefact, ref.agency, ref.id))
        if problem.code == "REFERENCE_DANGLING" and said[0].startswith(target):
            arguments = {"artefact": said[0], "referrer": artefact}
            return ref, Problem("ARTEFACT_REFERENCED", arguments)
        if ref.short in said:
            return ref, problem
    return changed[0], problem


def _names(text: str, ref: Ref) -> bool:
    """Whether a text is the artefact's name, or that of an item of it."""
    name = name_of(ref)
    return text == name or text.startswith(name + ".")
