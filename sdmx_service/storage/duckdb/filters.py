"""Keys and component filters as SQL conditions; every value is a parameter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sdmx_service.model.query import (
    DENIED,
    TEXT_OPERATORS,
    ComponentFilter,
    Key,
    Operator,
    Term,
)
from sdmx_service.model.time import parse_period
from sdmx_service.model.values import LANGUAGE_MARK, TEXT_SEPARATOR, VALUE_SEPARATOR
from sdmx_service.storage.duckdb.schema import Tables
from sdmx_service.storage.duckdb.statement import Parameters
from sdmx_service.storage.prepare import NUMBER, number_of

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
_LAST_DAY = 2**32 - 1
_MANY = 50
Compare = Callable[[Term, str], str]
"""A term and the text it looks at (SQL) → a condition."""


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


def text_filter(tables: Tables, one: ComponentFilter, column: str, parameters: Parameters) -> str:
    """On a dimension or an attribute."""
    return _any_of(tables, one, partial(_text, parameters), column, parameters)


def row_filter(
    tables: Tables, one: ComponentFilter, text_of: Callable[[str, str], str], parameters: Parameters
) -> str:
    """On time, a measure or an observation attribute; ``text_of`` renders a measure in SQL."""
    layout = tables.layout
    if one.component == layout.time:
        return _any_of(tables, one, partial(_time, parameters), "period", parameters)
    if one.component in layout.measures:
        number, text = tables.measures[layout.measures.index(one.component)]
        several = layout.holds_several(one.component)
        compare = partial(_measure, parameters, None if several else number)
        return _any_of(tables, one, compare, text_of(number, text), parameters)
    if one.component in layout.observation_attributes:
        column = tables.attributes[layout.observation_attributes.index(one.component)]
        return text_filter(tables, one, column, parameters)
    return text_filter(tables, one, "NULL::VARCHAR", parameters)


def _any_of(
    tables: Tables, one: ComponentFilter, compare: Compare, column: str, parameters: Parameters
) -> str:
    """The OR of ANDs; a missing value meets only the operators that deny."""
    texts = None
    if tables.layout.holds_several(one.component):
        texts = _texts(column, parameters)

    def holds(term: Term) -> str:
        absent = "TRUE" if term.operator in DENIED else "FALSE"
        met = compare(term, column) if texts is None else _any_text(term, texts, compare)
        return f"(CASE WHEN {column} IS NULL THEN {absent} ELSE {met} END)"

    alternatives = [" AND ".join(map(holds, terms)) or "TRUE" for terms in one.any_of]
    return "(" + (" OR ".join(f"({terms})" for terms in alternatives) or "FALSE") + ")"


def _texts(column: str, parameters: Parameters) -> str:
    """Every text of a cell of several, without its language, as a list."""
    between = parameters.add(f"[{VALUE_SEPARATOR}{TEXT_SEPARATOR}]")
    language = parameters.add(f"^[^{LANGUAGE_MARK}]*{LANGUAGE_MARK}")
    return f"""list_transform(string_split_regex({column}, {between}),
        lambda part: regexp_replace(part, {language}, ''))"""


def _any_text(term: Term, texts: str, compare: Compare) -> str:
    """Whether any text meets the term, or, where it denies, none meets what is denied."""
    asked = Term(DENIED.get(term.operator, term.operator), term.value)
    count = f"len(list_filter({texts}, lambda one: {compare(asked, 'one')}))"
    return f"{count} {'=' if term.operator in DENIED else '>'} 0"


def _text(parameters: Parameters, term: Term, column: str) -> str:
    value = parameters.add(term.value) + "::VARCHAR"
    if term.operator in _TEXT:
        return _TEXT[term.operator].format(column, value)
    return f"{column} {_ORDER[term.operator]} {value}"


def _measure(parameters: Parameters, number: str | None, term: Term, written: str) -> str:
    """By number where both are; else equality by text, and no order. ``number``: the column, None
    where it is made of the text."""
    if term.operator in TEXT_OPERATORS:
        return _text(parameters, term, written)
    ordered = term.operator not in (Operator.EQ, Operator.NE)
    otherwise = "FALSE" if ordered else _text(parameters, term, written)
    wanted = number_of(term.value)
    if wanted is None:
        return otherwise
    if number is None:
        number = _number_of(written, parameters)
    by_number = f"{number} {_ORDER[term.operator]} {parameters.add(wanted)}::DOUBLE"
    return f"(CASE WHEN {number} IS NULL THEN {otherwise} ELSE {by_number} END)"


def _number_of(written: str, parameters: Parameters) -> str:
    """The finite number of a text, as ``prepare.number_of`` makes it."""
    shaped = f"regexp_matches({written}, {parameters.add(NUMBER)})"
    parsed = f"try_cast({written} AS DOUBLE)"
    return f"(CASE WHEN {shaped} AND isfinite({parsed}) THEN {parsed} END)"


def _time(parameters: Parameters, term: Term, column: str) -> str:
    """By first or last day, which the span holds."""
    try:
        wanted = parse_period(term.value)
    except ValueError:
        wanted = None
    if term.operator in TEXT_OPERATORS:
        return _text(parameters, term, column)
    if term.operator in (Operator.EQ, Operator.NE):
        text = wanted.text if wanted else term.value
        return _text(parameters, Term(term.operator, text), column)
    if wanted is None:
        return "FALSE"
    if term.operator in (Operator.GE, Operator.GT):
        day, days = wanted.start.toordinal(), "(span >> 32)"
    else:
        day, days = wanted.end.toordinal(), f"(span & {_LAST_DAY})"
    return f"{days} {_ORDER[term.operator]} {parameters.add(day)}"
