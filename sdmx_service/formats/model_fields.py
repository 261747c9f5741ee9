"""The fields of the model's classes by path, for the tables that describe them in a format, and
the making of a value from what was read under each path.

A path is relative to the class: ``items``, ``about.names``, ``ref.id``. No format is named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, Protocol

from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
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


Bags = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
"""What was read of one value, under each of ``PARENTS``."""


class Described(Protocol):
    """What the shapes of XML and JSON have in common."""

    @property
    def model(self) -> type[Any]: ...
    @property
    def artefact(self) -> ArtefactClass | None: ...
    @property
    def complete(self) -> Callable[[dict[str, Any], dict[str, Any]], None] | None: ...


def made(
    shape: Described, required: frozenset[str], bags: Bags, refused: Callable[[str], Refused]
) -> Any:
    """The value of the shape's class that was read; ``refused`` of what it misses is raised."""
    own, about, ref = bags
    if about:
        own["about"] = About(**about)
    if shape.complete is not None:
        shape.complete(own, ref)
    missing = sorted(required - own.keys())
    if shape.artefact is not None:
        missing += sorted({"agency", "id"} - ref.keys())
    if missing:
        raise refused(", ".join(missing))
    if shape.artefact is not None:
        own["ref"] = Ref(shape.artefact, **ref)
    return shape.model(**own)
