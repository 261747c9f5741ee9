"""Writing attributes above the observation: events that open a value or close it (null).

A dimension an attribute does not depend on is the empty text; ``until`` is the next event;
``no`` is that of the series where the attribute depends on every dimension, else 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdmx_service.storage.duckdb.deletion import matched_attributes
from sdmx_service.storage.duckdb.schema import FOREVER, listed

if TYPE_CHECKING:
    from sdmx_service.storage.duckdb.write import Application


def give_attributes(how: Application, dataset: int) -> None:
    """Merge and Replace: the values given."""
    key = listed(("component", *how.tables.dimensions, "value"))
    how.run(
        f"""CREATE OR REPLACE TEMP TABLE touched AS
        SELECT {key}, coalesce(no, 0) AS no, line FROM (
            SELECT {key}, sid, min(line) AS line FROM {how.stage.table("attribute")}
            WHERE dataset = $dataset GROUP BY {key}, sid)
        LEFT JOIN (SELECT sid, no FROM {how.tables.table("series")}) USING (sid)""",
        dataset=dataset,
    )
    _change(how)


def delete_attributes(how: Application, dataset: int) -> None:
    """Delete: the attributes named lose their value."""
    matched_attributes(how, dataset)
    _change(how)


def _change(how: Application) -> None:
    """Put an event at ``at`` for each key in ``touched`` whose value is not that one."""
    if not how.run("SELECT count(*) FROM touched"):
        return
    attribute, key = how.tables.table("attribute"), ("component", *how.tables.dimensions)
    same = " AND ".join(f"a.{name} = t.{name}" for name in key) + " AND a.agreement = $agreement"
    dropped = how.run(f"""
        DELETE FROM {attribute} a USING touched t WHERE {same} AND a.since > $now
            AND NOT (a.since <= $at AND (a.submission = $submission
                OR coalesce(a.value = t.value, FALSE)))""")
    if dropped:
        _chain(how, "touched")
    how.run(f"""
        CREATE OR REPLACE TEMP TABLE changed AS
        SELECT DISTINCT {listed(key, "t.")}, t.value, t.no FROM touched t LEFT JOIN {attribute} a
            ON {same} AND a.since <= $at AND $at < a.until
        WHERE a.value IS DISTINCT FROM t.value""")
    if not how.run("SELECT count(*) FROM changed"):
        return
    how.run(f"INSERT INTO altered SELECT DISTINCT {how.tables.id}, no FROM changed")
    how.run(f"DELETE FROM {attribute} a USING changed t WHERE {same} AND a.since = $at")
    how.run(f"""
        INSERT INTO {attribute} SELECT $agreement, {listed(key)}, value, $at, {FOREVER},
            $submission, no FROM changed ORDER BY no, component""")
    _chain(how, "changed")


def _chain(how: Application, keys: str) -> None:
    """Let each event of the keys end at the next; drop ends that end nothing."""
    attribute, key = how.tables.table("attribute"), ("component", *how.tables.dimensions)
    names = listed(key)

    def events(column: str, order: str) -> str:
        return f"""(SELECT a.rowid AS row, {column} OVER (
            PARTITION BY {listed(key, "a.")} ORDER BY a.since) AS {order}
            FROM {attribute} a SEMI JOIN {keys} USING ({names}) WHERE a.agreement = $agreement)"""

    how.run(f"""
        DELETE FROM {attribute} a USING {events("lag(a.value)", "earlier")} e
        WHERE a.rowid = e.row AND a.value IS NULL AND e.earlier IS NULL""")
    how.run(f"""
        UPDATE {attribute} a SET until = e.later
        FROM {events(f"lead(a.since, 1, {FOREVER})", "later")} e
        WHERE a.rowid = e.row AND a.until <> e.later""")
