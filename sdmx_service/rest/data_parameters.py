"""Query parameters of data queries → fields of DataQuery.

Each version of the standard has its own; a parameter of the other version is taken at its word
rather than refused or, worse, passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import ComponentFilter, DataQuery, SortTerm
from sdmx_service.model.schema import TIME_PERIOD
from sdmx_service.model.time import StartDay
from sdmx_service.rest.component_filters import check_period, read_filters, time_limits
from sdmx_service.rest.lexical import COMPONENT_ID, COMPONENT_PATH, one, several, syntax
from sdmx_service.rest.querystring import Parameters, read_parameters

DETAILS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "full": (("dsd",), ("all",)),
    "dataonly": (("none",), ("all",)),
    "serieskeysonly": (("none",), ("none",)),
    "nodata": (("dataset", "series"), ("none",)),
}
"""``detail`` of v1 → ``attributes`` and ``measures`` of v2."""

PARAMETERS = frozenset(
    {
        "startPeriod",
        "endPeriod",
        "detail",
        "updatedAfter",
        "firstNObservations",
        "lastNObservations",
        "dimensionAtObservation",
        "includeHistory",
        "attributes",
        "measures",
        "offset",
        "limit",
        "sort",
        "asOf",
        "reportingYearStartDay",
    }
)

_Value = TypeVar("_Value")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_MONTH_AND_DAY = re.compile(r"--([0-9]{2})-([0-9]{2})")
_SORT_TERM = re.compile(rf"(\*|{COMPONENT_PATH.pattern})(:asc|:desc)?")
_COMMON_YEAR = 2001
_NUMBER = re.compile(r"[0-9]{1,18}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def read_data_parameters(query: DataQuery, raw_query: str) -> DataQuery:
    """The query with what its query string asks for. Raises Refused."""
    parameters = read_parameters(raw_query, PARAMETERS, filters=True)
    values = parameters.values
    attributes, measures = _payload(values)
    query = read_row_parameters(query, parameters)
    as_of = _read(values, "asOf", read_instant)
    if as_of and query.updated_after and as_of < query.updated_after:
        raise refuse("QUERY_AS_OF", Location(parameter="asOf"))
    return replace(
        query,
        first_observations=_read(values, "firstNObservations", _positive),
        last_observations=_read(values, "lastNObservations", _positive),
        dimension_at_observation=_read(values, "dimensionAtObservation", _component),
        attributes=attributes,
        measures=measures,
        as_of=as_of,
        include_history=_read(values, "includeHistory", read_boolean) or False,
        sort=_read(values, "sort", _sort) or (),
        offset=_read(values, "offset", _natural) or 0,
        limit=_read(values, "limit", _positive),
    )


def read_row_parameters(query: DataQuery, parameters: Parameters) -> DataQuery:
    """The query with the parameters that choose rows by time, change and component."""
    values = parameters.values
    asked = replace(
        query,
        start_period=_read(values, "startPeriod", check_period),
        end_period=_read(values, "endPeriod", check_period),
        updated_after=_read(values, "updatedAfter", read_instant),
        reporting_year_start=_read(values, "reportingYearStartDay", read_start_day),
    )
    return _with_filters(asked, read_filters(parameters.components))


def read_instant(text: str, parameter: str) -> datetime:
    """An xs:dateTime, in UTC; without an offset it is taken as UTC, the hub's local time."""
    if _DATE_TIME.fullmatch(text) is None:
        raise syntax(parameter, text)
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise syntax(parameter, text) from error


def _read(
    values: Mapping[str, str], name: str, read: Callable[[str, str], _Value]
) -> _Value | None:
    return read(values[name], name) if name in values else None


def _payload(values: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Attributes and measures wanted, by the words of either version."""
    detail = values.get("detail", "full")
    if detail not in DETAILS or ("detail" in values and {"attributes", "measures"} & values.keys()):
        raise syntax("detail", detail)
    attributes, measures = DETAILS[detail]
    if "attributes" in values:
        attributes = _words(values["attributes"], "attributes", COMPONENT_PATH)
    if "measures" in values:
        measures = _words(values["measures"], "measures", COMPONENT_ID)
    return attributes, measures


def _words(text: str, parameter: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    words = several(text, ",", pattern, parameter)
    if "none" in words and len(words) > 1:
        raise syntax(parameter, text)
    return ("all",) if "all" in words else words


def _with_filters(query: DataQuery, filters: tuple[ComponentFilter, ...]) -> DataQuery:
    """Filters added; plain limits on time become the query's start and end, as v1 writes them."""
    if query.start_period is None and query.end_period is None:
        for entry in filters:
            limits = time_limits(entry) if entry.component == TIME_PERIOD else None
            if limits is not None:
                rest = tuple(other for other in filters if other is not entry)
                return replace(query, start_period=limits[0], end_period=limits[1], filters=rest)
    return replace(query, filters=filters)


def read_start_day(text: str, parameter: str) -> StartDay | None:
    """``--MM-DD``, a day of every year; None where it is that of the calendar. Raises Refused."""
    match = _MONTH_AND_DAY.fullmatch(text)
    if match is None:
        raise syntax(parameter, text)
    month, day = int(match[1]), int(match[2])
    try:
        date(_COMMON_YEAR, month, day)
    except ValueError as error:
        raise syntax(parameter, text) from error
    return None if (month, day) == (1, 1) else (month, day)


def _component(text: str, parameter: str) -> str:
    return one(text, COMPONENT_ID, parameter)


def _sort(text: str, parameter: str) -> tuple[SortTerm, ...]:
    """Terms joined by ``+``: a component, ``*`` or ``series_key``, then ``:asc`` or ``:desc``."""
    terms = []
    for piece in text.split("+"):
        match = _SORT_TERM.fullmatch(piece)
        if match is None:
            raise syntax(parameter, text)
        terms.append(SortTerm(match[1], descending=piece.endswith(":desc")))
    return tuple(terms)


def _natural(text: str, parameter: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise syntax(parameter, text)
    return int(text)


def _positive(text: str, parameter: str) -> int:
    number = _natural(text, parameter)
    if number == 0:
        raise syntax(parameter, text)
    return number


def read_boolean(text: str, parameter: str) -> bool:
    """``true``, ``false``, ``1`` or ``0``. Raises Refused."""
    if text not in _BOOLEANS:
        raise syntax(parameter, text)
    return _BOOLEANS[text]
