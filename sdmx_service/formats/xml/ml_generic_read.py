"""Reads what stands in a generic data set: every value in an element of its own (SDMX-ML 2.1).

The message around it is read by ml_strict; what the values mean stands in ml_dataset. Each
observation is a dozen calls from expat, so the handlers are few and short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_versions import ML_21

# What the parser is inside of. The first three are the elements that hold a value.
_VALUE, _DIMENSION, _MEASURE, _VALUES, _SKIPPED = range(5)
_DATASET, _ATTRIBUTES, _GROUP, _SERIES, _OBSERVATIONS, _OBSERVATION, _FLAT = range(5, 12)
_MANY = 64
"""Names and values that an element may give before their length is looked at."""
_AROUND = 12
"""Characters of the element around each of them, about."""
_IN_OBSERVATION = {
    "ObsDimension": _DIMENSION,
    "ObsValue": _MEASURE,
    "Attributes": _VALUES,
    "Annotations": _SKIPPED,
}
_CHILDREN: Mapping[int, Mapping[str, int]] = {
    _DATASET: {
        "Annotations": _SKIPPED,
        "DataProvider": _SKIPPED,
        "Attributes": _ATTRIBUTES,
        "Group": _GROUP,
        "Series": _SERIES,
        "Obs": _FLAT,
    },
    _ATTRIBUTES: {"Value": _VALUE},
    _GROUP: {"GroupKey": _VALUES, "Attributes": _VALUES, "Annotations": _SKIPPED},
    _SERIES: {
        "SeriesKey": _VALUES,
        "Attributes": _VALUES,
        "Obs": _OBSERVATION,
        "Annotations": _SKIPPED,
    },
    _OBSERVATIONS: {"Obs": _OBSERVATION},
    _OBSERVATION: _IN_OBSERVATION,
    _FLAT: {**_IN_OBSERVATION, "ObsKey": _VALUES},
    _VALUES: {"Value": _VALUE},
}
_GENERIC, _COMMON = f"{ML_21.base}data/generic", f"{ML_21.base}common"
_NEXT: Mapping[int, Mapping[str, int]] = {
    inside: {
        f"{_COMMON if local == 'Annotations' else _GENERIC} {local}": child
        for local, child in children.items()
    }
    for inside, children in _CHILDREN.items()
}
"""By what the parser is inside of: name of an element → what it is then inside of."""
_LEAVES = frozenset(f"{_GENERIC} {local}" for local in ("Value", "ObsDimension", "ObsValue"))


class GenericContent:
    """Handlers of the start and end of every element inside a data set.

    ``finish`` is called where the data set itself ends.
    """

    __slots__ = ("_begins", "_children", "_dataset", "_ends", "_given", "_line", "_names",
                 "_series_line", "_skipped", "_stack")  # fmt: skip

    def __init__(self, dataset: OpenDataSet, finish: Callable[[], None]) -> None:
        self._dataset = dataset
        self._stack = [_DATASET]
        self._children = _NEXT[_DATASET]
        self._skipped = 0  # elements open that are passed over
        self._given: list[str] = []  # names and values, alternating, of what is being read
        self._line = self._series_line = 0
        self._names = {
            _DIMENSION: dataset.plan.observation_dimension,
            _MEASURE: dataset.plan.observation_measure,
        }
        self._begins: Mapping[int, Callable[[], None]] = {
            _ATTRIBUTES: self._begin_attributes,
            _GROUP: self._begin_row,
            _SERIES: self._begin_series,
            _OBSERVATION: self._begin_observation,
            _FLAT: self._begin_row,
        }
        self._ends: Mapping[int, Callable[[], None]] = {
            _DATASET: finish,
            _ATTRIBUTES: self._end_attributes,
            _GROUP: self._end_group,
            _SERIES: self._end_group,
            _OBSERVATIONS: dataset.rows.close,
            _OBSERVATION: self._end_observation,
            _FLAT: self._end_observation,
        }

    def start(self, name: str, attributes: list[str]) -> None:
        inside = self._children.get(name, _SKIPPED)
        if inside <= _MEASURE:
            # What the schema's own order makes common goes without a dictionary.
            if inside == _VALUE and len(attributes) == 4 and attributes[0] == "id":
                self._given += (attributes[1], attributes[3])
            elif inside != _VALUE and len(attributes) == 2 and attributes[0] == "value":
                self._given += (self._names[inside], attributes[1])
            else:
                self._value(inside, attributes)
        elif inside == _SKIPPED:
            self._pass_over(name)
        else:
            if inside != _VALUES:
                self._begins[inside]()
            self._stack.append(inside)
            self._children = _NEXT[inside]

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            if not self._skipped:
                self._children = _NEXT[self._stack[-1]]
        elif name not in _LEAVES:
            stack = self._stack
            inside = stack.pop()
            if inside != _VALUES:
                self._ends[inside]()
            if stack:
                self._children = _NEXT[stack[-1]]

    def check_length(self) -> None:
        """What an element gives is held in memory: it may be no longer than one tag."""
        if len(self._given) > _MANY:
            self._dataset.check_length(sum(map(len, self._given)) + _AROUND * len(self._given))

    def _pass_over(self, name: str) -> None:
        if name not in self._children and not self._skipped:
            raise self._dataset.unexpected(name.rpartition(" ")[2])
        self._skipped += 1
        self._children = {}
        if len(self._stack) + self._skipped - 1 > self._dataset.deepest:
            raise self._dataset.too_deep()

    def _value(self, inside: int, attributes: list[str]) -> None:
        """A value with its name in an uncommon order, or of the only component it may be of."""
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self._given += (given.get("id") or self._names.get(inside, ""), given.get("value", ""))

    def _begin_element(self) -> None:
        self._given = []
        self._line = self._dataset.line()

    def _begin_attributes(self) -> None:
        if self._dataset.has_rows:
            raise self._dataset.unexpected("Attributes")
        self._begin_element()

    def _begin_row(self) -> None:
        """A child of the data set: where the parser may be left."""
        self._dataset.pause_if_due()
        self._begin_element()

    def _begin_series(self) -> None:
        self._begin_row()
        self._series_line = self._line

    def _begin_observation(self) -> None:
        if self._stack[-1] == _SERIES:
            self._stack[-1] = _OBSERVATIONS
            self._dataset.rows.open(self._given, self._series_line)
        self._given = []
        self._line = self._dataset.line()

    def _end_attributes(self) -> None:
        self._dataset.give_attributes(self._given[::2], self._given[1::2], self._line)

    def _end_group(self) -> None:
        """A Group, or a Series without observations: a row of attributes alone."""
        self._dataset.make_room()
        self._dataset.rows.open(self._given, self._line)
        self._dataset.rows.attributes_only(self._line)
        self._dataset.rows.close()

    def _end_observation(self) -> None:
        dataset = self._dataset
        dataset.make_room()
        dataset.rows.observation(self._given, self._line)
