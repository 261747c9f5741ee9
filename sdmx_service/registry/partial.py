"""``referencepartial``: of the item schemes referred to, only the items in use.

Source: SDMX REST 2.2.2, parameter ``detail``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    ITEM_SCHEMES,
    Artefact,
    ConceptScheme,
    DataStructure,
    ItemSchemeMap,
    RepresentationMap,
    SourceValue,
    ValueList,
)
from sdmx_service.registry.constraints import allowed_codes, constraints_of
from sdmx_service.registry.detail import with_items, with_parents
from sdmx_service.registry.extensions import CODE_SCHEMES
from sdmx_service.registry.index import Index, agency_item, items_of, references
from sdmx_service.registry.usage import chain_of, codelists_of

Uses = dict[Ref, set[str] | None]
"""Items in use by scheme; None where all of it is."""


def only_used(
    index: Index, matched: dict[Ref, Artefact], related: dict[Ref, Artefact]
) -> dict[Ref, Artefact]:
    """``related`` with its item schemes reduced to what the other artefacts use.

    Concepts are used by structures, codes by what is left of concepts, structures (as constraints
    leave them), hierarchies and maps. Code lists that only concepts left out refer to are left
    out. A scheme of which no artefact at hand says what it uses stays whole, as does a value list:
    it has no way to say that it is a part.
    """
    rest = [entry for entry in related.values() if not isinstance(entry, ITEM_SCHEMES)]
    shown = (*matched.values(), *rest)
    left = {**related, **_reduced(_uses(index, shown), _others(related))}
    users = (*shown, *_others(left).values())
    concepts = {ref: one for ref, one in left.items() if isinstance(one, ConceptScheme)}
    left |= _reduced(_concepts(index, matched, users, concepts), concepts)
    codes = {ref: one for ref, one in left.items() if isinstance(one, CODE_SCHEMES)}
    left |= _reduced(_codes(index, matched, users), codes)
    named = _named(index, (*users, *(left[ref] for ref in concepts)))
    lost = _named(index, concepts.values()) - named
    return {ref: one for ref, one in left.items() if ref not in codes or ref not in lost}


def _others(artefacts: dict[Ref, Artefact]) -> dict[Ref, Artefact]:
    """Item schemes that are neither of codes nor of concepts."""
    return {
        ref: entry
        for ref, entry in artefacts.items()
        if isinstance(entry, ITEM_SCHEMES)
        and not isinstance(entry, (*CODE_SCHEMES, ConceptScheme, ValueList))
    }


def _reduced(uses: Uses, schemes: Mapping[Ref, Artefact]) -> dict[Ref, Artefact]:
    """The schemes with the items in use only; whole where nothing or everything is."""
    return {ref: _with_used(scheme, uses.get(ref)) for ref, scheme in schemes.items()}


def _with_used(scheme: Artefact, used: set[str] | None) -> Artefact:
    if not used or not isinstance(scheme, ITEM_SCHEMES):
        return scheme
    wanted = with_parents(scheme, used) if isinstance(scheme, CODE_SCHEMES) else used
    return with_items(scheme, wanted)


def _uses(index: Index, users: Iterable[Artefact]) -> Uses:
    """What artefacts use of any item schemes; of code lists see ``_codes``."""
    uses: Uses = {}
    users = tuple(users)
    for artefact in users:
        for scheme, items in _used_by(index, artefact):
            _add(uses, scheme, items)
    agencies = (agency_item(artefact.ref.agency) for artefact in users)
    for agency in filter(None, agencies):
        found = index.find(agency)
        if found and agency.item:
            _add(uses, found, {agency.item})
    return uses


def _add(uses: Uses, scheme: Ref, items: set[str] | None) -> None:
    known = uses.get(scheme, set())
    uses[scheme] = None if items is None or known is None else known | items


def _used_by(index: Index, artefact: Artefact) -> Iterator[tuple[Ref, set[str] | None]]:
    """Schemes an artefact uses, and which items; of a data structure's lists nothing is said."""
    match artefact:
        case RepresentationMap():
            yield from _used_by_map(index, artefact)
        case ItemSchemeMap(source=Ref() as source, target=Ref() as target):
            sources = (one.source for one in artefact.maps)
            targets = {one.target for one in artefact.maps if one.target is not None}
            for scheme in filter(None, [index.find(source)]):
                yield scheme, _matched(index, scheme, sources)
            for scheme in filter(None, [index.find(target)]):
                yield scheme, targets
        case _:
            of_structure = isinstance(artefact, DataStructure)
            for ref in references(artefact):
                found = index.find(ref) if ref.part is None else None
                is_list = found is not None and isinstance(index.artefacts[found], CODE_SCHEMES)
                if found is not None and not (of_structure and is_list):
                    yield found, {ref.item} if ref.item else None


def _used_by_map(
    index: Index, artefact: RepresentationMap
) -> Iterator[tuple[Ref, set[str] | None]]:
    for place, end in enumerate(artefact.sources):
        scheme = index.find(end.codelist) if end.codelist else None
        if scheme is not None:
            values = [one.sources[place] for one in artefact.mappings if place < len(one.sources)]
            yield scheme, _matched(index, scheme, values)
    for place, end in enumerate(artefact.targets):
        scheme = index.find(end.codelist) if end.codelist else None
        if scheme is not None:
            yield (
                scheme,
                {one.targets[place] for one in artefact.mappings if place < len(one.targets)},
            )


def _matched(index: Index, scheme: Ref, values: Iterable[SourceValue]) -> set[str]:
    """The items that values of a map name, by a regular expression several."""
    whole = index.whole(scheme)
    known = [name for name, _ in items_of(whole)] if isinstance(whole, ITEM_SCHEMES) else []
    found: set[str] = set()
    for one in values:
        found.add(one.value)
        if one.is_regular_expression:
            # What is no expression here names nothing.
            with suppress(re.error):
                pattern = re.compile(one.value)
                found |= {name for name in known if pattern.fullmatch(name)}
    return found


def _concepts(
    index: Index,
    matched: dict[Ref, Artefact],
    users: tuple[Artefact, ...],
    schemes: Mapping[Ref, ConceptScheme],
) -> Uses:
    """Concepts in use, among them those whose code list was asked for."""
    uses = _uses(index, users)
    asked = {ref for ref, artefact in matched.items() if isinstance(artefact, CODE_SCHEMES)}
    for ref, scheme in schemes.items():
        for concept in scheme.items:
            core = concept.core_representation
            if core and core.enumeration and index.find(core.enumeration) in asked:
                _add(uses, ref, {concept.id})
    return uses


def _codes(index: Index, matched: dict[Ref, Artefact], users: tuple[Artefact, ...]) -> Uses:
    """Codes in use: those the constraints of what was asked for leave, and those that hierarchies,
    maps and the like name."""
    uses = _uses(index, users)
    for usage, structure in _usages(index, matched, users):
        constraints = constraints_of(index, usage)
        for component, codelist in codelists_of(index, structure).items():
            known = {code.id: code for code in codelist.items}
            _add(uses, codelist.ref, allowed_codes(constraints, component, known))
    return uses


def _usages(
    index: Index, matched: dict[Ref, Artefact], users: tuple[Artefact, ...]
) -> list[tuple[Ref, DataStructure]]:
    """What was asked for, with its data structure; of what is shown where nothing was."""
    for artefacts in (matched.values(), users):
        found = []
        for artefact in artefacts:
            links = chain_of(index, artefact.ref)
            if links and isinstance(links[-1], DataStructure):
                found.append((artefact.ref, links[-1]))
        if found:
            return found
    return []


def _named(index: Index, artefacts: Iterable[Artefact]) -> set[Ref]:
    """What any of these refers to."""
    refs = chain.from_iterable(references(artefact) for artefact in artefacts)
    return {found for ref in refs if (found := index.find(ref)) is not None}
