"""Submissions, idempotency keys and agreements: what is kept of who sent what."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb

from sdmx_service.model.submission import IdempotencyEntry, Submission, Verdict

_INSTANTS = ("received_at", "published_at", "release_at")


def next_number(connection: duckdb.DuckDBPyConnection) -> int:
    ((number,),) = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM submission"
    ).fetchall()
    return int(number)


def record(
    connection: duckdb.DuckDBPyConnection,
    submission: Submission,
    idempotency: IdempotencyEntry | None,
) -> None:
    """Keep a submission. Raises ValueError where its number, id or idempotency key is not free."""
    number = next_number(connection)
    if submission.number != number:
        raise ValueError(f"submission number {submission.number} is not {number}")
    if find(connection, submission.id) is not None:
        raise ValueError(f"submission id {submission.id} is taken")
    connection.execute(
        "INSERT INTO submission VALUES (?, ?, ?, ?)",
        [submission.number, submission.id, submission.principal, _text(submission)],
    )
    if idempotency is not None:
        if find_entry(connection, idempotency.principal, idempotency.key) is not None:
            raise ValueError("this idempotency key is taken")
        connection.execute(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?)", list(asdict(idempotency).values())
        )


def find(connection: duckdb.DuckDBPyConnection, submission_id: str) -> Submission | None:
    rows = connection.execute(
        "SELECT value FROM submission WHERE id = ?", [submission_id]
    ).fetchall()
    return _submission(rows[0][0]) if rows else None


def find_entry(
    connection: duckdb.DuckDBPyConnection, principal: str, key: str
) -> IdempotencyEntry | None:
    rows = connection.execute(
        "SELECT fingerprint, submission_id FROM idempotency WHERE principal = ? AND key = ?",
        [principal, key],
    ).fetchall()
    if not rows:
        return None
    ((fingerprint, submission_id),) = rows
    return IdempotencyEntry(
        principal=principal, key=key, fingerprint=fingerprint, submission_id=submission_id
    )


def newest(
    connection: duckdb.DuckDBPyConnection,
    principals: tuple[str, ...] | None,
    limit: int,
    before: int | None,
) -> list[Submission]:
    rows = connection.execute(
        """SELECT value FROM submission
        WHERE ($every OR list_contains($principals::VARCHAR[], principal))
            AND ($before::BIGINT IS NULL OR number < $before)
        ORDER BY number DESC LIMIT $limit""",
        {
            "every": principals is None,
            "principals": list(principals or ()),
            "before": before,
            "limit": limit,
        },
    ).fetchall()
    return [_submission(row[0]) for row in rows]


def _text(submission: Submission) -> str:
    def plain(value: object) -> object:
        assert isinstance(value, datetime)
        return value.isoformat()

    return json.dumps(asdict(submission), default=plain, ensure_ascii=False)


def _submission(text: str) -> Submission:
    values: dict[str, Any] = json.loads(text)
    for name in _INSTANTS:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["agreements"] = tuple(values["agreements"])
    values["verdict"] = Verdict(values["verdict"])
    return Submission(**values)


def agreement_number(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """The number of an agreement, given on first use."""
    connection.execute(
        """INSERT INTO agreement SELECT (SELECT coalesce(max(id), 0) + 1 FROM agreement), $name
        WHERE NOT EXISTS (SELECT 1 FROM agreement WHERE name = $name)""",
        {"name": name},
    )
    ((number,),) = connection.execute("SELECT id FROM agreement WHERE name = ?", [name]).fetchall()
    return int(number)
