"""What became of a message, as its sender reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A submission that was accepted or rejected, or what a dry run says would happen.

    ``report`` is the hub's report in the language asked for (``problems``: code, count, title,
    remedy and the first places of each kind); empty in a list of submissions. ``status`` is the
    HTTP status. ``id`` and ``number`` are None in a dry run. Instants are UTC.
    """

    verdict: str
    id: str | None
    observations: int
    report: Mapping[str, Any] = field(repr=False)
    status: int
    number: int | None = None
    dry_run: bool = False
    replayed: bool = False
    agreements: tuple[str, ...] = ()
    received_at: datetime | None = None
    published_at: datetime | None = None
    release_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether every check was passed."""
        return self.verdict == "accepted"


def outcome_of(
    document: Mapping[str, Any],
    status: int,
    *,
    report: Mapping[str, Any] | None = None,
    replayed: bool = False,
) -> Outcome:
    """An outcome from the hub's JSON; ``report`` where it stands apart from the document."""
    return Outcome(
        verdict=document["verdict"],
        id=document.get("id"),
        observations=document.get("observations") or 0,
        report=report if report is not None else document.get("report", {}),
        status=status,
        number=document.get("number"),
        dry_run=bool(document.get("dryRun", False)),
        replayed=replayed,
        agreements=tuple(document.get("agreements", ())),
        received_at=_instant(document.get("receivedAt")),
        published_at=_instant(document.get("publishedAt")),
        release_at=_instant(document.get("releaseAt")),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
