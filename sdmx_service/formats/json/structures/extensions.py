"""Members that begin with ``x-``: what SDMX-JSON lets anyone add, kept as annotations.

Each is an annotation of the artefact whose ``id`` says where the member stands in it and whose
title is the JSON text of its value, so that every format carries it. On the way out it becomes a
member again where its place is still there. No class is named here. Decision: ADR 0016.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Annotation

EXTENSION = "SDMX_JSON_EXTENSION"
"""Type of the annotation that holds such a member."""
_PREFIX = "x-"


_BY_LANGUAGE = frozenset(
    {"names", "descriptions", "texts", "titles", "departments", "roles", "conditions"}
)
"""Members whose own members are languages, of which some begin with ``x-`` too."""


def taken_out(entry: Any, depth: int) -> tuple[Any, tuple[Annotation, ...]]:
    """An artefact without its extensions, and these as annotations, by place.

    Raises Refused beyond ``depth`` objects and arrays.
    """
    found: list[Annotation] = []
    bare = _without(entry, depth, "", found)
    return bare, tuple(sorted(found, key=lambda note: str(note.id)))


def _without(value: Any, depth: int, path: str, found: list[Annotation]) -> Any:
    if not depth:
        raise refuse("JSON_MALFORMED", reason=f"too deep: {path}")
    if isinstance(value, list):
        return [
            _without(held, depth - 1, f"{path}/{_escaped(step)}", found)
            for step, held in _steps(value)
        ]
    if not isinstance(value, dict) or path.rpartition("/")[2] in _BY_LANGUAGE:
        return value
    kept = {}
    for key, held in value.items():
        if key.startswith(_PREFIX):
            text = json.dumps(held, ensure_ascii=False, default=_number)
            found.append(Annotation(type=EXTENSION, id=f"{path}/{_escaped(key)}", title=text))
        else:
            kept[key] = _without(held, depth - 1, f"{path}/{_escaped(key)}", found)
    return kept


def put_back(written: dict[str, Any], notes: tuple[Annotation, ...]) -> tuple[Annotation, ...]:
    """Add the extensions to an artefact that was written, and give what else was noted: other
    annotations, and extensions that have no place."""
    arrays: dict[int, dict[str, Any]] = {}
    return tuple(
        note for note in notes if note.type != EXTENSION or not _put(written, note, arrays)
    )


def _put(written: dict[str, Any], note: Annotation, arrays: dict[int, dict[str, Any]]) -> bool:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in (note.id or "").split("/")[1:]]
    holder: Any = written
    for step in steps[:-1]:
        if isinstance(holder, list):
            if id(holder) not in arrays:
                arrays[id(holder)] = dict(_steps(holder))
            holder = arrays[id(holder)]
        holder = holder.get(step) if isinstance(holder, dict) else None
    try:
        value = json.loads(note.title or "")
    except ValueError:
        return False
    if not isinstance(holder, dict) or not steps or not steps[-1].startswith(_PREFIX):
        return False
    holder[steps[-1]] = value
    return True


def _steps(values: list[Any]) -> Iterator[tuple[str, Any]]:
    """The entries of an array by id, which outlives their order; by place where they have none."""
    for index, held in enumerate(values):
        name = held.get("id") if isinstance(held, dict) else None
        yield name if isinstance(name, str) else str(index), held


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _number(value: Any) -> float:
    assert isinstance(value, Decimal)
    return float(value)
