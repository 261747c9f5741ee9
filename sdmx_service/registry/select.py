"""Answering structure queries: which artefacts, which neighbours, how much of each.

No protocol and no format. Source: SDMX REST 2.2.2, structure queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sdmx_service.formats.structures.containers import holder_id
from sdmx_service.model.query import ArtefactSelection, Detail, References, StructureQuery
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    ConstraintRole,
    DataConstraint,
    MetadataConstraint,
    StructureMessage,
)
from sdmx_service.model.versions import pick
from sdmx_service.registry.detail import ITEM_SCHEMES, stub, with_items
from sdmx_service.registry.index import Index, items_of, ref_order
from sdmx_service.registry.partial import only_used

_STUBS = {
    Detail.ALL_STUBS: (True, False),
    Detail.ALL_COMPLETE_STUBS: (True, True),
    Detail.REFERENCE_STUBS: (False, False),
    Detail.REFERENCE_COMPLETE_STUBS: (False, True),
}
"""Detail → whether the artefacts asked for are stubs too, whether stubs are complete."""


def select(index: Index, query: StructureQuery) -> StructureMessage:
    """The artefacts that match and those asked for beside them, in the order of their names.

    Code lists that extend others hold the codes they inherit, and those they are inherited from
    are then no neighbours of theirs; ``raw`` shows the extensions instead.
    Raises Refused (QUERY_SYNTAX) where a version expression is none.
    """
    show = index.artefacts.__getitem__ if query.detail is Detail.RAW else index.whole
    found = {ref: show(ref) for ref in _matched(index, query)}
    matched = _with_query_items(found, query.items)
    if query.by_holder:
        matched |= _used_maps(index, matched)
    related = {ref: show(ref) for ref in _related(index, matched, query) if ref not in matched}
    if query.detail is Detail.REFERENCE_PARTIAL:
        related = only_used(index, matched, related)
    return _message(matched, related, query.detail)


def _matched(index: Index, query: StructureQuery) -> list[Ref]:
    wanted = query.artefacts
    return [
        ref
        for (artefact, agency, id_), known in index.versions.items()
        if (not query.classes or artefact in query.classes)
        and (not wanted.agencies or agency in wanted.agencies)
        and (not wanted.ids or id_ in wanted.ids or _is_held(index, known, query))
        for ref in _versions(known, wanted)
        if _has_role(index.artefacts[ref], query.constraint_role)
    ]


def _is_held(index: Index, known: tuple[Ref, ...], query: StructureQuery) -> bool:
    """Whether SDMX 2.1 holds the artefact in something that is asked for."""
    return query.by_holder and holder_id(index.artefacts[known[-1]]) in query.artefacts.ids


def _used_maps(index: Index, matched: Iterable[Ref]) -> dict[Ref, Artefact]:
    """The maps of representations that maps of structures use, without which SDMX 2.1 cannot say
    them."""
    maps = {ref for ref in matched if ref.artefact is ArtefactClass.STRUCTURE_MAP}
    used = _step(index.children, maps)
    representations = ArtefactClass.REPRESENTATION_MAP
    return {ref: index.artefacts[ref] for ref in used if ref.artefact is representations}


def _has_role(artefact: Artefact, role: ConstraintRole | None) -> bool:
    if role is None or not isinstance(artefact, DataConstraint | MetadataConstraint):
        return True
    return artefact.role is role


def _versions(known: tuple[Ref, ...], wanted: ArtefactSelection) -> list[Ref]:
    versions = [ref.version for ref in known]
    picked = {version for text in wanted.versions for version in pick(text, versions)}
    return [ref for ref in known if ref.version in picked]


def _with_query_items(matched: dict[Ref, Artefact], wanted: tuple[str, ...]) -> dict[Ref, Artefact]:
    """Of item schemes the items asked for; without one, and of other classes, nothing."""
    if not wanted:
        return matched
    kept: dict[Ref, Artefact] = {}
    for ref, artefact in matched.items():
        if not isinstance(artefact, ITEM_SCHEMES):
            continue
        if any(name in wanted for name, _ in items_of(artefact)):
            kept[ref] = with_items(artefact, wanted)
    return kept


def _related(index: Index, matched: Iterable[Ref], query: StructureQuery) -> set[Ref]:
    """What any word of ``references`` names."""
    start = set(matched)
    found: set[Ref] = set()
    down = index.children if query.detail is Detail.RAW else index.children_when_resolved
    for word in (query.references, *query.also_references):
        found |= neighbours(index.parents, down, start, word)
    role = query.reference_constraint_role
    named = _of_classes(index.parents, down, start, query.reference_classes)
    return found | {ref for ref in named if _has_role(index.artefacts[ref], role)}


Edges = Mapping[Ref, tuple[Ref, ...]]


def neighbours(up: Edges, down: Edges, start: set[Ref], references: References) -> set[Ref]:
    """What stands beside these artefacts in the way that ``references`` names."""
    edges = up if references in (References.PARENTS, References.ANCESTORS) else down
    match references:
        case References.NONE:
            return set()
        case References.CHILDREN | References.PARENTS:
            return _step(edges, start)
        case References.DESCENDANTS | References.ANCESTORS:
            return _closure(edges, start)
        case References.PARENTS_AND_SIBLINGS:
            return _parents_and_siblings(up, down, start)
        case References.ALL:
            return _parents_and_siblings(up, down, start) | _closure(down, start)


def _of_classes(
    up: Edges, down: Edges, start: set[Ref], classes: tuple[ArtefactClass, ...]
) -> set[Ref]:
    """Of these classes, what refers to the artefacts or is referred to by them, at any distance."""
    if not classes:
        return set()
    around = neighbours(up, down, start, References.ALL) | _closure(up, start)
    return {ref for ref in around if ref.artefact in classes}


def _parents_and_siblings(up: Edges, down: Edges, start: set[Ref]) -> set[Ref]:
    parents = _step(up, start)
    return parents | _step(down, parents)


def _step(edges: Edges, start: set[Ref]) -> set[Ref]:
    return {target for ref in start for target in edges[ref]}


def _closure(edges: Edges, start: set[Ref]) -> set[Ref]:
    found: set[Ref] = set()
    border = start
    while border:
        border = _step(edges, border) - found
        found |= border
    return found


def _message(
    matched: dict[Ref, Artefact], related: dict[Ref, Artefact], detail: Detail
) -> StructureMessage:
    all_stubs, complete = _STUBS.get(detail, (False, False))
    reduced = frozenset((*(matched if all_stubs else ()), *(related if detail in _STUBS else ())))
    artefacts = {**related, **matched}
    return StructureMessage(
        artefacts=tuple(
            stub(artefacts[ref], complete=complete) if ref in reduced else artefacts[ref]
            for ref in sorted(artefacts, key=ref_order)
        ),
        stubs=reduced,
    )
