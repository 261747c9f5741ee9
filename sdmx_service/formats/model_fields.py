"""The fields of the model's classes by path, for the tables that describe them in a format.

A path is relative to the class: ``items``, ``about.names``, ``ref.id``. No format is named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

from sdmx_service.model.structures import About

PARENTS = ("", "about", "ref")
ILLEGAL_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot carry, and no text of the model may hold."""


def slot(path: str) -> tuple[int, str]:
    """Which of ``PARENTS`` a path is under, and its last name."""
    parent, _, name = path.rpartition(".")
    return PARENTS.index(parent), name


def required_fields(model: type[Any]) -> frozenset[str]:
    """The fields without a default, the reference apart."""
    return frozenset(
        entry.name
        for entry in fields(model)
        if entry.default is MISSING and entry.default_factory is MISSING and entry.name != "ref"
    )


def unlisted_fields(
    model: type[Any], listed: Iterable[str]
) -> list[tuple[Callable[[Any], Any], Any, str]]:
    """What the class can hold and a table does not list: getter, default and name of each."""
    known = set(listed)
    paths = [(entry.name, entry.default) for entry in fields(model) if entry.name not in PARENTS]
    if "about" in {entry.name for entry in fields(model)}:
        paths += [(f"about.{entry.name}", entry.default) for entry in fields(About)]
    return [
        (attrgetter(path), default, f"{model.__name__}.{path}")
        for path, default in paths
        if path not in known
    ]
