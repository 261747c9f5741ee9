"""What a data query says, resolved against one layout. No rights, nothing is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sdmx_service.access.gate import Selection
from sdmx_service.model.columns import Layout, cross_sectional
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import (
    EVERY_DIMENSION,
    SERIES_KEY,
    TEXT_OPERATORS,
    ComponentFilter,
    DataQuery,
    Key,
    Operator,
    SortTerm,
    Term,
)
from sdmx_service.model.reporting_year import in_calendar
from sdmx_service.model.schema import ALL_DIMENSIONS, TIME_PERIOD
from sdmx_service.model.time import StartDay


def selection_of(query: DataQuery, layout: Layout, now: datetime, *, flat: bool) -> Selection:
    """The rows and columns a query asks for.

    ``flat``: the answer is a table, whose rows may come in any order. Raises Refused where the
    query names a component the layout has not, or a key too long.
    """
    measures, attributes = chosen_measures(query, layout), chosen_attributes(query, layout)
    check_keys(query.keys, layout)
    return Selection(
        at=min(query.as_of, now) if query.as_of else now,
        keys=query.keys,
        filters=filters_of(query, layout),
        first_observations=query.first_observations,
        last_observations=query.last_observations,
        updated_after=query.updated_after,
        include_history=query.include_history,
        components=frozenset(measures | attributes),
        observations=bool(measures or attributes & set(layout.observation_attributes)),
        order=_order(query, layout, flat=flat),
        offset=query.offset,
        limit=query.limit,
    )


def observation_dimension(query: DataQuery, layout: Layout) -> str:
    """The dimension at the observation, or ALL_DIMENSIONS.

    Time, which is what clients say by default, is ALL_DIMENSIONS where there is none, and so is a
    dimension that is the whole key: nothing is left for series. Raises Refused where no dimension
    is so called.
    """
    default = layout.time or ALL_DIMENSIONS
    asked = query.dimension_at_observation or default
    if asked == TIME_PERIOD or layout.key == (asked,):
        return default
    if asked not in (*layout.key, ALL_DIMENSIONS):
        place = Location(parameter="dimensionAtObservation")
        raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=asked)
    return asked


def chosen_measures(query: DataQuery, layout: Layout) -> set[str]:
    """Ids of the measures wanted."""
    return _chosen(query.measures, {"all": layout.measures, "none": ()}, layout.measures)


def chosen_attributes(query: DataQuery, layout: Layout) -> set[str]:
    """Ids of the attributes wanted; the words of levels mean those of the data structure."""
    everything, own = tuple(column.id for column in layout.attributes), layout.without_metadata()
    words = {
        "dsd": tuple(column.id for column in own.attributes),
        "msd": layout.metadata_attributes,
        "all": everything,
        "none": (),
        "dataset": own.dataset_attributes,
        "series": own.series_attributes,
        "obs": own.observation_attributes,
    }
    return _chosen(query.attributes, words, everything)


def hidden_attributes(query: DataQuery, layout: Layout) -> frozenset[str]:
    """Attributes that the answer has no columns for: metadata attributes where none is asked for,
    those of the data structure where nothing but metadata attributes is.

    A column that was not asked for among others of its kind is there, and empty.
    """
    metadata = frozenset(layout.metadata_attributes)
    hidden = frozenset() if chosen_attributes(query, layout) & metadata else metadata
    if all(word == "msd" or word in metadata for word in query.attributes):
        hidden |= {column.id for column in layout.attributes} - metadata
    return hidden


def _chosen(
    asked: tuple[str, ...], words: Mapping[str, tuple[str, ...]], known: tuple[str, ...]
) -> set[str]:
    chosen: set[str] = set()
    for word in asked:
        if word not in words and word not in known:
            raise refuse("QUERY_COMPONENT_UNKNOWN", component=word)
        chosen.update(words.get(word, (word,)))
    return chosen


def check_keys(keys: tuple[Key, ...], layout: Layout) -> None:
    """Raises Refused where a key has more positions than there are dimensions."""
    for key in keys:
        if len(key) > len(layout.dimensions):
            place = Location(parameter="key")
            raise refuse(
                "QUERY_KEY_TOO_LONG", place, found=len(key), expected=len(layout.dimensions)
            )


def filters_of(query: DataQuery, layout: Layout) -> tuple[ComponentFilter, ...]:
    """The filters and, as one more, the limits of time.

    Raises Refused where a filter names no component of the layout.
    """
    for entry in query.filters:
        if entry.component not in layout.columns:
            place = Location(parameter=f"c[{entry.component}]")
            raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=entry.component)
    limits = [(Operator.GE, query.start_period), (Operator.LE, query.end_period)]
    terms = tuple(Term(operator, period) for operator, period in limits if period)
    filters = query.filters
    if terms and layout.time is not None:
        filters = (*filters, ComponentFilter(layout.time, (terms,)))
    start = query.reporting_year_start
    if start is None:
        return filters
    return tuple(
        _in_calendar(one, start) if one.component == layout.time else one for one in filters
    )


def _in_calendar(time: ComponentFilter, start: StartDay) -> ComponentFilter:
    """The filter with its reporting periods as days of the calendar."""
    any_of = tuple(tuple(_day_term(term, start) for term in terms) for terms in time.any_of)
    return ComponentFilter(time.component, any_of)


def _day_term(term: Term, start: StartDay) -> Term:
    if term.operator in TEXT_OPERATORS:
        return term
    try:
        return Term(term.operator, in_calendar(term.value, start))
    except (ValueError, OverflowError) as error:  # Beyond the years that the calendar has.
        place = Location(parameter="reportingYearStartDay")
        raise refuse("QUERY_PERIOD", place, found=term.value) from error


def _order(query: DataQuery, layout: Layout, *, flat: bool) -> tuple[SortTerm, ...]:
    """The terms to sort by; in an answer grouped by series every dimension, what is at the
    observation last: it is ordered inside its series, and values of the observation order
    nothing."""
    at = observation_dimension(query, layout)
    asked: dict[str, SortTerm] = {}
    for entry in query.sort:
        for name in _sorted_by(entry.component, layout, at):
            asked.setdefault(name, SortTerm(name, entry.descending))
    if flat or at == ALL_DIMENSIONS:
        return tuple(asked.values())
    shown = layout if at == layout.time else cross_sectional(layout, at)
    of_observation = {*shown.measures, *shown.observation_attributes}
    asked = {name: term for name, term in asked.items() if name not in of_observation}
    if not asked:
        return ()
    names = [name for name in (*asked, *layout.key) if name != at]
    return tuple(asked.get(name, SortTerm(name)) for name in dict.fromkeys([*names, at]))


def _sorted_by(name: str, layout: Layout, at: str) -> tuple[str, ...]:
    """The components a word of the query stands for. Raises Refused for an unknown one."""
    if name == EVERY_DIMENSION:
        return layout.key
    if name == SERIES_KEY:
        own = layout.time if at == ALL_DIMENSIONS else at
        return tuple(dimension for dimension in layout.key if dimension != own)
    if name not in layout.columns:
        raise refuse("QUERY_COMPONENT_UNKNOWN", Location(parameter="sort"), component=name)
    return (name,)
