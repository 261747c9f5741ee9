"""A message on its way in, and the submission it becomes. No checks and no storage here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sdmx_service.access.principal import Principal
from sdmx_service.i18n.report import report_document
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import ProblemReport
from sdmx_service.model.submission import IdempotencyEntry, Submission, Verdict
from sdmx_service.registry.registry import Registry
from sdmx_service.service.agreements import Target
from sdmx_service.service.hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as it arrived: ``body`` seekable, ``sha256`` and ``size`` of its bytes."""

    body: BinaryIO
    sha256: str
    size: int
    content_encoding: str | None = None
    dry_run: bool = False
    release_at: datetime | None = None
    supersede: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A submission before it has a number."""

    hub: Hub
    registry: Registry
    principal: Principal
    incoming: Incoming
    format: str
    received_at: datetime
    targets: tuple[Target, ...]

    def submission(
        self,
        verdict: Verdict,
        problems: ProblemCollector,
        *,
        number: int = 0,
        published_at: datetime | None = None,
        observations: int = 0,
    ) -> Submission:
        """The submission with this verdict; number 0 where nothing is kept."""
        accepted = verdict is Verdict.ACCEPTED
        return Submission(
            id=self.hub.new_id(),
            number=number,
            principal=self.principal.id,
            agreements=tuple(dict.fromkeys(target.agreement for target in self.targets)),
            verdict=verdict,
            received_at=self.received_at,
            published_at=published_at,
            release_at=self.incoming.release_at,
            format=self.format,
            message_sha256=self.incoming.sha256 if accepted and number else "",
            message_bytes=self.incoming.size,
            report=_report_text(problems.report(), verdict),
            observations=observations,
        )

    def idempotency(self, submission: Submission) -> IdempotencyEntry | None:
        """The entry of its Idempotency-Key, if it has one."""
        if self.incoming.idempotency_key is None:
            return None
        return IdempotencyEntry(
            principal=self.principal.id,
            key=self.incoming.idempotency_key,
            fingerprint=fingerprint_of(self.incoming),
            submission_id=submission.id,
        )


def fingerprint_of(incoming: Incoming) -> str:
    """What must be the same for an Idempotency-Key to answer the first result."""
    release = incoming.release_at.isoformat() if incoming.release_at else ""
    text = f"{incoming.sha256} {release} {incoming.supersede}"
    return hashlib.sha256(text.encode()).hexdigest()


def _report_text(report: ProblemReport, verdict: Verdict) -> str:
    return json.dumps(report_document(report, "en", verdict=verdict.value), ensure_ascii=False)
