"""Reads SDMX-JSON 1.0, 2.0 and 2.1 data messages as Arrow batches.

A message is walked twice (``outline``), the second time by one view of the file for each kind of
row. Memory is bounded by a batch, the largest series, and what stands beside the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa

from sdmx_service.formats.json.outline import ROWS, entries, malformed, read_outline
from sdmx_service.formats.json.read_dataset import DataSetPlan, plan
from sdmx_service.formats.json.read_rows import flat_rows, group_rows, lone_row, series_rows
from sdmx_service.formats.unknown_component import unknown_component
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataBatch, DataMessage, Header, ResolveStructure
from sdmx_service.model.problem import Location, Problem, refuse
from sdmx_service.model.text import LocalisedText

_EMBARGO_TIME = "EMBARGO_TIME"
_ROWS_OF = dict(zip(ROWS, (group_rows, series_rows, flat_rows), strict=True))


def read_json(
    source: BinaryIO, resolve: ResolveStructure, problems: ProblemCollector, limits: Limits
) -> DataMessage:
    """Read a message. A row's line is its number in the message: JSON has no lines to speak of.

    Raises Refused as ``read_outline`` and ``plan`` say, and for keys and places that name nothing.
    Source: SDMX-JSON 1.0, 2.0 and 2.1 field guides.
    """
    outline = read_outline(source, limits)
    data = outline.get("data")
    if not isinstance(data, dict):
        raise malformed("no object", at="/data")
    version = _version(outline, data)
    reading = _JsonReading(source, problems, limits, _plans(data, resolve, version, limits), data)
    return DataMessage(
        format=f"sdmx-json-{version}",
        header=_header(outline.get("meta") or {}),
        batches=reading.batches(),
    )


def _version(outline: dict[str, Any], data: dict[str, Any]) -> str:
    if "structure" in data:
        return "1.0"
    return "2.1" if "$schema" in outline else "2.0"


def _plans(
    data: dict[str, Any], resolve: ResolveStructure, version: str, limits: Limits
) -> list[DataSetPlan]:
    old = version == "1.0"
    structures = [data["structure"]] if old else data.get("structures")
    place = "/data/structure" if old else "/data/structures/{}"
    datasets = data.get("dataSets") or []
    if not isinstance(structures, list) or not isinstance(datasets, list):
        raise malformed("no list of structures or of data sets", at="/data")
    if len(datasets) > limits.datasets:
        raise refuse("DATASETS_TOO_MANY", limit=limits.datasets)
    found = []
    for number, stated in enumerate(datasets):
        index = stated.get("structure", 0) if isinstance(stated, dict) and not old else 0
        if not isinstance(index, int) or not 0 <= index < len(structures):
            raise malformed("no structure is meant", at=f"/data/dataSets/{number}/structure")
        at = place.format(index)
        found.append(plan(number, stated, structures[index], resolve, old=old, at=at))
    return found


def _header(meta: Any) -> Header:
    if not isinstance(meta, dict):
        return Header()
    sender, names = meta.get("sender"), meta.get("names")
    receivers = [item for item in meta.get("receivers") or [] if isinstance(item, dict)]
    texts = names if isinstance(names, dict) else {}
    return Header(
        id=str(meta.get("id") or ""),
        test=meta.get("test") is True,
        prepared=_instant(meta.get("prepared")),
        sender=str(sender.get("id") or "") if isinstance(sender, dict) else "",
        receivers=tuple(str(item.get("id") or "") for item in receivers),
        names=LocalisedText.of({tag: text for tag, text in texts.items() if isinstance(text, str)}),
    )


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


@dataclass(slots=True)
class _JsonReading:
    """A message being read: its data sets, and how many rows it has given."""

    source: BinaryIO
    problems: ProblemCollector
    limits: Limits
    plans: list[DataSetPlan]
    data: dict[str, Any]
    given: int = 0
    reported: set[str] = field(default_factory=set)

    def batches(self) -> Iterator[DataBatch]:
        views = {member: entries(self.source, member) for member in ROWS}
        for one, stated in zip(self.plans, self.data.get("dataSets") or [], strict=True):
            self._report_unknown(one)
            before = self.given
            for member, rows_of in _ROWS_OF.items():
                part = islice(views[member], stated.get(member) or 0)
                for rows in rows_of(one, part, self.limits.batch_rows):
                    yield self._numbered(one, rows)
            attributes = one.constant.keys() - set(one.use.layout.key)
            if self.given == before and attributes:
                yield self._numbered(one, lone_row(one))

    def _numbered(self, one: DataSetPlan, rows: pa.RecordBatch) -> DataBatch:
        lines = pa.array(range(self.given + 1, self.given + 1 + rows.num_rows), pa.int64())
        self.given += rows.num_rows
        return DataBatch(
            dataset=one.number,
            structure=one.use,
            action=one.action,
            declared_action=one.declared_action,
            rows=rows.append_column(pa.field(LINE, pa.int64()), lines),
        )

    def _report_unknown(self, one: DataSetPlan) -> None:
        """Components that the data structure does not have, each once."""
        known = one.use.layout.columns
        names = dict.fromkeys([*one.constant, *(item.id for item in one.components)])
        for name in names:
            if name in known or name in self.reported:
                continue
            self.reported.add(name)
            place = Location(dataset=one.number + 1, component=name)
            if name == _EMBARGO_TIME:
                self.problems.add(Problem("EMBARGO_UNSUPPORTED", {"found": name}, place))
            else:
                self.problems.add(unknown_component(one.use, name, place))
