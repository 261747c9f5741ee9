"""What data reported for a dataflow or an agreement are bound to: structure, lists, constraints.

No queries of structures and no rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import StructureContext, StructureUse
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import Ref
from sdmx_service.model.regions import MemberSelection
from sdmx_service.model.structures import (
    Artefact,
    Attribute,
    Codelist,
    Concept,
    ConceptScheme,
    ConstraintRole,
    DataConstraint,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    ProvisionAgreement,
    Representation,
)
from sdmx_service.registry.index import Index

Component = Dimension | Measure | Attribute


def components_of(structure: DataStructure) -> tuple[Component, ...]:
    """Every component: dimensions, time, measures, attributes."""
    time = (structure.time_dimension,) if structure.time_dimension else ()
    return (*structure.dimensions, *time, *structure.measures, *structure.attributes)


def concept_of(index: Index, ref: Ref) -> Concept | None:
    """The concept that a component refers to."""
    found = index.find(ref)
    scheme = index.artefacts.get(found) if found else None
    if not isinstance(scheme, ConceptScheme):
        return None
    return next((concept for concept in scheme.items if concept.id == ref.item), None)


def representations_of(index: Index, structure: DataStructure) -> dict[str, Representation]:
    """Component id → its representation: its own, else its concept's, else an empty one."""
    return {
        component.id: _own(component) or _core(index, component.concept)
        for component in components_of(structure)
    }


def codelists_of(index: Index, structure: DataStructure) -> dict[str, Codelist]:
    """Coded component id → its code list."""
    lists = {}
    for component, representation in representations_of(index, structure).items():
        found = index.find(representation.enumeration) if representation.enumeration else None
        codelist = index.artefacts.get(found) if found else None
        if isinstance(codelist, Codelist):
            lists[component] = codelist
    return lists


def chain_of(index: Index, usage: Ref) -> tuple[Artefact, ...]:
    """Agreement, dataflow and data structure, as far down as ``usage`` stands; () if unknown."""
    found = index.find(usage)
    artefact = index.artefacts.get(found) if found else None
    match artefact:
        case ProvisionAgreement():
            below = chain_of(index, artefact.dataflow)
        case Dataflow():
            below = chain_of(index, artefact.structure)
        case DataStructure():
            return (artefact,)
        case _:
            return ()
    return (artefact, *below) if below else ()


def structure_use_of(index: Index, ref: Ref) -> StructureUse | None:
    """What a message that names ``ref`` is bound to, or None where it is unknown."""
    chain = chain_of(index, ref)
    if not chain or not isinstance(chain[-1], DataStructure):
        return None
    structure = chain[-1]
    return StructureUse(
        declared=chain[0].ref, data_structure=structure, layout=layout_of(structure)
    )


def structure_context_of(index: Index, usage: Ref) -> StructureContext:
    """What a writer needs. Raises Refused (STRUCTURE_UNKNOWN) for all but a dataflow or agreement
    that is here."""
    chain = chain_of(index, usage)
    dataflow = next((entry for entry in chain if isinstance(entry, Dataflow)), None)
    structure = chain[-1] if chain else None
    if dataflow is None or not isinstance(structure, DataStructure):
        raise refuse("STRUCTURE_UNKNOWN", found=usage.short)
    concepts = {
        component.id: concept_of(index, component.concept) for component in components_of(structure)
    }
    schemes = {component.concept.maintainable for component in components_of(structure)}
    found = (index.find(scheme) for scheme in sorted(schemes, key=lambda ref: ref.urn))
    artefacts = (index.artefacts[ref] for ref in dict.fromkeys(found) if ref)
    return StructureContext(
        usage=chain[0].ref,
        dataflow=dataflow,
        data_structure=structure,
        codelists=codelists_of(index, structure),
        concepts={name: concept.about.names for name, concept in concepts.items() if concept},
        concept_schemes=tuple(entry for entry in artefacts if isinstance(entry, ConceptScheme)),
    )


_CONSTRAINT_CODES = {
    ProvisionAgreement: "CONSTRAINT_AGREEMENT",
    Dataflow: "CONSTRAINT_DATAFLOW",
    DataStructure: "CONSTRAINT_DATA_STRUCTURE",
}


def constraints_of(index: Index, usage: Ref) -> tuple[tuple[str, DataConstraint], ...]:
    """Allowed content that binds data of a dataflow or agreement, the data structure's first."""
    found: dict[Ref, tuple[str, DataConstraint]] = {}
    for artefact in reversed(chain_of(index, usage)):
        code = next(name for kind, name in _CONSTRAINT_CODES.items() if isinstance(artefact, kind))
        for constraint in _attached(index, artefact):
            found.setdefault(constraint.ref, (code, constraint))
    return tuple(found.values())


def allowed_codes(
    constraints: tuple[tuple[str, DataConstraint], ...], component: str, codes: Mapping[str, object]
) -> set[str]:
    """Codes of a component that the constraints leave; all where none speaks of it.

    A constraint is read one component at a time: of its including regions the union, less what a
    region takes away that speaks of this component alone.
    """
    left = set(codes)
    for _, constraint in constraints:
        including = [region for region in constraint.cube_regions if region.include]
        if including:
            left &= set().union(
                *(_member_codes((*r.members, *r.components), component, codes) for r in including)
            )
        for region in constraint.cube_regions:
            members = (*region.members, *region.components)
            if not region.include and {member.component for member in members} == {component}:
                left -= _member_codes(members, component, codes)
    return left


def _member_codes(
    members: tuple[MemberSelection, ...], component: str, codes: Mapping[str, object]
) -> set[str]:
    left = set(codes)
    for member in members:
        if member.component == component and member.values:
            left = left & set(member.values) if member.include else left - set(member.values)
    return left


def _attached(index: Index, artefact: Artefact) -> Iterator[DataConstraint]:
    names = {artefact.ref}
    if isinstance(artefact, ProvisionAgreement):
        names.add(artefact.data_provider)
        provider = index.find(artefact.data_provider)
        parents = (*index.parents[artefact.ref], *(index.parents[provider] if provider else ()))
    else:
        parents = index.parents[artefact.ref]
    for ref in dict.fromkeys(parents):
        constraint = index.artefacts[ref]
        if isinstance(constraint, DataConstraint) and constraint.role is ConstraintRole.ALLOWED:
            resolved = {_resolved(index, attached) for attached in constraint.attachment}
            if resolved & names:
                yield constraint


def _resolved(index: Index, ref: Ref) -> Ref:
    found = index.find(ref)
    return ref if found is None or ref.item else found


def _own(component: Component) -> Representation | None:
    own = component.representation
    return own if own and (own.enumeration or own.text_format) else None


def _core(index: Index, concept: Ref) -> Representation:
    found = concept_of(index, concept)
    return found.core_representation or Representation() if found else Representation()
