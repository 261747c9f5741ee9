"""Versions under maintenance: does a change keep to what its version number promises?"""

from __future__ import annotations

from collections.abc import Sequence

from sdmx_service.model.problem import Problem
from sdmx_service.model.structures import Artefact
from sdmx_service.model.versions import is_stable
from sdmx_service.registry.check import name_of
from sdmx_service.registry.registry import Registry
from sdmx_service.registry.semver import (
    Change,
    Level,
    changes,
    forerunner,
    level_of,
    next_version,
    rise,
)

_SHOWN = 5


def version_problem(registry: Registry, artefact: Artefact) -> Problem | None:
    """What a stable artefact's version forbids, seen from what the registry holds, or None.

    A draft, a legacy or an unversioned artefact may change in any way.
    """
    version = artefact.ref.version
    if version is None or not is_stable(version):
        return None
    others = [
        other
        for other in registry.of_class(artefact.ref.artefact)
        if (other.ref.agency, other.ref.id) == (artefact.ref.agency, artefact.ref.id)
    ]
    standing = next((other for other in others if other.ref == artefact.ref), None)
    if standing is not None:
        return _unchanged(standing, artefact, others)
    earlier = forerunner(version, [other.ref.version for other in others])
    if earlier is None:
        return None
    return _step(next(other for other in others if other.ref.version == earlier), artefact)


def _unchanged(
    standing: Artefact, artefact: Artefact, others: Sequence[Artefact]
) -> Problem | None:
    found = changes(standing, artefact)
    level = level_of(found)
    if level is None:
        return None
    version = str(standing.ref.version)
    newest = forerunner(version, [other.ref.version for other in others]) or version
    arguments = {
        "artefact": name_of(artefact.ref),
        "changes": described(found),
        "proposed": next_version(newest, level),
    }
    return Problem("VERSION_IMMUTABLE", arguments)


def _step(earlier: Artefact, artefact: Artefact) -> Problem | None:
    before, after = str(earlier.ref.version), str(artefact.ref.version)
    allowed = rise(before, after)
    if allowed is None:
        arguments = {"artefact": name_of(artefact.ref), "newest": before}
        return Problem("VERSION_BACKWARDS", arguments)
    found = changes(earlier, artefact)
    level = level_of(found)
    if level is None or level <= allowed:
        return None
    too_high = [change for change in found if change.level > allowed]
    return Problem(
        "VERSION_TOO_LOW",
        {
            "artefact": name_of(artefact.ref),
            "earlier": before,
            "changes": described(too_high),
            "proposed": next_version(before, level),
        },
    )


def described(found: Sequence[Change]) -> str:
    """Changes in one line, the gravest first: ``removed A.B (major)``."""
    ordered = sorted(found, key=lambda change: -change.level)
    told = [f"{one.kind} {one.path} ({Level(one.level).name.lower()})" for one in ordered[:_SHOWN]]
    more = len(ordered) - len(told)
    return ", ".join(told) + (f" … +{more}" if more else "")
