"""What data reported for a dataflow or an agreement are bound to: structure, lists, constraints.

No queries of structures and no rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import StructureContext, StructureUse
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.schema import ALL_DIMENSIONS, DataSchema
from sdmx_service.model.structures import (
    Artefact,
    Attribute,
    Cascade,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    ConstraintRole,
    DataConstraint,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    MemberSelection,
    ProvisionAgreement,
    Representation,
)
from sdmx_service.registry.extensions import CODE_SCHEMES, CodeScheme, codes_below
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
    """Coded component id → its code list, inherited codes and all; of a geographic list the codes
    without their places."""
    lists = {}
    for component, representation in representations_of(index, structure).items():
        found = index.find(representation.enumeration) if representation.enumeration else None
        codelist = index.whole(found) if found else None
        if isinstance(codelist, CODE_SCHEMES):
            lists[component] = _plain(codelist)
    return lists


def _plain(codelist: CodeScheme) -> Codelist:
    if isinstance(codelist, Codelist):
        return codelist
    codes = tuple(Code(id=one.id, about=one.about, parent=one.parent) for one in codelist.items)
    return Codelist(
        ref=codelist.ref, about=codelist.about, items=codes, is_partial=codelist.is_partial
    )


def chain_of(index: Index, usage: Ref) -> tuple[Artefact, ...]:
    """Agreement, dataflow and data structure, as far down as ``usage`` stands; () if unknown."""
    found = index.find(usage)
    artefact = index.artefacts.get(found) if found else None
    match artefact:
        case ProvisionAgreement():
            below = chain_of(index, artefact.dataflow)
        case Dataflow():
            below = chain_of(index, artefact.structure) if artefact.structure else ()
        case DataStructure():
            return (artefact,)
        case _:
            return ()
    return (artefact, *below) if below else ()


def binding_of(index: Index, usage: Ref) -> set[Ref]:
    """What an agreement refers to at any distance, by any version of its dataflow's line, and the
    constraints on any of it."""
    found = index.find(usage)
    border = {found} if found else set()
    bound: set[Ref] = set()
    while border:
        flows = [ref for ref in border if ref.artefact is ArtefactClass.DATAFLOW]
        border |= {version for flow in flows for version in index.line(flow)}
        bound |= border
        border = {target for ref in border for target in index.children[ref]}
        border = {ref for ref in border if ref.artefact not in _ORGANISATIONS} - bound
    constraints = {ref for one in bound for ref in index.parents[one]}
    return bound | {ref for ref in constraints if ref.artefact is ArtefactClass.DATA_CONSTRAINT}


_ORGANISATIONS = frozenset({ArtefactClass.AGENCY_SCHEME, ArtefactClass.DATA_PROVIDER_SCHEME})


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


def data_schema_of(
    index: Index, usage: Ref, dimension_at_observation: str | None, *, deletion: bool
) -> DataSchema:
    """What data of a dataflow, agreement or data structure may hold, all constraints applied.

    Raises Refused: STRUCTURE_UNKNOWN; QUERY_COMPONENT_UNKNOWN where no dimension is so called.
    """
    chain = chain_of(index, usage)
    structure = chain[-1] if chain else None
    if not isinstance(structure, DataStructure):
        raise refuse("STRUCTURE_UNKNOWN", found=usage.short)
    layout = layout_of(structure)
    at = dimension_at_observation or layout.time or ALL_DIMENSIONS
    if at not in (*layout.key, ALL_DIMENSIONS):
        place = Location(parameter="dimensionAtObservation")
        raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=at)
    constraints = constraints_of(index, usage)
    formats = representations_of(index, structure)
    return DataSchema(
        usage=chain[0].ref,
        data_structure=structure,
        layout=layout,
        codes={
            component: _left(constraints, component, codelist)
            for component, codelist in codelists_of(index, structure).items()
        },
        formats={name: entry.text_format for name, entry in formats.items() if entry.text_format},
        dimension_at_observation=at,
        deletion=deletion,
    )


def shares_codes(index: Index, usage: Ref) -> bool:
    """Whether two components have the same list and constraints leave them different codes."""
    chain = chain_of(index, usage)
    if not chain or not isinstance(chain[-1], DataStructure):
        return False
    constraints = constraints_of(index, usage)
    left: dict[Ref, set[tuple[str, ...]]] = {}
    for component, codelist in codelists_of(index, chain[-1]).items():
        left.setdefault(codelist.ref, set()).add(_left(constraints, component, codelist))
    return any(len(codes) > 1 for codes in left.values())


def _left(
    constraints: tuple[tuple[str, DataConstraint], ...], component: str, codelist: Codelist
) -> tuple[str, ...]:
    allowed = allowed_codes(constraints, component, {code.id: code for code in codelist.items})
    return tuple(code.id for code in codelist.items if code.id in allowed)


_CONSTRAINT_CODES = {
    ProvisionAgreement: "CONSTRAINT_AGREEMENT",
    Dataflow: "CONSTRAINT_DATAFLOW",
    DataStructure: "CONSTRAINT_DATA_STRUCTURE",
}


def constraints_of(
    index: Index, usage: Ref, dataflow: Ref | None = None
) -> tuple[tuple[str, DataConstraint], ...]:
    """Allowed content that binds data of a dataflow or agreement, the data structure's first.

    ``dataflow``: in place of the version that an agreement refers to.
    """
    found: dict[Ref, tuple[str, DataConstraint]] = {}
    chain = chain_of(index, usage)
    if dataflow is not None:
        chain = (*chain[:1], *chain_of(index, dataflow))
    for artefact in reversed(chain):
        code = next(name for kind, name in _CONSTRAINT_CODES.items() if isinstance(artefact, kind))
        for constraint in _attached(index, artefact):
            found.setdefault(constraint.ref, (code, constraint))
    structure = next((one for one in chain if isinstance(one, DataStructure)), None)
    if structure is None or not any(_cascades(constraint) for _, constraint in found.values()):
        return tuple(found.values())
    lists = codelists_of(index, structure)
    return tuple((code, with_cascades(constraint, lists)) for code, constraint in found.values())


def _cascades(constraint: DataConstraint) -> bool:
    return any(
        member.details
        for region in constraint.cube_regions
        for member in (*region.members, *region.components)
    )


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


def with_cascades(constraint: DataConstraint, lists: Mapping[str, Codelist]) -> DataConstraint:
    """The constraint with every code that a value stands for, where values cascade."""
    regions = tuple(
        replace(
            region,
            members=tuple(_cascaded(member, lists) for member in region.members),
            components=tuple(_cascaded(member, lists) for member in region.components),
        )
        for region in constraint.cube_regions
    )
    return replace(constraint, cube_regions=regions)


def _cascaded(member: MemberSelection, lists: Mapping[str, Codelist]) -> MemberSelection:
    codelist = lists.get(member.component)
    if codelist is None or all(one.cascade is Cascade.NO for one in member.details):
        return member
    values: dict[str, None] = {}
    for one in member.selected:
        under = _below(codelist, one.value) if one.cascade is not Cascade.NO else ()
        own = () if one.cascade is Cascade.BELOW else (one.value,)
        values |= dict.fromkeys((*own, *under))
    return replace(member, values=tuple(values), details=())


def _below(codelist: Codelist, parent: str) -> tuple[str, ...]:
    """Every code under one, at any depth, in the order of the list."""
    found = codes_below(codelist.items, (parent,)) - {parent}
    return tuple(code.id for code in codelist.items if code.id in found)


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
