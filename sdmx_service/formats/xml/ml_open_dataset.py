"""The data set being read by expat: its rows so far, where the parser is, when to stop.

Shared by the readers of what stands inside a data set, and by the one of the message around it.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf

from sdmx_service.formats.xml.ml_dataset import DataSetPlan, refuse_twice
from sdmx_service.formats.xml.ml_gather import RowGatherer
from sdmx_service.formats.xml.ml_source import Feed, Place
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch
from sdmx_service.model.problem import Location, Refused, refuse

_AROUND = 2
"""Elements around what stands in a data set: the message and the data set itself."""


class PauseError(Exception):
    """Raised in a handler to leave expat at a safe place, directly inside the data set."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class OpenDataSet:
    """A data set being read; ``ready`` holds the batches nobody has taken yet.

    ``pause_at``: the byte at or after which reading pauses at the next safe place.
    """

    __slots__ = ("_most", "_problems", "feed", "limits", "pause_at", "plan", "ready", "rows")

    def __init__(
        self, plan: DataSetPlan, feed: Feed, limits: Limits, problems: ProblemCollector
    ) -> None:
        self.plan, self.feed, self.limits = plan, feed, limits
        self._problems, self._most = problems, limits.batch_rows
        self.rows = RowGatherer(plan, problems)
        self.ready: list[DataBatch] = []
        self.pause_at: float = inf

    def line(self) -> int:
        return self.feed.line()

    @property
    def deepest(self) -> int:
        """Elements inside one another that a data set may have."""
        return self.limits.xml_depth - _AROUND

    def too_deep(self) -> Refused:
        place = Location(line=self.line())
        return refuse("XML_TOO_DEEP", place, limit=self.limits.xml_depth)

    def check_length(self, length: int) -> None:
        """Refuse an element held in memory that is longer than a tag may be."""
        limit = self.limits.token_bytes
        if length > limit:
            raise refuse("XML_TOKEN_TOO_LONG", Location(line=self.line()), limit=limit)

    def pause_if_due(self) -> None:
        """To be called at safe places: before a child of the data set is read."""
        if self.feed.offset() >= self.pause_at:
            self.flush()
            raise PauseError(Place(self.feed.offset(), self.feed.line()))

    @property
    def has_rows(self) -> bool:
        return self.rows.any or self.rows.rows > 0

    def make_room(self) -> None:
        """To be called before a row is added: a full batch is put aside."""
        if self.rows.rows >= self._most:
            self.flush()

    def flush(self) -> None:
        if self.rows.rows:
            self.ready.append(self.plan.batch(self.rows.take()))

    def give_attributes(self, names: list[str], values: list[str], line: int) -> None:
        """Attributes of the data set that stand inside it, before all rows."""
        refuse_twice(names, line)
        for problem in self.plan.report(names, values, line):
            self._problems.add(problem)
        given = {
            name: value
            for name, value in zip(names, values, strict=True)
            if name in self.plan.components and value
        }
        self.plan = replace(self.plan, attributes={**self.plan.attributes, **given})
        self.rows.plan = self.plan

    def close(self) -> None:
        """The data set ends: what it says of itself is a row where it has no other."""
        self.flush()
        if not self.rows.any and self.plan.attributes:
            self.rows.attributes_only(self.plan.line)
            self.flush()

    def unexpected(self, local: str) -> Refused:
        return refuse("XML_ELEMENT_UNEXPECTED", Location(line=self.line()), found=local)
