"""``c[COMPONENT]=…`` → component filters (SDMX REST 2.x, "Data queries").

``,`` is OR and binds weaker than ``+``, which is AND; an operator belongs to one value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import TEXT_OPERATORS, ComponentFilter, Operator, Term
from sdmx_service.model.schema import TIME_PERIOD
from sdmx_service.model.time import parse_period
from sdmx_service.rest.lexical import syntax

# The plus of a time zone (…T10:00:00+01:00) is no AND.
_ENDS_IN_TIME = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$")
_OFFSET = re.compile(r"[0-9]{2}:[0-9]{2}")
# Two small letters before a colon are meant as an operator; other colons belong to the value.
_OPERATOR = re.compile(r"([a-z]{2}):(.*)", re.DOTALL)


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
        tuple(_term(component, term) for term in _split_and(alternative))
        for alternative in text.split(",")
    )
    return ComponentFilter(component, any_of)


def _split_and(text: str) -> list[str]:
    terms: list[str] = []
    for piece in text.split("+"):
        if terms and _OFFSET.fullmatch(piece) and _ENDS_IN_TIME.search(terms[-1]):
            terms[-1] = f"{terms[-1]}+{piece}"
        else:
            terms.append(piece)
    return terms


def _term(component: str, text: str) -> Term:
    parameter = f"c[{component}]"
    match = _OPERATOR.fullmatch(text)
    name, value = match.groups() if match else (Operator.EQ.value, text)
    if name not in set(Operator) or not value:
        raise syntax(parameter, text)
    operator = Operator(name)
    if component == TIME_PERIOD and operator not in TEXT_OPERATORS:
        check_period(value, parameter)
    return Term(operator, value)
