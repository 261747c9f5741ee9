"""What is asked for, as paths of SDMX REST 2.x and 1.x."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ANY, LATEST = "*", "~"
"""Any agency and the latest version, in SDMX REST 2.x."""
_COLON = re.compile(r"^(?P<agency>[^:(),\s]+):(?P<id>[^:(),\s]+)(?:\((?P<version>[^()]+)\))?$")

Filters = Mapping[str, str | Sequence[str]]
"""Component id → a code, several codes (any of them), or ``operator:value``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """A question for data.

    ``dataflow``: ``DF_X``, ``AGENCY:DF_X(1.0.0)`` or ``AGENCY,DF_X,1.0.0``; without an agency
    any, without a version the latest. ``key``: codes joined by dots, ``*`` for any. ``start``
    and ``end``: SDMX periods, both included. ``last``: observations a series.
    """

    dataflow: str
    key: str = "*"
    start: str | None = None
    end: str | None = None
    filters: Filters | None = None
    last: int | None = None
    as_of: datetime | str | None = None

    @property
    def path(self) -> str:
        """Path and query string of SDMX REST 2.x."""
        agency, dataflow, version = (quote(part, safe="*+~") for part in parts_of(self.dataflow))
        key = "*" if self.key in ("", "all", "*") else quote(self.key, safe="*,")
        query = "&".join(f"{name}={value}" for name, value in self._parameters())
        path = f"/sdmx/v2/data/dataflow/{agency}/{dataflow}/{version}/{key}"
        return f"{path}?{query}" if query else path

    def _parameters(self) -> list[tuple[str, str]]:
        found = [(f"c[{name}]", _any_of(value)) for name, value in (self.filters or {}).items()]
        limits = [("ge", self.start), ("le", self.end)]
        span = "+".join(f"{operator}:{quote(end)}" for operator, end in limits if end)
        if span:
            found.append(("c[TIME_PERIOD]", span))
        if self.last is not None:
            found.append(("lastNObservations", str(self.last)))
        if self.as_of is not None:
            found.append(("asOf", quote(_instant(self.as_of))))
        return found


def parts_of(reference: str) -> tuple[str, str, str]:
    """Agency, id and version of a reference to an artefact. Raises ValueError where it is none."""
    if "," in reference:
        parts = [part.strip() for part in reference.split(",")]
        if len(parts) in (2, 3) and all(parts):
            return parts[0], parts[1], parts[2] if len(parts) == 3 else LATEST
    elif match := _COLON.match(reference.strip()):
        return match["agency"], match["id"], match["version"] or LATEST
    elif reference.strip() and not re.search(r"[:()/\s]", reference.strip()):
        return ANY, reference.strip(), LATEST
    raise ValueError(f"{reference!r} is none of DF_X, AGENCY:DF_X(1.0.0), AGENCY,DF_X,1.0.0")


def _any_of(value: str | Sequence[str]) -> str:
    values = [value] if isinstance(value, str) else value
    return ",".join(quote(entry, safe=":") for entry in values)


def _instant(as_of: datetime | str) -> str:
    if isinstance(as_of, str):
        return as_of
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone")
    return as_of.isoformat()
