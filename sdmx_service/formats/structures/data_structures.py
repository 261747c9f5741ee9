"""Data structures as versions have them: in SDMX 2.1 with one measure, lists never empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Artefact, DataStructure, MetadataStructure

PRIMARY_MEASURE = "OBS_VALUE"
"""The only id SDMX 2.1 gives a measure."""


def with_one_measure(structure: DataStructure) -> DataStructure:
    """The same for SDMX 2.1, which knows one measure, OBS_VALUE, to which attributes belong.

    Raises Refused (FORMAT_CANNOT_CARRY) where there are other measures.
    """
    measures = tuple(measure.id for measure in structure.measures)
    if measures != (PRIMARY_MEASURE,) and (measures or structure.dimensions):
        other = next((name for name in measures if name != PRIMARY_MEASURE), "Measure")
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{structure.ref.short} {other}")
    attributes = tuple(
        replace(attribute, measures=()) if attribute.measures == measures else attribute
        for attribute in structure.attributes
    )
    return replace(structure, attributes=attributes)


def check_lists(artefact: Artefact) -> None:
    """Refuse what is said of a list of components that is not there (FORMAT_CANNOT_CARRY)."""
    kinds: Mapping[str, object] = {}
    match artefact:
        case DataStructure():
            kinds = {
                "dimension": artefact.dimensions or artefact.time_dimension,
                "measure": artefact.measures,
                "attribute": artefact.attributes or artefact.metadata_usages,
            }
        case MetadataStructure():
            kinds = {"attribute": artefact.attributes}
    for kind, components in kinds.items():
        annotations = getattr(artefact, f"{kind}_list_annotations")
        if not components and (annotations or getattr(artefact, f"{kind}_list_links")):
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{artefact.ref.short} {kind}_list")
