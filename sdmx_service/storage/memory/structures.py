"""Structures in memory: the meaning of ``StructureStore``, spelt out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sdmx_service.storage.structures_base import StoredStructure, StructureChange
from sdmx_service.storage.structures_instant import distinct, later_than


class MemoryStructures:
    """States by URN, oldest first; a maintenance replaces the whole dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, tuple[StoredStructure, ...]] = {}
        self._instants: tuple[datetime, ...] = ()

    def publish(self, changes: Sequence[StructureChange], principal: str, at: datetime) -> int:
        distinct(changes)
        with self._lock:
            at = later_than(self.last_maintained(), at)
            number = len(self._instants) + 1
            states = dict(self._states)
            for change in changes:
                states[change.urn] = _changed(
                    states.get(change.urn, ()), change, at, number, principal
                )
            self._states = {urn: kept for urn, kept in states.items() if kept}
            self._instants = (*self._instants, at)
            return number

    def current(self) -> tuple[StoredStructure, ...]:
        return tuple(
            states[-1] for _, states in sorted(self._states.items()) if states[-1].valid_to is None
        )

    def as_of(self, at: datetime) -> tuple[StoredStructure, ...]:
        return tuple(
            state
            for _, states in sorted(self._states.items())
            for state in states
            if state.valid_from <= at and (state.valid_to is None or at < state.valid_to)
        )

    def history(self, urn: str) -> tuple[StoredStructure, ...]:
        return self._states.get(urn, ())

    def maintenance_at(self, at: datetime) -> int:
        return sum(instant <= at for instant in self._instants)

    def last_maintained(self) -> datetime | None:
        return self._instants[-1] if self._instants else None


def _changed(
    states: tuple[StoredStructure, ...],
    change: StructureChange,
    at: datetime,
    number: int,
    principal: str,
) -> tuple[StoredStructure, ...]:
    """The states with the open one closed, and a new one where there is content."""
    closed = tuple(
        replace(state, valid_to=at) if state.valid_to is None else state for state in states
    )
    if change.content is None:
        return closed
    opened = StoredStructure(
        urn=change.urn,
        agency=change.agency,
        content=change.content,
        valid_from=at,
        valid_to=None,
        maintenance=number,
        principal=principal,
    )
    return (*closed, opened)
