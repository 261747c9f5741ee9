"""A batch as the checks look at it: distinct values per column, observations, where a row is.

No rule stands here; a rule says which cells are wrong, this says which rows those are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE, Layout
from sdmx_service.model.message import Action, DataBatch
from sdmx_service.model.problem import Location, Problem
from sdmx_service.model.values import readable

Mask = npt.NDArray[np.bool_]
RowNumbers = npt.NDArray[np.intp]
Arguments = Mapping[str, str | int]


@dataclass(frozen=True)
class Column:
    """One component of a batch as its distinct values and, per row, which of them it has."""

    id: str
    encoded: pa.DictionaryArray

    @property
    def values(self) -> pa.Array:
        """Distinct values, as text; some may stand in no row."""
        return self.encoded.dictionary

    @cached_property
    def indices(self) -> npt.NDArray[np.int32]:
        """Position in ``values`` for each row; -1 where the cell is null."""
        indices = self.encoded.indices
        filled = indices.fill_null(-1) if indices.null_count else indices
        numbers: npt.NDArray[np.int32] = filled.to_numpy(zero_copy_only=False)
        return numbers

    @property
    def has_nulls(self) -> bool:
        return bool(self.encoded.null_count)

    def nulls(self) -> Mask:
        """The rows whose cell is null."""
        return self.indices < 0

    def spread(self, of_values: Mask, *, null: bool) -> Mask:
        """From one truth per distinct value to one per row; ``null`` is that of null cells."""
        return np.append(of_values, null)[self.indices]

    def text(self, row: int) -> str:
        """The cell as a reader is shown it, empty where it is null."""
        value = self.encoded[row].as_py()
        return "" if value is None else readable(str(value))


@dataclass(frozen=True)
class Rows:
    """A batch being checked and where its problems go."""

    batch: DataBatch
    problems: ProblemCollector

    @property
    def layout(self) -> Layout:
        return self.batch.structure.layout

    @property
    def deletes(self) -> bool:
        return self.batch.action is Action.DELETE

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {}

    def column(self, component: str) -> Column:
        """The column of a component of the layout."""
        if component not in self._columns:
            encoded = _encoded(self.batch.rows.column(component))
            self._columns[component] = Column(component, encoded)
        return self._columns[component]

    @cached_property
    def observations(self) -> Mask | None:
        """The rows that are observations; None where all are (``Layout.schema`` says what is)."""
        layout = self.layout
        time = (layout.time,) if layout.time else ()
        names = time + layout.measures + layout.observation_attributes
        empty = np.ones(self.batch.rows.num_rows, np.bool_)
        for name in names:
            column = self.batch.rows.column(name)
            if column.null_count == 0:
                return None
            empty &= pc.is_null(column).to_numpy(zero_copy_only=False)
        return ~empty if empty.any() else None

    def report_missing(self, code: str, component: str, needing: Mask | None = None) -> None:
        """One problem for each row that gives nothing for this component and should: those
        ``needing`` it, or else observations."""
        column = self.batch.rows.column(component)
        if column.null_count == 0:
            return
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
        needed = self.observations if needing is None else needing
        if needed is not None:
            missing = missing & needed
        self.report(code, np.flatnonzero(missing), component, lambda _: {"component": component})

    def report(
        self,
        code: str,
        rows: RowNumbers,
        component: str | None,
        arguments: Callable[[int], Arguments],
    ) -> None:
        """One problem a row, each with its place; only the samples are made."""
        if len(rows):
            self.problems.add_many(len(rows), self._samples(code, rows, component, arguments))

    def report_values(
        self, code: str, column: Column, wrong: Mask, arguments: Arguments | None = None
    ) -> None:
        """One problem for each row whose value is one of the ``wrong`` distinct values."""
        if not wrong.any():
            return
        rows = np.flatnonzero(column.spread(wrong, null=False))
        more = arguments or {}
        self.report(code, rows, column.id, lambda row: {"value": column.text(row), **more})

    def report_cells(self, code: str, component: str, wrong: Mask, arguments: Arguments) -> None:
        """One problem for each row whose cell, of a column of text, is ``wrong``."""
        cells = self.batch.rows.column(component)
        self.report(
            code,
            np.flatnonzero(wrong),
            component,
            lambda row: {"value": readable(cells[row].as_py()), **arguments},
        )

    def _samples(
        self,
        code: str,
        rows: RowNumbers,
        component: str | None,
        arguments: Callable[[int], Arguments],
    ) -> Iterator[Problem]:
        for row in rows:
            yield Problem(code, arguments(int(row)), self.location(int(row), component))

    def location(self, row: int, component: str | None) -> Location:
        """Where a row is: data set, line, series key and period."""
        line = self.batch.rows.column(LINE)[row].as_py()
        time = self.column(self.layout.time).text(row) if self.layout.time else ""
        return Location(
            dataset=self.batch.dataset + 1,
            line=line,
            series_key=self.series_key(row),
            period=time or None,
            component=component,
        )

    def series_key(self, row: int) -> str:
        """The codes of the dimensions joined by dots; nothing where a code is not given."""
        return ".".join(self.column(name).text(row) for name in self.layout.dimensions)


def _encoded(column: pa.Array) -> pa.DictionaryArray:
    if not pa.types.is_dictionary(column.type):
        return column.dictionary_encode()
    if column.dictionary.null_count:
        return column.cast(column.type.value_type).dictionary_encode()
    return column
