"""What is stored under an agreement, now or to come, as rows of a message. No rights are asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from sdmx_service.model.columns import Layout
from sdmx_service.storage.duckdb.rendering import rendered_text
from sdmx_service.storage.duckdb.schema import Tables, listed, naive

_BATCH = 65536


def held(
    cursor: duckdb.DuckDBPyConnection,
    tables: Tables,
    layout: Layout,
    agreement: str,
    now: datetime,
) -> Iterator[pa.RecordBatch]:
    """Batches of observations, then of attributes (``Store.held`` defines them)."""
    rows = cursor.execute("SELECT id FROM agreement WHERE name = ?", [agreement]).fetchall()
    if not rows:
        return
    values: dict[str, Any] = {"agreement": rows[0][0]}
    yield from _batches(cursor, _observations(tables, layout), values, layout)
    values["now"] = naive(now)
    for query in _attributes(tables, layout):
        yield from _batches(cursor, query, values, layout)


def _observations(tables: Tables, layout: Layout) -> str:
    """Current rows and pending ones, by the names of the components."""
    kept = tables.layout
    columns = dict(zip(kept.dimensions, tables.dimensions, strict=True))
    if kept.time:
        columns[kept.time] = "period"
    for name, (number, text) in zip(kept.measures, tables.measures, strict=True):
        columns[name] = rendered_text(number, text)
    columns |= dict(zip(kept.observation_attributes, tables.attributes, strict=True))
    shown = ", ".join(
        f"{columns.get(name, 'NULL')}::VARCHAR AS c{place}"
        for place, name in enumerate(layout.columns)
    )
    stored = listed(tables.row)
    return f"""
        SELECT {shown} FROM (
            SELECT {stored} FROM {tables.table("obs")} WHERE agreement = $agreement
            UNION ALL SELECT {stored} FROM {tables.table("pending")}
                WHERE agreement = $agreement AND NOT gone)
        JOIN {tables.table("series")} USING (sid)"""


def _attributes(tables: Tables, layout: Layout) -> Iterator[str]:
    """One query for each attribute above the observation that the layout has."""
    for position, column in enumerate(tables.layout.higher_attributes):
        if column.id not in layout.columns:
            continue
        columns = dict(zip(tables.layout.dimensions, tables.dimensions, strict=True))
        columns = {name: columns[name] for name in column.dimensions} | {column.id: "value"}
        shown = ", ".join(
            f"{columns.get(name, 'NULL')}::VARCHAR AS c{place}"
            for place, name in enumerate(layout.columns)
        )
        yield f"""
            SELECT {shown} FROM {tables.table("attribute")} WHERE agreement = $agreement
            AND component = {position} AND value IS NOT NULL AND until > $now"""


def _batches(
    cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any], layout: Layout
) -> Iterator[pa.RecordBatch]:
    schema = layout.schema(lines=False)
    used = {name: value for name, value in values.items() if f"${name}" in query}
    for rows in cursor.sql(query, params=used).to_arrow_reader(_BATCH):
        columns = [
            column.dictionary_encode() if pa.types.is_dictionary(field.type) else column
            for column, field in zip(rows.columns, schema, strict=True)
        ]
        if rows.num_rows:
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
