"""What a query sees at an instant, as SQL: versions, precedence, masks, winners, attributes.

Everything here is before the caller's filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sdmx_service.access.masks import CONFIDENTIALITY, FREE, STATUS, SUPPRESSED
from sdmx_service.storage.duckdb.schema import listed, naive
from sdmx_service.storage.duckdb.snapshot import Snapshot


def versions(taken: Snapshot, at: datetime, within: str | None = None) -> str:
    """Every visible agreement's rows valid at the instant, of the neighbourhood of the named
    series if nothing else is said."""
    tables, stored = taken.tables, listed(taken.tables.stored)
    mine = f"list_contains({taken.parameters.add(taken.agreements)}::INTEGER[], agreement)"
    if len(taken.agreements) == 1:
        mine = f"agreement = {taken.parameters.add(taken.agreements[0])}"
    mine += f" AND {within or taken.within}"
    obs = f"SELECT {stored} FROM {tables.table('obs')} o WHERE {mine}"
    if taken.current(at):
        return obs
    instant = taken.parameters.add(at)
    due = f"(SELECT * FROM {tables.table('pending')} WHERE {mine} AND since <= {instant})"
    return f"""
        {obs} AND since <= {instant} AND NOT EXISTS (SELECT 1 FROM {due} p
            WHERE p.sid = o.sid AND p.period = o.period AND p.agreement = o.agreement)
        UNION ALL SELECT {stored} FROM {tables.table("hist")}
            WHERE {mine} AND since <= {instant} AND {instant} < until
        UNION ALL SELECT {stored} FROM (SELECT * FROM {due} QUALIFY row_number() OVER (
            PARTITION BY agreement, sid, period ORDER BY since DESC) = 1) WHERE NOT gone"""


def _ranked(taken: Snapshot) -> str:
    return f"list_position({taken.parameters.add(taken.agreements)}::INTEGER[], agreement)"


def _shared(taken: Snapshot, at: datetime) -> bool:
    """Whether two visible agreements may have rows of one series, so that precedence decides."""
    if len(taken.agreements) < 2:
        return False
    if not taken.current(at):
        return True
    if taken.kept:
        return taken.kept.extents.shared(taken.agreements, taken.first, taken.last)
    mine = f"list_contains({taken.parameters.add(taken.agreements)}::INTEGER[], agreement)"
    extent = taken.tables.table("extent")
    (row,) = taken.fetch(f"""
        SELECT count(*) > count(DISTINCT sid) FROM {extent} WHERE {mine} AND {taken.within}""")
    return bool(row[0])


def merged(taken: Snapshot, at: datetime) -> str:
    """The winning, masked row of each key: ``row``'s columns, agreement, since."""
    rows = versions(taken, at)
    if _shared(taken, at):
        rows = f"""
            SELECT * FROM ({rows}) QUALIFY row_number() OVER (
                PARTITION BY sid, period ORDER BY {_ranked(taken)}) = 1"""
    return _masked(taken, rows, at)


def _masked(taken: Snapshot, rows: str, at: datetime) -> str:
    """Nothing of a hidden row but its key and the status that says so."""
    layout, tables = taken.tables.layout, taken.tables
    hidden = _hidden(taken, at) if taken.masked else None
    if hidden is None:
        return rows
    condition, joins = hidden
    values = ", ".join(
        f"CASE WHEN hidden THEN NULL ELSE {name} END AS {name}" for name in tables.values
    )
    if STATUS in layout.observation_attributes:
        name = tables.attributes[layout.observation_attributes.index(STATUS)]
        kept = f"CASE WHEN hidden THEN NULL ELSE {name} END AS {name}"
        shown = (
            f"CASE WHEN hidden THEN {taken.parameters.add(SUPPRESSED)} ELSE {name} END AS {name}"
        )
        values = values.replace(kept, shown)
    mine = f"list_contains({taken.parameters.add(taken.masked)}::INTEGER[], v.agreement)"
    return f"""
        SELECT sid, no, period, span, {values}, agreement, since FROM (
            SELECT v.*, {mine} AND ({condition}) AS hidden FROM ({rows}) v {joins})"""


def _hidden(taken: Snapshot, at: datetime) -> tuple[str, str] | None:
    """When a row is confidential, and the joins that this needs; None where nothing can be."""
    layout, now = taken.tables.layout, naive(taken.query.now)
    free = taken.parameters.add(FREE)
    if CONFIDENTIALITY in layout.observation_attributes:
        column = taken.tables.attributes[layout.observation_attributes.index(CONFIDENTIALITY)]
        condition = f"coalesce(v.{column}, {free}) <> {free}"
        if taken.current(at) and taken.current(now):
            return condition, ""
        joins = f"""LEFT JOIN ({_last_opened(taken, column, now)}) n ON n.sid = v.sid
            AND n.period = v.period AND n.agreement = v.agreement"""
        return f"{condition} OR coalesce(n.status, {free}) <> {free}", joins
    names = [column.id for column in layout.higher_attributes]
    if CONFIDENTIALITY not in names:
        return None
    position = names.index(CONFIDENTIALITY)
    dimensions = taken.tables.attribute_dimensions(position)
    same = " AND ".join(["TRUE", *(f"a.{d} = s.{d}" for d in dimensions)])
    later = " AND ".join(["TRUE", *(f"b.{d} = a.{d}" for d in dimensions)])
    table, instant = taken.tables.table("attribute"), taken.parameters.add(now)
    last = f"""(a.since <= {instant} AND NOT EXISTS (SELECT 1 FROM {table} b
        WHERE b.component = a.component AND b.agreement = a.agreement AND {later}
        AND a.since < b.since AND b.since <= {instant}))"""
    joins = f"""LEFT JOIN (SELECT DISTINCT s.sid, a.agreement
        FROM {table} a JOIN {taken.tables.table("series")} s ON {same}
        WHERE a.component = {position} AND a.value <> {free}
        AND ({_valid(taken, at)} OR {last})) h
        ON h.sid = v.sid AND h.agreement = v.agreement"""
    return "h.sid IS NOT NULL", joins


def _last_opened(taken: Snapshot, column: str, now: datetime) -> str:
    """The confidentiality of each key's last version that had opened by now, closed since or
    not: a deletion frees nothing."""
    instant, free = taken.parameters.add(now), taken.parameters.add(FREE)
    shown = f"SELECT sid, period, agreement, coalesce({column}, {free}) AS status, since"
    opened = [
        f"{shown} FROM {taken.tables.table(name)} WHERE since <= {instant} AND {more}"
        for name, more in (("obs", "TRUE"), ("hist", "TRUE"), ("pending", "NOT gone"))
    ]
    return f"""SELECT sid, period, agreement, max_by(status, since) AS status
        FROM ({" UNION ALL ".join(opened)}) GROUP BY ALL"""


def _valid(taken: Snapshot, at: datetime) -> str:
    instant = taken.parameters.add(at)
    return f"(a.since <= {instant} AND {instant} < a.until)"


def latest_periods(taken: Snapshot, at: datetime, within: str) -> str:
    """Periods of each series and agreement visible, the latest among them; with precedence."""
    if not taken.current(at):
        return f"""SELECT no, span, period, agreement, {_ranked(taken)} AS place,
            1 AS observations FROM ({versions(taken, at, within)})"""
    mine = f"list_contains({taken.parameters.add(taken.agreements)}::INTEGER[], agreement)"
    return f"""SELECT no, latest AS span, latest_period AS period, agreement,
        {_ranked(taken)} AS place, observations
        FROM {taken.tables.table("extent")} WHERE {mine} AND {within}"""


def winners(taken: Snapshot, at: datetime) -> str:
    """Of each series visible near the named ones: number, the agreement that wins its latest
    period, and how many rows there are."""
    if taken.current(at) and len(taken.agreements) == 1:
        return f"""SELECT no, agreement, observations FROM {taken.tables.table("extent")}
            WHERE agreement = {taken.parameters.add(taken.agreements[0])} AND {taken.within}"""
    return f"""SELECT no, max_by(agreement, (span, period, -place)) AS agreement,
        sum(observations)::BIGINT AS observations
        FROM ({latest_periods(taken, at, taken.within)}) GROUP BY no"""


def attribute_rows(
    taken: Snapshot, at: datetime, positions: list[int], within: str | None = None
) -> str:
    """Attributes at these places (no, agreement, component, value), near the named series if
    nothing else is said."""
    tables = taken.tables
    within = within or taken.within
    shown = "agreement, component, value"
    whole = [place for place in positions if tables.of_series(place)]
    parts = [
        f"""SELECT s.no, {shown} FROM {tables.table("attribute")} a
        JOIN (SELECT * FROM {tables.table("series")} WHERE {within}) s
        ON {" AND ".join(f"a.{d} = s.{d}" for d in tables.attribute_dimensions(place))}
        WHERE a.no = 0 AND component = {place} AND {_valid(taken, at)}"""
        for place in positions
        if place not in whole
    ]
    if whole:
        parts.append(f"""SELECT no, {shown} FROM {tables.table("attribute")} a
            WHERE {within} AND {_valid(taken, at)}""")
    return " UNION ALL ".join(parts)


def dataset_attribute_rows(taken: Snapshot, at: datetime) -> str | None:
    """Attributes of the data set (agreement, component, value); None where there can be none."""
    numbers = [
        taken.parameters.add(position)
        for position, column in enumerate(taken.tables.layout.higher_attributes)
        if not column.dimensions
    ]
    if not numbers:
        return None
    return f"""
        SELECT agreement, component, value FROM {taken.tables.table("attribute")} a
        WHERE component IN ({", ".join(numbers)}) AND {_valid(taken, at)} AND value IS NOT NULL"""


def dataset_attributes(taken: Snapshot, at: datetime) -> dict[str, str]:
    """Those of the agreement that wins the latest period of all."""
    if not taken.agreements:
        return {}
    if taken.kept:
        rows: Sequence[tuple[int, int, str]] = taken.kept.dataset
    else:
        statement = dataset_attribute_rows(taken, at)
        rows = taken.fetch(statement) if statement else ()
    given = {agreement for agreement, _, _ in rows}
    winner = _winner_of_all(taken, at) if given & set(taken.agreements) else None
    names = [column.id for column in taken.tables.layout.higher_attributes]
    return {names[component]: value for agreement, component, value in rows if agreement == winner}


def _winner_of_all(taken: Snapshot, at: datetime) -> int | None:
    """The winner of the latest period of all, which needs no grouping by series."""
    if taken.kept:
        return taken.kept.winner_of_all(taken.agreements)
    found = taken.fetch(f"""SELECT agreement FROM ({latest_periods(taken, at, "no > 0")})
        ORDER BY span DESC, period DESC, place LIMIT 1""")
    return int(found[0][0]) if found else None
