"""Query parameters of data queries → fields of DataQuery.

Each version of the standard has its own; a parameter of the other version is taken at its word
rather than refused or, worse, passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.query import ComponentFilter, DataQuery
from sdmx_service.rest.component_filters import TIME, check_period, read_filters, time_limits
from sdmx_service.rest.lexical import COMPONENT_ID, several, syntax
from sdmx_service.rest.querystring import read_parameters

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
_MONTH_AND_DAY = re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_CALENDAR_YEAR = "--01-01"
_NUMBER = re.compile(r"[0-9]{1,18}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_SHAPES = ("TIME_PERIOD", "AllDimensions")


def read_data_parameters(query: DataQuery, raw_query: str) -> DataQuery:
    """The query with what its query string asks for. Raises Refused."""
    parameters = read_parameters(raw_query, PARAMETERS, filters=True)
    values = parameters.values
    _refuse_unbuilt(values)
    attributes, measures = _payload(values)
    updated_after = _read(values, "updatedAfter", read_instant)
    as_of = _read(values, "asOf", read_instant)
    if as_of and updated_after and as_of < updated_after:
        raise refuse("QUERY_AS_OF", Location(parameter="asOf"))
    asked = replace(
        query,
        start_period=_read(values, "startPeriod", check_period),
        end_period=_read(values, "endPeriod", check_period),
        first_observations=_read(values, "firstNObservations", _positive),
        last_observations=_read(values, "lastNObservations", _positive),
        dimension_at_observation=values.get("dimensionAtObservation"),
        attributes=attributes,
        measures=measures,
        updated_after=updated_after,
        as_of=as_of,
        include_history=_read(values, "includeHistory", read_boolean) or False,
        offset=_read(values, "offset", _natural) or 0,
        limit=_read(values, "limit", _positive),
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


def _refuse_unbuilt(values: Mapping[str, str]) -> None:
    """Parameters and values the standard knows and this release cannot answer."""
    if "sort" in values:
        raise _not_built("sort", values["sort"])
    start_day = values.get("reportingYearStartDay", _CALENDAR_YEAR)
    if _MONTH_AND_DAY.fullmatch(start_day) is None:
        raise syntax("reportingYearStartDay", start_day)
    if start_day != _CALENDAR_YEAR:
        raise _not_built("reportingYearStartDay", start_day)
    shape = values.get("dimensionAtObservation", _SHAPES[0])
    if COMPONENT_ID.fullmatch(shape) is None:
        raise syntax("dimensionAtObservation", shape)
    if shape not in _SHAPES:
        raise _not_built("dimensionAtObservation", shape)


def _not_built(parameter: str, value: str) -> Refused:
    location = Location(parameter=parameter)
    return refuse("NOT_IMPLEMENTED", location, found=f"{parameter}={value}")


def _payload(values: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Attributes and measures wanted, by the words of either version."""
    detail = values.get("detail", "full")
    if detail not in DETAILS or ("detail" in values and {"attributes", "measures"} & values.keys()):
        raise syntax("detail", detail)
    attributes, measures = DETAILS[detail]
    if "attributes" in values:
        attributes = _words(values["attributes"], "attributes")
        if "msd" in attributes:
            raise _not_built("attributes", "msd")
    if "measures" in values:
        measures = _words(values["measures"], "measures")
    return attributes, measures


def _words(text: str, parameter: str) -> tuple[str, ...]:
    words = several(text, ",", COMPONENT_ID, parameter)
    if "none" in words and len(words) > 1:
        raise syntax(parameter, text)
    return ("all",) if "all" in words else words


def _with_filters(query: DataQuery, filters: tuple[ComponentFilter, ...]) -> DataQuery:
    """Filters added; plain limits on time become the query's start and end, as v1 writes them."""
    if query.start_period is None and query.end_period is None:
        for entry in filters:
            limits = time_limits(entry) if entry.component == TIME else None
            if limits is not None:
                rest = tuple(other for other in filters if other is not entry)
                return replace(query, start_period=limits[0], end_period=limits[1], filters=rest)
    return replace(query, filters=filters)


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
