"""Data messages on the way in and out: headers, data sets, batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from sdmx_service.model.columns import Layout
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Codelist, ConceptScheme, Dataflow, DataStructure
from sdmx_service.model.text import LocalisedText


class Action(StrEnum):
    """What a data set does to what is kept; the three the hub knows (docs: Actions)."""

    MERGE = "Merge"
    REPLACE = "Replace"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Header of a data message, read or to be written."""

    id: str = ""
    test: bool = False
    prepared: datetime | None = None
    sender: str = ""
    receivers: tuple[str, ...] = ()
    names: LocalisedText = LocalisedText()
    sources: LocalisedText = LocalisedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureUse:
    """What a data set says it is reported for, resolved.

    ``declared`` is the dataflow, data structure or provision agreement the message names.
    ``data_structure`` has metadata attributes in use among its attributes; ``repeated``: those
    for which there is no column, since one above them may stand there several times.
    """

    declared: Ref
    data_structure: DataStructure
    layout: Layout
    repeated: frozenset[str] = frozenset()


ResolveStructure = Callable[[Ref], StructureUse | None]
"""Looks up what a message names; a version of None means the latest. None where it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataBatch:
    """Rows of one data set of a message, in the order of the message.

    Columns: ``structure.layout.schema()``. ``dataset`` counts the data sets from 0; a CSV file
    starts a new one where structure or action change. ``declared_action`` is the word used in
    the message (``Append``, ``I`` …), or None where it gives none.
    """

    dataset: int
    structure: StructureUse
    action: Action
    declared_action: str | None
    rows: pa.RecordBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class DataMessage:
    """A data message being read; ``batches`` can be walked once."""

    format: str
    header: Header
    batches: Iterator[DataBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Rows of one data set being served: series first, then observations, in series order.

    ``series`` has ``layout.series_schema()``; ``observations`` yield ``layout.
    observation_schema()`` batches, SERIES never decreasing, periods in time order, unless the query
    sorts otherwise; where it sorts by time or a value of the observation before a dimension (of
    flat answers only) the rows of several series alternate: then ``alternating``, and SERIES comes
    in any order. Columns that a query did not ask for are there, all null. A masked row has only
    key and OBS_STATUS. A slice of keys only yields no observations. Walk ``observations`` once,
    then ``close`` it.
    """

    layout: Layout
    action: Action = Action.REPLACE
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    dataset_attributes: Mapping[str, str] = field(default_factory=dict)
    alternating: bool = False
    series: pa.Table
    observations: Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureContext:
    """What a writer needs to know of the structures behind a data set.

    ``usage`` is the artefact the data were asked by: a dataflow or a provision agreement.
    ``codelists`` and ``concepts`` are complete for every component of the data structure:
    component id → its code list, component id → localised name of its concept. The data
    structure has the metadata attributes in use among its attributes.
    """

    usage: Ref
    dataflow: Dataflow
    data_structure: DataStructure
    codelists: Mapping[str, Codelist]
    concepts: Mapping[str, LocalisedText]
    concept_schemes: tuple[ConceptScheme, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutDataSet:
    """One data set to write: what it is reported for and its rows."""

    context: StructureContext
    slice: Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """How data are written.

    ``dimension_at_observation``: a dimension's id, time's for series (the layout of each slice
    has the same in the place of time), or ``AllDimensions`` (flat).
    ``series_keys_only``/``attributes``/``measures`` False: those parts are left out of the text.
    ``labels``: CSV ``id``, ``name`` or ``both``. ``languages``: best first.
    ``keys``: CSV 2.x extra columns ``none``, ``obs``, ``series``, ``both``. ``time_format``: CSV
    ``original``, or ``normalized``: periods as days.
    """

    dimension_at_observation: str = "TIME_PERIOD"
    labels: str = "id"
    keys: str = "none"
    time_format: str = "original"
    languages: tuple[str, ...] = ("en",)
    attributes: bool = True
    measures: bool = True
    observations: bool = True
