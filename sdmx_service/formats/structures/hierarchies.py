"""Hierarchies as hierarchical code lists of SDMX 2.1, and back. Decision: ADR 0016."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sdmx_service.formats.structures.classes_21 import (
    HierarchicalCodelist,
    IncludedCodelist,
    InnerHierarchy,
    PlacedCode,
)
from sdmx_service.formats.structures.containers import (
    IN_CODELIST,
    Part,
    hold,
    named,
    part_of,
    together,
)
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import HierarchicalCode, Hierarchy


def hierarchies(source: HierarchicalCodelist) -> tuple[Hierarchy, ...]:
    """The hierarchies of a hierarchical code list; of an empty one (a stub), one without codes.

    Raises Refused: a code of a list that is not included.
    """
    if not source.hierarchies:
        return (Hierarchy(ref=source.ref, about=source.about),)
    lists = {one.alias or one.codelist.id: one.codelist for one in source.included}
    alone = len(source.hierarchies) == 1
    return tuple(_hierarchy(source, inner, lists, alone) for inner in source.hierarchies)


def _hierarchy(
    source: HierarchicalCodelist, inner: InnerHierarchy, lists: Mapping[str, Ref], alone: bool
) -> Hierarchy:
    part = Part(holder=source.ref, holder_about=source.about, id=inner.id, about=inner.about)
    ref, about = named(part, ArtefactClass.HIERARCHY, IN_CODELIST, alone=alone)
    return Hierarchy(
        ref=ref,
        about=about,
        has_formal_levels=inner.is_leveled,
        level=inner.level,
        codes=tuple(_code(one, lists) for one in inner.codes),
    )


def _code(placed: PlacedCode, lists: Mapping[str, Ref]) -> HierarchicalCode:
    code = placed.code
    included = lists.get(placed.alias or "")
    if code is None and included is not None and placed.code_id is not None:
        code = replace(included, item=placed.code_id)
    if code is None:
        found = f"HierarchicalCode {placed.id}"
        raise refuse("STRUCTURE_INCOMPLETE", found=found, missing=placed.alias or "Code")
    return HierarchicalCode(
        id=placed.id,
        code=code,
        about=placed.about,
        codes=tuple(_code(one, lists) for one in placed.codes),
        level=placed.level,
    )


def hierarchical_codelists(held: Iterable[Hierarchy]) -> list[HierarchicalCodelist]:
    """Hierarchical code lists of hierarchies. Raises Refused (FORMAT_CANNOT_CARRY)."""
    held = list(held)
    bare = [one for one in held if not one.codes]
    full = [(one, part_of(one.ref, one.about, IN_CODELIST)) for one in held if one.codes]
    made = [HierarchicalCodelist(ref=one.ref, about=one.about) for one in bare]
    return made + [hold(group, _make, hierarchies) for group in together(full)]


def _make(places: Sequence[tuple[Hierarchy, Part]]) -> HierarchicalCodelist:
    first = places[0][1]
    used = {ref: None for hierarchy, _ in places for ref in _lists(hierarchy.codes)}
    return HierarchicalCodelist(
        ref=first.holder,
        about=first.holder_about,
        included=_included(list(used)),
        hierarchies=tuple(
            InnerHierarchy(
                id=part.id,
                about=part.about,
                is_leveled=hierarchy.has_formal_levels,
                codes=tuple(map(_placed, hierarchy.codes)),
                level=hierarchy.level,
            )
            for hierarchy, part in places
        ),
    )


def _lists(codes: Iterable[HierarchicalCode]) -> Iterable[Ref]:
    for code in codes:
        yield code.code.maintainable
        yield from _lists(code.codes)


def _included(lists: Sequence[Ref]) -> tuple[IncludedCodelist, ...]:
    """Each list by its id, or, where two have the same, by id and place."""
    ids = [ref.id for ref in lists]
    return tuple(
        IncludedCodelist(
            codelist=ref, alias=ref.id if ids.count(ref.id) == 1 else f"{ref.id}-{place}"
        )
        for place, ref in enumerate(lists, 1)
    )


def _placed(code: HierarchicalCode) -> PlacedCode:
    return PlacedCode(
        id=code.id,
        code=code.code,
        about=code.about,
        codes=tuple(map(_placed, code.codes)),
        level=code.level,
    )
