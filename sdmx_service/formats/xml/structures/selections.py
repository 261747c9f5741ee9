"""Selections of values of one component in SDMX-ML."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.structures.selections import Place, check_selection
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Codec, Element, Put, Shape
from sdmx_service.formats.xml.structures.parts import boolean, show_boolean, show_true
from sdmx_service.formats.xml.structures.structure_parts import time_range
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse

VALIDITY = (Attribute("validFrom", "valid_from"), Attribute("validTo", "valid_to"))
INCLUDE = Attribute("include", "include", boolean, show_boolean)
_REMOVE_PREFIX = Attribute("removePrefix", "remove_prefix", boolean, show_true)


def selection(dialect: Dialect, place: Place) -> Codec:
    """Values and what is said of them are one list in XML, two in the model."""
    prefix = "com" if dialect.is_21 else "str"
    since_30 = () if dialect.is_21 else (_REMOVE_PREFIX, *VALIDITY)
    shape = Shape(
        model.MemberSelection,
        attributes=(Attribute("id", "component"), INCLUDE, *since_30),
        elements=(
            Element(f"{prefix}:Value", "selected", bind(_value(dialect), dialect.names), tuple),
            Element(f"{prefix}:TimeRange", "time_range", time_range(dialect)),
        ),
        dropped=frozenset({"values", "details"}),
        complete=_apart,
    )
    plain = bind(shape, dialect.names)

    def write(put: Put, tag: str, value: model.MemberSelection) -> None:
        check_selection(value, place, tag[4:])
        _check_count(value, dialect, place, tag[4:])
        plain.write(put, tag, value)

    return Codec(plain.read, write)


def _check_count(value: model.MemberSelection, dialect: Dialect, place: Place, name: str) -> None:
    """Refuse as many or as few values as the schema has no place for."""
    lacking = not value.values and (place.single or (place.dated and value.time_range is None))
    if lacking or (place.single and len(value.values) > 1 and not dialect.is_31):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{name} {value.component}")


def _value(dialect: Dialect) -> Shape:
    cascade = Attribute(
        "cascadeValues",
        "cascade",
        _cascade,
        _show_cascade_of_21 if dialect.is_21 else _show_cascade,
    )
    language = Attribute("xml:lang", "language")
    since_30 = () if dialect.is_21 else (language, *VALIDITY)
    return Shape(model.SelectedValue, (cascade, *since_30), text="value")


def _cascade(text: str) -> model.Cascade:
    return model.Cascade({"1": "true", "0": "false"}.get(text, text))


def _show_cascade(cascade: model.Cascade) -> str | None:
    return None if cascade is model.Cascade.NO else str(cascade)


def _show_cascade_of_21(cascade: model.Cascade) -> str | None:
    if cascade is model.Cascade.BELOW:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"cascadeValues {cascade}")
    return _show_cascade(cascade)


def _apart(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """The texts of the values, and those of which more is said."""
    selected = own.pop("selected", ())
    own["values"] = tuple(one.value for one in selected)
    own["details"] = tuple(one for one in selected if one != model.SelectedValue(value=one.value))
