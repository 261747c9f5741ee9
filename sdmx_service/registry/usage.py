"""What data reported for a dataflow or an agreement are bound to: structure, lists, constraints.

No queries of structures and no rights.
"""

from __future__ import annotations

from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import StructureContext, StructureUse
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    Attribute,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    ProvisionAgreement,
    Representation,
    ValueList,
)
from sdmx_service.registry.extensions import CODE_SCHEMES, CodeScheme
from sdmx_service.registry.index import Index
from sdmx_service.registry.reference_metadata import repeated_paths, with_metadata_attributes

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
    """Component id → the code list that enumerates it, inherited codes and all; of a geographic
    list the codes without their places, of a value list the values as codes."""
    lists = {}
    for component, representation in representations_of(index, structure).items():
        found = index.find(representation.enumeration) if representation.enumeration else None
        codelist = index.whole(found) if found else None
        if isinstance(codelist, (*CODE_SCHEMES, ValueList)):
            lists[component] = _plain(codelist)
    return lists


def _plain(codelist: CodeScheme | ValueList) -> Codelist:
    if isinstance(codelist, Codelist):
        return codelist
    if isinstance(codelist, ValueList):
        values = tuple(Code(id=one.id, about=one.about) for one in codelist.items)
        return Codelist(ref=codelist.ref, about=codelist.about, items=values)
    codes = tuple(Code(id=one.id, about=one.about, parent=one.parent) for one in codelist.items)
    return Codelist(
        ref=codelist.ref, about=codelist.about, items=codes, is_partial=codelist.is_partial
    )


def chain_of(index: Index, usage: Ref) -> tuple[Artefact, ...]:
    """Agreement, dataflow and data structure, as far down as ``usage`` stands; () if unknown.

    The data structure has the metadata attributes in use among its attributes.
    """
    found = index.find(usage)
    artefact = index.artefacts.get(found) if found else None
    match artefact:
        case ProvisionAgreement():
            below = chain_of(index, artefact.dataflow)
        case Dataflow():
            below = chain_of(index, artefact.structure) if artefact.structure else ()
        case DataStructure():
            return (with_metadata_attributes(index, artefact),)
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
        declared=chain[0].ref,
        data_structure=structure,
        layout=layout_of(structure),
        repeated=repeated_paths(index, structure),
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


def _own(component: Component) -> Representation | None:
    own = component.representation
    return own if own and (own.enumeration or own.text_format) else None


def _core(index: Index, concept: Ref) -> Representation:
    found = concept_of(index, concept)
    return found.core_representation or Representation() if found else Representation()
