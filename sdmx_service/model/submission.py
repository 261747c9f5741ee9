"""Submissions: what a producer sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """State of a submission once its report is there. Accepted = durable."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submission as it is kept.

    ``number`` is given in commit order under the write lock, from 1. ``id`` is the public name.
    ``principal`` sent it; ``agreements`` (``AGENCY:ID(VERSION)``) are those it touched.
    ``report`` is the JSON text of the problem report; ``message_sha256`` names the original
    bytes in the blob store, empty where they are not kept. ``derived_from`` is the number of
    the submission that caused it, for the hub's own.
    """

    id: str
    number: int
    principal: str
    agreements: tuple[str, ...]
    verdict: Verdict
    received_at: datetime
    published_at: datetime | None
    release_at: datetime | None
    format: str
    message_sha256: str
    message_bytes: int
    report: str
    observations: int
    derived_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyEntry:
    """The first use of an Idempotency-Key by a principal; ``fingerprint`` covers body and
    parameters."""

    principal: str
    key: str
    fingerprint: str
    submission_id: str
