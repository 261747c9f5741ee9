"""Reads what stands in a structure-specific data set: Series, Group, Atts, Obs, what is in them.

The message around it is read by ml_strict; what the attributes mean stands in ml_dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import partial

from sdmx_service.formats.xml.ml_complex_read import CompReading
from sdmx_service.formats.xml.ml_metadata_read import MetadataReading
from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_versions import Version

_BESIDE_ROWS = ("Annotations", "DataProvider")


class _Inside(Enum):
    """What the parser is inside of."""

    DATASET = auto()
    GROUP = auto()
    SERIES = auto()
    FULL_SERIES = auto()  # one that had an observation
    ENDED_SERIES = auto()  # one that had observations and, behind them, metadata
    OBSERVATION = auto()
    COMP = auto()
    METADATA = auto()
    SKIPPED = auto()


class SpecificContent:
    """Handlers of the start and end of every element inside a data set.

    ``finish`` is called where the data set itself ends.
    """

    __slots__ = ("_complex", "_complex_values", "_dataset", "_deepest", "_finish", "_row",
                 "_row_line", "_stack", "_starts")  # fmt: skip

    def __init__(self, dataset: OpenDataSet, finish: Callable[[], None], version: Version) -> None:
        self._finish, self._deepest = finish, dataset.deepest
        self._dataset, self._complex_values = dataset, version.complex_values
        self._complex: CompReading | MetadataReading | None = None
        self._row: list[str] = []
        self._row_line = 0
        self._stack = [_Inside.DATASET]
        self._starts: dict[_Inside, Callable[[str, list[str]], _Inside]] = {
            _Inside.DATASET: self._in_dataset,
            _Inside.GROUP: self._in_row,
            _Inside.SERIES: self._in_series,
            _Inside.FULL_SERIES: self._in_series,
            _Inside.ENDED_SERIES: self._in_nothing,
            _Inside.OBSERVATION: self._in_row,
            _Inside.COMP: partial(self._in_complex, _Inside.COMP),
            _Inside.METADATA: partial(self._in_complex, _Inside.METADATA),
            _Inside.SKIPPED: lambda _name, _attributes: _Inside.SKIPPED,
        }

    def start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        if len(stack) > self._deepest:
            raise self._dataset.too_deep()
        stack.append(self._starts[stack[-1]](name, attributes))

    def end(self, _name: str) -> None:
        inside = self._stack.pop()
        if inside in (_Inside.COMP, _Inside.METADATA):
            self._end_in_complex()
        elif inside in (_Inside.SERIES, _Inside.FULL_SERIES, _Inside.ENDED_SERIES, _Inside.GROUP):
            self._end_row(full=inside in (_Inside.FULL_SERIES, _Inside.ENDED_SERIES))
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
        if local == "Metadata" and self._complex_values:
            return self._metadata()
        if local not in ("Series", "Group") and not (local == "Atts" and self._complex_values):
            raise dataset.unexpected(local)
        self._row, self._row_line = attributes, dataset.line()
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
        if local == "Metadata" and self._complex_values:
            return self._metadata()
        if local != "Comp" or not self._complex_values:
            raise self._dataset.unexpected(local)
        self._read_on(CompReading(self._dataset, attributes))
        return _Inside.COMP

    def _metadata(self) -> _Inside:
        self._read_on(MetadataReading(self._dataset))
        return _Inside.METADATA

    def _read_on(self, reading: CompReading | MetadataReading) -> None:
        self._complex = reading
        self._dataset.feed.parser.CharacterDataHandler = reading.text

    def _in_complex(self, inside: _Inside, name: str, attributes: list[str]) -> _Inside:
        assert self._complex is not None
        self._complex.start(name, attributes)
        return inside

    def _in_nothing(self, name: str, attributes: list[str]) -> _Inside:
        raise self._dataset.unexpected(name.rpartition(" ")[2])

    def _end_in_complex(self) -> None:
        reading, dataset = self._complex, self._dataset
        assert reading is not None
        if not reading.end():
            return
        self._complex = dataset.feed.parser.CharacterDataHandler = None
        if isinstance(reading, CompReading):
            self._extend({reading.component: reading.cell})
        elif self._stack[-1] in (_Inside.DATASET, _Inside.FULL_SERIES):
            self._row_of_its_own(reading.cells)
        else:
            self._extend(reading.cells)

    def _extend(self, cells: Mapping[str, str]) -> None:
        """More of what is being read."""
        rows, line = self._dataset.rows, self._dataset.line()
        observed = self._stack[-1] is _Inside.OBSERVATION
        extend = rows.extend_observation if observed else rows.extend_open
        for component, cell in cells.items():
            extend(component, cell, line)

    def _row_of_its_own(self, cells: Mapping[str, str]) -> None:
        """Metadata of a series or data set whose rows have gone already: a row of the key."""
        dataset, line, key = self._dataset, self._dataset.line(), list[str]()
        if self._stack[-1] is _Inside.FULL_SERIES:
            given = zip(self._row[::2], self._row[1::2], strict=True)
            known = dataset.plan.structure.layout.dimensions
            key = [text for name, value in given if name in known for text in (name, value)]
            self._stack[-1] = _Inside.ENDED_SERIES
        dataset.rows.close()
        dataset.make_room()
        dataset.rows.open(key, line)
        self._extend(cells)
        dataset.rows.attributes_only(line)
        dataset.rows.close()

    def _observation(self, attributes: list[str]) -> _Inside:
        self._dataset.make_room()
        self._dataset.rows.observation(attributes, self._dataset.line())
        return _Inside.OBSERVATION

    def _end_row(self, *, full: bool) -> None:
        if not full:
            self._dataset.make_room()
            self._dataset.rows.attributes_only(self._row_line)
        self._dataset.rows.close()
