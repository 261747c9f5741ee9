"""Artefacts by name and version, and which of them refers to which. No queries, no rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref, version_key
from sdmx_service.model.structures import (
    Artefact,
    Categorisation,
    Category,
    Code,
    Concept,
    ConceptScheme,
    DataConstraint,
    Dataflow,
    DataStructure,
    ItemScheme,
    Organisation,
    ProvisionAgreement,
    Representation,
)
from sdmx_service.model.versions import is_version, pick

Item = Code | Concept | Category | Organisation
Name = tuple[ArtefactClass, str, str]

TOP_AGENCY = "SDMX"
"""The agency whose scheme names the agencies that stand under no other."""


@dataclass(frozen=True, slots=True)
class Index:
    """Every artefact, by reference, by name (oldest version first) and by who refers to it.

    ``children``: what an artefact refers to directly; ``parents``: the reverse. Both hold
    references of artefacts that are here, resolved, without item, in a fixed order.
    """

    artefacts: Mapping[Ref, Artefact]
    versions: Mapping[Name, tuple[Ref, ...]]
    children: Mapping[Ref, tuple[Ref, ...]]
    parents: Mapping[Ref, tuple[Ref, ...]]

    def find(self, ref: Ref) -> Ref | None:
        """The reference of the artefact meant: wildcards and None name the latest; None where it
        is unknown or its version is no version."""
        exact = ref.maintainable
        if exact in self.artefacts:
            return exact
        known = self.versions.get((ref.artefact, ref.agency, ref.id), ())
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
    names = Index(by_ref, versions, {}, {})
    children = {ref: _children(names, artefact) for ref, artefact in by_ref.items()}
    parents: dict[Ref, list[Ref]] = {ref: [] for ref in by_ref}
    for ref, targets in children.items():
        for target in targets:
            parents[target].append(ref)
    return Index(by_ref, versions, children, {ref: tuple(refs) for ref, refs in parents.items()})


def ref_order(ref: Ref) -> tuple[str, str, str, tuple[tuple[int, ...], int, str], str]:
    """Sort key of references: class, agency, id, version, item."""
    return (ref.artefact, ref.agency, ref.id, version_key(ref.version), ref.item or "")


def references(artefact: Artefact) -> Iterator[Ref]:
    """What an artefact refers to, as written, items included, in the order of the artefact."""
    match artefact:
        case ConceptScheme():
            for concept in artefact.items:
                yield from _enumeration(concept.core_representation)
        case DataStructure():
            yield from _data_structure_references(artefact)
        case Dataflow():
            yield artefact.structure
        case ProvisionAgreement():
            yield artefact.dataflow
            yield artefact.data_provider
        case DataConstraint():
            yield from artefact.attachment
        case Categorisation():
            yield artefact.source
            yield artefact.target


def agency_item(agency: str) -> Ref | None:
    """The item of an agency scheme that names this agency; SDMX names those without a parent,
    itself excepted."""
    parent, _, own = agency.rpartition(".")
    if agency == TOP_AGENCY:
        return None
    return Ref(ArtefactClass.AGENCY_SCHEME, parent or TOP_AGENCY, "AGENCIES", None, own)


def items_of(scheme: ItemScheme) -> Iterator[tuple[str, Item]]:
    """Items with their ids; a category's is its dot path, parents before children."""
    for item in scheme.items:
        if isinstance(item, Category):
            yield from _category_items(item, "")
        else:
            yield item.id, item


def _category_items(category: Category, prefix: str) -> Iterator[tuple[str, Item]]:
    path = prefix + category.id
    yield path, category
    for child in category.categories:
        yield from _category_items(child, path + ".")


def _data_structure_references(structure: DataStructure) -> Iterator[Ref]:
    time = (structure.time_dimension,) if structure.time_dimension else ()
    components = (*structure.dimensions, *time, *structure.measures, *structure.attributes)
    for component in components:
        yield component.concept
        yield from component.roles
        yield from _enumeration(component.representation)


def _enumeration(representation: Representation | None) -> Iterator[Ref]:
    if representation and representation.enumeration:
        yield representation.enumeration


def _children(index: Index, artefact: Artefact) -> tuple[Ref, ...]:
    agency = agency_item(artefact.ref.agency)
    targets = (*references(artefact), *((agency,) if agency else ()))
    found = dict.fromkeys(index.find(target) for target in targets)
    return tuple(ref for ref in found if ref is not None and ref != artefact.ref)
