"""Artefacts of any class together."""

from __future__ import annotations

from dataclasses import dataclass, field

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.constraints import DataConstraint
from sdmx_service.model.structures.data_structure import DataStructure, MetadataStructure
from sdmx_service.model.structures.flows import (
    Dataflow,
    Metadataflow,
    MetadataProvisionAgreement,
    ProvisionAgreement,
)
from sdmx_service.model.structures.hierarchies import Hierarchy, HierarchyAssociation
from sdmx_service.model.structures.items import (
    Categorisation,
    CategoryScheme,
    Codelist,
    ConceptScheme,
    GeographicCodelist,
    GeoGridCodelist,
    ReportingTaxonomy,
    ValueList,
)
from sdmx_service.model.structures.maps import ItemSchemeMap, RepresentationMap, StructureMap
from sdmx_service.model.structures.metadata_constraints import (
    AttachmentConstraint,
    MetadataConstraint,
)
from sdmx_service.model.structures.organisations import OrganisationScheme
from sdmx_service.model.structures.processes import Process
from sdmx_service.model.structures.transformations import (
    CustomTypeScheme,
    NamePersonalisationScheme,
    RulesetScheme,
    TransformationScheme,
    UserDefinedOperatorScheme,
    VtlMappingScheme,
)

ItemScheme = (
    Codelist
    | GeographicCodelist
    | GeoGridCodelist
    | ValueList
    | ConceptScheme
    | CategoryScheme
    | ReportingTaxonomy
    | OrganisationScheme
    | TransformationScheme
    | RulesetScheme
    | UserDefinedOperatorScheme
    | CustomTypeScheme
    | NamePersonalisationScheme
    | VtlMappingScheme
)
ITEM_SCHEMES = (
    Codelist,
    GeographicCodelist,
    GeoGridCodelist,
    ValueList,
    ConceptScheme,
    CategoryScheme,
    ReportingTaxonomy,
    OrganisationScheme,
    TransformationScheme,
    RulesetScheme,
    UserDefinedOperatorScheme,
    CustomTypeScheme,
    NamePersonalisationScheme,
    VtlMappingScheme,
)
"""The classes of ``ItemScheme``, for isinstance."""
Artefact = (
    ItemScheme
    | Categorisation
    | DataStructure
    | MetadataStructure
    | Dataflow
    | Metadataflow
    | ProvisionAgreement
    | MetadataProvisionAgreement
    | DataConstraint
    | MetadataConstraint
    | AttachmentConstraint
    | Hierarchy
    | HierarchyAssociation
    | StructureMap
    | RepresentationMap
    | ItemSchemeMap
    | Process
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureMessage:
    """Artefacts that travel together; ``stubs`` names those of which only the name is given."""

    artefacts: tuple[Artefact, ...] = ()
    stubs: frozenset[Ref] = field(default_factory=frozenset)
