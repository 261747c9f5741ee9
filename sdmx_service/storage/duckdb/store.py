"""The engine's methods: connection, cursors, the write lock."""

from __future__ import annotations

import itertools
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Slice
from sdmx_service.model.refs import Ref
from sdmx_service.model.submission import IdempotencyEntry, Submission
from sdmx_service.storage.duckdb import submissions
from sdmx_service.storage.duckdb.committed import Committed, changed_series, known, use_known
from sdmx_service.storage.duckdb.copies import copied
from sdmx_service.storage.duckdb.covering import coverage
from sdmx_service.storage.duckdb.held import held
from sdmx_service.storage.duckdb.moments import all_moments, latest_change
from sdmx_service.storage.duckdb.near import are_few
from sdmx_service.storage.duckdb.neighbourhood import neighbourhoods
from sdmx_service.storage.duckdb.pending import release_due
from sdmx_service.storage.duckdb.prepared import has_room, prepared
from sdmx_service.storage.duckdb.scan import scan
from sdmx_service.storage.duckdb.schema import (
    ALTERED,
    SHARED,
    Tables,
    aware,
    naive,
)
from sdmx_service.storage.duckdb.series import find_named
from sdmx_service.storage.duckdb.snapshot import Snapshot
from sdmx_service.storage.duckdb.stage import DuckDBStage
from sdmx_service.storage.duckdb.structures import DuckDBStructures
from sdmx_service.storage.duckdb.transaction import DuckDBWrite
from sdmx_service.storage.lines import for_version, shown
from sdmx_service.storage.prepare import rendered, utc_now


class DuckDBStore:
    """One file, opened by this process alone; a cursor for each query, one write at a time.

    ``memory`` limits DuckDB's buffers; what does not fit goes to files beside the database.
    ``kept``: bytes that may be kept of each data structure beside them, ``rows``: of rows of all.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory: str = "176MB",
        threads: int = 2,
        kept: int = 64 * 1024**2,
        rows: int = 64 * 1024**2,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._stages = itertools.count(1)
        self._connection = duckdb.connect(
            str(path),
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": f"{path}.tmp",
                "enable_external_access": True,
                "preserve_insertion_order": False,
            },
        )
        self._connection.execute(SHARED)
        self._connection.create_function(
            "measure_text", rendered, ["DOUBLE"], "VARCHAR", type=PythonUDFType.ARROW
        )
        self._known: dict[Ref, Tables] = {}
        self._kept = kept
        self._committed: Committed | None = Committed(kept)
        self._neighbourhoods = neighbourhoods(rows)

    def prepare(self, layout: Layout) -> None:
        with self._lock:
            known = self._known.get(layout.line)
            if known is not None and has_room(known.layout, layout):
                return
            with self._transaction() as cursor:
                tables = prepared(cursor, layout)
            # Not before it is committed: a reader must find every column it is told of.
            self._known[layout.line] = tables

    def stage(self, layout: Layout) -> DuckDBStage:
        known = self._known[layout.line]
        tables = Tables(for_version(known.layout, layout), known.id)
        return DuckDBStage(self._connection.cursor(), tables, next(self._stages))

    @contextmanager
    def write(self) -> Iterator[DuckDBWrite]:
        with self._lock, self._transaction() as cursor:
            clock = self._clock()
            latest = latest_change(cursor, clock)
            now = clock if latest is None else max(clock, latest + timedelta(microseconds=1))
            for tables in self._known.values():
                release_due(cursor, tables, naive(now))
            yield DuckDBWrite(cursor, self._known, now)

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor, before = self._connection.cursor(), self._committed
        assert before is not None
        after = before
        try:
            cursor.execute("BEGIN")
            cursor.execute(ALTERED)
            yield cursor
            changed = changed_series(cursor)
            # Should the commit fail, nobody knows what was kept of it.
            self._committed, after = None, Committed(self._kept)
            cursor.execute("COMMIT")
            after = before.after(changed)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        finally:
            self._committed = after
            cursor.close()

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        return (shown(part, query.layout) for part in scan(self._begun(query)))

    def scan_kept(self, query: AuthorisedQuery) -> Iterator[Slice] | None:
        # No transaction: nothing is read.
        committed, taken = self._committed, self._snapshot(query)
        if committed is None or not committed.at_hand(taken) or not are_few(taken):
            return None
        return (shown(part, query.layout) for part in scan(taken))

    def coverage(self, query: AuthorisedQuery) -> pa.Table:
        return coverage(self._begun(query))

    def _snapshot(self, query: AuthorisedQuery) -> Snapshot:
        return Snapshot(
            self._connection.cursor(),
            self._known[query.layout.line],
            query,
            neighbourhoods=self._neighbourhoods,
        )

    def _begun(self, query: AuthorisedQuery) -> Snapshot:
        committed, taken = self._committed, self._snapshot(query)
        taken.begin()
        if committed is not None and committed is self._committed:
            use_known(taken, committed.known(taken))
            taken.kept = committed.kept(taken)
        else:
            use_known(taken, known(taken.connection, taken.tables))
        find_named(taken)
        if taken.next_release <= naive(taken.query.selection.at):
            self._release_soon(taken.next_release)
        return taken

    def _release_soon(self, due: datetime) -> None:
        """Make current what is due by the clock, while the reader who noticed goes on."""
        if naive(self._clock()) < due or not self._lock.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._release, name="release").start()
        except RuntimeError:
            # No thread to be had: it stays pending, which is as right, until the next reader.
            self._lock.release()

    def _release(self) -> None:
        """The write lock is held already; it is given back here."""
        try:
            with self._transaction() as cursor:
                for tables in self._known.values():
                    release_due(cursor, tables, naive(self._clock()))
        finally:
            self._lock.release()

    @property
    def kept_bytes(self) -> int:
        """Bytes kept of series, beside DuckDB's own."""
        committed = self._committed
        return committed.nbytes if committed else 0

    @property
    def kept_row_bytes(self) -> int:
        """Bytes of rows kept."""
        return self._neighbourhoods.size

    def last_change(self, query: AuthorisedQuery) -> datetime | None:
        names = tuple(entry.agreement for entry in query.agreements)
        key = (self._known[query.layout.line].id, names)
        # Looked up once a commit: it holds what is pending too. What is kept while one is under
        # way goes into no dictionary, or into one that is no longer asked.
        committed = self._committed
        looked_up = committed.moments if committed else None
        found = looked_up.get(key) if looked_up is not None else None
        if found is None:
            with self._reading() as cursor:
                found = all_moments(cursor, *key)
            if looked_up is not None:
                looked_up[key] = found
        before = bisect_right(found, naive(query.selection.at))
        return aware(found[before - 1]) if before else None

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def held(self, layout: Layout, agreement: str) -> Iterator[pa.RecordBatch]:
        with self._reading() as cursor:
            yield from held(cursor, self._known[layout.line], layout, agreement, self._clock())

    def submission(self, submission_id: str) -> Submission | None:
        with self._reading() as cursor:
            return submissions.find(cursor, submission_id)

    def submissions(
        self, principals: tuple[str, ...] | None, *, limit: int, before: int | None = None
    ) -> list[Submission]:
        with self._reading() as cursor:
            return submissions.newest(cursor, principals, limit, before)

    def idempotency(self, principal: str, key: str) -> IdempotencyEntry | None:
        with self._reading() as cursor:
            return submissions.find_entry(cursor, principal, key)

    def backup(self, folder: Path) -> None:
        """A copy of the file and its log; between two writes they change by nobody's hand."""
        with self._lock:
            copied(self._path, folder)

    def structures(self) -> DuckDBStructures:
        """The structures kept in the same file, under the same write lock."""
        return DuckDBStructures(self._connection, self._lock)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
