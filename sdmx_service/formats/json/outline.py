"""An SDMX-JSON data message without its observations: what is read before any row can be.

JSON lets structures follow the data and the action of a data set follow its series, so a message
is walked twice: here for all but the rows, then for the rows. Nothing is known here of what a
member means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.values import MARKS

DATA_SET = "data.dataSets.item"
ROWS = ("dimensionGroupAttributes", "series", "observations")
"""Members of a data set that hold rows; in the outline each is the number of its entries."""
_ROWS = frozenset(f"{DATA_SET}.{name}" for name in ROWS)
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(f"[\0{''.join(MARKS)}]")
_TEXTS = frozenset(["string", "map_key"])
_STARTS, _ENDS = frozenset(["start_map", "start_array"]), frozenset(["end_map", "end_array"])


class View:
    """A file read from its beginning, whatever other views of it read meanwhile.

    ``unused``: bytes read since it was last set to 0: a parser that reads on and says nothing is
    in the midst of an endless text. Beyond ``longest`` reading is refused; None = never.
    """

    def __init__(self, source: BinaryIO, longest: int | None = None) -> None:
        source.seek(0)
        self.unused = 0
        self._source, self._longest = source, longest
        self._at = len(_BOM) if source.read(len(_BOM)) == _BOM else 0

    def read(self, size: int) -> bytes:
        if self._longest is not None and self.unused > self._longest:
            raise malformed(f"a text longer than {self._longest} bytes")
        self._source.seek(self._at)
        data = self._source.read(size)
        self._at += len(data)
        self.unused += len(data)
        return data


def read_outline(source: BinaryIO, limits: Limits) -> dict[str, Any]:
    """The message as an object, its rows left out.

    Raises Refused for what is no JSON (``NaN`` among it), nested too deep, too large beside its
    rows, or ambiguous by a member given twice, and for characters that no text may have.
    """
    walk, view = _Walk(limits), View(source, limits.token_bytes)
    try:
        for prefix, event, value in ijson.parse(view):
            view.unused = 0
            walk.take(prefix, event, value)
    except ijson.JSONError as error:
        raise malformed(str(error).partition("\n")[0]) from error
    if not isinstance(walk.builder.value, dict):
        raise malformed("no object")
    return walk.builder.value


def entries(source: BinaryIO, member: str) -> Iterator[tuple[str, Any]]:
    """The entries of a member of ROWS, of one data set after the other."""
    return iter(ijson.kvitems(View(source), f"{DATA_SET}.{member}"))


def malformed(reason: str, component: str | None = None, at: str = "") -> Refused:
    """The refusal of a message that cannot be understood, at a component if at any. ``at``: the
    JSON pointer (RFC 6901) of what is wrong, empty where it is not known."""
    said = f"{reason}: {at}" if at else reason
    return refuse("JSON_MALFORMED", Location(component=component), reason=said)


def placed(refused: Refused, at: str) -> Refused:
    """The refusal of a value, which does not know its own place, with the place."""
    problem = refused.problem
    return malformed(str(problem.arguments["reason"]), problem.location.component, at)


class _Walk:
    """Events → an object; those within rows are counted only."""

    def __init__(self, limits: Limits) -> None:
        self.builder = ijson.ObjectBuilder()
        self._limits = limits
        self._depth = self._size = self._count = 0
        self._within: str | None = None
        self._given: set[str] = set()

    def take(self, prefix: str, event: str, value: Any) -> None:
        if event in _TEXTS:
            self._check_text(value)
        elif event in _STARTS:
            self._depth += 1
            if self._depth > self._limits.xml_depth:
                raise malformed(f"deeper than {self._limits.xml_depth}")
        elif event in _ENDS:
            self._depth -= 1
        if self._within is not None:
            self._count_rows(prefix, event)
        elif prefix in _ROWS and event != "null":
            self._begin_rows(prefix, event)
        else:
            self._build(prefix, event, value)

    def _check_text(self, text: str) -> None:
        found = _CONTROL.search(text)
        if found is None:
            return
        if found[0] == "\0":
            raise refuse("MESSAGE_NUL")
        raise refuse("CONTROL_CHARACTER", found=f"U+{ord(found[0]):04X}")

    def _begin_rows(self, prefix: str, event: str) -> None:
        if event != "start_map":
            raise malformed(f"{prefix} is no object")
        self._once(prefix)
        self._within, self._count = prefix, 0

    def _count_rows(self, prefix: str, event: str) -> None:
        if prefix != self._within:
            return
        if event == "map_key":
            self._count += 1
        elif event == "end_map":
            self.builder.event("number", self._count)
            self._within = None

    def _build(self, prefix: str, event: str, value: Any) -> None:
        if event == "start_map" and prefix == DATA_SET:
            self._given -= _ROWS
        elif event in _STARTS and prefix in ("data", "data.dataSets"):
            self._once(prefix)
        self._size += 8 + (len(value) if isinstance(value, str) else 0)
        if self._size > self._limits.structure_bytes:
            raise refuse("MESSAGE_TOO_LARGE", limit=self._limits.structure_bytes)
        self.builder.event(event, value)

    def _once(self, prefix: str) -> None:
        if prefix in self._given:
            raise malformed(f"{prefix} stands there twice")
        self._given.add(prefix)
