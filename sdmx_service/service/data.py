"""The way out: query → what the caller may see of it → slices to write."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow.compute as pc

from sdmx_service.access.gate import AuthorisedQuery, Selection, authorise
from sdmx_service.access.principal import Principal
from sdmx_service.formats.cross_section import cross_section
from sdmx_service.model.message import OutDataSet, Slice
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import DataQuery
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.state import fingerprint
from sdmx_service.registry.registry import Registry
from sdmx_service.service.hub import Hub
from sdmx_service.service.selection import (
    chosen_attributes,
    chosen_measures,
    hidden_attributes,
    observation_dimension,
    selection_of,
)
from sdmx_service.service.usages import Usage, usages_of
from sdmx_service.storage.coverage import OBSERVATIONS
from sdmx_service.storage.lines import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAnswer:
    """Data sets to write, walked once. ``empty``: nothing the caller may see matches.

    ``series``: of the first data set. ``attributes``, ``measures``, ``observations``: which parts
    were asked for at all.
    """

    datasets: Iterator[OutDataSet]
    empty: bool
    series: int
    dimension_at_observation: str
    attributes: bool
    measures: bool
    observations: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedData:
    """A data query, authorised. ``state`` names what its answer shows; ``changed``: when what the
    caller may see last did, None where there is nothing; ``prepared``: that or when the
    structures last did, whichever is later. ``flat``: it will be written as a table."""

    principal: Principal
    query: DataQuery
    registry: Registry
    queries: tuple[tuple[Usage, AuthorisedQuery], ...]
    state: str
    changed: datetime | None
    prepared: datetime
    flat: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the dataflows or agreements the data sets are of."""
        return tuple(dict.fromkeys(usage.ref.id for usage, _ in self.queries))


def query_data(hub: Hub, principal: Principal, query: DataQuery) -> DataAnswer:
    """Answer a data query. Raises Refused where the query names what does not exist."""
    return answer_data(hub, prepare_data(hub, hub.registry, principal, query))


def prepare_data(
    hub: Hub, registry: Registry, principal: Principal, query: DataQuery, *, flat: bool = False
) -> PreparedData:
    """Authorise a data query and say what state its answer shows; nothing is scanned.

    The state is that of the registry, of the agreements the principal sees, and of the latest
    change of theirs up to now, which is when masks are taken whatever instant is asked for: what
    others publish changes nothing in it. Raises Refused where the query names what is not there.
    """
    now = hub.clock.now()
    usages = usages_of(registry, query.context, query.artefacts, query.providers)
    queries = tuple(
        (usage, _authorise(principal, usage, query, now, flat=flat)) for usage in usages
    )
    # The state before the rows: should something be published between, the rows are newer than
    # their tag, and the next request gets them again; the other way round they would be stale.
    changes = [_last_change(hub, principal, usage, now) for usage in usages]
    visible = [(usage.ref, authorised.agreements) for usage, authorised in queries]
    known = [change for change in changes if change]
    return PreparedData(
        principal=principal,
        query=query,
        registry=registry,
        queries=queries,
        state=fingerprint(registry.version, query, visible, changes),
        changed=max(known, default=None),
        prepared=max(registry.changed, *known) if known else registry.changed,
        flat=flat,
    )


def _last_change(hub: Hub, principal: Principal, usage: Usage, now: datetime) -> datetime | None:
    asked = authorise(principal, usage.layout, Selection(at=now), usage.policies, now=now)
    return hub.store.last_change(asked) if asked.agreements else None


def answer_data(hub: Hub, prepared: PreparedData, *, limit: int = 0) -> DataAnswer:
    """Scan what was prepared. Raises Refused: RESPONSE_TOO_LARGE beyond ``limit`` observations
    (0: any number), CROSS_SECTION_TOO_LARGE."""
    queries = prepared.queries
    count = sum(_size(hub, prepared.principal, *one) for one in queries) if limit else 0
    if count > limit:
        raise refuse("RESPONSE_TOO_LARGE", count=count, limit=limit)
    crossed = _is_crossed(prepared)
    return _answer(prepared, _cross_sections(hub, prepared) if crossed else _datasets(hub, queries))


def answer_kept(hub: Hub, prepared: PreparedData) -> DataAnswer | None:
    """The answer where it is small and all of it is kept in memory, so that it is made sooner
    than a thread takes it up; None otherwise."""
    if len(prepared.queries) > 1 or _is_crossed(prepared):
        return None
    ((usage, asked),) = prepared.queries
    slices = hub.store.scan_kept(asked)
    return _answer(prepared, _shown(usage, asked, slices)) if slices is not None else None


def _answer(prepared: PreparedData, datasets: Iterable[OutDataSet]) -> DataAnswer:
    query, usages = prepared.query, [usage for usage, _ in prepared.queries]
    datasets = (_with_columns(query, dataset) for dataset in datasets)
    first = next(datasets, None)
    return DataAnswer(
        datasets=itertools.chain([first] if first else [], datasets),
        empty=first is None,
        series=first.slice.series.num_rows if first else 0,
        dimension_at_observation=observation_dimension(query, usages[0].layout),
        attributes=any(chosen_attributes(query, usage.layout) for usage in usages),
        measures=any(chosen_measures(query, usage.layout) for usage in usages),
        observations=any(asked.selection.observations for _, asked in prepared.queries),
    )


def _size(hub: Hub, principal: Principal, usage: Usage, asked: AuthorisedQuery) -> int:
    """How many observations the answer has; those of changes are counted by walking them."""
    selection = asked.selection
    if not selection.observations:
        return 0
    if selection.include_history or selection.updated_after is not None:
        parts = hub.store.scan(asked)
        return sum(batch.num_rows for part in parts for batch in part.observations)
    whole = replace(selection, order=(), offset=0, limit=None)
    every = authorise(principal, usage.layout, whole, usage.policies, now=asked.now)
    count: int = pc.sum(hub.store.coverage(every)[OBSERVATIONS], min_count=0).as_py()
    left = max(count - selection.offset, 0)
    return left if selection.limit is None else min(left, selection.limit)


def _is_crossed(prepared: PreparedData) -> bool:
    """Whether another dimension than time is at the observation, in one of the data sets."""
    observations = any(asked.selection.observations for _, asked in prepared.queries)
    return (
        observations
        and not prepared.flat
        and any(_has_other(prepared.query, usage) for usage, _ in prepared.queries)
    )


def _has_other(query: DataQuery, usage: Usage) -> bool:
    at = observation_dimension(query, usage.layout)
    return at not in (usage.layout.time, ALL_DIMENSIONS)


def _datasets(hub: Hub, queries: tuple[tuple[Usage, AuthorisedQuery], ...]) -> Iterator[OutDataSet]:
    for usage, authorised in queries:
        yield from _shown(usage, authorised, hub.store.scan(authorised))


def _shown(
    usage: Usage, authorised: AuthorisedQuery, slices: Iterable[Slice]
) -> Iterator[OutDataSet]:
    asked = authorised.selection
    changes = asked.include_history or asked.updated_after is not None
    for part in slices:
        # Among changes, attributes of the data set may be all that has changed.
        if part.series.num_rows or (changes and part.dataset_attributes):
            yield OutDataSet(context=usage.context, slice=part)


def _with_columns(query: DataQuery, dataset: OutDataSet) -> OutDataSet:
    """The data set with the columns that are to be shown, whatever it was chosen or sorted by."""
    layout = dataset.slice.layout
    hidden = hidden_attributes(query, layout)
    if not hidden:
        return dataset
    return replace(dataset, slice=shown(dataset.slice, layout.without(hidden)))


def _cross_sections(hub: Hub, prepared: PreparedData) -> list[OutDataSet]:
    """All of them at once, for what is too large must be known before anything is sent."""
    made, left = [], hub.limits.cross_section_observations
    for usage, asked in prepared.queries:
        at = observation_dimension(prepared.query, usage.layout)
        for dataset in _datasets(hub, ((usage, asked),)):
            if _has_other(prepared.query, usage):
                part = cross_section(dataset.slice, at, asked.selection.order, left)
                left -= part.observations
                made.append(replace(dataset, slice=part.slice))
            else:
                made.append(dataset)
    return made


def _authorise(
    principal: Principal, usage: Usage, query: DataQuery, now: datetime, *, flat: bool
) -> AuthorisedQuery:
    selection = selection_of(query, usage.layout, now, flat=flat)
    return authorise(principal, usage.layout, selection, usage.policies, now=now)
