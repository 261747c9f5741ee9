"""How much of an artefact is shown: stubs and chosen items. No search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, fields, replace
from typing import TypeVar

from sdmx_service.model.structures import (
    ITEM_SCHEMES,
    Artefact,
    Category,
    CategoryScheme,
    ItemScheme,
    ReportingCategory,
    ReportingTaxonomy,
    ValueList,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.extensions import CodeScheme

__all__ = ["ITEM_SCHEMES", "stub", "with_items", "with_parents"]
NOTHING = LocalisedText()
_Nested = TypeVar("_Nested", Category, ReportingCategory)
_KEPT = frozenset(
    {"role", "is_partial", "structure"}
    | {"source", "target", "sources", "targets", "hierarchy", "linked"}
)
"""What a stub says beside names and what its class cannot be without."""


def stub(artefact: Artefact, *, complete: bool) -> Artefact:
    """The artefact without content; ``complete`` keeps descriptions and annotations.

    A required reference of the artefact stays, as a value cannot be without it.
    """
    own = artefact.about
    about = own if complete else replace(own, descriptions=NOTHING, annotations=(), links=())
    kept = {
        entry.name: getattr(artefact, entry.name)
        for entry in fields(artefact)
        if entry.default is MISSING or entry.name in _KEPT
    }
    return type(artefact)(**kept, about=about)


def with_items(scheme: ItemScheme, wanted: Collection[str]) -> ItemScheme:
    """The scheme with these items only (a category's id is its dot path, its ancestors are kept);
    partial where anything was left out."""
    if isinstance(scheme, CategoryScheme | ReportingTaxonomy):
        categories = _categories(scheme.items, "", wanted)  # type: ignore[type-var]
        return replace(
            scheme,
            items=categories,  # type: ignore[arg-type]
            is_partial=scheme.is_partial or categories != scheme.items,
        )
    items = tuple(item for item in scheme.items if item.id in wanted)
    if isinstance(scheme, ValueList):
        return replace(scheme, items=items)  # type: ignore[arg-type]
    partial = scheme.is_partial or len(items) < len(scheme.items)
    return replace(scheme, items=items, is_partial=partial)  # type: ignore[arg-type]


def with_parents(codelist: CodeScheme, wanted: Collection[str]) -> set[str]:
    """The codes wanted and all that stand above them."""
    parents = {code.id: code.parent for code in codelist.items}
    kept: set[str] = set()
    for code in wanted:
        current: str | None = code
        while current is not None and current in parents and current not in kept:
            kept.add(current)
            current = parents[current]
    return kept


def _categories(
    categories: tuple[_Nested, ...], prefix: str, wanted: Collection[str]
) -> tuple[_Nested, ...]:
    kept = []
    for category in categories:
        path = prefix + category.id
        below = _categories(category.categories, path + ".", wanted)
        if below or path in wanted:
            kept.append(replace(category, categories=below))
    return tuple(kept)
