"""The methods of a write transaction that is under way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Slice
from sdmx_service.model.refs import Ref
from sdmx_service.model.submission import IdempotencyEntry, Submission
from sdmx_service.storage.base import KeyFindings, Stage
from sdmx_service.storage.duckdb import submissions
from sdmx_service.storage.duckdb.committed import known, use_known
from sdmx_service.storage.duckdb.moments import latest_change
from sdmx_service.storage.duckdb.pending import pending_findings, release_due
from sdmx_service.storage.duckdb.scan import scan
from sdmx_service.storage.duckdb.schema import Tables, aware, naive
from sdmx_service.storage.duckdb.series import find_named
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.stage import DuckDBStage
from sdmx_service.storage.duckdb.write import Application, apply_stage
from sdmx_service.storage.lines import shown
from sdmx_service.storage.prepare import check_instants


class DuckDBWrite:
    """The transaction under way, on a connection of its own."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, known: dict[Ref, Tables], now: datetime
    ) -> None:
        self._connection = connection
        self._known = known
        self._now = now

    @property
    def number(self) -> int:
        return submissions.next_number(self._connection)

    @property
    def now(self) -> datetime:
        return self._now

    def pending_keys(self, stage: Stage, agreement: str, samples: int) -> KeyFindings:
        return pending_findings(self._application(stage, agreement, 0, self.now, self.now), samples)

    def apply(
        self, stage: Stage, agreement: str, submission: int, at: datetime, *, now: datetime
    ) -> int:
        if stage.duplicate_keys(0).count or stage.attribute_conflicts(0).count:
            raise ValueError("the stage has duplicate keys or attributes with two values")
        now = max(now, self.now)
        check_instants(at, latest_change(self._connection, now))
        how = self._application(stage, agreement, submission, at, now)
        release_due(self._connection, how.tables, how.now)
        return apply_stage(how)

    def _application(
        self, stage: Stage, agreement: str, submission: int, at: datetime, now: datetime
    ) -> Application:
        assert isinstance(stage, DuckDBStage)
        return Application(
            connection=self._connection,
            tables=stage.tables,
            stage=stage,
            agreement=submissions.agreement_number(self._connection, agreement),
            submission=submission,
            at=naive(at),
            now=naive(now),
        )

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        taken = Snapshot(self._connection, self._known[query.layout.line], query)
        use_known(taken, known(self._connection, taken.tables))
        find_named(taken)
        return (shown(part, query.layout) for part in scan(taken))

    def releases(self, layout: Layout) -> tuple[datetime, ...]:
        rows = self._connection.execute(
            "SELECT DISTINCT moment FROM instant WHERE structure = ? AND moment > ? ORDER BY ALL",
            [self._known[layout.line].id, naive(self.now)],
        ).fetchall()
        return tuple(aware(row[0]) for row in rows)

    def record(self, submission: Submission, idempotency: IdempotencyEntry | None = None) -> None:
        submissions.record(self._connection, submission, idempotency)
