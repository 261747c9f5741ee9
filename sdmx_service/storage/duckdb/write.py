"""Applying a stage: new versions of observations open, old ones close. Attributes stand apart.

All statements run in the one write transaction, on its connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from sdmx_service.model.message import Action
from sdmx_service.storage.duckdb.attributes import delete_attributes, give_attributes
from sdmx_service.storage.duckdb.deletion import matched_observations
from sdmx_service.storage.duckdb.schema import Tables, listed
from sdmx_service.storage.duckdb.stage import DuckDBStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Under which agreement and submission, and when, a stage is applied."""

    connection: duckdb.DuckDBPyConnection
    tables: Tables
    stage: DuckDBStage
    agreement: int
    submission: int
    at: datetime
    now: datetime

    @property
    def pending(self) -> bool:
        return self.at > self.now

    def run(self, statement: str, **values: object) -> int:
        """Run a statement with the named values it uses; the number of rows it changed."""
        known = {
            "agreement": self.agreement,
            "submission": self.submission,
            "at": self.at,
            "now": self.now,
        }
        used = {k: v for k, v in (known | values).items() if f"${k}" in statement}
        rows = self.connection.execute(statement, used).fetchall()
        return int(rows[0][0]) if rows else 0


def apply_stage(how: Application) -> int:
    """Apply every data set; the number of keys at which a version opened or closed."""
    add_series(how)
    count = 0
    for dataset in sorted(how.stage.datasets):
        if how.stage.datasets[dataset] is Action.DELETE:
            count += _delete(how, dataset)
        else:
            count += _give(how, dataset, how.stage.datasets[dataset])
    _note_instants(how)
    return count


def add_series(how: Application) -> None:
    """Keep the series that are new. Raises ValueError where two series have one hash."""
    tables, staged = how.tables, how.stage.table("series")
    kept, dimensions = tables.table("series"), tables.dimensions
    differ = " OR ".join(f"k.{name} <> n.{name}" for name in dimensions) or "FALSE"
    names = "".join(f", {name}" for name in dimensions)
    order = listed(dimensions, "n.") or "n.sid"
    how.run(f"CREATE OR REPLACE TEMP TABLE named AS SELECT DISTINCT * FROM {staged}")
    clash = how.run(f"""
        SELECT (SELECT count(*) FROM named n JOIN {kept} k USING (sid) WHERE {differ})
            + (SELECT count(*) - count(DISTINCT sid) FROM named)""")
    if clash:
        raise ValueError("two series have the same hash")
    how.run(f"""
        INSERT INTO {kept} SELECT n.sid, (SELECT coalesce(max(no), 0) FROM {kept})
            + row_number() OVER (ORDER BY {order}){names}
        FROM named n ANTI JOIN {kept} k USING (sid) ORDER BY 2""")


def _give(how: Application, dataset: int, action: Action) -> int:
    """Merge or Replace: ``fresh`` holds the new rows, ``closed`` their keys."""
    give_attributes(how, dataset)
    source = f"SELECT * FROM {how.stage.table('obs')} WHERE dataset = {dataset:d}"
    how.run(f"CREATE OR REPLACE TEMP VIEW given AS {source}")
    known = _any_known(how)
    if known:
        _drop_pending(how, "given")
    if known and action is Action.MERGE:
        merged = ", ".join(_merged(names) for names in how.tables.given)
        rows = f"""
            SELECT n.sid, n.period, n.span, {merged} FROM given n
            LEFT JOIN ({base(how, "<=")}) b ON b.sid = n.sid AND b.period = n.period"""
    else:
        rows = f"SELECT {listed(how.tables.row)} FROM given"
    how.run(f"CREATE OR REPLACE TEMP TABLE fresh AS {rows}")
    return _open(how, "fresh" if known else None)


def _any_known(how: Application) -> bool:
    """Whether the agreement has, or will have, rows in any of the series given."""
    return bool(
        how.run(f"""
        SELECT EXISTS (FROM {how.tables.table("extent")} e SEMI JOIN given USING (sid)
                WHERE e.agreement = $agreement)
            OR EXISTS (FROM {how.tables.table("pending")} WHERE agreement = $agreement)""")
    )


def _merged(names: tuple[str, ...]) -> str:
    """Columns of a component: all from the row given, or all from the row that is there."""
    given = " OR ".join(f"n.{name} IS NOT NULL" for name in names)
    return ", ".join(
        f"CASE WHEN {given} THEN n.{name} ELSE b.{name} END AS {name}" for name in names
    )


def base(how: Application, reach: str) -> str:
    """The agreement's rows valid at ``at`` (reach ``<=``), or just before (``<``)."""
    tables, stored = how.tables, listed(how.tables.stored)
    obs = f"SELECT {stored} FROM {tables.table('obs')} o WHERE agreement = $agreement"
    if not how.pending:
        return obs
    later = f"""SELECT * FROM {tables.table("pending")}
        WHERE agreement = $agreement AND since {reach} $at"""
    return f"""
        {obs} AND NOT EXISTS (SELECT 1 FROM ({later}) p
            WHERE p.sid = o.sid AND p.period = o.period)
        UNION ALL SELECT {stored} FROM (SELECT * FROM ({later}) QUALIFY row_number() OVER (
            PARTITION BY sid, period ORDER BY since DESC) = 1) WHERE NOT gone"""


def _drop_pending(how: Application, keys: str) -> None:
    """Pending versions of the keys go, but those up to ``at`` of the same submission."""
    how.run(f"""
        DELETE FROM {how.tables.table("pending")} p USING {keys} k
        WHERE p.sid = k.sid AND p.period = k.period AND p.agreement = $agreement
            AND NOT (p.submission = $submission AND p.since <= $at)""")


def _delete(how: Application, dataset: int) -> int:
    """``matched`` holds the keys named and what of each is emptied (``g…``) or all (``whole``)."""
    delete_attributes(how, dataset)
    if not matched_observations(how, dataset):
        return 0
    _drop_pending(how, "matched")
    given = how.tables.given
    emptied = ", ".join(
        f"CASE WHEN m.g{place} THEN NULL ELSE b.{name} END AS {name}"
        for place, names in enumerate(given)
        for name in names
    )
    present = "".join(
        f" OR (m.g{place} AND coalesce({', '.join(f'b.{n}::VARCHAR' for n in names)}) IS NOT NULL)"
        for place, names in enumerate(given)
    )
    how.run(f"""
        CREATE OR REPLACE TEMP TABLE left_over AS
        SELECT b.sid, b.period, b.span, {emptied}, m.whole FROM ({base(how, "<=")}) b
        JOIN matched m USING (sid, period) WHERE m.whole{present}""")
    how.run(f"""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT {listed(how.tables.row)} FROM left_over WHERE NOT whole""")
    return _open(how, "left_over")


def _open(how: Application, closed: str | None) -> int:
    """Close the versions of the keys in ``closed``, open those in ``fresh``."""
    if how.pending:
        return _open_pending(how, closed)
    tables = how.tables
    if closed:
        close_rows(how.connection, tables, closed, {"at": how.at, "agreement": how.agreement})
    how.run(f"""
        INSERT INTO {tables.table("obs")} ({listed(tables.stored)})
        SELECT {listed(tables.row)}, $agreement, $at, $submission, no
        FROM fresh JOIN {tables.table("series")} USING (sid) ORDER BY no, span""")
    refresh_extent(how.connection, tables, closed or "fresh", how.agreement)
    how.run(f"UPDATE {tables.table('latest')} SET moment = greatest(moment, $at)")
    return how.run(f"SELECT count(*) FROM {closed or 'fresh'}")


def close_rows(
    connection: duckdb.DuckDBPyConnection, tables: Tables, closed: str, values: dict[str, object]
) -> None:
    """Move current rows to history; those that opened at the same instant leave no trace."""
    connection.execute(
        f"""
        INSERT INTO {tables.table("hist")} ({listed(tables.stored)}, until)
        SELECT {listed(tables.stored)}, $at
        FROM {tables.table("obs")} o SEMI JOIN {closed} c USING (sid, period)
        WHERE agreement = $agreement AND since < $at""",
        values,
    )
    connection.execute(
        f"""
        DELETE FROM {tables.table("obs")} o USING {closed} c
        WHERE o.sid = c.sid AND o.period = c.period AND o.agreement = $agreement""",
        {"agreement": values["agreement"]},
    )


def refresh_extent(
    connection: duckdb.DuckDBPyConnection, tables: Tables, touched: str, agreement: int
) -> None:
    """Count anew the current rows of the series touched."""
    extent, values = tables.table("extent"), {"agreement": agreement}
    connection.execute(f"""
        INSERT INTO altered SELECT {tables.id}, no
        FROM {tables.table("series")} SEMI JOIN {touched} USING (sid)""")
    mine = f"agreement = $agreement AND sid IN (SELECT sid FROM {touched})"
    connection.execute(f"DELETE FROM {extent} WHERE {mine}", values)
    connection.execute(
        f"""
        INSERT INTO {extent}
        SELECT sid, $agreement, min(span), max(span), max_by(period, (span, period)), count(*), no
        FROM {tables.table("obs")} WHERE {mine} GROUP BY sid, no ORDER BY no""",
        values,
    )


def _open_pending(how: Application, closed: str | None) -> int:
    """Put the new versions, or the ends of old ones, beside until their release."""
    tables, keys = how.tables, closed or "fresh"
    pending = tables.table("pending")
    how.run(f"""
        DELETE FROM {pending} p USING {keys} k WHERE p.sid = k.sid AND p.period = k.period
            AND p.agreement = $agreement AND p.since = $at""")
    count = how.run(f"SELECT count(*) FROM {keys}")
    how.run(f"""
        INSERT INTO {pending} ({listed(tables.stored)}, gone)
        SELECT sid, period, span{"".join(", NULL" for _ in tables.values)},
            $agreement, $at, $submission, no, TRUE
        FROM {keys} k JOIN {tables.table("series")} USING (sid) ANTI JOIN fresh USING (sid, period)
        SEMI JOIN ({base(how, "<")}) USING (sid, period)""")
    how.run(f"""
        INSERT INTO {pending} ({listed(tables.stored)}, gone)
        SELECT {listed(tables.row)}, $agreement, $at, $submission, no, FALSE
        FROM fresh JOIN {tables.table("series")} USING (sid) ORDER BY no, span""")
    return count


def _note_instants(how: Application) -> None:
    """Keep ``instant`` exact: this one where anything changed, and neither this one nor a later
    one without a version."""
    tables = how.tables

    def any_at(instant: str) -> str:
        return " OR ".join(
            f"EXISTS (SELECT 1 FROM {tables.table(name)} x "
            f"WHERE x.agreement = $agreement AND x.{column} = {instant})"
            for name, column in (
                ("obs", "since"), ("hist", "until"), ("pending", "since"), ("attribute", "since")
            )
        )  # fmt: skip

    mine = "structure = $structure AND agreement = $agreement"
    how.run(
        f"""DELETE FROM instant i WHERE {mine} AND (moment > $now OR moment = $at)
        AND NOT ({any_at("i.moment")})""",
        structure=tables.id,
    )
    how.run(
        f"""INSERT INTO instant SELECT $structure, $agreement, $at
        WHERE NOT EXISTS (SELECT 1 FROM instant WHERE {mine} AND moment = $at)
            AND ({any_at("$at")})""",
        structure=tables.id,
    )
