"""Classes of artefacts: which a map or a list may name, and a message sorted by them.

What holds in SDMX-ML and SDMX-JSON alike; tags and members of either are not named here.
"""

from __future__ import annotations

from collections.abc import Container

from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import Artefact, StructureMessage

_A = ArtefactClass
LISTS = (_A.CODELIST, _A.VALUE_LIST)
"""What a representation enumerates."""
MAPPED_STRUCTURES = (_A.DATA_STRUCTURE, _A.DATAFLOW, _A.METADATA_STRUCTURE, _A.METADATAFLOW)
"""What a structure map leads from and to."""
MAPPED_SCHEMES: dict[ArtefactClass, tuple[ArtefactClass, ...]] = {
    _A.CATEGORY_SCHEME_MAP: (_A.CATEGORY_SCHEME,),
    _A.CONCEPT_SCHEME_MAP: (_A.CONCEPT_SCHEME,),
    _A.ORGANISATION_SCHEME_MAP: (
        _A.AGENCY_SCHEME,
        _A.DATA_CONSUMER_SCHEME,
        _A.DATA_PROVIDER_SCHEME,
        _A.METADATA_PROVIDER_SCHEME,
        _A.ORGANISATION_UNIT_SCHEME,
    ),
    _A.REPORTING_TAXONOMY_MAP: (_A.REPORTING_TAXONOMY,),
}
"""What each map of item schemes leads from and to."""


def by_class(
    message: StructureMessage, written: Container[ArtefactClass]
) -> dict[ArtefactClass, list[Artefact]]:
    """The artefacts of a message by class, each in the order of the message.

    Raises Refused (FORMAT_CANNOT_CARRY) for a class that is not among the ``written``.
    """
    found: dict[ArtefactClass, list[Artefact]] = {}
    for artefact in message.artefacts:
        kind = artefact.ref.artefact
        if kind not in written:
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{kind} {artefact.ref.short}")
        found.setdefault(kind, []).append(artefact)
    return found
