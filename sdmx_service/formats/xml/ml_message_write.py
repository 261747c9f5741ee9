"""Header of an SDMX-ML 2.1 data message, and the frame both kinds of data share.

How series and observations are written stands in the two writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from sdmx_service.formats.observation_level import observation_dimension
from sdmx_service.formats.splice import (
    Block,
    blocks,
    closing_observations,
    end_to_end,
    interleaved,
    pieces,
    with_empty_rows,
)
from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import Action, Header, OutDataSet, StructureContext, WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.text import LocalisedText

NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
ACTIONS = {Action.MERGE: "Append", Action.REPLACE: "Replace", Action.DELETE: "Delete"}
# The second is spelt so in the schema.
_USAGES = {
    ArtefactClass.DATAFLOW: "StructureUsage",
    ArtefactClass.PROVISION_AGREEMENT: "ProvisionAgrement",
    ArtefactClass.DATA_STRUCTURE: "Structure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEntry:
    """A Structure of the header. ``prefix``: of its namespace, in structure-specific data."""

    id: str
    prefix: str
    context: StructureContext
    observation_dimension: str

    @property
    def namespace(self) -> str:
        """Target namespace of the structure-specific schema (SDMX 2.1 section 3A)."""
        return f"{self.context.data_structure.ref.urn}:ObsLevelDim:{self.observation_dimension}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What generic and structure-specific data do differently.

    ``begin_series``, ``observations``: text of each series up to its observations, of each
    observation. ``flat``: text of each observation with its whole key.
    """

    root: str
    begin_series: Callable[[Layout, pa.Table, WriteOptions], pa.Array]
    end_series: str
    observations: Callable[[Layout, pa.RecordBatch, WriteOptions], pa.Array]
    flat: Callable[[Layout, Block, WriteOptions], pa.Array]
    begin_dataset: Callable[[OutDataSet, StructureEntry, WriteOptions], str]
    namespaces: Mapping[str, str]
    structures_have_namespaces: bool


def write_message(
    dialect: Dialect, header: Header, datasets: Sequence[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A whole message, piece by piece.

    Raises: FORMAT_CANNOT_CARRY for several measures, which SDMX 2.1 does not know.
    """
    for dataset in datasets:
        _refuse_several_measures(dataset)
    entries = [_entry(dataset, number, options) for number, dataset in enumerate(datasets, 1)]
    return _pieces(dialect, header, datasets, entries, options)


def set_attributes(dataset: OutDataSet, entry: StructureEntry, prefix: str = "") -> str:
    """The XML attributes every data set has."""
    attributes = {"structureRef": entry.id, "action": ACTIONS[dataset.slice.action]}
    if dataset.slice.valid_from:
        attributes["validFromDate"] = dataset.slice.valid_from.isoformat()
    if dataset.slice.valid_to:
        attributes["validToDate"] = dataset.slice.valid_to.isoformat()
    return "".join(f' {prefix}{name}="{value}"' for name, value in attributes.items())


def _refuse_several_measures(dataset: OutDataSet) -> None:
    measures = dataset.slice.layout.measures
    if len(measures) > 1:
        raise refuse("FORMAT_CANNOT_CARRY", Location(component=measures[1]), found=measures[1])


def _entry(dataset: OutDataSet, number: int, options: WriteOptions) -> StructureEntry:
    dimension = observation_dimension(dataset.slice.layout, options)
    return StructureEntry(
        id=f"STR{number}",
        prefix=f"d{number}",
        context=dataset.context,
        observation_dimension=dimension,
    )


def _pieces(
    dialect: Dialect,
    header: Header,
    datasets: Sequence[OutDataSet],
    entries: Sequence[StructureEntry],
    options: WriteOptions,
) -> Iterator[bytes]:
    with closing_observations(datasets):
        actions = {dataset.slice.action for dataset in datasets}
        with_namespaces = dialect.structures_have_namespaces
        head = _header(header, entries, actions, with_namespaces)
        yield (_root(dialect, entries) + head).encode()
        for dataset, entry in zip(datasets, entries, strict=True):
            yield from _dataset(dialect, dataset, entry, options)
        yield f"</m:{dialect.root}>\n".encode()


def _root(dialect: Dialect, entries: Sequence[StructureEntry]) -> str:
    namespaces = {"m": f"{NAMESPACE}message", "c": f"{NAMESPACE}common", **dialect.namespaces}
    if dialect.structures_have_namespaces:
        namespaces |= {entry.prefix: entry.namespace for entry in entries}
    declared = "".join(
        f' xmlns:{prefix}="{escaped_text(name)}"' for prefix, name in namespaces.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<m:{dialect.root}{declared}>\n'


def _dataset(
    dialect: Dialect, dataset: OutDataSet, entry: StructureEntry, options: WriteOptions
) -> Iterator[bytes]:
    yield dialect.begin_dataset(dataset, entry, options).encode()
    if entry.observation_dimension == ALL_DIMENSIONS:
        yield from _flat(dialect, dataset, options)
    else:
        yield from _series(dialect, dataset, options)
    yield b"</m:DataSet>\n"


def _flat(dialect: Dialect, dataset: OutDataSet, options: WriteOptions) -> Iterator[bytes]:
    layout = dataset.slice.layout
    for block in blocks(dataset.slice, observations=options.observations):
        yield from pieces(end_to_end(dialect.flat(layout, with_empty_rows(block), options)))


def _series(dialect: Dialect, dataset: OutDataSet, options: WriteOptions) -> Iterator[bytes]:
    layout, opened = dataset.slice.layout, False
    for block in blocks(dataset.slice, observations=options.observations):
        fresh = int(block.continued)
        heads = dialect.begin_series(layout, block.series.slice(fresh), options)
        numbers = np.arange(fresh, block.series.num_rows)
        rows = dialect.observations(layout, block.rows, options)
        text = interleaved(heads, numbers, rows, block.positions)
        # Each series begins by ending the one before, which the first has not.
        yield from pieces(text if opened else text[len(dialect.end_series) :])
        opened = True
    if opened:
        yield dialect.end_series.encode()


def _header(
    header: Header, entries: Sequence[StructureEntry], actions: set[Action], namespace: bool
) -> str:
    prepared = header.prepared or datetime.now(UTC)
    lines = [
        "<m:Header>",
        f"<m:ID>{escaped_text(header.id or 'UNNAMED')}</m:ID>",
        f"<m:Test>{'true' if header.test else 'false'}</m:Test>",
        f"<m:Prepared>{prepared.isoformat()}</m:Prepared>",
        f'<m:Sender id="{escaped_text(header.sender or "UNKNOWN")}"/>',
        *(f'<m:Receiver id="{escaped_text(receiver)}"/>' for receiver in header.receivers),
        *_texts("c:Name", header.names),
        *(_structure(entry, namespace) for entry in entries),
    ]
    if len(actions) == 1:
        lines.append(f"<m:DataSetAction>{ACTIONS[actions.pop()]}</m:DataSetAction>")
    lines += _texts("m:Source", header.sources)
    return "\n".join([*lines, "</m:Header>\n"])


def _texts(element: str, texts: LocalisedText) -> list[str]:
    return [
        f'<{element} xml:lang="{escaped_text(language)}">{escaped_text(text)}</{element}>'
        for language, text in texts
    ]


def _structure(entry: StructureEntry, namespace: bool) -> str:
    usage = entry.context.usage
    attributes = f'structureID="{entry.id}" dimensionAtObservation="{entry.observation_dimension}"'
    if namespace:
        attributes += f' namespace="{escaped_text(entry.namespace)}"'
    element = _USAGES[usage.artefact]
    return f"<m:Structure {attributes}><c:{element}>{_ref(usage)}</c:{element}></m:Structure>"


def _ref(ref: Ref) -> str:
    version = f' version="{escaped_text(ref.version)}"' if ref.version else ""
    return f'<Ref agencyID="{escaped_text(ref.agency)}" id="{escaped_text(ref.id)}"{version}/>'
