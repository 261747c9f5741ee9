"""Structures in the embedded engine: two tables of the hub's one file.

No table of observations is touched here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import duckdb

from sdmx_service.storage.duckdb.schema import aware, naive
from sdmx_service.storage.structures_base import StoredStructure, StructureChange
from sdmx_service.storage.structures_instant import distinct, later_than

_TABLES = """
CREATE TABLE IF NOT EXISTS maintenance
    (number BIGINT PRIMARY KEY, principal VARCHAR, moment TIMESTAMP);
CREATE TABLE IF NOT EXISTS artefact
    (urn VARCHAR, agency VARCHAR, content BLOB, since TIMESTAMP, until TIMESTAMP,
     maintenance BIGINT);
"""
_STATES = """SELECT urn, agency, content, since, until, maintenance, principal
    FROM artefact JOIN maintenance ON artefact.maintenance = maintenance.number"""


class DuckDBStructures:
    """Structures of a store: its connection, and its one write lock."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lock: threading.Lock) -> None:
        self._connection = connection
        self._lock = lock
        with self._lock:
            connection.execute(_TABLES)

    def publish(self, changes: Sequence[StructureChange], principal: str, at: datetime) -> int:
        distinct(changes)
        with self._lock, self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                number = _publish(cursor, changes, principal, at)
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            return number

    def current(self) -> tuple[StoredStructure, ...]:
        return self._states("until IS NULL", [])

    def as_of(self, at: datetime) -> tuple[StoredStructure, ...]:
        instant = naive(at)
        return self._states("since <= ? AND (until IS NULL OR ? < until)", [instant, instant])

    def history(self, urn: str) -> tuple[StoredStructure, ...]:
        return self._states("urn = ?", [urn])

    def maintenance_at(self, at: datetime) -> int:
        with self._cursor() as cursor:
            ((found,),) = cursor.execute(
                "SELECT coalesce(max(number), 0) FROM maintenance WHERE moment <= ?", [naive(at)]
            ).fetchall()
        return int(found)

    def last_maintained(self) -> datetime | None:
        with self._cursor() as cursor:
            return _latest(cursor)[1]

    def _states(self, where: str, values: list[Any]) -> tuple[StoredStructure, ...]:
        with self._cursor() as cursor:
            rows = cursor.execute(f"{_STATES} WHERE {where} ORDER BY urn, since", values).fetchall()
        return tuple(_state(row) for row in rows)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def _publish(
    cursor: duckdb.DuckDBPyConnection,
    changes: Sequence[StructureChange],
    principal: str,
    at: datetime,
) -> int:
    latest, last = _latest(cursor)
    number, moment = latest + 1, naive(later_than(last, at))
    cursor.execute("INSERT INTO maintenance VALUES (?, ?, ?)", [number, principal, moment])
    for change in changes:
        cursor.execute(
            "UPDATE artefact SET until = ? WHERE urn = ? AND until IS NULL", [moment, change.urn]
        )
        if change.content is not None:
            cursor.execute(
                "INSERT INTO artefact VALUES (?, ?, ?, ?, NULL, ?)",
                [change.urn, change.agency, change.content, moment, number],
            )
    return number


def _latest(cursor: duckdb.DuckDBPyConnection) -> tuple[int, datetime | None]:
    """Number and instant of the latest maintenance."""
    ((number, moment),) = cursor.execute(
        "SELECT coalesce(max(number), 0), max(moment) FROM maintenance"
    ).fetchall()
    return int(number), aware(moment) if moment else None


def _state(row: tuple[Any, ...]) -> StoredStructure:
    urn, agency, content, since, until, maintenance, principal = row
    return StoredStructure(
        urn=urn,
        agency=agency,
        content=content,
        valid_from=aware(since),
        valid_to=aware(until) if until else None,
        maintenance=maintenance,
        principal=principal,
    )
