"""The engine's methods: states, the write lock, submissions."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Slice
from sdmx_service.model.submission import IdempotencyEntry, Submission
from sdmx_service.storage.base import KeyFindings, Stage
from sdmx_service.storage.coverage import walked
from sdmx_service.storage.lines import for_version, widened
from sdmx_service.storage.memory.held import held
from sdmx_service.storage.memory.scan import scan
from sdmx_service.storage.memory.stage import MemoryStage, findings
from sdmx_service.storage.memory.state import Rows, State
from sdmx_service.storage.memory.write import Application, apply_dataset, pending_findings
from sdmx_service.storage.prepare import check_instants, utc_now


@dataclass(slots=True)
class MemoryWrite:
    """A copy of the state that becomes the state when the write ends well."""

    state: State
    now: datetime

    @property
    def number(self) -> int:
        return len(self.state.submissions) + 1

    def pending_keys(self, stage: Stage, agreement: str, samples: int) -> KeyFindings:
        assert isinstance(stage, MemoryStage)
        rows = self.state.rows[stage.layout.line]
        return findings(pending_findings(rows, stage, agreement, self.now), samples)

    def apply(
        self, stage: Stage, agreement: str, submission: int, at: datetime, *, now: datetime
    ) -> int:
        assert isinstance(stage, MemoryStage)
        if stage.duplicate_keys(0).count or stage.attribute_conflicts(0).count:
            raise ValueError("the stage has duplicate keys or attributes with two values")
        rows = self.state.rows[stage.layout.line]
        now = max(now, self.now)
        check_instants(at, _latest(self.state, now))
        how = Application(agreement=agreement, submission=submission, at=at, now=now)
        return sum(apply_dataset(rows, stage, staged, how) for staged in stage.datasets())

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        return scan(self.state.rows[query.layout.line], query)

    def releases(self, layout: Layout) -> tuple[datetime, ...]:
        rows = self.state.rows[layout.line]
        agreements = frozenset(key[0] for key in [*rows.observations, *rows.attributes])
        return tuple(at for at in rows.instants(agreements) if at > self.now)

    def record(self, submission: Submission, idempotency: IdempotencyEntry | None = None) -> None:
        if submission.number != self.number:
            raise ValueError(f"submission number {submission.number} is not {self.number}")
        if any(submission.id == other.id for other in self.state.submissions):
            raise ValueError(f"submission id {submission.id} is taken")
        self.state.submissions.append(submission)
        if idempotency is not None:
            name = (idempotency.principal, idempotency.key)
            if name in self.state.idempotency:
                raise ValueError("this idempotency key is taken")
            self.state.idempotency[name] = idempotency


class MemoryStore:
    """Everything in memory; reading sees the state the last write left."""

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._state = State()
        self._lock = threading.Lock()

    def prepare(self, layout: Layout) -> None:
        with self._lock:
            known = self._state.rows.get(layout.line)
            state = self._state.copy()
            if known is None:
                state.rows[layout.line] = Rows(replace(layout, data_structure=layout.line))
            else:
                state.rows[layout.line] = _widened(known, layout)
            self._state = state

    def stage(self, layout: Layout) -> MemoryStage:
        return MemoryStage(for_version(self._state.rows[layout.line].layout, layout))

    @contextmanager
    def write(self) -> Iterator[MemoryWrite]:
        with self._lock:
            state, clock = self._state.copy(), self._clock()
            latest = _latest(state, clock)
            now = clock if latest is None else max(clock, latest + timedelta(microseconds=1))
            yield MemoryWrite(state, now)
            self._state = state

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        return scan(self._state.rows[query.layout.line], query)

    def scan_kept(self, _query: AuthorisedQuery) -> None:
        return None

    def coverage(self, query: AuthorisedQuery) -> pa.Table:
        return walked(query.layout, self.scan(query))

    def last_change(self, query: AuthorisedQuery) -> datetime | None:
        rows = self._state.rows[query.layout.line]
        visible = frozenset(one.agreement for one in query.agreements)
        return max((t for t in rows.instants(visible) if t <= query.selection.at), default=None)

    def held(self, layout: Layout, agreement: str) -> Iterator[pa.RecordBatch]:
        return held(self._state.rows[layout.line], layout, agreement, self._clock())

    def submission(self, submission_id: str) -> Submission | None:
        return next((one for one in self._state.submissions if one.id == submission_id), None)

    def submissions(
        self, principals: tuple[str, ...] | None, *, limit: int, before: int | None = None
    ) -> list[Submission]:
        found = [
            one
            for one in reversed(self._state.submissions)
            if (principals is None or one.principal in principals)
            and (before is None or one.number < before)
        ]
        return found[:limit]

    def idempotency(self, principal: str, key: str) -> IdempotencyEntry | None:
        return self._state.idempotency.get((principal, key))

    def backup(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(folder)
        (folder / "memory.pickle").write_bytes(pickle.dumps(self._state))

    def close(self) -> None:
        """Nothing is held."""


def _widened(known: Rows, layout: Layout) -> Rows:
    """The rows of a line with room for one more version; where there are none, of any shape."""
    try:
        return replace(known, layout=widened(known.layout, layout))
    except ValueError:
        if known.observations or known.attributes:
            raise
        return Rows(replace(layout, data_structure=layout.line))


def _latest(state: State, now: datetime) -> datetime | None:
    """The latest instant up to now at which anything opened or closed."""
    instants = (
        event.at
        for rows in state.rows.values()
        for kept in (rows.observations, rows.attributes)
        for events in kept.values()
        for event in events
        if event.at <= now
    )
    return max(instants, default=None)
