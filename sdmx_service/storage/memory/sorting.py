"""What values sort by: numbers, then texts, then what is missing, whatever the direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sdmx_service.storage.prepare import number_of

SortKey = tuple[int, Any]
"""A class of values, which come one after another in either direction, and a place in it."""
_Item = TypeVar("_Item")
_NUMBER, _TEXT, _MISSING = range(3)


def text_key(value: str | None) -> SortKey:
    """By code or text."""
    return (_MISSING, "") if value is None else (_TEXT, value)


def measure_key(value: str | None) -> SortKey:
    """By number where it is one."""
    number = None if value is None else number_of(value)
    return text_key(value) if number is None else (_NUMBER, number)


def in_direction(
    items: Iterable[_Item], key: Callable[[_Item], SortKey], *, down: bool
) -> list[_Item]:
    """Items sorted inside each class; those that are equal stay as they are."""
    classes: dict[int, list[tuple[Any, _Item]]] = {}
    for item in items:
        number, place = key(item)
        classes.setdefault(number, []).append((place, item))
    return [
        item
        for number in sorted(classes)
        for _, item in sorted(classes[number], key=lambda one: one[0], reverse=down)
    ]
