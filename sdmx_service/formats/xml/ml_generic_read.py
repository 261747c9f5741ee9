"""Reads what stands in a generic data set: every value in an element of its own (SDMX-ML 2.1).

The message around it is read by ml_strict; what the values mean stands in ml_dataset. Each
observation is a dozen calls from expat, so the handlers are few and short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_versions import ML_21

# What the parser is inside of. Nothing is done where one of the first ends.
_VALUE, _VALUES, _SINGLE, _SKIPPED = range(4)
_DATASET, _ATTRIBUTES, _GROUP, _SERIES, _OBSERVATIONS, _OBSERVATION, _FLAT = range(4, 11)
_SILENT = _SKIPPED
_MANY = 64
"""Names and values of an element from which on its length is watched."""
_IN_OBSERVATION = {
    "ObsDimension": _SINGLE,
    "ObsValue": _SINGLE,
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
    _VALUE: {},
    _SINGLE: {},
    _SKIPPED: {},
}
_GENERIC, _COMMON = f"{ML_21.base}data/generic", f"{ML_21.base}common"
_NEXT = [
    {
        f"{_COMMON if local == 'Annotations' else _GENERIC} {local}": child
        for local, child in _CHILDREN[inside].items()
    }
    for inside in range(len(_CHILDREN))
]
"""By what the parser is inside of: name of an element → what it is then inside of."""
_MEASURE = "OBS_VALUE"


class GenericContent:
    """Handlers of the start and end of every element inside a data set."""

    __slots__ = ("_begin", "_begins", "_dataset", "_ends", "_given", "_line", "_parent_line",
                 "_single", "_stack")  # fmt: skip

    def __init__(self, dataset: OpenDataSet) -> None:
        self._dataset = dataset
        self._stack = [_DATASET]
        self._given: list[str] = []  # names and values, alternating, of what is being read
        self._line = self._parent_line = self._begin = 0
        measures = dataset.plan.structure.layout.measures
        self._single = {
            f"{_GENERIC} ObsDimension": dataset.plan.observation_dimension,
            f"{_GENERIC} ObsValue": measures[0] if len(measures) == 1 else _MEASURE,
        }
        self._begins: Mapping[int, Callable[[], None]] = {
            _ATTRIBUTES: self._begin_element,
            _GROUP: self._begin_element,
            _SERIES: self._begin_series,
            _OBSERVATION: self._begin_observation,
            _FLAT: self._begin_element,
        }
        self._ends: Mapping[int, Callable[[], None]] = {
            _DATASET: lambda: None,
            _ATTRIBUTES: self._end_attributes,
            _GROUP: self._end_group,
            _SERIES: self._end_group,
            _OBSERVATIONS: dataset.rows.close,
            _OBSERVATION: self._end_observation,
            _FLAT: self._end_observation,
        }

    def start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        inside = _NEXT[stack[-1]].get(name)
        if inside == _VALUE and len(attributes) == 4 and attributes[0] == "id":
            self._given += attributes[1::2]
            if len(self._given) > _MANY:
                self._dataset.check_length(self._begin)
        elif inside is None:
            inside = self._other(name)
        elif inside <= _SINGLE:
            self._value(name, inside, attributes)
        elif inside != _SKIPPED:
            self._begins[inside]()
        stack.append(inside)

    def end(self, _name: str) -> bool:
        """An element ends; True where it is the data set."""
        inside = self._stack.pop()
        if inside > _SILENT:
            self._ends[inside]()
        return inside == _DATASET

    def _other(self, name: str) -> int:
        if self._stack[-1] != _SKIPPED:
            raise self._dataset.unexpected(name.rpartition(" ")[2])
        self._dataset.check_depth(len(self._stack))
        return _SKIPPED

    def _value(self, name: str, inside: int, attributes: list[str]) -> None:
        """A value whose attributes stand in an uncommon order, or the only one of its element."""
        if inside == _VALUES:
            return
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        component = given.get("id") or self._single.get(name, "")
        self._given += (component, given.get("value", ""))

    def _begin_element(self) -> None:
        self._dataset.check_depth(len(self._stack))
        self._given = []
        self._line, self._begin = self._dataset.line(), self._dataset.feed.offset()

    def _begin_series(self) -> None:
        self._begin_element()
        self._parent_line = self._line

    def _begin_observation(self) -> None:
        if self._stack[-1] == _SERIES:
            self._stack[-1] = _OBSERVATIONS
            self._dataset.rows.open(self._given, self._parent_line)
        self._begin_element()

    def _end_attributes(self) -> None:
        self._dataset.give_attributes(self._given[::2], self._given[1::2], self._line)

    def _end_group(self) -> None:
        """A Group, or a Series without observations: a row of attributes alone."""
        self._dataset.make_room()
        self._dataset.rows.open(self._given, self._line)
        self._dataset.rows.attributes_only(self._line)
        self._dataset.rows.close()

    def _end_observation(self) -> None:
        self._dataset.make_room()
        self._dataset.rows.observation(self._given, self._line)
