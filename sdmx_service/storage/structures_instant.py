"""What every engine asks of a maintenance before it keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sdmx_service.storage.structures_base import StructureChange


def later_than(latest: datetime | None, at: datetime) -> datetime:
    """The instant asked for, in UTC, or the first one after the latest."""
    at = at.astimezone(UTC)
    return at if latest is None or at > latest else latest + timedelta(microseconds=1)


def distinct(changes: Sequence[StructureChange]) -> None:
    """Raises ValueError where two changes are of one artefact."""
    if len({change.urn for change in changes}) < len(changes):
        raise ValueError("an artefact is changed twice in one maintenance")
