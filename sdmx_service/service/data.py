"""The way out: query → what the caller may see of it → slices to write."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sdmx_service.access.gate import AgreementPolicy, AuthorisedQuery, Selection, authorise
from sdmx_service.access.principal import Principal
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import OutDataSet, StructureContext
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import (
    ArtefactSelection,
    ComponentFilter,
    Context,
    DataQuery,
    Operator,
    StructureQuery,
    Term,
)
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.schema import ALL_DIMENSIONS
from sdmx_service.model.state import fingerprint
from sdmx_service.model.structures import Dataflow, ProvisionAgreement
from sdmx_service.registry.registry import Registry
from sdmx_service.service.hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAnswer:
    """Data sets to write, walked once. ``empty``: nothing the caller may see matches.

    ``attributes``, ``measures``, ``observations``: which parts were asked for at all.
    """

    datasets: Iterator[OutDataSet]
    empty: bool
    dimension_at_observation: str
    attributes: bool
    measures: bool
    observations: bool


@dataclass(frozen=True, slots=True)
class _Usage:
    """One data set of the answer: what it is asked by and which agreements feed it."""

    ref: Ref
    context: StructureContext
    layout: Layout
    policies: tuple[AgreementPolicy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedData:
    """A data query, authorised. ``state`` names what its answer shows; ``changed``: when what the
    caller may see last did, None where there is nothing; ``prepared``: that or when the
    structures last did, whichever is later."""

    query: DataQuery
    queries: tuple[tuple[_Usage, AuthorisedQuery], ...]
    state: str
    changed: datetime | None
    prepared: datetime


def query_data(hub: Hub, principal: Principal, query: DataQuery) -> DataAnswer:
    """Answer a data query. Raises Refused where the query names what does not exist."""
    return answer_data(hub, prepare_data(hub, principal, query))


def prepare_data(hub: Hub, principal: Principal, query: DataQuery) -> PreparedData:
    """Authorise a data query and say what state its answer shows; nothing is scanned.

    The state is that of the registry, of the agreements the principal sees, and of the latest
    change of theirs up to now, which is when masks are taken whatever instant is asked for: what
    others publish changes nothing in it. Raises Refused where the query names what is not there.
    """
    now, registry = hub.clock.now(), hub.registry
    usages = _usages(registry, query)
    if not usages:
        raise refuse("ARTEFACT_UNKNOWN", found=_asked(query.artefacts))
    queries = tuple((usage, _authorise(principal, usage, query, now)) for usage in usages)
    # The state before the rows: should something be published between, the rows are newer than
    # their tag, and the next request gets them again; the other way round they would be stale.
    changes = [_last_change(hub, principal, usage, now) for usage in usages]
    visible = [(usage.ref, authorised.agreements) for usage, authorised in queries]
    known = [change for change in changes if change]
    return PreparedData(
        query=query,
        queries=queries,
        state=fingerprint(registry.version, query, visible, changes),
        changed=max(known, default=None),
        prepared=max(registry.changed, *known) if known else registry.changed,
    )


def _last_change(hub: Hub, principal: Principal, usage: _Usage, now: datetime) -> datetime | None:
    asked = authorise(principal, usage.layout, Selection(at=now), usage.policies, now=now)
    return hub.store.last_change(asked) if asked.agreements else None


def answer_data(hub: Hub, prepared: PreparedData) -> DataAnswer:
    """Scan what was prepared."""
    query, queries = prepared.query, prepared.queries
    usages = [usage for usage, _ in queries]
    datasets = _datasets(hub, queries)
    first = next(datasets, None)
    return DataAnswer(
        datasets=itertools.chain([first] if first else [], datasets),
        empty=first is None,
        dimension_at_observation=_at_observation(query, usages[0].layout),
        attributes=query.attributes != ("none",),
        measures=any(_chosen_measures(query, usage.layout) for usage in usages),
        observations=any(a.selection.observations for _, a in queries),
    )


def _datasets(
    hub: Hub, queries: tuple[tuple[_Usage, AuthorisedQuery], ...]
) -> Iterator[OutDataSet]:
    for usage, authorised in queries:
        for part in hub.store.scan(authorised):
            if part.series.num_rows:
                yield OutDataSet(context=usage.context, slice=part)


def _usages(registry: Registry, query: DataQuery) -> list[_Usage]:
    if query.context is Context.PROVISION_AGREEMENT:
        return [
            _usage(registry, agreement.ref, (agreement,))
            for agreement in _find(registry, ArtefactClass.PROVISION_AGREEMENT, query.artefacts)
            if isinstance(agreement, ProvisionAgreement)
        ]
    return [
        _usage(registry, flow.ref, _agreements(registry, flow.ref, query.providers))
        for flow in _dataflows(registry, query)
    ]


def _dataflows(registry: Registry, query: DataQuery) -> list[Dataflow]:
    if query.context is not Context.DATA_STRUCTURE:
        found = _find(registry, ArtefactClass.DATAFLOW, query.artefacts)
        return [flow for flow in found if isinstance(flow, Dataflow)]
    found = _find(registry, ArtefactClass.DATA_STRUCTURE, query.artefacts)
    flows = (flow for entry in found for flow in registry.dataflows_of(entry.ref))
    return list({flow.ref: flow for flow in flows}.values())


def _find(
    registry: Registry, artefact: ArtefactClass, selection: ArtefactSelection
) -> tuple[Dataflow | ProvisionAgreement, ...]:
    message = registry.select(StructureQuery(classes=(artefact,), artefacts=selection))
    return message.artefacts  # type: ignore[return-value]


def _agreements(
    registry: Registry, dataflow: Ref, providers: tuple[str, ...]
) -> tuple[ProvisionAgreement, ...]:
    agreements = registry.agreements_of(dataflow)
    if not providers:
        return agreements
    wanted = [tuple(provider.split(",")) for provider in providers]
    return tuple(
        agreement
        for agreement in agreements
        if any(_is_provider(agreement.data_provider, parts) for parts in wanted)
    )


def _is_provider(provider: Ref, parts: tuple[str, ...]) -> bool:
    return provider.item == parts[-1] and (len(parts) == 1 or provider.agency == parts[0])


def _usage(registry: Registry, ref: Ref, agreements: tuple[ProvisionAgreement, ...]) -> _Usage:
    context = registry.structure_context(ref)
    policies = tuple(registry.policy(agreement) for agreement in agreements)
    return _Usage(ref, context, layout_of(context.data_structure), policies)


def _authorise(
    principal: Principal, usage: _Usage, query: DataQuery, now: datetime
) -> AuthorisedQuery:
    selection = _selection(query, usage.layout, now)
    return authorise(principal, usage.layout, selection, usage.policies, now=now)


def _selection(query: DataQuery, layout: Layout, now: datetime) -> Selection:
    measures = _chosen_measures(query, layout)
    attributes = _chosen_attributes(query, layout)
    _check_keys(query, layout)
    return Selection(
        at=min(query.as_of, now) if query.as_of else now,
        keys=query.keys,
        filters=_filters(query, layout),
        first_observations=query.first_observations,
        last_observations=query.last_observations,
        updated_after=query.updated_after,
        include_history=query.include_history,
        components=frozenset(measures | attributes),
        observations=bool(measures or attributes & set(layout.observation_attributes)),
        offset=query.offset,
        limit=query.limit,
    )


def _chosen_measures(query: DataQuery, layout: Layout) -> set[str]:
    return _chosen(query.measures, {"all": layout.measures, "none": ()}, layout.measures)


def _chosen_attributes(query: DataQuery, layout: Layout) -> set[str]:
    everything = tuple(column.id for column in layout.attributes)
    words = {
        "dsd": everything,
        "all": everything,
        "none": (),
        "dataset": layout.dataset_attributes,
        "series": layout.series_attributes,
        "obs": layout.observation_attributes,
    }
    return _chosen(query.attributes, words, everything)


def _chosen(
    asked: tuple[str, ...], words: Mapping[str, tuple[str, ...]], known: tuple[str, ...]
) -> set[str]:
    chosen: set[str] = set()
    for word in asked:
        if word not in words and word not in known:
            raise refuse("QUERY_COMPONENT_UNKNOWN", component=word)
        chosen.update(words.get(word, (word,)))
    return chosen


def _check_keys(query: DataQuery, layout: Layout) -> None:
    for key in query.keys:
        if len(key) > len(layout.dimensions):
            place = Location(parameter="key")
            raise refuse(
                "QUERY_KEY_TOO_LONG", place, found=len(key), expected=len(layout.dimensions)
            )


def _filters(query: DataQuery, layout: Layout) -> tuple[ComponentFilter, ...]:
    for entry in query.filters:
        if entry.component not in layout.columns:
            place = Location(parameter=f"c[{entry.component}]")
            raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=entry.component)
    limits = [(Operator.GE, query.start_period), (Operator.LE, query.end_period)]
    terms = tuple(Term(operator, period) for operator, period in limits if period)
    if not terms or layout.time is None:
        return query.filters
    return (*query.filters, ComponentFilter(layout.time, (terms,)))


def _at_observation(query: DataQuery, layout: Layout) -> str:
    default = layout.time or ALL_DIMENSIONS
    asked = query.dimension_at_observation or default
    if asked not in (layout.time, ALL_DIMENSIONS):
        raise refuse("NOT_IMPLEMENTED", Location(parameter="dimensionAtObservation"), found=asked)
    return asked


def _asked(selection: ArtefactSelection) -> str:
    agencies, ids = ",".join(selection.agencies) or "*", ",".join(selection.ids) or "*"
    return f"{agencies}:{ids}({','.join(selection.versions)})"
