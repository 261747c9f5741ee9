"""Versions still to be released: letting out those that are due, and finding those in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from sdmx_service.model.message import Action
from sdmx_service.storage.base import KeyFinding, KeyFindings
from sdmx_service.storage.duckdb.deletion import matched_attributes, matched_observations
from sdmx_service.storage.duckdb.schema import Tables, aware, listed
from sdmx_service.storage.duckdb.write import Application, close_rows, refresh_extent
from sdmx_service.storage.prepare import display_key


def release_due(connection: duckdb.DuckDBPyConnection, tables: Tables, now: datetime) -> None:
    """Make the pending versions current whose instant has come, in order of instants."""
    due = connection.execute(
        f"SELECT DISTINCT since, agreement FROM {tables.table('pending')} WHERE since <= $now "
        "ORDER BY since, agreement",
        {"now": now},
    ).fetchall()
    for at, agreement in due:
        _release(connection, tables, at, agreement)


def _release(
    connection: duckdb.DuckDBPyConnection, tables: Tables, at: datetime, agreement: int
) -> None:
    values = {"at": at, "agreement": agreement}
    pending = f"{tables.table('pending')} WHERE since = $at AND agreement = $agreement"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE due AS SELECT * FROM {pending}", values)
    close_rows(connection, tables, "due", values)
    connection.execute(f"""
        INSERT INTO {tables.table("obs")} ({listed(tables.stored)})
        SELECT {listed(tables.stored)} FROM due
        WHERE NOT gone ORDER BY no, span""")
    refresh_extent(connection, tables, "due", agreement)
    connection.execute(f"DELETE FROM {pending}", values)
    connection.execute(
        f"UPDATE {tables.table('latest')} SET moment = greatest(moment, $at)", {"at": at}
    )


def pending_findings(how: Application, samples: int) -> KeyFindings:
    """Keys of the stage that have pending versions; attributes where the value differs."""
    how.run("CREATE OR REPLACE TEMP TABLE waiting AS " + _EMPTY)
    for dataset, action in sorted(how.stage.datasets.items()):
        if action is Action.DELETE:
            if matched_observations(how, dataset):
                _find_observations(how, "matched")
            matched_attributes(how, dataset)
            _find_attributes(how, "touched")
        else:
            part = f"(SELECT * FROM {how.stage.table('%s')} WHERE dataset = {dataset:d})"
            _find_observations(how, part % "obs")
            _find_attributes(how, part % "attribute")
    return _collected(how, samples)


_EMPTY = """
    SELECT 0::BIGINT AS line, -1 AS component, '' AS key, ''::VARCHAR AS period,
        NULL::VARCHAR AS value, NULL::VARCHAR AS other, NULL::TIMESTAMP AS release,
        []::VARCHAR[] AS dimensions LIMIT 0"""


def _find_observations(how: Application, keys: str) -> None:
    how.run(f"""
        INSERT INTO waiting
        SELECT min(k.line), -1, p.sid::VARCHAR, p.period, NULL, NULL, min(p.since),
            any_value([{listed(how.tables.dimensions, "s.")}])
        FROM {how.tables.table("pending")} p JOIN {keys} k USING (sid, period)
        JOIN {how.tables.table("series")} s USING (sid)
        WHERE p.agreement = $agreement AND p.since > $now GROUP BY p.sid, p.period""")


def _find_attributes(how: Application, keys: str) -> None:
    names = ("component", *how.tables.dimensions)
    dimensions = listed(how.tables.dimensions, "a.")
    how.run(f"""
        INSERT INTO waiting
        SELECT min(k.line), a.component, ''::VARCHAR, '', arg_min(k.value, k.line),
            min_by(a.value, a.since), min(a.since), [{dimensions}]
        FROM {how.tables.table("attribute")} a JOIN {keys} k USING ({listed(names)})
        WHERE a.agreement = $agreement AND a.since > $now AND a.value IS DISTINCT FROM k.value
        GROUP BY a.component, {dimensions}""")


def _collected(how: Application, samples: int) -> KeyFindings:
    """One finding a key, the first by line."""
    first = """
        SELECT line, component, dimensions, period, value, other, release FROM waiting
        QUALIFY row_number() OVER (PARTITION BY component, dimensions, period ORDER BY line) = 1"""
    count = how.run(f"SELECT count(*) FROM ({first})")
    if not count or not samples:
        return KeyFindings(count)
    ids = [column.id for column in how.tables.layout.higher_attributes]
    rows = how.connection.execute(
        f"SELECT * FROM ({first}) ORDER BY line LIMIT $samples", {"samples": samples}
    ).fetchall()
    found = [_finding(ids, row) for row in rows]
    found.sort(key=lambda one: (one.line, one.component or "", one.series_key, one.period or ""))
    return KeyFindings(count, tuple(found))


def _finding(ids: list[str], row: tuple[Any, ...]) -> KeyFinding:
    line, component, dimensions, period, value, other, release = row
    return KeyFinding(
        series_key=display_key(dimensions),
        line=line,
        period=period or None,
        component=ids[component] if component >= 0 else None,
        value=value,
        other=other,
        release=aware(release),
    )
