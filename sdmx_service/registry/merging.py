"""A partial item scheme laid over the one that is there, and a scheme without an item.

Source: SDMX REST 2.2.2, structure maintenance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sdmx_service.model.structures import About, Artefact
from sdmx_service.model.text import LocalisedText


def is_item_scheme(artefact: Artefact) -> bool:
    """Whether an artefact holds items and can be sent in part."""
    return hasattr(artefact, "items") and hasattr(artefact, "is_partial")


def merged(old: Artefact, part: Artefact) -> Artefact:
    """The scheme with the items of a part: those it has are replaced where they stand, new ones
    come after their neighbour in the part, else at the end. A root category brings its subtree.

    Names and descriptions are merged by language, annotations replaced where any are given.
    """
    before: tuple[Any, ...] = getattr(old, "items")  # noqa: B009 - of every item scheme
    given: tuple[Any, ...] = getattr(part, "items")  # noqa: B009
    changes: dict[str, Any] = {
        "about": _about(old.about, part.about),
        "items": _items(before, given),
    }
    return replace(old, **changes)


def without_item(scheme: Artefact, item: str) -> Artefact | None:
    """The scheme without one item, None where it has no such item.

    Children in a flat scheme lose their parent; a nested item (its id is its dot path) goes with
    all below it.
    """
    items: tuple[Any, ...] = getattr(scheme, "items", ())
    if any(hasattr(entry, "categories") for entry in items):
        left = _without_category(items, item.split("."))
    else:
        left = tuple(_orphaned(entry, item) for entry in items if entry.id != item)
    changes: dict[str, Any] = {"items": left}
    return None if left is None or left == items else replace(scheme, **changes)


def _about(old: About, given: About) -> About:
    return replace(
        old,
        names=_texts(old.names, given.names),
        descriptions=_texts(old.descriptions, given.descriptions),
        annotations=given.annotations or old.annotations,
    )


def _texts(old: LocalisedText, given: LocalisedText) -> LocalisedText:
    return LocalisedText.of({**dict(old), **dict(given)})


def _items(before: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Any, ...]:
    order = [item.id for item in before]
    by_id = {item.id: item for item in before}
    known = set(by_id)
    following: dict[str, list[str]] = {}
    last: list[str] = []
    neighbour: str | None = None
    for item in given:
        if item.id not in known:
            (last if neighbour is None else following.setdefault(neighbour, [])).append(item.id)
        else:
            neighbour = item.id
        by_id[item.id] = item
    placed = [name for one in order for name in (one, *following.get(one, ()))]
    return tuple(by_id[name] for name in dict.fromkeys((*placed, *last)))


def _orphaned(entry: Any, parent: str) -> Any:
    return replace(entry, parent=None) if getattr(entry, "parent", None) == parent else entry


def _without_category(categories: tuple[Any, ...], path: list[str]) -> tuple[Any, ...]:
    left = []
    for category in categories:
        if category.id != path[0]:
            left.append(category)
        elif len(path) > 1:
            below = _without_category(category.categories, path[1:])
            left.append(replace(category, categories=below))
    return tuple(left)
