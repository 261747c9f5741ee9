"""Selections of values in SDMX-JSON: of one component, or of a span of time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Part,
    Place,
    Shape,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT
from sdmx_service.formats.json.structures.shapes_items import read_cascade, show_cascade
from sdmx_service.formats.structures.selections import Place as Allowed
from sdmx_service.formats.structures.selections import check_selection
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Cascade, SelectedValue, TimeRange

_ENDS = {
    "beforePeriod": "end",
    "afterPeriod": "start",
    "startPeriod": "start",
    "endPeriod": "end",
}
INCLUDE = Member("include", "include", BOOLEAN)
VALIDITY = (Member("validFrom", "valid_from", TEXT), Member("validTo", "valid_to", TEXT))


def selection(dialect: Dialect, allowed: Allowed) -> Codec:
    """Values and what is said of them are one list in JSON, two in the model."""
    plain = _selection(dialect)

    def write(value: model.MemberSelection) -> Any:
        check_selection(value, allowed, "id")
        return plain.write(value)

    return Codec(plain.read, write)


def _selection(dialect: Dialect) -> Codec:
    of_21 = Codec(_read_time_range, _write_time_range_of_21)
    times = replace(TIMES, codec=of_21) if dialect.is_21 else TIMES
    dropped = frozenset({"values", "details"})
    if dialect.is_10:
        values: tuple[Part, ...] = (
            Member("id", "component", TEXT),
            Member("values", "plain", Codec(_read_value, _write_plain), many=True),
            Member("cascadeValues", "cascading", _CASCADING, many=True),
            times,
        )
        shape = Shape(model.MemberSelection, values, complete=_apart, dropped=dropped)
        return bind(shape)
    values = (
        Member("id", "component", TEXT),
        INCLUDE,
        Member("removePrefix", "remove_prefix", BOOLEAN, shown=bool),
        Member("values", "selected", Codec(_read_value, _write_value), many=True),
        times,
        *VALIDITY,
    )
    return bind(Shape(model.MemberSelection, values, complete=_apart, dropped=dropped))


def _apart(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """The texts of the values, and those of which more is said."""
    selected = tuple(
        one for name in ("selected", "plain", "cascading") for one in own.pop(name, ())
    )
    own["values"] = tuple(one.value for one in selected)
    own["details"] = tuple(one for one in selected if one != SelectedValue(value=one.value))


_DETAILS = {"lang": "language", "validFrom": "valid_from", "validTo": "valid_to"}


def _read_value(value: Any, place: Place) -> SelectedValue:
    """A text, or an object that says more of it."""
    if not isinstance(value, dict):
        return SelectedValue(value=TEXT.read(value, place))
    if value.keys() - {"value", "cascadeValues", *_DETAILS}:
        raise unexpected(place)
    more = {name: TEXT.read(value[key], place) for key, name in _DETAILS.items() if key in value}
    cascade = read_cascade(value.get("cascadeValues", False))
    return SelectedValue(value=TEXT.read(value.get("value"), place), cascade=cascade, **more)


def _write_value(value: SelectedValue) -> Any:
    written: dict[str, Any] = {"value": value.value}
    if value.cascade is not Cascade.NO:
        written["cascadeValues"] = show_cascade(value.cascade)
    held = {key: getattr(value, name) for key, name in _DETAILS.items()}
    return written | {key: text for key, text in held.items() if text is not None}


def _write_plain(value: SelectedValue) -> str:
    if value != SelectedValue(value=value.value):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Value {value.value}")
    return value.value


def _read_cascading(value: Any, place: Place) -> SelectedValue:
    return SelectedValue(value=TEXT.read(value, place), cascade=Cascade.YES)


def _write_cascading(value: SelectedValue) -> str:
    if value != SelectedValue(value=value.value, cascade=Cascade.YES):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Value {value.value}")
    return value.value


_CASCADING = Codec(_read_cascading, _write_cascading)


def _read_time_range(value: Any, place: Place) -> TimeRange:
    if not isinstance(value, dict):
        raise unexpected(place)
    found: dict[str, Any] = {}
    for key, held in value.items():
        if key in _VALIDITY_OF_A_RANGE:
            found[_VALIDITY_OF_A_RANGE[key]] = TEXT.read(held, place.at(key))
            continue
        end = _ENDS.get(key)
        if end is None or end in found or not isinstance(held, dict):
            raise unexpected(place.at(key))
        if "period" not in held or held.keys() - {"period", "isInclusive"}:
            raise unexpected(place.at(key))
        found[end] = TEXT.read(held["period"], place)
        found[f"{end}_inclusive"] = BOOLEAN.read(held.get("isInclusive", True), place)
    return TimeRange(**found)


_VALIDITY_OF_A_RANGE = {"validFrom": "valid_from", "validTo": "valid_to"}


def _write_time_range_of_21(value: TimeRange) -> dict[str, Any]:
    """Only SDMX-JSON 2.1 says when limits hold."""
    held = {key: getattr(value, name) for key, name in _VALIDITY_OF_A_RANGE.items()}
    bare = replace(value, valid_from=None, valid_to=None)
    return _write_time_range(bare) | {key: text for key, text in held.items() if text is not None}


def _write_time_range(value: TimeRange) -> dict[str, Any]:
    if value.valid_from is not None or value.valid_to is not None:
        raise refuse("FORMAT_CANNOT_CARRY", found="timeRange/validFrom")
    start = {"period": value.start, "isInclusive": value.start_inclusive}
    end = {"period": value.end, "isInclusive": value.end_inclusive}
    if value.start is not None and value.end is not None:
        return {"startPeriod": start, "endPeriod": end}
    if value.start is not None:
        return {"afterPeriod": start}
    if value.end is not None:
        return {"beforePeriod": end}
    raise refuse("FORMAT_CANNOT_CARRY", found="timeRange")


TIMES = Member("timeRange", "time_range", Codec(_read_time_range, _write_time_range))
"""Limits of time as they were before SDMX-JSON 2.1."""
