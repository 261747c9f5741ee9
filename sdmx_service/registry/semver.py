"""The difference between two versions of an artefact, and which version it asks for.

Pure: no lookup. Source: SDMX 3.0 technical notes, semantic versioning. What removes or retypes is
major, what adds something optional minor, what only words differently a patch; what no rule knows
counts as major. ``docs/structures.md`` has the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Any

from sdmx_service.model.refs import Ref, version_key
from sdmx_service.model.structures import Artefact, Attribute, Dimension, Measure
from sdmx_service.model.versions import is_stable


class Level(IntEnum):
    """How much a change asks for."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``kind``: added, removed or changed; ``path``: where, ids joined by dots."""

    kind: str
    path: str
    level: Level


_WORDS = frozenset({"about", "contacts", "is_partial"}) | {
    f"{component}_list_{said}"
    for component in ("dimension", "measure", "attribute")
    for said in ("annotations", "links")
}
"""Fields that say something and define nothing."""
_REPRESENTATIONS = frozenset({"enumeration", "structure", "dataflow", "concept", "metadata"})
"""References whose target may be a later version of the same major one."""


def changes(old: Artefact, new: Artefact) -> tuple[Change, ...]:
    """Every difference between two versions of an artefact; empty where they say the same."""
    return tuple(_of_value(old, new, ()))


def level_of(found: Iterable[Change]) -> Level | None:
    """The highest level among changes, None where there are none."""
    return max((change.level for change in found), default=None)


def next_version(version: str, level: Level) -> str:
    """The stable version that follows a stable one after changes of this level."""
    major, minor, patch = version_key(version)[0]
    match level:
        case Level.MAJOR:
            return f"{major + 1}.0.0"
        case Level.MINOR:
            return f"{major}.{minor + 1}.0"
        case _:
            return f"{major}.{minor}.{patch + 1}"


def rise(old: str, new: str) -> Level | None:
    """The highest level of change that the step between two stable versions allows; None where
    it is no step upwards."""
    before, after = version_key(old)[0], version_key(new)[0]
    if after <= before:
        return None
    if after[0] > before[0]:
        return Level.MAJOR
    return Level.MINOR if after[1] > before[1] else Level.PATCH


def forerunner(version: str, others: Iterable[str | None]) -> str | None:
    """The stable version that a new stable one follows: the newest of its major line, else the
    newest of all; None where there is none."""
    stable = sorted((str(other) for other in others if is_stable(other)), key=version_key)
    line = [other for other in stable if version_key(other)[0][0] == version_key(version)[0][0]]
    return next(reversed(line or stable), None)


def _of_value(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Change]:
    if old == new:
        return
    if is_dataclass(old) and type(old) is type(new) and not isinstance(old, Ref):
        for entry in fields(old):
            before, after = getattr(old, entry.name), getattr(new, entry.name)
            if before != after:
                yield from _of_field(entry.name, before, after, path)
    else:
        yield Change("changed", ".".join(path), Level.MAJOR)


def _of_field(name: str, old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Change]:
    here = ".".join((*path, name))
    if name == "ref":
        return
    if name in _WORDS:
        yield Change("changed", here, Level.PATCH)
    elif name in _REPRESENTATIONS and isinstance(old, Ref) and isinstance(new, Ref):
        yield Change("changed", here, _of_reference(old, new))
    elif name == "metadata" and old is None:
        yield Change("added", here, Level.MINOR)
    elif name == "mandatory":
        yield Change("changed", here, Level.MAJOR if new else Level.MINOR)
    elif name == "min_occurs":
        yield Change("changed", here, Level.MAJOR if (new or 0) > (old or 0) else Level.MINOR)
    elif _identified(old) and _identified(new):
        yield from _of_items(old, new, path if name == "items" else (*path, name))
    elif is_dataclass(old) and is_dataclass(new):
        yield from _of_value(old, new, (*path, name))
    else:
        yield Change("changed", here, Level.MAJOR)


def _identified(value: Any) -> bool:
    """Whether this is a tuple of things with ids, each once."""
    if not isinstance(value, tuple) or not all(_name_of(entry) for entry in value):
        return False
    return len({_name_of(entry) for entry in value}) == len(value)


def _name_of(entry: Any) -> str:
    """Its id; of the usage of a metadata attribute that of the attribute."""
    return getattr(entry, "id", "") or getattr(entry, "metadata_attribute", "")


def _of_items(
    old: tuple[Any, ...], new: tuple[Any, ...], path: tuple[str, ...]
) -> Iterator[Change]:
    before: Mapping[str, Any] = {_name_of(entry): entry for entry in old}
    after: Mapping[str, Any] = {_name_of(entry): entry for entry in new}
    for name, entry in before.items():
        if name not in after:
            yield Change("removed", ".".join((*path, name)), Level.MAJOR)
        else:
            yield from _of_value(entry, after[name], (*path, name))
    for name, entry in after.items():
        if name not in before:
            yield Change("added", ".".join((*path, name)), _of_addition(entry))
    stayed = [name for name in before if name in after]
    if stayed != [name for name in after if name in before]:
        keyed = any(isinstance(entry, Dimension) for entry in old)
        yield Change("changed", ".".join((*path, "order")), Level.MAJOR if keyed else Level.PATCH)


def _of_addition(entry: Any) -> Level:
    """Something optional is minor; a part of every key or of every observation is major."""
    if isinstance(entry, Dimension):
        return Level.MAJOR
    if isinstance(entry, Attribute | Measure) and entry.mandatory:
        return Level.MAJOR
    return Level.MINOR


def _of_reference(old: Ref, new: Ref) -> Level:
    """A later version of the same thing within its major version is minor."""
    same = (old.artefact, old.agency, old.id, old.item)
    if same != (new.artefact, new.agency, new.id, new.item):
        return Level.MAJOR
    before, after = version_key(old.version)[0], version_key(new.version)[0]
    return Level.MINOR if before[:1] == after[:1] and after >= before else Level.MAJOR
