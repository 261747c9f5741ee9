"""Rows of one submission in an unlogged side database, bounded in memory, and their checks."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from sdmx_service.model.message import Action, DataBatch
from sdmx_service.storage.base import KeyFinding, KeyFindings
from sdmx_service.storage.duckdb.schema import Tables, dimensions_typed, listed, typed
from sdmx_service.storage.lines import placed
from sdmx_service.storage.prepare import display_key
from sdmx_service.storage.rows import prepare_rows


class DuckDBStage:
    """Tables of an in-memory database ``stage_<number>``; every connection of the store sees it.

    A database for each stage: a write under way then sees stages made after it began, and what
    a stage took is free at once when it is closed.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, tables: Tables, number: int) -> None:
        self.tables = tables
        self.datasets: dict[int, Action] = {}
        self._cursor = cursor
        self._number = number
        self._rows = 0
        given = "".join(f", g{p} BOOLEAN" for p in range(len(tables.given)))
        higher = "".join(f", h{p} BOOLEAN" for p in range(len(tables.layout.higher_attributes)))
        dimensions = dimensions_typed(tables)
        cursor.execute(f"""
            ATTACH ':memory:' AS stage_{number};
            CREATE TABLE {self.table("obs")} (dataset INTEGER, line BIGINT, {typed(tables)});
            CREATE TABLE {self.table("series")} (sid BIGINT{dimensions});
            CREATE TABLE {self.table("attribute")}
                (dataset INTEGER, line BIGINT, component INTEGER{dimensions},
                value VARCHAR, sid BIGINT);
            CREATE TABLE {self.table("deletion")}
                (dataset INTEGER, line BIGINT{dimensions}, period VARCHAR{given}{higher});
        """)

    def table(self, name: str) -> str:
        return f"stage_{self._number}.{name}"

    @property
    def observations(self) -> int:
        return self._rows

    def add(self, batch: DataBatch) -> None:
        prepared = prepare_rows(placed(batch, self.tables.layout))
        self.datasets[batch.dataset] = batch.action
        self._insert("obs", prepared.observations, batch.dataset)
        self._insert("series", prepared.series, None)
        self._insert("attribute", prepared.attributes, batch.dataset)
        self._insert("deletion", prepared.deletions, batch.dataset)
        self._rows += prepared.observations.num_rows + prepared.deletions.num_rows

    def _insert(self, name: str, rows: pa.Table, dataset: int | None) -> None:
        if rows.num_rows:
            self._cursor.register("incoming", rows)
            number, values = ("", []) if dataset is None else ("?, ", [dataset])
            self._cursor.execute(
                f"INSERT INTO {self.table(name)} SELECT {number}* FROM incoming", values
            )
            self._cursor.unregister("incoming")

    def duplicate_keys(self, samples: int) -> KeyFindings:
        """In two steps: which keys repeat (no windows over all rows), then their lines."""
        obs, series = self.table("obs"), self.table("series")
        dimensions = self.tables.dimensions
        repeated = f"""
            SELECT dataset, sid, period, count(*) AS times, min(line) AS first
            FROM {obs} GROUP BY ALL HAVING count(*) > 1"""
        count = self._count(f"SELECT coalesce(sum(times - 1), 0) FROM ({repeated})")
        if not count:
            return KeyFindings()
        found = self._cursor.execute(
            f"""
            SELECT {listed(dimensions)}, line, period, first FROM (
                SELECT o.*, r.first, row_number() OVER (
                    PARTITION BY o.dataset, o.sid, o.period ORDER BY o.line) AS place
                FROM {obs} o JOIN ({repeated}) r USING (dataset, sid, period))
            JOIN (SELECT DISTINCT * FROM {series}) USING (sid)
            WHERE place > 1 ORDER BY line, {listed(dimensions)}, period LIMIT ?""",
            [samples],
        ).fetchall()
        return KeyFindings(count, tuple(_duplicate(row) for row in found))

    def attribute_conflicts(self, samples: int) -> KeyFindings:
        key = ("component", *self.tables.dimensions)
        conflicts = f"""
            SELECT {listed(key)}, line, value, other, other_line FROM (
                SELECT *, first_value(value) OVER key AS other, first_value(line) OVER key
                    AS other_line FROM {self.table("attribute")}
                WINDOW key AS (PARTITION BY dataset, {listed(key)} ORDER BY line))
            WHERE value <> other
            QUALIFY row_number() OVER (PARTITION BY other_line, {listed(key)} ORDER BY line) = 1"""
        return self._attribute_findings(conflicts, samples)

    def missing_attributes(self, samples: int) -> KeyFindings:
        parts = [
            self._missing(position)
            for position, column in enumerate(self.tables.layout.higher_attributes)
            if column.mandatory
        ]
        if not parts:
            return KeyFindings()
        return self._attribute_findings(" UNION ALL ".join(parts), samples)

    def _missing(self, position: int) -> str:
        """Partial keys with observations for which a mandatory attribute is given nowhere."""
        key = self.tables.attribute_dimensions(position)
        shown = ", ".join(d if d in key else f"'' AS {d}" for d in self.tables.dimensions)
        same = " AND ".join(["TRUE", *(f"a.{name} = o.{name}" for name in key)])
        return f"""
            SELECT {position} AS component, {shown}, line, NULL AS value, NULL AS other,
                NULL AS other_line
            FROM (SELECT {listed((*key, "min(line) AS line"))}
                FROM (SELECT sid, min(line) AS line FROM {self.table("obs")} GROUP BY sid)
                JOIN (SELECT DISTINCT * FROM {self.table("series")}) USING (sid)
                GROUP BY {listed(key) or "()"} HAVING count(*) > 0) o
            WHERE NOT EXISTS (SELECT 1 FROM {self.table("attribute")} a
                WHERE a.component = {position} AND {same})"""

    def _attribute_findings(self, query: str, samples: int) -> KeyFindings:
        count = self._count(f"SELECT count(*) FROM ({query})")
        if not count or not samples:
            return KeyFindings(count)
        names = [column.id for column in self.tables.layout.higher_attributes]
        found = self._cursor.execute(f"SELECT * FROM ({query})").fetchall()
        keys = [_attribute_finding(names, row) for row in found]
        keys.sort(key=lambda one: (one.line or 0, one.component or "", one.series_key))
        return KeyFindings(count, tuple(keys[:samples]))

    def _count(self, query: str) -> int:
        return int(self._cursor.execute(query).fetchall()[0][0])

    def close(self) -> None:
        self._cursor.execute(f"DETACH DATABASE IF EXISTS stage_{self._number}")
        self._cursor.close()


def _duplicate(row: tuple[Any, ...]) -> KeyFinding:
    *dimensions, line, period, first = row
    return KeyFinding(
        series_key=display_key(dimensions), line=line, period=period or None, other_line=first
    )


def _attribute_finding(names: list[str], row: tuple[Any, ...]) -> KeyFinding:
    component, *dimensions, line, value, other, other_line = row
    return KeyFinding(
        series_key=display_key(dimensions),
        component=names[component],
        line=line,
        value=value,
        other=other,
        other_line=other_line,
    )
