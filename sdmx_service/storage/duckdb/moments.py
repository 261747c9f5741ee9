"""Instants of change: of agreements, as they are looked up once a commit, and of everything."""

from __future__ import annotations

from datetime import datetime

import duckdb

from sdmx_service.storage.duckdb.schema import aware, naive

Moments = dict[tuple[int, tuple[str, ...]], list[datetime]]
"""Data structure and agreements → instants, sorted, as DuckDB keeps them."""


def all_moments(
    cursor: duckdb.DuckDBPyConnection, structure: int, agreements: tuple[str, ...]
) -> list[datetime]:
    """Every instant, pending ones too, at which rows of the agreements open or close."""
    rows = cursor.execute(
        """SELECT DISTINCT moment FROM instant WHERE structure = ? AND agreement IN
        (SELECT id FROM agreement WHERE list_contains(?, name)) ORDER BY ALL""",
        [structure, list(agreements)],
    ).fetchall()
    return [row[0] for row in rows]


def moments_between(
    cursor: duckdb.DuckDBPyConnection,
    structure: int,
    agreements: list[int],
    since: datetime | None,
    at: datetime,
) -> list[datetime]:
    """Instants after one and up to another at which rows of the agreements open or close."""
    rows = cursor.execute(
        """SELECT DISTINCT moment FROM instant WHERE structure = $structure
        AND list_contains($agreements::INTEGER[], agreement)
        AND moment <= $at AND ($since::TIMESTAMP IS NULL OR moment > $since) ORDER BY moment""",
        {"structure": structure, "agreements": agreements, "at": at, "since": since},
    ).fetchall()
    return [row[0] for row in rows]


def latest_change(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime | None:
    """The latest instant up to now at which anything opened or closed."""
    ((found,),) = connection.execute(
        "SELECT max(moment) FROM instant WHERE moment <= ?", [naive(now)]
    ).fetchall()
    return aware(found) if found else None
