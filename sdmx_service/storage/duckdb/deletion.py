"""Which keys the rows of a Delete data set name: joins, one for each pattern of wildcards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdmx_service.storage.duckdb.schema import listed

if TYPE_CHECKING:
    from sdmx_service.storage.duckdb.write import Application


def patterns(how: Application, dataset: int, columns: tuple[str, ...]) -> list[tuple[bool, ...]]:
    """Which of the columns are given, every way that occurs in the data set."""
    given = ", ".join(f"{name} IS NOT NULL" for name in columns)
    return how.connection.execute(
        f"SELECT DISTINCT {given} FROM {how.stage.table('deletion')} WHERE dataset = $dataset",
        {"dataset": dataset},
    ).fetchall()


def matched_observations(how: Application, dataset: int) -> bool:
    """Make ``matched`` of the keys named: ``whole`` or ``g…``, and the first line."""
    tables, columns = how.tables, (*how.tables.dimensions, "period")
    flags = [f"g{place}" for place in range(len(tables.given))]
    none = " AND ".join(f"NOT d.{flag}" for flag in flags) or "TRUE"
    higher = [f"d.h{place}" for place in range(len(tables.layout.higher_attributes))]
    parts = [
        f"""SELECT k.sid, k.period, d.line, ({none}) AS whole, {listed(tuple(flags), "d.")}
        FROM keys k JOIN {tables.table("series")} s USING (sid)
        JOIN {how.stage.table("deletion")} d ON {_same(columns, given)}
        WHERE d.dataset = $dataset AND (NOT ({none}) OR NOT ({" OR ".join(higher) or "FALSE"}))"""
        for given in patterns(how, dataset, columns)
    ]
    if not parts:
        return False
    total = ", ".join(f"bool_or({flag}) AS {flag}" for flag in flags)
    how.run(
        f"""CREATE OR REPLACE TEMP TABLE matched AS WITH keys AS (
            SELECT sid, period FROM {tables.table("obs")} WHERE agreement = $agreement
            UNION SELECT sid, period FROM {tables.table("pending")} WHERE agreement = $agreement)
        SELECT sid, period, min(line) AS line, bool_or(whole) AS whole, {total}
        FROM ({" UNION ALL ".join(parts)}) GROUP BY sid, period""",
        dataset=dataset,
    )
    return bool(how.run("SELECT count(*) FROM matched"))


def _same(columns: tuple[str, ...], given: tuple[bool, ...]) -> str:
    """Equality of what is given; the pattern itself, so that each row joins once."""
    terms = []
    for name, present in zip(columns, given, strict=True):
        source = "k" if name == "period" else "s"
        terms.append(f"d.{name} = {source}.{name}" if present else f"d.{name} IS NULL")
    return " AND ".join(terms)


def matched_attributes(how: Application, dataset: int) -> None:
    """Make ``touched`` of the attributes named, or within what is deleted; value null."""
    tables = how.tables
    how.run(f"""
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT component, {listed(tables.dimensions)}, value, no, 0::BIGINT AS line
        FROM {tables.table("attribute")} LIMIT 0""")
    for given in patterns(how, dataset, tables.dimensions):
        for position in range(len(tables.layout.higher_attributes)):
            _match_attribute(how, dataset, position, given)


def _match_attribute(
    how: Application, dataset: int, position: int, given: tuple[bool, ...]
) -> None:
    tables = how.tables
    depends = tables.attribute_dimensions(position)
    pattern, same, inside = [], [], True
    for name, present in zip(tables.dimensions, given, strict=True):
        pattern.append(f"d.{name} IS {'NOT ' if present else ''}NULL")
        if present and name in depends:
            same.append(f"d.{name} = a.{name}")
        inside = inside and (name in depends or not present)
    flags = [f"d.g{place}" for place in range(len(tables.given))]
    flags += [f"d.h{place}" for place in range(len(tables.layout.higher_attributes))]
    nothing = f"(d.period IS NULL AND NOT ({' OR '.join(flags) or 'FALSE'}))"
    named = f"(d.h{position}{f' OR {nothing}' if inside else ''})"
    key = listed(tables.dimensions, "a.")
    how.run(
        f"""INSERT INTO touched SELECT component, {key}, NULL, a.no, min(d.line)
        FROM {tables.table("attribute")} a JOIN {how.stage.table("deletion")} d
            ON {" AND ".join([*same, *pattern, named])}
        WHERE a.agreement = $agreement AND a.component = {position} AND d.dataset = $dataset
        GROUP BY component, {key}, a.no""",
        dataset=dataset,
    )
