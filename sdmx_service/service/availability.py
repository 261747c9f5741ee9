"""What data there are for a query: values, counts and days, of what the caller may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.access.gate import AuthorisedQuery, Selection, authorise
from sdmx_service.access.principal import Principal
from sdmx_service.formats.compression import compressed
from sdmx_service.formats.table import AVAILABILITY_FORMS, STRUCTURE_WRITERS
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import AvailabilityMode, AvailabilityQuery, Key
from sdmx_service.model.state import fingerprint
from sdmx_service.model.structures import (
    About,
    Artefact,
    ConstraintRole,
    CubeRegion,
    DataConstraint,
    MemberSelection,
    SelectedValue,
    StructureMessage,
    TimeRange,
    available_ref,
)
from sdmx_service.registry.registry import Registry
from sdmx_service.service.availability_references import referenced
from sdmx_service.service.data import prepare_data
from sdmx_service.service.hub import Hub
from sdmx_service.service.usages import Usage
from sdmx_service.storage.coverage import FIRST, LAST, OBSERVATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedAvailability:
    """An availability query, authorised, as ``PreparedData`` is."""

    query: AvailabilityQuery
    principal: Principal
    registry: Registry
    queries: tuple[tuple[Usage, AuthorisedQuery], ...]
    state: str
    changed: datetime | None
    prepared: datetime

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the dataflows or agreements it is about."""
        return tuple(dict.fromkeys(usage.ref.id for usage, _ in self.queries))


def prepare_availability(
    hub: Hub, principal: Principal, query: AvailabilityQuery
) -> PreparedAvailability:
    """Authorise a query and say what state its answer shows; nothing is counted.

    Raises Refused where it names an artefact, component or dimension that is not there.
    """
    data = prepare_data(hub, hub.registry, principal, query.data)
    queries = []
    for usage, asked in data.queries:
        for name in query.components:
            if name not in usage.layout.key:
                place = Location(parameter="componentID")
                raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=name)
        keys_only = replace(asked.selection, components=frozenset(), observations=True)
        queries.append((usage, _authorised(principal, usage, asked, keys_only)))
    return PreparedAvailability(
        query=query,
        principal=principal,
        registry=data.registry,
        queries=tuple(queries),
        state=fingerprint(data.state, query),
        changed=data.changed,
        prepared=data.prepared,
    )


def write_availability(
    hub: Hub, prepared: PreparedAvailability, format_id: str, encoding: str
) -> bytes | None:
    """The answer as text, encoded, kept or made now; None where the caller sees nothing."""
    key = (prepared.state, format_id, encoding)
    text = hub.answers.find(key)
    if text is not None:
        return text
    found = availability(hub, prepared)
    if not found.constraints:
        return None
    form = AVAILABILITY_FORMS.get(format_id)
    constraints = tuple(map(form, found.constraints)) if form else found.constraints
    message = StructureMessage(artefacts=(*constraints, *found.references))
    header = hub.header(prepared.state, prepared.prepared)
    text = compressed(STRUCTURE_WRITERS[format_id](header, message), encoding)
    hub.answers.keep(key, text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """A constraint for each dataflow or agreement of which there is anything, and what these
    refer to."""

    constraints: tuple[DataConstraint, ...]
    references: tuple[Artefact, ...]


def availability(hub: Hub, prepared: PreparedAvailability) -> Availability:
    """A constraint for each dataflow or agreement of which there is anything, and what it refers
    to as far as that is asked for."""
    found = []
    for usage, asked in prepared.queries:
        exact = hub.store.coverage(asked)
        members = tuple(_members(hub, prepared, usage, asked, exact))
        if members:
            found.append((usage, asked, _constraint(usage, exact, members)))
    return Availability(
        constraints=tuple(constraint for _, _, constraint in found),
        references=referenced(
            hub.store, prepared.registry, prepared.principal, prepared.query.references, found
        ),
    )


def _constraint(
    usage: Usage, exact: pa.Table, members: tuple[MemberSelection, ...]
) -> DataConstraint:
    return DataConstraint(
        ref=available_ref(usage.ref),
        about=About(names=usage.context.dataflow.about.names),
        role=ConstraintRole.ACTUAL,
        attachment=(usage.ref,),
        cube_regions=(CubeRegion(members=members),),
        series_count=exact.num_rows,
        observation_count=pc.sum(exact[OBSERVATIONS], min_count=0).as_py(),
    )


def _members(
    hub: Hub,
    prepared: PreparedAvailability,
    usage: Usage,
    asked: AuthorisedQuery,
    exact: pa.Table,
) -> Iterator[MemberSelection]:
    """The values of each dimension asked about; none where there is no series."""
    layout, query = usage.layout, prepared.query
    for name in query.components or layout.key:
        covered = exact
        if query.mode is AvailabilityMode.AVAILABLE:
            wider = _without(asked.selection, layout.dimensions, name)
            if wider != asked.selection:
                covered = hub.store.coverage(_authorised(prepared.principal, usage, asked, wider))
        if name == layout.time:
            yield from _time_member(name, covered)
        elif covered.num_rows:
            yield _member(name, covered)


def _without(selection: Selection, dimensions: tuple[str, ...], name: str) -> Selection:
    """The selection with nothing said of one dimension."""
    place = dimensions.index(name) if name in dimensions else len(dimensions)
    keys: tuple[Key, ...] = tuple((*key[:place], None, *key[place + 1 :]) for key in selection.keys)
    return replace(
        selection,
        keys=keys if any(len(key) > place for key in selection.keys) else selection.keys,
        filters=tuple(one for one in selection.filters if one.component != name),
    )


def _authorised(
    principal: Principal, usage: Usage, asked: AuthorisedQuery, selection: Selection
) -> AuthorisedQuery:
    return authorise(principal, usage.layout, selection, usage.policies, now=asked.now)


def _member(name: str, covered: pa.Table) -> MemberSelection:
    """Every value there is, by code, each with the days there are data of."""
    column = covered.unify_dictionaries()[name].combine_chunks()
    codes = column.indices.to_numpy()
    size = len(column.dictionary)
    first, last = np.full(size, np.iinfo(np.int32).max), np.zeros(size, np.int64)
    np.minimum.at(first, codes, covered[FIRST].fill_null(np.iinfo(np.int32).max).to_numpy())
    np.maximum.at(last, codes, covered[LAST].fill_null(0).to_numpy())
    values = [(column.dictionary[place].as_py(), place) for place in np.unique(codes)]
    details = tuple(
        SelectedValue(value=value, valid_from=_day(first[place]), valid_to=_day(last[place]))
        if last[place]
        else SelectedValue(value=value)
        for value, place in sorted(values)
    )
    return MemberSelection(
        component=name,
        values=tuple(one.value for one in details),
        details=tuple(one for one in details if one.valid_from),
    )


def _time_member(name: str, covered: pa.Table) -> Iterator[MemberSelection]:
    """From the first day to the last, where there are any."""
    first, last = pc.min(covered[FIRST]).as_py(), pc.max(covered[LAST]).as_py()
    if first is not None and last is not None:
        yield MemberSelection(
            component=name, time_range=TimeRange(start=_day(first), end=_day(last))
        )


def _day(number: int) -> str:
    return date.fromordinal(int(number)).isoformat()
