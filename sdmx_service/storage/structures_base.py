"""What an engine keeps of structures: every version of every artefact, from when to when.

An artefact is a name and bytes here: what the bytes say is known above (``registry.content``).
Each maintenance request is one transaction with a number of its own; its changes hold from its
instant on. At most one state of an artefact contains any instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StructureChange:
    """What one artefact becomes; ``content`` None: it is there no more."""

    urn: str
    agency: str
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStructure:
    """One state of an artefact. ``maintenance``: number of the request that brought it;
    ``principal``: who asked; ``valid_to`` None: it is what holds now."""

    urn: str
    agency: str
    content: bytes
    valid_from: datetime
    valid_to: datetime | None
    maintenance: int
    principal: str


class StructureStore(Protocol):
    """An engine's structures. All methods may be called from several threads at once."""

    def publish(self, changes: Sequence[StructureChange], principal: str, at: datetime) -> int:
        """Keep all changes or none; returns the number of this maintenance.

        They hold from ``at``, or from just after the latest maintenance where ``at`` is not later
        (a clock may go back). A deletion of what is not there changes nothing. Raises ValueError
        where an artefact is named twice.
        """
        ...

    def current(self) -> tuple[StoredStructure, ...]:
        """What holds now, by URN."""
        ...

    def as_of(self, at: datetime) -> tuple[StoredStructure, ...]:
        """What held at an instant, by URN."""
        ...

    def history(self, urn: str) -> tuple[StoredStructure, ...]:
        """Every state of one artefact, oldest first; empty where it was never there."""
        ...

    def maintenance_at(self, at: datetime) -> int:
        """The number of the latest maintenance up to an instant, 0 before the first."""
        ...

    def last_maintained(self) -> datetime | None:
        """The instant of the latest maintenance, None before the first."""
        ...
