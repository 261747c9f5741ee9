"""Attributes of Series, Group and Obs elements, as expat gives them → rows of a batch.

Per element only lists grow; columns are made of them a batch at a time.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.assemble import Level, constant, record_batch
from sdmx_service.formats.xml.ml_dataset import DataSetPlan, refuse_twice
from sdmx_service.model.collecting import ProblemCollector

_MOST_SHAPES = 4096
"""Sequences of attribute names kept from batch to batch; hostile messages invent new ones."""


class _Elements:
    """Attributes of elements of one kind: names and values alternate in ``flat``.

    ``shapes``: distinct sequences of attribute names; ``shape_of``: that of each element.
    """

    __slots__ = ("flat", "known", "plan", "problems", "shape_of", "shapes", "suspects")

    def __init__(self, plan: DataSetPlan, problems: ProblemCollector) -> None:
        self.plan, self.problems = plan, problems
        self.flat: list[str] = []
        self.shape_of: list[int] = []
        self.shapes: list[tuple[str, ...]] = []
        self.known: dict[tuple[str, ...], int] = {}
        self.suspects: set[int] = set()

    def add(self, attributes: list[str], line: int) -> None:
        names = tuple(attributes[::2])
        shape = self.known.get(names)
        if shape is None:
            shape = self._new_shape(names, line)
        if shape in self.suspects:
            for problem in self.plan.report(names, attributes[1::2], line):
                self.problems.add(problem)
        self.shape_of.append(shape)
        self.flat += attributes

    def add_nothing(self) -> None:
        """An element without attributes: what stands for a row that has no Obs."""
        self.add([], 0)

    def extend(self, name: str, value: str, line: int) -> None:
        """One more attribute of the element added last; what is no component is only reported,
        so that an element cannot grow without end."""
        for problem in self.plan.report((name,), (value,), line):
            self.problems.add(problem)
        if name not in self.plan.components:
            return
        names = (*self.shapes[self.shape_of[-1]], name)
        shape = self.known.get(names)
        self.shape_of[-1] = self._new_shape(names, line) if shape is None else shape
        self.flat += (name, value)

    def _new_shape(self, names: tuple[str, ...], line: int) -> int:
        refuse_twice(names, line)
        shape = self.known[names] = len(self.shapes)
        self.shapes.append(names)
        if any(self.plan.suspect(name) for name in names):
            self.suspects.add(shape)
        return shape

    def last(self) -> list[str]:
        """Names and values of the element added last."""
        count = 2 * len(self.shapes[self.shape_of[-1]])
        return self.flat[len(self.flat) - count :]

    def clear(self, *, keep_last: bool = False) -> None:
        if keep_last:
            self.flat, self.shape_of = self.last(), self.shape_of[-1:]
        else:
            self.flat, self.shape_of = [], []
            if len(self.shapes) > _MOST_SHAPES:
                self.shapes, self.known, self.suspects = [], {}, set()

    def columns(self, explicit_measure: str | None = None) -> dict[str, pa.Array]:
        """Component → its values, one an element; an explicit measure is named by the type."""
        if not self.shape_of:
            return {}
        used = np.unique(self.shape_of).tolist()
        places = self._places(used, explicit_measure)
        columns = self._regular(used[0], places) if len(used) == 1 else self._mixed(places)
        if explicit_measure in columns:
            measure = columns[explicit_measure]
            columns[explicit_measure] = pc.replace_substring_regex(measure, "^.*:", "")
        return columns

    def _places(self, used: list[int], explicit: str | None) -> dict[str, dict[int, int]]:
        """Component → shape → place of its value among the names and values of an element."""
        places: dict[str, dict[int, int]] = {}
        for shape in used:
            for number, name in enumerate(self.shapes[shape]):
                component = self.plan.column_of(name, explicit)
                if component is not None:
                    places.setdefault(component, {}).setdefault(shape, 2 * number + 1)
        return places

    def _regular(self, shape: int, places: dict[str, dict[int, int]]) -> dict[str, pa.Array]:
        step = 2 * len(self.shapes[shape])
        return {
            component: pa.array(self.flat[place[shape] :: step], pa.string())
            for component, place in places.items()
        }

    def _mixed(self, places: dict[str, dict[int, int]]) -> dict[str, pa.Array]:
        texts = pa.array(self.flat, pa.string())
        shape_of = np.asarray(self.shape_of, dtype=np.int64)
        widths = np.asarray([2 * len(names) for names in self.shapes], dtype=np.int64)[shape_of]
        starts = np.cumsum(widths) - widths
        columns = {}
        for component, place in places.items():
            offsets = np.full(len(self.shapes), -1, dtype=np.int64)
            offsets[list(place)] = list(place.values())
            offset = offsets[shape_of]
            columns[component] = texts.take(pa.array(starts + offset, mask=offset < 0))
        return columns


class RowGatherer:
    """Gathers the rows of one data set; ``rows`` says how many wait to become a batch.

    ``any``: whether there was a row at all; ``plan``: of the data set, as far as it is known.
    """

    __slots__ = ("_context", "_context_of", "_lines", "_observations", "_parents", "any", "plan")

    def __init__(self, plan: DataSetPlan, problems: ProblemCollector) -> None:
        self.plan = plan
        self._parents = _Elements(plan, problems)
        self._observations = _Elements(plan, problems)
        self._context = -1
        self._context_of: list[int] = []
        self._lines: list[int] = []
        self.any = False

    @property
    def rows(self) -> int:
        return len(self._lines)

    def open(self, attributes: list[str], line: int) -> None:
        """A Series or Group begins."""
        self._context = len(self._parents.shape_of)
        self._parents.add(attributes, line)

    def close(self) -> None:
        self._context = -1

    def observation(self, attributes: list[str], line: int) -> None:
        self._observations.add(attributes, line)
        self._context_of.append(self._context)
        self._lines.append(line)

    def extend_open(self, component: str, cell: str, line: int) -> None:
        """One more value of the Series or Group that is open."""
        self._parents.extend(component, cell, line)

    def extend_observation(self, component: str, cell: str, line: int) -> None:
        """One more value of the observation added last."""
        self._observations.extend(component, cell, line)

    def attributes_only(self, line: int) -> None:
        """A row for what is open: a Group, a Series without Obs, the data set itself."""
        self._observations.add_nothing()
        self._context_of.append(self._context)
        self._lines.append(line)

    def take(self) -> pa.RecordBatch:
        """The rows gathered; what is open stays open."""
        contexts = np.asarray(self._context_of, dtype=np.int64)
        levels = (
            Level(self._observations.columns(self.plan.explicit_measure)),
            Level(self._parents.columns(), pa.array(contexts, mask=contexts < 0)),
            constant(self.plan.attributes, self.rows),
        )
        lines = pa.array(self._lines, pa.int64())
        rows = record_batch(self.plan.schema, levels, lines)
        self._start_anew()
        return rows

    def _start_anew(self) -> None:
        self.any = True
        self._context_of, self._lines = [], []
        self._observations.clear()
        self._parents.clear(keep_last=self._context >= 0)
        self._context = min(self._context, 0)
