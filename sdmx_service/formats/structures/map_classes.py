"""Which classes maps are of, for every format that writes them. No reading, no writing."""

from __future__ import annotations

from collections.abc import Mapping

from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_ORGANISATIONS_OF_21 = (
    _A.AGENCY_SCHEME,
    _A.DATA_CONSUMER_SCHEME,
    _A.DATA_PROVIDER_SCHEME,
    _A.ORGANISATION_UNIT_SCHEME,
)
MAPPED_STRUCTURES = (_A.DATA_STRUCTURE, _A.DATAFLOW, _A.METADATA_STRUCTURE, _A.METADATAFLOW)
"""What a structure map may be of."""
MAPPED_SCHEMES: Mapping[ArtefactClass, tuple[ArtefactClass, ...]] = {
    _A.CATEGORY_SCHEME_MAP: (_A.CATEGORY_SCHEME,),
    _A.CONCEPT_SCHEME_MAP: (_A.CONCEPT_SCHEME,),
    _A.ORGANISATION_SCHEME_MAP: (*_ORGANISATIONS_OF_21, _A.METADATA_PROVIDER_SCHEME),
    _A.REPORTING_TAXONOMY_MAP: (_A.REPORTING_TAXONOMY,),
}
"""Class of a map of items → the schemes it may be of."""
MAPS_OF_21: tuple[tuple[str, str, ArtefactClass, tuple[ArtefactClass, ...]], ...] = (
    (
        "OrganisationSchemeMap",
        "OrganisationMap",
        _A.ORGANISATION_SCHEME_MAP,
        _ORGANISATIONS_OF_21,
    ),
    ("CategorySchemeMap", "CategoryMap", _A.CATEGORY_SCHEME_MAP, (_A.CATEGORY_SCHEME,)),
    ("CodelistMap", "CodeMap", _A.REPRESENTATION_MAP, (_A.CODELIST,)),
    ("ConceptSchemeMap", "ConceptMap", _A.CONCEPT_SCHEME_MAP, (_A.CONCEPT_SCHEME,)),
    (
        "ReportingTaxonomyMap",
        "ReportingCategoryMap",
        _A.REPORTING_TAXONOMY_MAP,
        (_A.REPORTING_TAXONOMY,),
    ),
)
"""Maps of items in a structure set: name, name of one pair, class since SDMX 3.0, schemes."""
HYBRID_ENDS = (_A.CODELIST, _A.HIERARCHY)
"""What a hybrid map of SDMX 2.1 is of: code lists, and hierarchical ones by their hierarchies."""
MAP_OF_SCHEME: Mapping[ArtefactClass, ArtefactClass] = {
    scheme: kind for _, _, kind, schemes in MAPS_OF_21 for scheme in schemes
}
"""Class of a scheme whose items SDMX 2.1 maps → class of the map since SDMX 3.0."""
