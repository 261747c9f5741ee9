"""Tables of the embedded engine: shared ones, and those of each data structure.

Columns of a data structure's tables are named by position (``storage.rows``); instants are
TIMESTAMP in UTC; agreements are small numbers. ``sid`` is what a series is; ``no`` numbers the
series as they came, in order of their dimensions, so that neighbours are stored side by side and
a slice reads few row groups.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sdmx_service.model.columns import Layout

SHARED = """
CREATE TABLE IF NOT EXISTS structure (id INTEGER, ref VARCHAR PRIMARY KEY, layout VARCHAR);
CREATE TABLE IF NOT EXISTS agreement (id INTEGER, name VARCHAR PRIMARY KEY);
CREATE TABLE IF NOT EXISTS instant (structure INTEGER, agreement INTEGER, moment TIMESTAMP);
CREATE TABLE IF NOT EXISTS submission
    (number BIGINT PRIMARY KEY, id VARCHAR UNIQUE, principal VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS idempotency
    (principal VARCHAR, key VARCHAR, fingerprint VARCHAR, submission_id VARCHAR,
     PRIMARY KEY (principal, key));
"""
ALTERED = "CREATE TEMP TABLE altered (structure INTEGER, no INTEGER)"
"""Notes of a write transaction: of which series current rows or attributes have changed; 0 where
an attribute is not of one series alone, ANEW where the tables are."""
ANEW = -1
FOREVER = "TIMESTAMP 'infinity'"


@dataclass(frozen=True, slots=True)
class Tables:
    """Names of the tables and columns of one data structure; ``id`` is its number here."""

    layout: Layout
    id: int

    def table(self, name: str) -> str:
        return f"main.s{self.id}_{name}"

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(f"d{position}" for position in range(len(self.layout.dimensions)))

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Number and text of each measure."""
        return tuple((f"m{p}", f"t{p}") for p in range(len(self.layout.measures)))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Observation attributes."""
        return tuple(f"a{p}" for p in range(len(self.layout.observation_attributes)))

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(name for pair in self.measures for name in pair) + self.attributes

    @property
    def given(self) -> tuple[tuple[str, ...], ...]:
        """Columns that hold each measure and observation attribute, in order of ``g0…``."""
        return self.measures + tuple((name,) for name in self.attributes)

    @property
    def row(self) -> tuple[str, ...]:
        return ("sid", "period", "span", *self.values)

    @property
    def stored(self) -> tuple[str, ...]:
        return (*self.row, "agreement", "since", "submission", "no")

    def of_series(self, position: int) -> bool:
        """Whether a higher attribute depends on every dimension."""
        return len(self.attribute_dimensions(position)) == len(self.dimensions) > 0

    def attribute_dimensions(self, position: int) -> tuple[str, ...]:
        """Columns of the dimensions a higher attribute depends on."""
        names = self.layout.higher_attributes[position].dimensions
        columns = zip(self.layout.dimensions, self.dimensions, strict=True)
        return tuple(column for name, column in columns if name in names)


def listed(names: tuple[str, ...], prefix: str = "") -> str:
    """Names as SQL lists them, each after the prefix."""
    return ", ".join(prefix + name for name in names)


def typed(tables: Tables) -> str:
    """Columns of an observation, with types."""
    measures = [f"{number} DOUBLE, {text} VARCHAR" for number, text in tables.measures]
    attributes = [f"{name} VARCHAR" for name in tables.attributes]
    return ", ".join(["sid BIGINT, period VARCHAR, span BIGINT", *measures, *attributes])


def dimensions_typed(tables: Tables) -> str:
    return "".join(f", {name} VARCHAR" for name in tables.dimensions)


def statements(tables: Tables) -> str:
    """What makes the tables of a data structure."""
    stored = f"{typed(tables)}, agreement INTEGER, since TIMESTAMP, submission BIGINT, no INTEGER"
    dimensions = dimensions_typed(tables)
    return f"""
    CREATE TABLE {tables.table("series")} (sid BIGINT, no INTEGER{dimensions});
    CREATE TABLE {tables.table("obs")} ({stored});
    CREATE TABLE {tables.table("hist")} ({stored}, until TIMESTAMP);
    CREATE TABLE {tables.table("pending")} ({stored}, gone BOOLEAN);
    CREATE TABLE {tables.table("attribute")} (agreement INTEGER, component INTEGER{dimensions},
        value VARCHAR, since TIMESTAMP, until TIMESTAMP, submission BIGINT, no INTEGER);
    CREATE TABLE {tables.table("extent")} (sid BIGINT, agreement INTEGER, earliest BIGINT,
        latest BIGINT, latest_period VARCHAR, observations BIGINT, no INTEGER);
    CREATE TABLE {tables.table("latest")} (moment TIMESTAMP);
    INSERT INTO {tables.table("latest")} VALUES (TIMESTAMP '-infinity');
    """


def layout_text(layout: Layout) -> str:
    """A layout as it is kept, to notice one that has changed."""
    said = {name: value for name, value in asdict(layout).items() if value != ()}
    return json.dumps(said, sort_keys=True)


def naive(at: datetime) -> datetime:
    """An instant as DuckDB keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: Any) -> datetime:
    """An instant as it leaves the engine."""
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)
