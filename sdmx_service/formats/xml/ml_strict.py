"""The strict reader of SDMX-ML data messages: every byte goes through expat.

It reads any message from its start, and can go on from a safe place inside a data set, where the
fast reader (ml_fast) stopped. Here: root, header, footer, where data sets begin and end; what
stands in them is read by ml_specific_read and ml_generic_read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import Protocol

from sdmx_service.formats.xml.ml_dataset import DataSetPlan, plan_dataset
from sdmx_service.formats.xml.ml_generic_read import GenericContent
from sdmx_service.formats.xml.ml_header_read import HeaderElement, Preamble, read_preamble
from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet, PauseError
from sdmx_service.formats.xml.ml_source import Feed, Place, XmlSource
from sdmx_service.formats.xml.ml_specific_read import SpecificContent
from sdmx_service.formats.xml.ml_versions import ML_21, VERSIONS, Version
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import DataBatch, ResolveStructure
from sdmx_service.model.problem import Location, refuse


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data message: its version, and whether it is generic."""

    version: Version
    generic: bool = False

    @property
    def format(self) -> str:
        return f"sdmx-ml-{self.version.name}-{'generic' if self.generic else 'structure-specific'}"


_ROOTS = {f"{version.base}message StructureSpecificData": Kind(version) for version in VERSIONS} | {
    f"{ML_21.base}message StructureSpecificTimeSeriesData": Kind(ML_21),
    f"{ML_21.base}message GenericData": Kind(ML_21, generic=True),
    f"{ML_21.base}message GenericTimeSeriesData": Kind(ML_21, generic=True),
}
_LOCAL_ROOTS = {name.rpartition(" ")[2] for name in _ROOTS}


class _Content(Protocol):
    """Reads what stands inside a data set, as handlers of the parser.

    ``check_length`` is called after each piece of text: it refuses what is held too long.
    """

    def start(self, name: str, attributes: list[str]) -> None: ...

    def end(self, name: str) -> None: ...

    def check_length(self) -> None: ...


class _Inside(Enum):
    """What the parser is inside of, outside data sets."""

    NOTHING = auto()
    ROOT = auto()
    HEADER = auto()
    SKIPPED = auto()


class StrictReading:
    """A message being read.

    ``kind`` and ``preamble`` are there once the header is read; ``plan`` while a data set is.
    ``place`` is where it paused, if it did, directly inside that data set; ``finished`` once all
    is read.
    """

    def __init__(
        self, source: XmlSource, resolve: ResolveStructure, problems: ProblemCollector
    ) -> None:
        self.kind = Kind(ML_21)
        self.preamble: Preamble | None = None
        self.finished = self.paused = False
        self.place = Place(0, 1)
        self._source, self._resolve, self._problems = source, resolve, problems
        self._feed = Feed(source, self.place)
        self._tags = [0, 0]  # where the root and the data set begin
        self._datasets = 0
        self._dataset: OpenDataSet | None = None
        self._content: _Content | None = None
        self._ready: list[DataBatch] = []
        self._header: list[HeaderElement] = []
        self._pause_at: float = inf
        self._stack = [_Inside.NOTHING]
        self._starts: dict[_Inside, Callable[[str, list[str]], _Inside | None]] = {
            _Inside.NOTHING: self._root,
            _Inside.ROOT: self._in_root,
            _Inside.HEADER: self._in_header,
            _Inside.SKIPPED: lambda _name, _attributes: _Inside.SKIPPED,
        }
        self._attach()

    @property
    def plan(self) -> DataSetPlan | None:
        return self._dataset.plan if self._dataset else None

    def _attach(self) -> None:
        """Hand the parser the handlers of where it is: in the message, or in a data set."""
        parser = self._feed.parser
        if self._content is None:
            parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        else:
            parser.StartElementHandler = self._content.start
            parser.EndElementHandler = self._content.end

    def open(self, pause_at: float) -> None:
        """Read the header; with what follows in the same piece of text it may pause already."""
        self._set_pause(pause_at)
        while self.preamble is None and not self.finished:
            self._step()
        if self.preamble is None:
            raise refuse("XML_HEADER_MISSING", Location(line=self._feed.line()))

    def read(self, pause_at: float = inf) -> Iterator[DataBatch]:
        """Read on; pause at the first Series, Group or flat Obs at or after this byte."""
        self._set_pause(pause_at)
        yield from self._take_ready()
        while not (self.finished or self.paused):
            self._step()
            yield from self._take_ready()

    def _step(self) -> None:
        try:
            self.finished = not self._feed.step()
            if self._content is not None:
                self._content.check_length()
        except PauseError as pause:
            self.paused, self.place = True, pause.place

    def resume(self, place: Place, *, any_rows: bool) -> None:
        """Go on from a safe place of the data set in which ``read`` paused."""
        prefix = b"".join(self._source.tag_at(offset) for offset in self._tags)
        self._feed, self.paused = Feed(self._source, place, prefix), False
        assert self._dataset is not None
        self._dataset.feed = self._feed
        self._dataset.rows.any = self._dataset.rows.any or any_rows
        self._attach()

    def _set_pause(self, pause_at: float) -> None:
        self._pause_at = pause_at
        if self._dataset is not None:
            self._dataset.pause_at = pause_at

    def _take_ready(self) -> list[DataBatch]:
        ready, self._ready = self._ready, []
        if self._dataset is not None:
            ready += self._dataset.ready
            self._dataset.ready = []
        return ready

    def _start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        if len(stack) > self._source.limits.xml_depth:
            limit = self._source.limits.xml_depth
            raise refuse("XML_TOO_DEEP", Location(line=self._feed.line()), limit=limit)
        inside = self._starts[stack[-1]](name, attributes)
        if inside is not None:
            stack.append(inside)

    def _end(self, _name: str) -> None:
        if self._stack.pop() is _Inside.HEADER:
            self._end_header()

    def _root(self, name: str, _attributes: list[str]) -> _Inside:
        namespace, _, local = name.rpartition(" ")
        place = Location(line=self._feed.line())
        if local not in _LOCAL_ROOTS:
            raise refuse("XML_ROOT_UNKNOWN", place, found=local)
        if name not in _ROOTS:
            raise refuse("XML_NAMESPACE_UNKNOWN", place, found=namespace)
        self.kind = _ROOTS[name]
        self._tags[0] = self._feed.offset()
        return _Inside.ROOT

    def _in_root(self, name: str, attributes: list[str]) -> _Inside | None:
        local = name.rpartition(" ")[2]
        if local == "Header" and self.preamble is None:
            self._feed.parser.CharacterDataHandler = self._header_text
            return self._in_header(name, attributes)
        if self.preamble is None:
            raise refuse("XML_HEADER_MISSING", Location(line=self._feed.line()))
        if local == "DataSet":
            self._begin_dataset(attributes)
            return None
        if local == "Footer":
            return _Inside.SKIPPED
        raise refuse("XML_ELEMENT_UNEXPECTED", Location(line=self._feed.line()), found=local)

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

    def _begin_dataset(self, attributes: list[str]) -> None:
        assert self.preamble is not None
        limits = self._source.limits
        if self._datasets >= limits.datasets:
            place = Location(line=self._feed.line())
            raise refuse("DATASETS_TOO_MANY", place, limit=limits.datasets)
        self._tags[1] = self._feed.offset()
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        plan = plan_dataset(
            self._datasets, self._feed.line(), given, self.preamble, self._resolve, self._problems
        )
        dataset = self._dataset = OpenDataSet(plan, self._feed, limits, self._problems)
        dataset.pause_at = self._pause_at
        if self.kind.generic:
            self._content = GenericContent(dataset, self._end_dataset)
        else:
            self._content = SpecificContent(dataset, self._end_dataset, self.kind.version)
        self._datasets += 1
        self._attach()

    def _end_dataset(self) -> None:
        assert self._dataset is not None
        self._dataset.close()
        self._ready += self._dataset.ready
        self._dataset = self._content = None
        self._attach()
