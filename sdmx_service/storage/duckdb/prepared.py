"""Making room for the observations of a data structure, anew where nothing was ever stored."""

from __future__ import annotations

import duckdb

from sdmx_service.model.columns import Layout
from sdmx_service.storage.duckdb.schema import ANEW, Tables, layout_text, statements
from sdmx_service.storage.prepare import changed_layout


def prepared(cursor: duckdb.DuckDBPyConnection, layout: Layout) -> Tables:
    """The tables of a data structure, made where there are none."""
    reference, text = layout.data_structure.urn, layout_text(layout)
    rows = cursor.execute("SELECT id, layout FROM structure WHERE ref = ?", [reference]).fetchall()
    if rows and rows[0][1] == text:
        return Tables(layout, rows[0][0])
    if rows:
        _forget_empty(cursor, layout, rows[0][0])
    ((last,),) = cursor.execute("SELECT coalesce(max(id), 0) FROM structure").fetchall()
    tables = Tables(layout, last + 1)
    cursor.execute("INSERT INTO structure VALUES (?, ?, ?)", [tables.id, reference, text])
    cursor.execute(statements(tables))
    cursor.execute("INSERT INTO altered VALUES (?, ?)", [tables.id, ANEW])
    return tables


def _forget_empty(cursor: duckdb.DuckDBPyConnection, layout: Layout, number: int) -> None:
    """Drop the tables of a data structure; raises ValueError where they ever held anything."""
    ((changes,),) = cursor.execute(
        "SELECT count(*) FROM instant WHERE structure = ?", [number]
    ).fetchall()
    if changes:
        raise changed_layout(layout)
    for (name,) in cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)", [f"s{number}_"]
    ).fetchall():
        cursor.execute(f"DROP TABLE main.{name}")
    cursor.execute("DELETE FROM structure WHERE id = ?", [number])
