"""The registry of a running hub: what the store holds now, replaced whole by each maintenance.

Who may change what, and whether a change is sound, is decided above.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Artefact
from sdmx_service.registry.content import artefacts_of, gone, kept
from sdmx_service.registry.registry import Registry
from sdmx_service.storage.structures_base import StructureChange, StructureStore

_PAST_KEPT = 4


class StructuresChanged(Exception):
    """Others hold now than those a piece of work began with."""


class PublishedRegistry:
    """A registry that never changes while it is read, and the way to put another in its place."""

    def __init__(self, structures: StructureStore) -> None:
        self._structures = structures
        self._lock = threading.Lock()
        self._current = self._named(Registry(artefacts_of(structures.current())))
        self._past: dict[int, Registry] = {}

    @property
    def current(self) -> Registry:
        """What holds now."""
        return self._current

    @contextmanager
    def maintenance(self) -> Iterator[Registry]:
        """What holds now, and goes on to hold until this maintenance ends: one at a time."""
        with self._lock:
            yield self._current

    @contextmanager
    def unchanged(self, registry: Registry) -> Iterator[None]:
        """No maintenance from here to the end: what this registry allowed, stays allowed.

        Raises StructuresChanged where another holds by now.
        """
        with self._lock:
            if registry is not self._current:
                raise StructuresChanged
            yield

    def publish(
        self,
        changes: Sequence[StructureChange],
        following: Registry,
        principal: str,
        at: datetime,
    ) -> int:
        """Keep these changes, all of them or none, and show the registry with them.

        Call within ``maintenance``. Returns the number of the maintenance.
        """
        number = self._structures.publish(changes, principal, at)
        self._current = self._named(following)
        return number

    def as_of(self, at: datetime) -> Registry:
        """What held at an instant."""
        number = self._structures.maintenance_at(at)
        if number not in self._past:
            artefacts = artefacts_of(self._structures.as_of(at))
            registry = Registry(artefacts, changed=at, version=str(number))
            newest = dict(list(self._past.items())[1 - _PAST_KEPT :])
            self._past = {**newest, number: registry}
            return registry
        return self._past[number]

    def _named(self, registry: Registry) -> Registry:
        """The registry, named by the latest maintenance: the same name after a restart."""
        changed = self._structures.last_maintained()
        number = 0 if changed is None else self._structures.maintenance_at(changed)
        return registry.named(changed, str(number))


def with_changes(
    registry: Registry, changed: Iterable[Artefact], removed: Iterable[Artefact]
) -> Registry:
    """The registry after these changes."""
    after: dict[Ref, Artefact] = {artefact.ref: artefact for artefact in registry.artefacts}
    for artefact in removed:
        after.pop(artefact.ref, None)
    after.update({artefact.ref: artefact for artefact in changed})
    return Registry(after.values())


def changes_of(
    changed: Iterable[Artefact], removed: Iterable[Artefact]
) -> tuple[StructureChange, ...]:
    """The changes as the store keeps them.

    Raises Refused (FORMAT_CANNOT_CARRY) where an artefact cannot be kept.
    """
    return (*(kept(artefact) for artefact in changed), *(gone(artefact) for artefact in removed))
