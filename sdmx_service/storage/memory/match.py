"""Whether a value meets a component filter: what the operators mean."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from sdmx_service.model.query import DENIED, ComponentFilter, Operator, Term
from sdmx_service.model.time import parse_period
from sdmx_service.model.values import all_texts
from sdmx_service.storage.prepare import number_of

_ORDER: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}
_TEXT: dict[Operator, Callable[[str, str], bool]] = {
    Operator.CONTAINS: lambda value, part: part in value,
    Operator.CONTAINS_NOT: lambda value, part: part not in value,
    Operator.STARTS_WITH: lambda value, part: value.startswith(part),
    Operator.ENDS_WITH: lambda value, part: value.endswith(part),
}


def meets(wanted: ComponentFilter, value: str | None, kind: str, *, several: bool = False) -> bool:
    """Whether any of the all-of terms holds; ``kind`` is ``time``, ``measure`` or ``text``.

    ``several``: the value is a cell of several texts.
    """
    compare = {"time": _time, "measure": _measure, "text": _text}[kind]

    def holds(term: Term) -> bool:
        if value is None:
            return term.operator in DENIED
        if not several:
            return compare(term, value)
        if term.operator in DENIED:
            denied = Term(DENIED[term.operator], term.value)
            return not any(compare(denied, text) for text in all_texts(value))
        return any(compare(term, text) for text in all_texts(value))

    return any(all(map(holds, terms)) for terms in wanted.any_of)


def _text(term: Term, value: str) -> bool:
    if term.operator in _TEXT:
        return _TEXT[term.operator](value, term.value)
    return _ORDER[term.operator](value, term.value)


def _measure(term: Term, value: str) -> bool:
    """By number where both are numbers; else equality by text, and no order."""
    left, right = number_of(value), number_of(term.value)
    if term.operator in _ORDER and left is not None and right is not None:
        return _ORDER[term.operator](left, right)
    if term.operator in (Operator.LT, Operator.LE, Operator.GT, Operator.GE):
        return False
    return _text(term, value)


def _time(term: Term, value: str) -> bool:
    try:
        wanted = parse_period(term.value)
    except ValueError:
        wanted = None
    if term.operator in _TEXT:
        return _text(term, value)
    if term.operator in (Operator.EQ, Operator.NE):
        return _ORDER[term.operator](value, wanted.text if wanted else term.value)
    if wanted is None:
        return False
    period = parse_period(value)
    if term.operator in (Operator.GE, Operator.GT):
        return _ORDER[term.operator](period.start, wanted.start)
    return _ORDER[term.operator](period.end, wanted.end)
