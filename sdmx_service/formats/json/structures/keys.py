"""Sets of keys in SDMX-JSON: whole or partial keys, with values of attributes and measures."""

from __future__ import annotations

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
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT, annotated
from sdmx_service.formats.json.structures.selections import VALIDITY, selection
from sdmx_service.formats.structures.selections import OF_A_COMPONENT_IN_A_KEY
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse

INCLUDED = Member("isIncluded", "include", BOOLEAN)


def key_set(dialect: Dialect) -> Codec:
    """Keys that are included, or those that are not."""
    keys = Member("keys", "keys", data_key(dialect), many=True)
    return bind(Shape(model.DataKeySet, (INCLUDED, keys)))


def data_key(dialect: Dialect) -> Codec:
    """A key of data, whole or partial."""
    member = Codec(_read_key_value, _write_key_values if dialect.is_21 else _write_key_value)
    members: tuple[Part, ...] = (Member("keyValues", "members", member, many=True),)
    if not dialect.is_10:
        members = (
            annotated(dialect, "annotations"),
            *members,
            Member(
                "components", "components", selection(dialect, OF_A_COMPONENT_IN_A_KEY), many=True
            ),
            *VALIDITY,
        )
    key = bind(Shape(model.DataKey, members, ignored=frozenset({"include"})))
    return _with_values(key) if dialect.is_10 else key


def _with_values(key: Codec) -> Codec:
    """SDMX 2.1 asks a key for a value, and has no prefixes."""

    def write(value: model.DataKey) -> Any:
        if not value.members or any(member.remove_prefix for member in value.members):
            raise refuse("FORMAT_CANNOT_CARRY", found="keys")
        return key.write(value)

    return Codec(key.read, write)


def _read_key_value(value: Any, place: Place) -> model.MemberSelection:
    match value:
        case {"id": str(component), **rest} if rest.keys() <= _OF_A_KEY and rest:
            texts = rest.get("values", [rest.get("value")])
            if isinstance(texts, list) and rest.get("include", True) is True:
                return model.MemberSelection(
                    component=component,
                    values=tuple(TEXT.read(text, place) for text in texts),
                    remove_prefix=BOOLEAN.read(rest.get("removePrefix", False), place),
                )
    raise unexpected(place)


_OF_A_KEY = frozenset({"value", "values", "include", "removePrefix"})


def _write_key_value(value: model.MemberSelection) -> dict[str, Any]:
    plain = model.MemberSelection(
        component=value.component, values=value.values, remove_prefix=value.remove_prefix
    )
    if value != plain or len(value.values) != 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Key {value.component}")
    prefix = {"removePrefix": True} if value.remove_prefix else {}
    return {"id": value.component, "value": value.values[0], **prefix}


def _write_key_values(value: model.MemberSelection) -> dict[str, Any]:
    if len(value.values) < 2:
        return _write_key_value(value)
    first = model.MemberSelection(
        component=value.component, values=value.values[:1], remove_prefix=value.remove_prefix
    )
    if value.details or value.time_range or not value.include:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Key {value.component}")
    written = _write_key_value(first)
    del written["value"]
    return {**written, "values": list(value.values)}
