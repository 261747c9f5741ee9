"""What a data structure says of reference metadata, which SDMX 2.1 has no place for: annotations.

Its metadata structure is one, each usage of a metadata attribute another, so that a data structure
that links a metadata structure can still be read by who knows SDMX 2.1 only. Decision: ADR 0016.
"""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.formats.structures.notes_21 import apart, noting
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import (
    Annotation,
    AttachmentLevel,
    AttributeRelationship,
    DataStructure,
    MetadataAttributeUsage,
)

LINKED = "METADATA_OF_DATA"
"""The metadata structure, by its URN as title."""
USED = "METADATA_ATTRIBUTE_USAGE"
"""A metadata attribute in use, by its path as id; title: on what of the data it is, ids behind."""


def with_notes(structure: DataStructure) -> DataStructure:
    """The same for SDMX 2.1. Raises Refused (FORMAT_CANNOT_CARRY) for a usage of which more is
    said than what it is on."""
    if structure.metadata is None and not structure.metadata_usages:
        return structure
    linked = [Annotation(type=LINKED, title=structure.metadata.urn)] if structure.metadata else []
    used = [
        Annotation(type=USED, id=usage.metadata_attribute, title=_title(usage.relationship))
        for usage in structure.metadata_usages
    ]
    about = noting(structure.about, *linked, *used)
    noted = replace(structure, about=about, metadata=None, metadata_usages=())
    if without_notes(noted) != structure:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{structure.ref.short} MetadataAttributeUsage")
    return noted


def without_notes(structure: DataStructure) -> DataStructure:
    """The data structure that was written so; as it is where its annotations say something else."""
    about, linked = apart(structure.about, LINKED)
    about, used = apart(about, USED)
    try:
        metadata = [_ref_of(note) for note in linked]
        usages = tuple(_usage_of(note) for note in used)
    except (Refused, ValueError):
        return structure
    if len(metadata) > 1 or not (metadata or usages):
        return structure
    found = metadata[0] if metadata else None
    return replace(structure, about=about, metadata=found, metadata_usages=usages)


def _title(relationship: AttributeRelationship) -> str:
    group = (relationship.group,) if relationship.group else ()
    return " ".join((relationship.level, *group, *relationship.dimensions))


def _ref_of(note: Annotation) -> Ref:
    found = parse_urn(note.title or "")
    if found.artefact is not ArtefactClass.METADATA_STRUCTURE:
        raise ValueError(found)
    return found


def _usage_of(note: Annotation) -> MetadataAttributeUsage:
    level, *ids = (note.title or "").split(" ")
    kind = AttachmentLevel(level)
    of_group = 1 if kind is AttachmentLevel.GROUP else 0
    relationship = AttributeRelationship(
        level=kind, dimensions=tuple(ids[of_group:]), group="".join(ids[:of_group]) or None
    )
    return MetadataAttributeUsage(metadata_attribute=note.id or "", relationship=relationship)
