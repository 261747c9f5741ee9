"""A query on one consistent state: what is known of it so far, and how it asks DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.storage.duckdb.filters import key_condition
from sdmx_service.storage.duckdb.kept import Kept, Numbers
from sdmx_service.storage.duckdb.neighbourhood import (
    Neighbourhood,
    Neighbourhoods,
    neighbourhoods,
)
from sdmx_service.storage.duckdb.schema import Tables
from sdmx_service.storage.duckdb.statement import Parameters
from sdmx_service.storage.ordering import RowOrder, row_order


@dataclass(frozen=True, slots=True)
class NamedSeries:
    """Series that the keys of a query name, in its order: their numbers; ``table`` makes a table
    (sid, no, d…) of those at some places among them."""

    numbers: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    table: Callable[[Numbers], pa.Table] = lambda _: pa.table({})


@dataclass(slots=True)
class Snapshot:
    """A query on one consistent state: a transaction on a cursor of its own.

    ``agreements``: numbers of the visible agreements in precedence; ``masked``: of these, the
    masked ones; ``latest`` and ``next_release`` bound the instants at which ``obs`` alone is
    the answer; ``series``: what the keys name, in order, numbered from ``first`` to ``last``;
    ``rows_in_range``: how many rows are visible there; ``kept``: what is kept of the data
    structure, where that is what is valid at the query's instant; ``neighbourhoods``: rows kept
    of any; ``near``: by place, those that this query uses; ``order``: of the rows.
    """

    connection: duckdb.DuckDBPyConnection
    tables: Tables
    query: AuthorisedQuery
    agreements: list[int] = field(default_factory=list)
    masked: list[int] = field(default_factory=list)
    latest: datetime = datetime.min
    next_release: datetime = datetime.max
    parameters: Parameters = field(default_factory=Parameters)
    series: NamedSeries = field(default_factory=NamedSeries)
    first: int = 1
    last: int = 0
    rows_in_range: int = 0
    kept: Kept | None = None
    neighbourhoods: Neighbourhoods = field(default_factory=lambda: neighbourhoods(0))
    near: dict[int, Neighbourhood] = field(default_factory=dict)
    order: RowOrder = field(init=False)

    def __post_init__(self) -> None:
        self.order = row_order(self.tables.layout, self.query.selection.order)

    def begin(self) -> None:
        """Begin the transaction: it sees what is committed when it first looks for a table, which
        binding a statement does; running one would cost as much as a slice."""
        self.connection.execute("BEGIN")
        self.connection.sql(f"FROM {self.tables.table('latest')}")

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a query for a few rows."""
        return self.connection.execute(statement, self.parameters.used(statement)).fetchall()

    def arrow(self, statement: str) -> Any:
        """A query for many rows, to be taken as Arrow."""
        return self.connection.sql(statement, params=self.parameters.used(statement) or None)

    def numbers(self, statement: str) -> dict[str, np.ndarray]:
        """A query for columns of numbers; quicker than Arrow where there are few."""
        found = self.connection.execute(statement, self.parameters.used(statement)).fetchnumpy()
        return {name: np.asarray(column) for name, column in found.items()}

    @property
    def within(self) -> str:
        """Rows of the neighbourhood in which the named series are, as a condition."""
        first, last = self.parameters.add(self.first), self.parameters.add(self.last)
        return f"no BETWEEN {first} AND {last}"

    def named(self, columns: tuple[str, ...]) -> str:
        """What the query's keys say of these dimensions."""
        return key_condition(self.tables, self.query.selection.keys, self.parameters, columns)

    def current(self, at: datetime) -> bool:
        """Whether the current rows alone are what is valid at the instant."""
        return self.latest <= at < self.next_release
