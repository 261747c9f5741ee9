"""Keys and component filters as SQL conditions; every value is a parameter."""

from __future__ import annotations

from collections.abc import Callable

from sdmx_service.model.query import ComponentFilter, Key, Operator, Term
from sdmx_service.model.time import parse_period
from sdmx_service.storage.duckdb.schema import Tables
from sdmx_service.storage.duckdb.statement import Parameters
from sdmx_service.storage.prepare import number_of

_ORDER = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}
_TEXT = {
    Operator.CONTAINS: "contains({0}, {1})",
    Operator.CONTAINS_NOT: "NOT contains({0}, {1})",
    Operator.STARTS_WITH: "starts_with({0}, {1})",
    Operator.ENDS_WITH: "ends_with({0}, {1})",
}
_ABSENT = (Operator.NE, Operator.CONTAINS_NOT)
_LAST_DAY = 2**32 - 1
_MANY = 50
Compare = Callable[[Term], str]


def key_condition(
    tables: Tables, keys: tuple[Key, ...], parameters: Parameters, columns: tuple[str, ...]
) -> str:
    """What any of the keys says of these dimensions (``d0…``)."""
    if not keys:
        return "TRUE"
    return "(" + " OR ".join(_key(tables, key, parameters, columns) for key in keys) + ")"


def _key(tables: Tables, key: Key, parameters: Parameters, columns: tuple[str, ...]) -> str:
    terms = [
        _one_of(column, sorted(codes), parameters)
        for column, codes in zip(tables.dimensions, key, strict=False)
        if codes is not None and column in columns
    ]
    return "(" + " AND ".join(terms or ["TRUE"]) + ")"


def _one_of(column: str, codes: list[str], parameters: Parameters) -> str:
    if len(codes) > _MANY:
        return f"{column} IN (SELECT unnest({parameters.add(codes)}::VARCHAR[]))"
    return f"{column} IN ({', '.join(map(parameters.add, codes)) or 'NULL'})"


def text_filter(one: ComponentFilter, column: str, parameters: Parameters) -> str:
    """On a dimension or an attribute."""
    return _any_of(one, lambda term: _text(term, column, parameters), column)


def row_filter(
    tables: Tables, one: ComponentFilter, text_of: Callable[[str, str], str], parameters: Parameters
) -> str:
    """On time, a measure or an observation attribute; ``text_of`` renders a measure in SQL."""
    layout = tables.layout
    if one.component == layout.time:
        return _any_of(one, lambda term: _time(term, parameters), "period")
    if one.component in layout.measures:
        number, text = tables.measures[layout.measures.index(one.component)]
        written = text_of(number, text)
        return _any_of(one, lambda term: _measure(term, number, written, parameters), written)
    if one.component in layout.observation_attributes:
        column = tables.attributes[layout.observation_attributes.index(one.component)]
        return text_filter(one, column, parameters)
    return text_filter(one, "NULL::VARCHAR", parameters)


def _any_of(one: ComponentFilter, compare: Compare, column: str) -> str:
    """The OR of ANDs; a missing value meets only the operators that deny."""

    def holds(term: Term) -> str:
        absent = "TRUE" if term.operator in _ABSENT else "FALSE"
        return f"(CASE WHEN {column} IS NULL THEN {absent} ELSE {compare(term)} END)"

    alternatives = [" AND ".join(map(holds, terms)) or "TRUE" for terms in one.any_of]
    return "(" + (" OR ".join(f"({terms})" for terms in alternatives) or "FALSE") + ")"


def _text(term: Term, column: str, parameters: Parameters) -> str:
    value = parameters.add(term.value) + "::VARCHAR"
    if term.operator in _TEXT:
        return _TEXT[term.operator].format(column, value)
    return f"{column} {_ORDER[term.operator]} {value}"


def _measure(term: Term, number: str, written: str, parameters: Parameters) -> str:
    """By number where both are; else equality by text, and no order."""
    if term.operator in _TEXT:
        return _text(term, written, parameters)
    ordered = term.operator not in (Operator.EQ, Operator.NE)
    otherwise = "FALSE" if ordered else _text(term, written, parameters)
    wanted = number_of(term.value)
    if wanted is None:
        return otherwise
    by_number = f"{number} {_ORDER[term.operator]} {parameters.add(wanted)}::DOUBLE"
    return f"(CASE WHEN {number} IS NULL THEN {otherwise} ELSE {by_number} END)"


def _time(term: Term, parameters: Parameters) -> str:
    """By first or last day, which the span holds."""
    try:
        wanted = parse_period(term.value)
    except ValueError:
        wanted = None
    if term.operator in _TEXT:
        return _text(term, "period", parameters)
    if term.operator in (Operator.EQ, Operator.NE):
        return _text(
            Term(term.operator, wanted.text if wanted else term.value), "period", parameters
        )
    if wanted is None:
        return "FALSE"
    if term.operator in (Operator.GE, Operator.GT):
        day, column = wanted.start.toordinal(), "(span >> 32)"
    else:
        day, column = wanted.end.toordinal(), f"(span & {_LAST_DAY})"
    return f"{column} {_ORDER[term.operator]} {parameters.add(day)}"
