"""Files that hold a whole dataflow, or all of one area: nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sdmx_service.model.refs import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFile:
    """One file. ``area``: code of the reference area it is limited to, None for all of the
    dataflow. ``first`` and ``last``: its earliest and latest period, None where the structure has
    no time. ``sha256``: of the bytes as they are sent."""

    name: str
    format: str
    area: str | None
    rows: int
    bytes: int
    sha256: str
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEdition:
    """All files of a dataflow in one state of its public figures; ``changed``: when those last
    did."""

    dataflow: Ref
    state: str
    changed: datetime
    files: tuple[BulkFile, ...]

    def file(self, name: str) -> BulkFile | None:
        """The file of this name."""
        return next((file for file in self.files if file.name == name), None)
