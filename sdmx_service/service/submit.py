"""The way in: bytes → batches → checked → staged → published, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import pyarrow as pa

from sdmx_service.access.principal import Principal
from sdmx_service.formats.compression import decompressed
from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch, DataMessage
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import Ref
from sdmx_service.model.submission import Submission, Verdict
from sdmx_service.registry.published import StructuresChanged
from sdmx_service.registry.registry import Registry
from sdmx_service.service.agreements import Agreements, Target
from sdmx_service.service.derive import derive
from sdmx_service.service.draft import Draft, Incoming, fingerprint_of
from sdmx_service.service.hub import Hub
from sdmx_service.storage.base import Stage, WriteTransaction
from sdmx_service.validation import keys
from sdmx_service.validation.actions import warn_of_actions
from sdmx_service.validation.check import check
from sdmx_service.validation.identifiable import identifiable


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message. ``replayed``: the first result of this Idempotency-Key."""

    submission: Submission
    replayed: bool = False
    dry_run: bool = False


def submit(hub: Hub, principal: Principal, incoming: Incoming) -> Outcome:
    """Check a message and, if nothing is wrong, publish it in one transaction.

    Raises Refused where the message cannot be read or the principal may not send it; what is
    wrong with its data is in the report of the outcome.
    """
    earlier = _earlier(hub, principal, incoming)
    if earlier is not None:
        return Outcome(submission=earlier, replayed=True)
    received_at = hub.clock.now()
    _check_release(incoming, received_at)
    # What answers before have left unused would stand beside what a large message needs.
    pa.default_memory_pool().release_unused()
    while True:
        try:
            return _submit(hub, hub.registry, principal, incoming, received_at)
        except StructuresChanged:
            # What was checked by structures that hold no more is checked by those that do.
            continue


def _submit(
    hub: Hub, registry: Registry, principal: Principal, incoming: Incoming, received_at: datetime
) -> Outcome:
    problems = ProblemCollector(hub.limits.samples)
    with _plain(hub, incoming) as body, _stages() as stages:
        message = read_data(body, registry.structure_use, problems, hub.limits)
        agreements = Agreements(registry, principal)
        targets = _stage(hub, agreements, message, stages, problems)
        _check_sets(stages, problems, hub.limits.samples)
        draft = Draft(hub, registry, principal, incoming, message.format, received_at, targets)
        if incoming.dry_run:
            verdict = _dry_run(draft, stages, problems)
            return Outcome(submission=draft.submission(verdict, problems), dry_run=True)
        if problems.fatal:
            return _keep_rejected(draft, problems)
        return _publish(draft, stages, problems)


def _earlier(hub: Hub, principal: Principal, incoming: Incoming) -> Submission | None:
    if incoming.idempotency_key is None or incoming.dry_run:
        return None
    entry = hub.store.idempotency(principal.id, incoming.idempotency_key)
    if entry is None:
        return None
    if entry.fingerprint != fingerprint_of(incoming):
        raise refuse("IDEMPOTENCY_MISMATCH", key=incoming.idempotency_key)
    return hub.store.submission(entry.submission_id)


def _check_release(incoming: Incoming, now: datetime) -> None:
    if incoming.release_at is not None and incoming.release_at <= now:
        raise refuse("RELEASE_PAST", found=incoming.release_at.isoformat())


@contextmanager
def _plain(hub: Hub, incoming: Incoming) -> Iterator[BinaryIO]:
    incoming.body.seek(0)
    body = decompressed(incoming.body, incoming.content_encoding, hub.limits)
    try:
        yield body
    finally:
        if body is not incoming.body:
            body.close()


Stages = dict[tuple[str, Ref], tuple[Target, Stage]]
"""By agreement and data structure: versions of one line have other columns."""


@contextmanager
def _stages() -> Iterator[Stages]:
    stages: Stages = {}
    try:
        yield stages
    finally:
        for _, stage in stages.values():
            stage.close()


def _stage(
    hub: Hub,
    agreements: Agreements,
    message: DataMessage,
    stages: Stages,
    problems: ProblemCollector,
) -> tuple[Target, ...]:
    """Check every batch and stage it under the agreement it is sent for."""
    for batch in warn_of_actions(message.batches, problems):
        target = agreements.target(batch.structure)
        check(batch, target.context, problems)
        _stage_of(hub, stages, target, batch).add(identifiable(batch))
    return tuple(target for target, _ in stages.values())


def _stage_of(hub: Hub, stages: Stages, target: Target, batch: DataBatch) -> Stage:
    key = (target.agreement, batch.structure.data_structure.ref)
    if key not in stages:
        stages[key] = (target, hub.store.stage(batch.structure.layout))
    return stages[key][1]


def _check_sets(stages: Stages, problems: ProblemCollector, samples: int) -> None:
    """The checks that need all rows of the message."""
    for _, stage in stages.values():
        missing = stage.missing_attributes(samples)
        keys.report_missing_attributes(problems, missing.count, missing.samples)
        conflicts = stage.attribute_conflicts(samples)
        keys.report_conflicts(problems, conflicts.count, conflicts.samples)
        duplicates = stage.duplicate_keys(samples)
        keys.report_duplicates(problems, duplicates.count, duplicates.samples)


def _dry_run(draft: Draft, stages: Stages, problems: ProblemCollector) -> Verdict:
    """What publishing would say, from a transaction that is always rolled back."""
    if not problems.fatal:
        try:
            with draft.hub.store.write() as transaction:
                _check_pending(draft, transaction, stages, problems)
                raise _RollBack
        except _RollBack:
            pass
    return Verdict.REJECTED if problems.fatal else Verdict.ACCEPTED


class _RollBack(Exception):
    """Ends a transaction that was only a question."""


def _keep_rejected(draft: Draft, problems: ProblemCollector) -> Outcome:
    """Keep the report of a rejected message, so that its sender can read it again."""
    with draft.hub.store.write() as transaction:
        earlier = _earlier(draft.hub, draft.principal, draft.incoming)
        if earlier is not None:
            return Outcome(submission=earlier, replayed=True)
        rejected = draft.submission(Verdict.REJECTED, problems, number=transaction.number)
        transaction.record(rejected, draft.idempotency(rejected))
    return Outcome(submission=rejected)


def _publish(draft: Draft, stages: Stages, problems: ProblemCollector) -> Outcome:
    """Keep bytes, rows, report and what is derived of them: one transaction.

    Raises StructuresChanged where others hold now than the rows were checked by.
    """
    hub = draft.hub
    try:
        with hub.published.unchanged(draft.registry), hub.store.write() as transaction:
            earlier = _earlier(hub, draft.principal, draft.incoming)
            if earlier is not None:
                return Outcome(submission=earlier, replayed=True)
            _check_pending(draft, transaction, stages, problems)
            if problems.fatal:
                raise _RollBack
            # Bytes before rows: a crash in between leaves bytes that nobody names, never the
            # other way round.
            draft.incoming.body.seek(0)
            hub.blobs.put(draft.incoming.body)
            accepted = _apply(draft, transaction, stages, problems)
    except _RollBack:
        return _keep_rejected(draft, problems)
    hub.changed.set()
    return Outcome(submission=accepted)


def _check_pending(
    draft: Draft, transaction: WriteTransaction, stages: Stages, problems: ProblemCollector
) -> None:
    if draft.incoming.supersede:
        return
    for target, stage in stages.values():
        found = transaction.pending_keys(stage, target.line, draft.hub.limits.samples)
        keys.report_pending(problems, found.count, found.samples)


def _apply(
    draft: Draft, transaction: WriteTransaction, stages: Stages, problems: ProblemCollector
) -> Submission:
    hub, number, now = draft.hub, transaction.number, transaction.now
    # A release that passed while the message was read opens at once, not in the past.
    at = max(draft.incoming.release_at or now, now)
    observations = sum(stage.observations for _, stage in stages.values())
    for target, stage in stages.values():
        transaction.apply(stage, target.line, number, at, now=now)
    accepted = draft.submission(
        Verdict.ACCEPTED, problems, number=number, published_at=now, observations=observations
    )
    transaction.record(accepted, draft.idempotency(accepted))
    for target in draft.targets:
        derive(
            hub,
            draft.registry,
            transaction,
            target.dataflow,
            caused_by=accepted,
            at=at,
            now=now,
        )
    return accepted


__all__ = ["Incoming", "Outcome", "Refused", "submit"]
