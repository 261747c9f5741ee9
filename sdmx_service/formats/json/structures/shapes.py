"""Every class of structures as it stands in SDMX-JSON, for 1.0, 2.0 and 2.1.

A new class is a new codec in the module of its subject and a row in ``CONTAINERS``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec
from sdmx_service.formats.json.structures.shapes_constraint import constraint_codecs
from sdmx_service.formats.json.structures.shapes_constraint_21 import (
    attachment_constraint,
    content_constraint,
)
from sdmx_service.formats.json.structures.shapes_data_structure import data_structure_codecs
from sdmx_service.formats.json.structures.shapes_flows import flow_codecs
from sdmx_service.formats.json.structures.shapes_items import item_codecs
from sdmx_service.formats.json.structures.shapes_maps import map_codecs
from sdmx_service.formats.json.structures.shapes_vtl import vtl_codecs
from sdmx_service.formats.structures.availability import AVAILABILITY
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
CONTAINERS: Mapping[str, str] = {
    "dataStructures": _A.DATA_STRUCTURE,
    "metadataStructures": _A.METADATA_STRUCTURE,
    "categorySchemes": _A.CATEGORY_SCHEME,
    "conceptSchemes": _A.CONCEPT_SCHEME,
    "codelists": _A.CODELIST,
    "geographicCodelists": _A.GEOGRAPHIC_CODELIST,
    "geoGridCodelists": _A.GEO_GRID_CODELIST,
    "valueLists": _A.VALUE_LIST,
    "hierarchies": _A.HIERARCHY,
    "hierarchyAssociations": _A.HIERARCHY_ASSOCIATION,
    "agencySchemes": _A.AGENCY_SCHEME,
    "dataProviderSchemes": _A.DATA_PROVIDER_SCHEME,
    "dataConsumerSchemes": _A.DATA_CONSUMER_SCHEME,
    "metadataProviderSchemes": _A.METADATA_PROVIDER_SCHEME,
    "organisationUnitSchemes": _A.ORGANISATION_UNIT_SCHEME,
    "dataflows": _A.DATAFLOW,
    "metadataflows": _A.METADATAFLOW,
    "reportingTaxonomies": _A.REPORTING_TAXONOMY,
    "provisionAgreements": _A.PROVISION_AGREEMENT,
    "metadataProvisionAgreements": _A.METADATA_PROVISION_AGREEMENT,
    "structureMaps": _A.STRUCTURE_MAP,
    "representationMaps": _A.REPRESENTATION_MAP,
    "conceptSchemeMaps": _A.CONCEPT_SCHEME_MAP,
    "categorySchemeMaps": _A.CATEGORY_SCHEME_MAP,
    "organisationSchemeMaps": _A.ORGANISATION_SCHEME_MAP,
    "reportingTaxonomyMaps": _A.REPORTING_TAXONOMY_MAP,
    "processes": _A.PROCESS,
    "categorisations": _A.CATEGORISATION,
    "attachmentConstraints": _A.ATTACHMENT_CONSTRAINT,
    "dataConstraints": _A.DATA_CONSTRAINT,
    "availabilityConstraints": AVAILABILITY,
    "metadataConstraints": _A.METADATA_CONSTRAINT,
    "customTypeSchemes": _A.CUSTOM_TYPE_SCHEME,
    "vtlMappingSchemes": _A.VTL_MAPPING_SCHEME,
    "namePersonalisationSchemes": _A.NAME_PERSONALISATION_SCHEME,
    "rulesetSchemes": _A.RULESET_SCHEME,
    "transformationSchemes": _A.TRANSFORMATION_SCHEME,
    "userDefinedOperatorSchemes": _A.USER_DEFINED_OPERATOR_SCHEME,
}
"""The members of ``data``, in the order of the schema."""
OLD_NAMES: Mapping[str, str] = {
    "contentConstraints": _A.DATA_CONSTRAINT,
    "hierarchicalCodelists": _A.HIERARCHY,
    "structureSets": _A.STRUCTURE_MAP,
}
"""Members of ``data`` that SDMX-JSON 1.0 names otherwise; some write so in 2.0 too."""
ONLY_10 = OLD_NAMES.keys() | {"attachmentConstraints"}
"""Members of ``data`` by which SDMX-JSON 1.0 is known."""
OTHER_NAMES: Mapping[str, str] = {"valuelists": _A.VALUE_LIST}
"""Members of ``data`` as FMR spells them."""
_SUBJECTS = (
    item_codecs,
    data_structure_codecs,
    flow_codecs,
    constraint_codecs,
    map_codecs,
    vtl_codecs,
)


def codecs(dialect: Dialect) -> dict[str, Codec]:
    """The codec of every class that one version of SDMX-JSON has."""
    found = {
        artefact: codec for subject in _SUBJECTS for artefact, codec in subject(dialect).items()
    }
    if not dialect.is_10:
        return found
    return found | {
        _A.ATTACHMENT_CONSTRAINT: attachment_constraint(dialect),
        _A.DATA_CONSTRAINT: content_constraint(dialect, found[_A.DATA_CONSTRAINT]),
    }
