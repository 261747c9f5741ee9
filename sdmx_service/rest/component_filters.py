"""``c[COMPONENT]=…`` → component filters (SDMX REST 2.x, "Data queries").

``,`` is OR and binds weaker than ``+``, which is AND; an operator belongs to one value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import ComponentFilter, Operator, Term
from sdmx_service.model.time import parse_period
from sdmx_service.rest.lexical import syntax

TIME = "TIME_PERIOD"
"""Id of the time dimension, fixed by the information model."""

# The plus of a time zone (…T10:00:00+01:00) is no AND.
_AND = re.compile(r"(?<!T\d\d:\d\d:\d\d)\+|\+(?!\d\d:\d\d(?:[+,]|$))")
# Two small letters before a colon are meant as an operator; other colons belong to the value.
_OPERATOR = re.compile(r"([a-z]{2}):(.*)", re.DOTALL)
_TEXT_OPERATORS = frozenset(
    {Operator.CONTAINS, Operator.CONTAINS_NOT, Operator.STARTS_WITH, Operator.ENDS_WITH}
)


def read_filters(components: Mapping[str, str]) -> tuple[ComponentFilter, ...]:
    """The filters of a query, in the order of the query string.

    A value that itself begins with two small letters and a colon is written ``eq:xx:…``.
    """
    return tuple(_filter(component, text) for component, text in components.items())


def time_limits(filters: ComponentFilter) -> tuple[str | None, str | None] | None:
    """Start and end where a filter says no more than ``ge:START+le:END`` (or one of them)."""
    if len(filters.any_of) != 1:
        return None
    terms = filters.any_of[0]
    limits = {term.operator: term.value for term in terms}
    if len(limits) != len(terms) or not limits.keys() <= {Operator.GE, Operator.LE}:
        return None
    return limits.get(Operator.GE), limits.get(Operator.LE)


def check_period(text: str, parameter: str) -> str:
    """The text, checked to be a time period. Raises Refused with QUERY_PERIOD."""
    location = Location(parameter=parameter)
    if not text.isascii() or text != "".join(text.split()):
        raise refuse("QUERY_PERIOD", location, found=text)
    try:
        parse_period(text)
    except (ValueError, OverflowError) as error:
        raise refuse("QUERY_PERIOD", location, found=text) from error
    return text


def _filter(component: str, text: str) -> ComponentFilter:
    any_of = tuple(
        tuple(_term(component, term) for term in _AND.split(alternative))
        for alternative in text.split(",")
    )
    return ComponentFilter(component, any_of)


def _term(component: str, text: str) -> Term:
    parameter = f"c[{component}]"
    match = _OPERATOR.fullmatch(text)
    name, value = match.groups() if match else (Operator.EQ.value, text)
    if name not in set(Operator) or not value:
        raise syntax(parameter, text)
    operator = Operator(name)
    if component == TIME and operator not in _TEXT_OPERATORS:
        check_period(value, parameter)
    return Term(operator, value)
