"""Which codes the values of a constraint stand for: wildcards, prefixes left out, codes below.

Source: SDMX 3.0 information model, Constraints; technical notes, Constraints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import (
    Cascade,
    Codelist,
    DataConstraint,
    DataKey,
    MemberSelection,
    SelectedValue,
)
from sdmx_service.registry.extensions import CODE_SCHEMES, codes_below, matching
from sdmx_service.registry.index import Index

Prefixes = Mapping[str, tuple[str, ...]]
"""Of each component, the prefixes that its code list gives to codes of lists it extends."""


def prefixes_of(index: Index, lists: Mapping[str, Codelist]) -> Prefixes:
    """The prefixes in the code lists of these components, where there are any."""
    found = {}
    for component, codelist in lists.items():
        stored = index.artefacts.get(codelist.ref)
        if isinstance(stored, CODE_SCHEMES):
            found[component] = tuple(one.prefix for one in stored.extensions if one.prefix)
    return found


def stands_for_several(constraint: DataConstraint) -> bool:
    """Whether a value may stand for other codes than the one it is."""
    regions = ((*one.members, *one.components) for one in constraint.cube_regions)
    keys = ((*key.members, *key.components) for held in constraint.key_sets for key in held.keys)
    return any(map(_stands_for_several, (one for group in (*regions, *keys) for one in group)))


def _stands_for_several(member: MemberSelection) -> bool:
    cascades = any(one.cascade is not Cascade.NO for one in member.details)
    return member.remove_prefix or cascades or any("%" in value for value in member.values)


def with_codes(
    constraint: DataConstraint, lists: Mapping[str, Codelist], prefixes: Prefixes
) -> DataConstraint:
    """The constraint with every code that a value stands for.

    ``%`` is any characters, in the list whose codes may not hold one; a selection that removes
    prefixes names codes as the list that is extended does.
    """

    def every(members: tuple[MemberSelection, ...]) -> tuple[MemberSelection, ...]:
        return tuple(standing_for(member, lists, prefixes) for member in members)

    def of_key(key: DataKey) -> DataKey:
        return replace(key, members=every(key.members), components=every(key.components))

    return replace(
        constraint,
        cube_regions=tuple(
            replace(one, members=every(one.members), components=every(one.components))
            for one in constraint.cube_regions
        ),
        key_sets=tuple(
            replace(held, keys=tuple(map(of_key, held.keys))) for held in constraint.key_sets
        ),
    )


def standing_for(
    member: MemberSelection, lists: Mapping[str, Codelist], prefixes: Prefixes
) -> MemberSelection:
    """The selection with every code that its values stand for; a value that names none stays."""
    codelist = lists.get(member.component)
    if codelist is None or not _stands_for_several(member):
        return member
    removed = prefixes.get(member.component, ()) if member.remove_prefix else ()
    values: dict[str, SelectedValue] = {}
    for one in member.selected:
        roots = _named(codelist, one.value, removed)
        under = _below(codelist, roots) if one.cascade is not Cascade.NO else ()
        own = () if one.cascade is Cascade.BELOW else roots
        plain = replace(one, cascade=Cascade.NO)
        values |= {value: replace(plain, value=value) for value in (*own, *under)}
    details = tuple(one for value, one in values.items() if one != SelectedValue(value=value))
    return replace(member, values=tuple(values), details=details, remove_prefix=False)


def _named(codelist: Codelist, value: str, removed: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that a value names, in the order of the list; itself where none is so called."""
    ids = [code.id for code in codelist.items]
    if codelist.ref.artefact is ArtefactClass.VALUE_LIST:
        return (value,)
    found = {one for prefix in ("", *removed) for one in matching(ids, prefix + value)}
    return tuple(one for one in ids if one in found) or (value,)


def _below(codelist: Codelist, parents: tuple[str, ...]) -> tuple[str, ...]:
    """Every code under some, at any depth, in the order of the list."""
    found = codes_below(codelist.items, parents) - set(parents)
    return tuple(code.id for code in codelist.items if code.id in found)
