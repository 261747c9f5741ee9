"""Looking back at submissions: the sender's own, and for focal points those of their country."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import BinaryIO

from sdmx_service.access.gate import Tier
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.i18n.report import problem_report_from
from sdmx_service.model.problem import ProblemReport, refuse
from sdmx_service.model.refs import ArtefactClass, parse_short
from sdmx_service.model.structures import ProvisionAgreement
from sdmx_service.model.submission import Submission
from sdmx_service.registry.registry import Registry
from sdmx_service.service.hub import Hub


def list_submissions(
    hub: Hub, principal: Principal, *, limit: int, before: int | None
) -> list[Submission]:
    """Newest first, those the principal may read, numbers below ``before``."""
    _require_key(principal)
    registry = hub.registry
    senders = _senders(registry, principal)
    found: list[Submission] = []
    while len(found) < limit:
        page = hub.store.submissions(senders, limit=limit, before=before)
        found += [entry for entry in page if _may_read(registry, principal, entry)]
        if len(page) < limit:
            break
        before = page[-1].number
    return found[:limit]


def get_submission(hub: Hub, principal: Principal, submission_id: str) -> Submission:
    """One submission. Raises Refused (SUBMISSION_UNKNOWN) also where it is another's."""
    _require_key(principal)
    submission = hub.store.submission(submission_id)
    if submission is None or not _may_read(hub.registry, principal, submission):
        raise refuse("SUBMISSION_UNKNOWN", found=submission_id)
    return submission


def read_report(principal: Principal, submission: Submission) -> ProblemReport:
    """Its report; for another's submission without samples, which may tell hidden values."""
    report = problem_report_from(json.loads(submission.report))
    if submission.principal == principal.id:
        return report
    return ProblemReport(tuple(replace(entry, samples=()) for entry in report.problems))


def open_message(hub: Hub, principal: Principal, submission_id: str) -> BinaryIO:
    """The original bytes, for who sent them. Raises Refused for all others."""
    submission = get_submission(hub, principal, submission_id)
    if submission.principal != principal.id or not submission.message_sha256:
        raise refuse("MESSAGE_NOT_KEPT", found=submission_id)
    return hub.blobs.open(submission.message_sha256)


def _require_key(principal: Principal) -> None:
    if principal.kind is PrincipalKind.ANONYMOUS:
        raise refuse("KEY_MISSING")


def _senders(registry: Registry, principal: Principal) -> tuple[str, ...]:
    if principal.kind is not PrincipalKind.FOCAL_POINT:
        return (principal.id,)
    return registry.providers_of(principal.country or "")


def _may_read(registry: Registry, principal: Principal, submission: Submission) -> bool:
    """Own, or, for a focal point, of its country and under no agreement of tier own."""
    if submission.principal == principal.id:
        return True
    if principal.kind is not PrincipalKind.FOCAL_POINT:
        return False
    if submission.principal not in _senders(registry, principal):
        return False
    tiers = [_tier(registry, agreement) for agreement in submission.agreements]
    return bool(tiers) and Tier.OWN not in tiers


def _tier(registry: Registry, agreement: str) -> Tier:
    found = registry.get(parse_short(ArtefactClass.PROVISION_AGREEMENT, agreement))
    if not isinstance(found, ProvisionAgreement):
        return Tier.OWN
    return registry.policy(found).tier
