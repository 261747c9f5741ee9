"""How much of an artefact is shown: stubs and chosen items. No search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sdmx_service.model.structures import (
    About,
    Artefact,
    Categorisation,
    Category,
    CategoryScheme,
    Codelist,
    ConceptScheme,
    DataConstraint,
    Dataflow,
    DataStructure,
    ItemScheme,
    OrganisationScheme,
    ProvisionAgreement,
)

ITEM_SCHEMES = (Codelist, ConceptScheme, CategoryScheme, OrganisationScheme)


def stub(artefact: Artefact, *, complete: bool) -> Artefact:
    """The artefact without content; ``complete`` keeps descriptions and annotations.

    A required reference of the artefact stays, as a value cannot be without it.
    """
    about = artefact.about if complete else About(names=artefact.about.names)
    match artefact:
        case Codelist() | ConceptScheme() | CategoryScheme() | OrganisationScheme():
            return replace(artefact, about=about, items=())  # type: ignore[arg-type]
        case DataStructure():
            return DataStructure(ref=artefact.ref, about=about)
        case DataConstraint():
            return DataConstraint(ref=artefact.ref, about=about, role=artefact.role)
        case Dataflow() | ProvisionAgreement() | Categorisation():
            return replace(artefact, about=about)


def with_items(scheme: ItemScheme, wanted: Collection[str]) -> ItemScheme:
    """The scheme with these items only (a category's id is its dot path, its ancestors are kept);
    partial where anything was left out."""
    if isinstance(scheme, CategoryScheme):
        categories = _categories(scheme.items, "", wanted)
        return replace(
            scheme,
            items=categories,
            is_partial=scheme.is_partial or categories != scheme.items,
        )
    items = tuple(item for item in scheme.items if item.id in wanted)
    partial = scheme.is_partial or len(items) < len(scheme.items)
    return replace(scheme, items=items, is_partial=partial)  # type: ignore[arg-type]


def with_parents(codelist: Codelist, wanted: Collection[str]) -> set[str]:
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
    categories: tuple[Category, ...], prefix: str, wanted: Collection[str]
) -> tuple[Category, ...]:
    kept = []
    for category in categories:
        path = prefix + category.id
        below = _categories(category.categories, path + ".", wanted)
        if below or path in wanted:
            kept.append(replace(category, categories=below))
    return tuple(kept)
