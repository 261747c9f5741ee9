"""The artefacts of a message in the classes of SDMX 2.1, and back in those of the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sdmx_service.formats.structures.classes_21 import (
    Agreement,
    HierarchicalCodelist,
    MetadataContent,
    ReportingStructure,
    StructureSet,
)
from sdmx_service.formats.structures.containers import renamed
from sdmx_service.formats.structures.data_structures import with_one_measure
from sdmx_service.formats.structures.held import lead_back
from sdmx_service.formats.structures.hierarchies import hierarchical_codelists, hierarchies
from sdmx_service.formats.structures.maps import maps
from sdmx_service.formats.structures.metadata import (
    about_anything,
    agreement,
    agreement_of_21,
    metadata_structures,
    reporting_structures,
    without_targets,
)
from sdmx_service.formats.structures.metadata_constraints import (
    metadata_constraint,
    metadata_content,
)
from sdmx_service.formats.structures.metadata_usages import with_notes, without_notes
from sdmx_service.formats.structures.structure_sets import related, structure_sets
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    DataStructure,
    Hierarchy,
    ItemSchemeMap,
    MetadataConstraint,
    Metadataflow,
    MetadataProvisionAgreement,
    MetadataStructure,
    ProvisionAgreement,
    RepresentationMap,
    StructureMap,
    StructureMessage,
)

_A = ArtefactClass
_MAPS = StructureMap | RepresentationMap | ItemSchemeMap


def from_21(read: Any) -> Sequence[Artefact]:
    """The artefacts of the model that one of SDMX 2.1 is."""
    match read:
        case HierarchicalCodelist():
            return hierarchies(read)
        case StructureSet():
            return maps(read)
        case ReportingStructure():
            return metadata_structures(read)
    return (_alone(read),)


def _alone(read: Any) -> Any:
    """The one artefact of the model that one of SDMX 2.1 is."""
    match read:
        case Agreement():
            return agreement(read)
        case Metadataflow():
            return about_anything(read)
        case MetadataContent():
            return metadata_constraint(read)
        case DataStructure():
            return without_notes(read)
    return read


def to_21(message: StructureMessage) -> tuple[list[Any], frozenset[Ref]]:
    """The artefacts of a message in the classes of SDMX 2.1, and which are stubs.

    Raises Refused (FORMAT_CANNOT_CARRY) where SDMX 2.1 has no form of one.
    """
    held = lead_back(message.artefacts)
    full = [one for one in held if one.ref not in message.stubs or _has_content(one)]
    stubs = [_stub(one) for one in held if one.ref in message.stubs and not _has_content(one)]
    named = {one.ref: one for one in stubs}
    return [*_converted(full), *named.values()], frozenset(named)


def _converted(held: Sequence[Artefact]) -> Iterable[Any]:
    yield from hierarchical_codelists(one for one in held if isinstance(one, Hierarchy))
    yield from reporting_structures(one for one in held if isinstance(one, MetadataStructure))
    yield from structure_sets((one for one in held if isinstance(one, _MAPS)), held)
    for one in held:
        if isinstance(one, DataStructure):
            yield with_notes(with_one_measure(one))
        elif not isinstance(one, Hierarchy | MetadataStructure | _MAPS):
            yield _alone_in_21(one)


def _alone_in_21(one: Artefact) -> Any:
    """What SDMX 2.1 has for an artefact of its own, in full or as a stub."""
    match one:
        case ProvisionAgreement() | MetadataProvisionAgreement():
            return agreement_of_21(one)
        case Metadataflow():
            return without_targets(one)
        case MetadataConstraint():
            return metadata_content(one)
    return one


def _has_content(one: Artefact) -> bool:
    """Whether there are parts that SDMX 2.1 holds in something else."""
    match one:
        case Hierarchy():
            return bool(one.codes)
        case MetadataStructure():
            return bool(one.attributes)
        case StructureMap():
            return bool(one.component_maps)
        case RepresentationMap():
            return bool(one.mappings)
        case ItemSchemeMap():
            return bool(one.maps)
    return False


def _stub_of_map(one: StructureMap | RepresentationMap | ItemSchemeMap) -> StructureSet:
    """The stub of a set; of what is no map of structures, an annotation says what it is."""
    if isinstance(one, StructureMap):
        return related(StructureSet(ref=one.ref, about=one.about))
    _, about = renamed(one.about, one.ref)
    return StructureSet(ref=replace(one.ref, artefact=_A.STRUCTURE_MAP), about=about)


def _stub(one: Artefact) -> Any:
    """A stub names what holds the artefact by the name of the artefact."""
    match one:
        case Hierarchy():
            return HierarchicalCodelist(ref=one.ref, about=one.about)
        case MetadataStructure():
            return ReportingStructure(ref=one.ref, about=one.about)
        case StructureMap() | RepresentationMap() | ItemSchemeMap():
            return _stub_of_map(one)
    return _alone_in_21(one)
