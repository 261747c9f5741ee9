"""What stands first in a URL of SDMX REST, as data: resources of each version, artefact types.

A router reads the kinds; ``structure_parameters`` reads the types. No parsing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sdmx_service.model.refs import ArtefactClass


class ResourceKind(StrEnum):
    DATA = "data"
    STRUCTURE = "structure"
    AVAILABILITY = "availability"
    SCHEMA = "schema"
    METADATA = "metadata"
    REGISTRATION = "registration"


Types = Mapping[str, tuple[ArtefactClass, ...]]
"""Artefact type in a URL → classes; empty where SDMX 3 has none, so that nothing is ever found."""

_BOTH_VERSIONS: Types = {
    "agencyscheme": (ArtefactClass.AGENCY_SCHEME,),
    "categorisation": (ArtefactClass.CATEGORISATION,),
    "categoryscheme": (ArtefactClass.CATEGORY_SCHEME,),
    "codelist": (
        ArtefactClass.CODELIST,
        ArtefactClass.GEOGRAPHIC_CODELIST,
        ArtefactClass.GEO_GRID_CODELIST,
    ),
    "conceptscheme": (ArtefactClass.CONCEPT_SCHEME,),
    "customtypescheme": (ArtefactClass.CUSTOM_TYPE_SCHEME,),
    "dataconsumerscheme": (ArtefactClass.DATA_CONSUMER_SCHEME,),
    "dataflow": (ArtefactClass.DATAFLOW,),
    "dataproviderscheme": (ArtefactClass.DATA_PROVIDER_SCHEME,),
    "datastructure": (ArtefactClass.DATA_STRUCTURE,),
    "metadataflow": (ArtefactClass.METADATAFLOW,),
    "metadatastructure": (ArtefactClass.METADATA_STRUCTURE,),
    "namepersonalisationscheme": (ArtefactClass.NAME_PERSONALISATION_SCHEME,),
    "organisationunitscheme": (ArtefactClass.ORGANISATION_UNIT_SCHEME,),
    "process": (ArtefactClass.PROCESS,),
    "provisionagreement": (ArtefactClass.PROVISION_AGREEMENT,),
    "reportingtaxonomy": (ArtefactClass.REPORTING_TAXONOMY,),
    "rulesetscheme": (ArtefactClass.RULESET_SCHEME,),
    "transformationscheme": (ArtefactClass.TRANSFORMATION_SCHEME,),
    "userdefinedoperatorscheme": (ArtefactClass.USER_DEFINED_OPERATOR_SCHEME,),
    "vtlmappingscheme": (ArtefactClass.VTL_MAPPING_SCHEME,),
}

_CONTENT = (ArtefactClass.DATA_CONSTRAINT, ArtefactClass.METADATA_CONSTRAINT)
V1_TYPES: Types = {
    **_BOTH_VERSIONS,
    "actualconstraint": _CONTENT,
    "allowedconstraint": _CONTENT,
    "attachmentconstraint": (ArtefactClass.ATTACHMENT_CONSTRAINT,),
    "contentconstraint": _CONTENT,
    "hierarchicalcodelist": (ArtefactClass.HIERARCHY,),
    "namealiasscheme": (),
    "organisationscheme": (
        ArtefactClass.AGENCY_SCHEME,
        ArtefactClass.DATA_CONSUMER_SCHEME,
        ArtefactClass.DATA_PROVIDER_SCHEME,
        ArtefactClass.ORGANISATION_UNIT_SCHEME,
    ),
    "structureset": (
        ArtefactClass.CATEGORY_SCHEME_MAP,
        ArtefactClass.CONCEPT_SCHEME_MAP,
        ArtefactClass.ORGANISATION_SCHEME_MAP,
        ArtefactClass.REPORTING_TAXONOMY_MAP,
        ArtefactClass.REPRESENTATION_MAP,
        ArtefactClass.STRUCTURE_MAP,
    ),
}
"""Artefact types of SDMX REST 1.5.0."""

HOLDERS = frozenset({"hierarchicalcodelist", "metadatastructure", "structureset"})
"""Those of v1 that hold several artefacts of SDMX 3, which are asked for by the holder's id."""

V2_TYPES: Types = {
    **_BOTH_VERSIONS,
    "categoryschememap": (ArtefactClass.CATEGORY_SCHEME_MAP,),
    "conceptschememap": (ArtefactClass.CONCEPT_SCHEME_MAP,),
    "dataconstraint": (ArtefactClass.DATA_CONSTRAINT,),
    "hierarchy": (ArtefactClass.HIERARCHY,),
    "hierarchyassociation": (ArtefactClass.HIERARCHY_ASSOCIATION,),
    "metadataconstraint": (ArtefactClass.METADATA_CONSTRAINT,),
    "metadataproviderscheme": (ArtefactClass.METADATA_PROVIDER_SCHEME,),
    "metadataprovisionagreement": (ArtefactClass.METADATA_PROVISION_AGREEMENT,),
    "organisationschememap": (ArtefactClass.ORGANISATION_SCHEME_MAP,),
    "reportingtaxonomymap": (ArtefactClass.REPORTING_TAXONOMY_MAP,),
    "representationmap": (ArtefactClass.REPRESENTATION_MAP,),
    "structuremap": (ArtefactClass.STRUCTURE_MAP,),
    "valuelist": (ArtefactClass.VALUE_LIST,),
}
"""Artefact types of SDMX REST 2.2.2."""

V1_RESOURCES: Mapping[str, ResourceKind] = {
    "data": ResourceKind.DATA,
    "availableconstraint": ResourceKind.AVAILABILITY,
    "schema": ResourceKind.SCHEMA,
    "metadata": ResourceKind.METADATA,
    "structure": ResourceKind.STRUCTURE,
    **dict.fromkeys(V1_TYPES, ResourceKind.STRUCTURE),
}
"""First word of a v1 path → what it asks for."""

V2_RESOURCES: Mapping[str, ResourceKind] = {
    "data": ResourceKind.DATA,
    "availability": ResourceKind.AVAILABILITY,
    "schema": ResourceKind.SCHEMA,
    "metadata": ResourceKind.METADATA,
    "registration": ResourceKind.REGISTRATION,
    "structure": ResourceKind.STRUCTURE,
}
"""First word of a v2 path → what it asks for."""
