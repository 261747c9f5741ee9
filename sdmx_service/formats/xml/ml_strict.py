"""The strict reader of SDMX-ML 2.1 structure-specific data: every byte goes through expat.

It reads any message from its start, and can go on from a safe place inside a data set, where
the fast reader (ml_fast) stopped. What the elements mean stands in ml_dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from math import inf

from sdmx_service.formats.xml.ml_dataset import DataSetPlan, plan_dataset
from sdmx_service.formats.xml.ml_gather import RowGatherer
from sdmx_service.formats.xml.ml_header_read import HeaderElement, Preamble, read_preamble
from sdmx_service.formats.xml.ml_source import Feed, Place, XmlSource
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch, ResolveStructure
from sdmx_service.model.problem import Location, refuse

MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_ROOTS = ("StructureSpecificData", "StructureSpecificTimeSeriesData")
_IN_DATASET = ("Annotations", "DataProvider")


class _Inside(Enum):
    """What the parser is inside of."""

    NOTHING = auto()
    ROOT = auto()
    HEADER = auto()
    DATASET = auto()
    GROUP = auto()
    SERIES = auto()
    OBSERVATION = auto()
    SKIPPED = auto()


class _PauseError(Exception):
    """Raised in a handler to leave expat at a safe place."""


class StrictReading:
    """A message being read.

    ``preamble`` is there once the header is read; ``plan`` while a data set is. ``place`` is
    where it paused, if it did, directly inside that data set; ``finished`` once all is read.
    """

    def __init__(
        self, source: XmlSource, resolve: ResolveStructure, problems: ProblemCollector
    ) -> None:
        self.preamble: Preamble | None = None
        self.plan: DataSetPlan | None = None
        self.finished = self.paused = False
        self.place = Place(0, 1)
        self._source, self._resolve, self._problems = source, resolve, problems
        self._feed = Feed(source, self.place)
        self._tags = [0, 0]  # where the root and the data set begin
        self._datasets = 0
        self._rows: RowGatherer | None = None
        self._ready: list[DataBatch] = []
        self._header: list[HeaderElement] = []
        self._series_line, self._series_empty = 0, False
        self._pause_at: float = inf
        self._stack = [_Inside.NOTHING]
        self._starts = self._start_handlers()
        self._ends = self._end_handlers()
        self._attach()

    def _start_handlers(self) -> dict[_Inside, Callable[[str, list[str]], _Inside]]:
        return {
            _Inside.NOTHING: self._root,
            _Inside.ROOT: self._in_root,
            _Inside.HEADER: self._in_header,
            _Inside.DATASET: self._in_dataset,
            _Inside.GROUP: self._in_leaf,
            _Inside.SERIES: self._in_series,
            _Inside.OBSERVATION: self._in_leaf,
            _Inside.SKIPPED: lambda _name, _attributes: _Inside.SKIPPED,
        }

    def _end_handlers(self) -> dict[_Inside, Callable[[], None]]:
        return {
            _Inside.HEADER: self._end_header,
            _Inside.DATASET: self._end_dataset,
            _Inside.GROUP: self._end_group,
            _Inside.SERIES: self._end_series,
        }

    def _attach(self) -> None:
        self._feed.parser.StartElementHandler = self._start
        self._feed.parser.EndElementHandler = self._end

    def open(self, pause_at: float) -> None:
        """Read the header; with what follows in the same piece of text it may pause already."""
        self._pause_at = pause_at
        while self.preamble is None and not self.finished:
            self._step()
        if self.preamble is None:
            raise refuse("XML_HEADER_MISSING", Location(line=self._feed.line()))

    def read(self, pause_at: float = inf) -> Iterator[DataBatch]:
        """Read on; pause at the first Series, Group or flat Obs at or after this byte."""
        self._pause_at = pause_at
        yield from self._take_ready()
        while not (self.finished or self.paused):
            self._step()
            yield from self._take_ready()

    def _step(self) -> None:
        try:
            self.finished = not self._feed.step()
        except _PauseError:
            self.paused = True

    def resume(self, place: Place, *, any_rows: bool) -> None:
        """Go on from a safe place of the data set in which ``read`` paused."""
        prefix = b"".join(self._source.tag_at(offset) for offset in self._tags)
        self._feed, self.paused = Feed(self._source, place, prefix), False
        assert self._rows is not None
        self._rows.any = self._rows.any or any_rows
        self._attach()

    def _take_ready(self) -> list[DataBatch]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        if len(stack) > self._source.limits.xml_depth:
            limit = self._source.limits.xml_depth
            raise refuse("XML_TOO_DEEP", Location(line=self._feed.line()), limit=limit)
        stack.append(self._starts[stack[-1]](name, attributes))

    def _end(self, _name: str) -> None:
        ending = self._ends.get(self._stack.pop())
        if ending is not None:
            ending()

    def _root(self, name: str, _attributes: list[str]) -> _Inside:
        namespace, _, local = name.rpartition(" ")
        place = Location(line=self._feed.line())
        if local not in _ROOTS:
            raise refuse("XML_ROOT_UNKNOWN", place, found=local)
        if namespace != MESSAGE:
            raise refuse("XML_NAMESPACE_UNKNOWN", place, found=namespace)
        self._tags[0] = self._feed.offset()
        return _Inside.ROOT

    def _in_root(self, name: str, attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        if local == "Header" and self.preamble is None:
            self._feed.parser.CharacterDataHandler = self._header_text
            return self._in_header(name, attributes)
        if self.preamble is None:
            raise refuse("XML_HEADER_MISSING", Location(line=self._feed.line()))
        if local == "DataSet":
            return self._dataset(attributes)
        return _Inside.SKIPPED if local == "Footer" else self._unexpected(local)

    def _in_header(self, name: str, attributes: list[str]) -> _Inside:
        self._bound_header()
        given = {
            name.rpartition(" ")[2]: value
            for name, value in zip(attributes[::2], attributes[1::2], strict=True)
        }
        element = HeaderElement(name.rpartition(" ")[2], given, self._feed.line())
        if self._header:
            self._header[-1].children.append(element)
        self._header.append(element)
        return _Inside.HEADER

    def _header_text(self, text: str) -> None:
        self._bound_header()
        self._header[-1].text += text

    def _bound_header(self) -> None:
        """The header is held in memory: it may be no longer than one tag."""
        limit = self._source.limits.token_bytes
        if self._feed.offset() - self._tags[0] > limit:
            raise refuse("XML_TOKEN_TOO_LONG", Location(line=self._feed.line()), limit=limit)

    def _end_header(self) -> None:
        element = self._header.pop()
        if not self._header:
            self._feed.parser.CharacterDataHandler = None
            self.preamble = read_preamble(element)

    def _dataset(self, attributes: list[str]) -> _Inside:
        assert self.preamble is not None
        limit = self._source.limits.datasets
        if self._datasets >= limit:
            raise refuse("DATASETS_TOO_MANY", Location(line=self._feed.line()), limit=limit)
        self._tags[1] = self._feed.offset()
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.plan = plan_dataset(
            self._datasets, self._feed.line(), given, self.preamble, self._resolve, self._problems
        )
        self._rows = RowGatherer(self.plan, self._problems)
        self._datasets += 1
        return _Inside.DATASET

    def _in_dataset(self, name: str, attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        if local in _IN_DATASET:
            return _Inside.SKIPPED
        if self._feed.offset() >= self._pause_at:
            self._pause()
        return self._row_element(local, attributes)

    def _row_element(self, local: str, attributes: list[str]) -> _Inside:
        assert self._rows is not None
        line = self._feed.line()
        if local == "Obs":
            self._observation(attributes, line)
            return _Inside.OBSERVATION
        if local not in ("Series", "Group"):
            return self._unexpected(local)
        self._rows.open(attributes, line)
        self._series_line, self._series_empty = line, True
        return _Inside.SERIES if local == "Series" else _Inside.GROUP

    def _in_series(self, name: str, attributes: list[str]) -> _Inside:
        if name != "Obs" and name.rpartition(" ")[2] != "Obs":
            return self._in_leaf(name, attributes)
        self._series_empty = False
        self._observation(attributes, self._feed.line())
        return _Inside.OBSERVATION

    def _in_leaf(self, name: str, _attributes: list[str]) -> _Inside:
        local = name.rpartition(" ")[2]
        return _Inside.SKIPPED if local == "Annotations" else self._unexpected(local)

    def _observation(self, attributes: list[str], line: int) -> None:
        assert self._rows is not None
        self._rows.observation(attributes, line)
        if self._rows.rows >= self._source.limits.batch_rows:
            self._flush()

    def _end_series(self) -> None:
        assert self._rows is not None
        if self._series_empty:
            self._rows.attributes_only(self._series_line)
        self._rows.close()
        if self._rows.rows >= self._source.limits.batch_rows:
            self._flush()

    _end_group = _end_series

    def _end_dataset(self) -> None:
        assert self._rows is not None
        assert self.plan is not None
        self._flush()
        if not self._rows.any and self.plan.attributes:
            self._rows.attributes_only(self.plan.line)
            self._flush()
        self.plan = self._rows = None

    def _flush(self) -> None:
        assert self._rows is not None
        assert self.plan is not None
        if self._rows.rows:
            self._ready.append(self.plan.batch(self._rows.take()))

    def _pause(self) -> None:
        self._flush()
        self.place = Place(self._feed.offset(), self._feed.line())
        raise _PauseError

    def _unexpected(self, local: str) -> _Inside:
        raise refuse("XML_ELEMENT_UNEXPECTED", Location(line=self._feed.line()), found=local)
