"""Reads what stands in a structure-specific data set: Series, Group, Atts, Obs and Comp elements.

The message around it is read by ml_strict; what the attributes mean stands in ml_dataset.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from sdmx_service.formats.xml.ml_complex_read import CompReading
from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_versions import Version

_BESIDE_ROWS = ("Annotations", "DataProvider")


class _Inside(Enum):
    """What the parser is inside of."""

    DATASET = auto()
    GROUP = auto()
    SERIES = auto()
    FULL_SERIES = auto()  # one that had an observation
    OBSERVATION = auto()
    COMP = auto()
    SKIPPED = auto()


class SpecificContent:
    """Handlers of the start and end of every element inside a data set.

    ``finish`` is called where the data set itself ends.
    """

    __slots__ = ("_comp", "_comps", "_dataset", "_deepest", "_finish", "_row_line", "_stack",
                 "_starts")  # fmt: skip

    def __init__(self, dataset: OpenDataSet, finish: Callable[[], None], version: Version) -> None:
        self._finish, self._deepest = finish, dataset.deepest
        self._dataset, self._comps = dataset, version.complex_values
        self._comp: CompReading | None = None
        self._row_line = 0
        self._stack = [_Inside.DATASET]
        self._starts: dict[_Inside, Callable[[str, list[str]], _Inside]] = {
            _Inside.DATASET: self._in_dataset,
            _Inside.GROUP: self._in_row,
            _Inside.SERIES: self._in_series,
            _Inside.FULL_SERIES: self._in_series,
            _Inside.OBSERVATION: self._in_row,
            _Inside.COMP: self._in_comp,
            _Inside.SKIPPED: lambda _name, _attributes: _Inside.SKIPPED,
        }

    def start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        if len(stack) > self._deepest:
            raise self._dataset.too_deep()
        stack.append(self._starts[stack[-1]](name, attributes))

    def end(self, _name: str) -> None:
        inside = self._stack.pop()
        if inside is _Inside.COMP:
            self._end_in_comp()
        elif inside in (_Inside.SERIES, _Inside.FULL_SERIES, _Inside.GROUP):
            self._end_row(full=inside is _Inside.FULL_SERIES)
        elif inside is _Inside.DATASET:
            self._finish()

    def check_length(self) -> None:
        """Nothing to do between pieces of text: a Comp looks at its own length."""

    def _in_dataset(self, name: str, attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        if local in _BESIDE_ROWS:
            return _Inside.SKIPPED
        dataset = self._dataset
        dataset.pause_if_due()
        if local == "Obs":
            return self._observation(attributes)
        if local not in ("Series", "Group") and not (local == "Atts" and self._comps):
            raise dataset.unexpected(local)
        self._row_line = dataset.line()
        dataset.rows.open(attributes, self._row_line)
        return _Inside.SERIES if local == "Series" else _Inside.GROUP

    def _in_series(self, name: str, attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        if local == "Obs":
            self._stack[-1] = _Inside.FULL_SERIES
            return self._observation(attributes)
        # Rows of the series may have gone already: what it has must stand before them.
        if local == "Comp" and self._stack[-1] is _Inside.FULL_SERIES:
            raise self._dataset.unexpected(local)
        return self._in_row(name, attributes)

    def _in_row(self, name: str, attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        if local == "Annotations":
            return _Inside.SKIPPED
        if local != "Comp" or not self._comps:
            raise self._dataset.unexpected(local)
        self._comp = CompReading(self._dataset, attributes)
        self._dataset.feed.parser.CharacterDataHandler = self._comp.text
        return _Inside.COMP

    def _in_comp(self, name: str, attributes: list[str]) -> _Inside:
        assert self._comp is not None
        self._comp.start(name, attributes)
        return _Inside.COMP

    def _end_in_comp(self) -> None:
        comp, dataset = self._comp, self._dataset
        assert comp is not None
        if not comp.end():
            return
        self._comp = dataset.feed.parser.CharacterDataHandler = None
        observed = self._stack[-1] is _Inside.OBSERVATION
        extend = dataset.rows.extend_observation if observed else dataset.rows.extend_open
        extend(comp.component, comp.cell, dataset.line())

    def _observation(self, attributes: list[str]) -> _Inside:
        self._dataset.make_room()
        self._dataset.rows.observation(attributes, self._dataset.line())
        return _Inside.OBSERVATION

    def _end_row(self, *, full: bool) -> None:
        if not full:
            self._dataset.make_room()
            self._dataset.rows.attributes_only(self._row_line)
        self._dataset.rows.close()
