"""Bulk files: every public dataflow, and each of its reference areas, as files to download.

They hold what anyone may see and nothing else: each is made by an anonymous query. An edition
belongs to one state of the public figures. It is made when something is published, and looked at
again before every answer, so that a file never shows what is public no more, nor lacks a release
that has opened.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.access.principal import ANONYMOUS
from sdmx_service.formats.compression import IDENTITY, compressed_pieces
from sdmx_service.formats.media import CSV_21, PARQUET
from sdmx_service.formats.table import DATA_WRITERS
from sdmx_service.model.bulk import BulkEdition, BulkFile
from sdmx_service.model.message import OutDataSet, WriteOptions
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import ArtefactSelection, ComponentFilter, DataQuery, Operator, Term
from sdmx_service.model.refs import Ref
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.state import fingerprint
from sdmx_service.model.structures import Dataflow
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.time import parse_period
from sdmx_service.registry.registry import Registry
from sdmx_service.service.data import PreparedData, answer_data, prepare_data
from sdmx_service.service.hub import Hub

AREA = "REF_AREA"
"""The dimension whose codes have files of their own (SDMX cross-domain concept)."""
_LOOK_SECONDS = 60.0
_log = logging.getLogger("sdmx_service")


@dataclass(frozen=True, slots=True)
class _Format:
    """How a file is written: format id, content coding of the file itself, end of its name."""

    id: str
    coding: str
    ending: str


_FORMATS = (
    _Format(CSV_21.format, "gzip", "csv.gz"),
    _Format(PARQUET.format, IDENTITY, "parquet"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEntry:
    """A line of the table of contents. ``area``: name of the reference area, empty for all."""

    dataflow: Dataflow
    edition: BulkEdition
    file: BulkFile
    area: LocalisedText

    @property
    def path(self) -> str:
        """Where the file is, below the folder of all."""
        ref = self.dataflow.ref
        return f"{ref.agency}/{ref.id}/{ref.version or '1.0'}/{self.file.name}"


def contents(hub: Hub) -> tuple[BulkEntry, ...]:
    """Every file there is now, by dataflow; what is of all areas first."""
    found, registry = [], hub.registry
    for edition in _editions(hub, registry):
        context = registry.structure_context(edition.dataflow)
        areas = context.codelists.get(AREA)
        names = {code.id: code.about.names for code in areas.items} if areas else {}
        found += [
            BulkEntry(
                dataflow=context.dataflow,
                edition=edition,
                file=file,
                area=names.get(file.area or "", LocalisedText()),
            )
            for file in edition.files
        ]
    return tuple(found)


def find_file(hub: Hub, dataflow: Ref, name: str) -> tuple[BulkEdition, BulkFile, Path]:
    """A file of the current edition. Raises Refused (PATH_UNKNOWN) where there is none."""
    registry = hub.registry
    flow = registry.get(dataflow)
    edition = _edition_of(hub, registry, flow) if isinstance(flow, Dataflow) else None
    file = edition.file(name) if edition else None
    if edition is None or file is None:
        raise refuse("PATH_UNKNOWN", found=name)
    return edition, file, hub.bulk.path(edition, file)


def _editions(hub: Hub, registry: Registry) -> Iterator[BulkEdition]:
    """The current edition of every dataflow that has public figures, in the registry's order."""
    found = (_edition_of(hub, registry, flow) for flow in registry.dataflows())
    return (edition for edition in found if edition)


def _edition_of(hub: Hub, registry: Registry, flow: Dataflow) -> BulkEdition | None:
    """The current edition of a dataflow, made now where there is none; None without figures."""
    shown = hub.bulk.edition(flow.ref)
    state, changed = _state(hub, registry, flow.ref)
    if shown is not None and shown.state == state:
        return shown
    with _MAKING:
        # Whoever waited for another's making finds it done.
        state, changed = _state(hub, registry, flow.ref)
        shown = hub.bulk.edition(flow.ref)
        if changed is None:
            hub.bulk.withdraw(flow.ref)
            return None
        if shown is not None and shown.state == state:
            return shown
        at = hub.clock.now()
        return hub.bulk.publish(
            flow.ref, state, lambda folder: (changed, _make(hub, registry, flow.ref, at, folder))
        )


class BulkWorker:
    """Makes new editions in the background, after a publication and when a release has opened."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bulk", daemon=True)

    def start(self) -> None:
        """Begin; the first round is at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the file under way."""
        self._ended.set()
        self._hub.changed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._hub.changed.clear()
            for flow in self._hub.registry.dataflows():
                if not self._ended.is_set():
                    self._refresh(flow.ref)
            self._hub.changed.wait(_LOOK_SECONDS)

    def _refresh(self, dataflow: Ref) -> None:
        registry = self._hub.registry
        flow = registry.get(dataflow)
        try:
            if isinstance(flow, Dataflow):
                _edition_of(self._hub, registry, flow)
        except Exception as error:  # A bug in one dataflow must not end the others' files.
            _log.error("bulk files of %s: %s", dataflow.short, type(error).__name__)


_MAKING = threading.Lock()
"""One edition is made at a time: it is work for one core, and disk."""


def _state(hub: Hub, registry: Registry, dataflow: Ref) -> tuple[str, datetime | None]:
    """What the public figures of a dataflow are now, as a name, and when they last changed."""
    prepared = _prepare(hub, registry, dataflow)
    visible = [(query.layout.columns, query.agreements) for _, query in prepared.queries]
    return fingerprint(visible, prepared.changed, _FORMATS), prepared.changed


def _prepare(
    hub: Hub,
    registry: Registry,
    dataflow: Ref,
    at: datetime | None = None,
    area: str | None = None,
) -> PreparedData:
    version = dataflow.version or "*"
    chosen = ArtefactSelection(agencies=(dataflow.agency,), ids=(dataflow.id,), versions=(version,))
    filters = (ComponentFilter(AREA, ((Term(Operator.EQ, area),),)),) if area else ()
    query = DataQuery(
        artefacts=chosen, filters=filters, as_of=at, dimension_at_observation=ALL_DIMENSIONS
    )
    return prepare_data(hub, registry, ANONYMOUS, query)


def _make(
    hub: Hub, registry: Registry, dataflow: Ref, at: datetime, folder: Path
) -> list[BulkFile]:
    """Write every file of an edition, all of the state at one instant."""
    areas: list[str] = []
    whole = _prepare(hub, registry, dataflow, at)
    files = [_write(hub, whole, folder, form, None, areas) for form in _FORMATS]
    for area in sorted(set(areas)):
        part = _prepare(hub, registry, dataflow, at, area)
        files += [_write(hub, part, folder, form, area, []) for form in _FORMATS]
    return files


def _write(
    hub: Hub,
    prepared: PreparedData,
    folder: Path,
    form: _Format,
    area: str | None,
    areas: list[str],
) -> BulkFile:
    seen = _Seen(areas)
    answer = answer_data(hub, prepared)
    header = hub.header(prepared.state, prepared.prepared)
    options = WriteOptions(dimension_at_observation=ALL_DIMENSIONS)
    datasets = (seen.watched(dataset) for dataset in answer.datasets)
    pieces = DATA_WRITERS[form.id](header, datasets, options)
    name = f"{prepared.ids[0]}{'_' + area if area else ''}.{form.ending}"
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("wb") as file:
        for piece in compressed_pieces(pieces, form.coding):
            digest.update(piece)
            size += file.write(piece)
    first, last = seen.ends()
    return BulkFile(
        name=name,
        format=form.id,
        area=area,
        rows=seen.rows,
        bytes=size,
        sha256=digest.hexdigest(),
        first=first,
        last=last,
    )


@dataclass(slots=True)
class _Seen:
    """What went into a file: ``areas`` (filled here), rows, periods."""

    areas: list[str]
    rows: int = 0
    periods: set[str] = field(default_factory=set)

    def watched(self, dataset: OutDataSet) -> OutDataSet:
        """The data set, whose rows are counted as they pass."""
        part = dataset.slice
        if AREA in part.layout.dimensions:
            self.areas += pc.unique(part.series[AREA].cast(pa.string())).drop_null().to_pylist()
        return replace(dataset, slice=replace(part, observations=self._rows(dataset)))

    def _rows(self, dataset: OutDataSet) -> Iterator[pa.RecordBatch]:
        time = dataset.slice.layout.time
        for batch in dataset.slice.observations:
            self.rows += batch.num_rows
            if time:
                self.periods.update(pc.unique(batch.column(time)).to_pylist())
            yield batch

    def ends(self) -> tuple[str | None, str | None]:
        """The earliest and the latest period."""
        ordered = sorted(self.periods, key=lambda text: (parse_period(text).start, text))
        return (ordered[0], ordered[-1]) if ordered else (None, None)
