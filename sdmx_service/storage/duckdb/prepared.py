"""Making room for the observations of a line of data structures, or for one more version of it.

Where nothing was ever stored, room is made anew; where something was, columns are added.
"""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb

from sdmx_service.model.columns import AttributeColumn, Layout
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.storage.duckdb.schema import ANEW, Tables, layout_text, statements
from sdmx_service.storage.lines import widened
from sdmx_service.storage.prepare import changed_layout


def has_room(kept: Layout, layout: Layout) -> bool:
    """Whether what is kept has a column for all that a version has."""
    try:
        return widened(kept, layout) == kept
    except ValueError:
        return False


def prepared(cursor: duckdb.DuckDBPyConnection, layout: Layout) -> Tables:
    """The tables of a data structure's line, with room for this version.

    Raises ValueError where they ever held anything and have another shape.
    """
    rows = cursor.execute(
        "SELECT id, layout FROM structure WHERE ref = ?", [layout.line.urn]
    ).fetchall()
    if not rows:
        return _made(cursor, layout)
    number, kept = rows[0][0], _layout(rows[0][1])
    try:
        wide = widened(kept, layout)
    except ValueError:
        _forget_empty(cursor, layout, number)
        return _made(cursor, layout)
    if wide != kept:
        _widen(cursor, Tables(kept, number), Tables(wide, number))
    return Tables(wide, number)


def _made(cursor: duckdb.DuckDBPyConnection, layout: Layout) -> Tables:
    ((last,),) = cursor.execute("SELECT coalesce(max(id), 0) FROM structure").fetchall()
    tables = Tables(replace(layout, data_structure=layout.line), last + 1)
    values = [tables.id, layout.line.urn, layout_text(tables.layout)]
    cursor.execute("INSERT INTO structure VALUES (?, ?, ?)", values)
    cursor.execute(statements(tables))
    cursor.execute("INSERT INTO altered VALUES (?, ?)", [tables.id, ANEW])
    return tables


def _widen(cursor: duckdb.DuckDBPyConnection, kept: Tables, wide: Tables) -> None:
    """Add the columns that are new; attributes above the observation need none."""
    measures = wide.measures[len(kept.measures) :]
    attributes = wide.attributes[len(kept.attributes) :]
    columns = [
        f"{name} {kind}" for pair in measures for name, kind in zip(pair, _KINDS, strict=True)
    ]
    columns += [f"{name} VARCHAR" for name in attributes]
    for table in ("obs", "hist", "pending"):
        for column in columns:
            cursor.execute(f"ALTER TABLE {wide.table(table)} ADD COLUMN {column}")
    cursor.execute(
        "UPDATE structure SET layout = ? WHERE id = ?", [layout_text(wide.layout), wide.id]
    )


_KINDS = ("DOUBLE", "VARCHAR")
"""Types of a measure's number and text."""


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


def _layout(text: str) -> Layout:
    """A layout as it was kept (``schema.layout_text``)."""
    said = json.loads(text)
    ref = said["data_structure"]
    return Layout(
        data_structure=Ref(
            ArtefactClass(ref["artefact"]), ref["agency"], ref["id"], ref["version"]
        ),
        dimensions=tuple(said.get("dimensions", ())),
        time=said["time"],
        measures=tuple(said.get("measures", ())),
        attributes=tuple(
            AttributeColumn(
                one["id"],
                tuple(one.get("dimensions", ())),
                one["observation"],
                one["mandatory"],
                one.get("metadata", False),
            )
            for one in said.get("attributes", ())
        ),
        multiple=tuple(said.get("multiple", ())),
        multilingual=tuple(said.get("multilingual", ())),
    )
