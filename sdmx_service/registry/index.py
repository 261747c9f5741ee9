"""Artefacts by name and version, and which of them refers to which. No queries, no rules."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn, version_key
from sdmx_service.model.structures import (
    Artefact,
    Category,
    Code,
    Concept,
    CustomType,
    GeoFeatureSetCode,
    GeoGridCode,
    ItemScheme,
    NamePersonalisation,
    Organisation,
    ReportingCategory,
    Ruleset,
    Transformation,
    UserDefinedOperator,
    ValueItem,
    VtlMapping,
)
from sdmx_service.model.versions import is_version, line_of, pick
from sdmx_service.registry.extensions import CODE_SCHEMES, CodeScheme, resolved

Item = (
    Code
    | GeoFeatureSetCode
    | GeoGridCode
    | ValueItem
    | Concept
    | Category
    | ReportingCategory
    | Organisation
    | Transformation
    | Ruleset
    | UserDefinedOperator
    | CustomType
    | NamePersonalisation
    | VtlMapping
)
Name = tuple[ArtefactClass, str, str]

TOP_AGENCY = "SDMX"
"""The agency whose scheme names the agencies that stand under no other."""


_GEO = (ArtefactClass.GEOGRAPHIC_CODELIST, ArtefactClass.GEO_GRID_CODELIST)
"""Classes whose URN says code list."""


@dataclass(frozen=True, slots=True)
class Index:
    """Every artefact, by reference, by name (oldest version first) and by who refers to it.

    ``children``: what an artefact refers to directly; ``parents``: the reverse. Both hold
    references of artefacts that are here, resolved, without item, in a fixed order.
    ``extended``: code lists that extend others, with the codes they inherit;
    ``children_when_resolved``: as ``children``, without the lists that codes are inherited from.
    """

    artefacts: Mapping[Ref, Artefact]
    versions: Mapping[Name, tuple[Ref, ...]]
    children: Mapping[Ref, tuple[Ref, ...]]
    parents: Mapping[Ref, tuple[Ref, ...]]
    extended: Mapping[Ref, CodeScheme]
    children_when_resolved: Mapping[Ref, tuple[Ref, ...]]

    def line(self, ref: Ref) -> tuple[Ref, ...]:
        """Every version here of the line that an artefact belongs to, oldest first."""
        known = self.versions.get((ref.artefact, ref.agency, ref.id), ())
        return tuple(entry for entry in known if line_of(entry) == line_of(ref))

    def newest_parents(self, refs: Iterable[Ref], artefact: ArtefactClass) -> tuple[Ref, ...]:
        """Of this class, what refers to any of these: of each line the newest that does."""
        found = {ref for entry in refs for ref in self.parents[entry] if ref.artefact is artefact}
        newest = {line_of(ref): ref for ref in sorted(found, key=ref_order)}
        return tuple(newest.values())

    def whole(self, ref: Ref) -> Artefact:
        """The artefact; of a code list that extends others, with the codes it inherits."""
        return self.extended.get(ref) or self.artefacts[ref]

    def find(self, ref: Ref) -> Ref | None:
        """The reference of the artefact meant: wildcards and None name the latest; None where it
        is unknown or its version is no version."""
        exact = ref.maintainable
        if exact in self.artefacts:
            return exact
        known = self.versions.get((ref.artefact, ref.agency, ref.id), ())
        if ref.artefact is ArtefactClass.CODELIST and not known:
            return next(filter(None, (self.find(replace(ref, artefact=g)) for g in _GEO)), None)
        if not known or (ref.version and is_version(ref.version) and known[0].version):
            return None
        try:
            picked = pick(ref.version, [candidate.version for candidate in known])
        except Refused:
            return None
        return next((entry for entry in known if picked and entry.version == picked[-1]), None)


def index_of(artefacts: Iterable[Artefact]) -> Index:
    """Put artefacts in order; of two of the same name and version the first counts."""
    by_ref: dict[Ref, Artefact] = {}
    for artefact in artefacts:
        by_ref.setdefault(artefact.ref, artefact)
    by_ref = {ref: by_ref[ref] for ref in sorted(by_ref, key=ref_order)}
    versions: dict[Name, tuple[Ref, ...]] = {}
    for ref in by_ref:
        name = (ref.artefact, ref.agency, ref.id)
        versions[name] = (*versions.get(name, ()), ref)
    names = Index(by_ref, versions, {}, {}, {}, {})
    children = {ref: _children(names, artefact) for ref, artefact in by_ref.items()}
    parents: dict[Ref, list[Ref]] = {ref: [] for ref in by_ref}
    for ref, targets in children.items():
        for target in targets:
            parents[target].append(ref)
    upwards = {ref: tuple(refs) for ref, refs in parents.items()}
    extended = _extended(names)
    resolved_children = {ref: _children(names, codelist) for ref, codelist in extended.items()}
    return Index(
        by_ref, versions, children, upwards, extended, ChainMap(resolved_children, children)
    )


def _extended(index: Index) -> dict[Ref, CodeScheme]:
    return {
        ref: resolved(index, artefact)
        for ref, artefact in index.artefacts.items()
        if isinstance(artefact, CODE_SCHEMES) and artefact.extensions
    }


def ref_order(ref: Ref) -> tuple[str, str, str, tuple[tuple[int, ...], int, str], str]:
    """Sort key of references: class, agency, id, version, item."""
    return (ref.artefact, ref.agency, ref.id, version_key(ref.version), ref.item or "")


def references(artefact: Artefact) -> Iterator[Ref]:
    """What an artefact refers to, as written, items included, in the order of its fields."""
    kind: Any = type(artefact)
    for name in _fields_with_references(kind):
        yield from _within(getattr(artefact, name))
    for target in getattr(artefact, "targets", ()):
        if isinstance(target, str):
            yield from _exact(target)


def _within(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _within(entry)
    elif value is not None:
        kind: Any = type(value)
        for name in _fields_with_references(kind):
            yield from _within(getattr(value, name))


def _exact(urn: str) -> Iterator[Ref]:
    """The artefact that a URN names, nothing where it has wildcards."""
    if "*" not in urn:
        with suppress(ValueError):
            yield parse_urn(urn)


@cache
def _fields_with_references(model: Any) -> tuple[str, ...]:
    """Fields of a class of the model that are references or lead to some; its own name is none."""
    if not is_dataclass(model):
        return ()
    hints = get_type_hints(model)
    return tuple(
        entry.name
        for entry in fields(model)
        if entry.name not in ("ref", "about")
        and any(_leads_to_references(kind, model) for kind in _classes(hints[entry.name]))
    )


def _leads_to_references(kind: Any, within: Any) -> bool:
    return kind is Ref or kind is within or bool(_fields_with_references(kind))


def _classes(hint: Any) -> set[Any]:
    """The classes that a type hint is made of: of ``tuple[Code, ...] | None`` Code."""
    inner = get_args(hint)
    return set().union(*map(_classes, inner)) if inner else {hint}


def agency_item(agency: str) -> Ref | None:
    """The item of an agency scheme that names this agency; SDMX names those without a parent,
    itself excepted."""
    parent, _, own = agency.rpartition(".")
    if agency == TOP_AGENCY:
        return None
    return Ref(ArtefactClass.AGENCY_SCHEME, parent or TOP_AGENCY, "AGENCIES", None, own)


def items_of(scheme: ItemScheme) -> Iterator[tuple[str, Item]]:
    """Items with their ids; that of a nested one is its dot path, parents before children."""
    for item in scheme.items:
        if isinstance(item, Category | ReportingCategory):
            yield from _category_items(item, "")
        else:
            yield item.id, item


def _category_items(
    category: Category | ReportingCategory, prefix: str
) -> Iterator[tuple[str, Item]]:
    path = prefix + category.id
    yield path, category
    for child in category.categories:
        yield from _category_items(child, path + ".")


def _children(index: Index, artefact: Artefact) -> tuple[Ref, ...]:
    agency = agency_item(artefact.ref.agency)
    targets = (*references(artefact), *((agency,) if agency else ()))
    found = dict.fromkeys(index.find(target) for target in targets)
    return tuple(ref for ref in found if ref is not None and ref != artefact.ref)
