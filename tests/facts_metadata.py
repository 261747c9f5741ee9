"""Structures that use metadata attributes at every level (SDMX 3.0)."""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.message import StructureContext
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    AttributeRelationship,
    DataStructure,
    MetadataAttribute,
    MetadataAttributeUsage,
    MetadataStructure,
    Representation,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.index import index_of
from sdmx_service.registry.reference_metadata import with_metadata_attributes
from tests.facts import CONCEPT, codelist, context_of

MSD = Ref(ArtefactClass.METADATA_STRUCTURE, "T", "MSD", "1.0")
_CODED = Representation(enumeration=Ref(ArtefactClass.CODELIST, "T", "CL_KIND", "1.0"))
_IN_LANGUAGES = Representation(text_format=TextFormat(data_type="String", is_multilingual=True))
OF_DATASET = AttributeRelationship(level=AttachmentLevel.DATAFLOW)
OF_AREA = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=("AREA",))
OF_GROUP = AttributeRelationship(level=AttachmentLevel.GROUP, group="Sibling")
OF_OBSERVATION = AttributeRelationship(level=AttachmentLevel.OBSERVATION)


def metadata_attribute(
    name: str,
    *inside: MetadataAttribute,
    representation: Representation | None = None,
    most: int | str | None = None,
    presentational: bool = False,
) -> MetadataAttribute:
    return MetadataAttribute(
        id=name,
        concept=CONCEPT,
        representation=representation,
        attributes=inside,
        max_occurs=most,  # type: ignore[arg-type]
        is_presentational=presentational,
    )


def usage(name: str, relationship: AttributeRelationship) -> MetadataAttributeUsage:
    return MetadataAttributeUsage(metadata_attribute=name, relationship=relationship)


ATTRIBUTES = (
    metadata_attribute("LICENCE"),
    metadata_attribute("PRODUCED", representation=_IN_LANGUAGES, most="unbounded"),
    metadata_attribute(
        "CONTACT",
        metadata_attribute("NAME"),
        metadata_attribute("KIND", representation=_CODED),
        presentational=True,
    ),
    metadata_attribute(
        "METHOD",
        metadata_attribute("NAME"),
        representation=Representation(text_format=TextFormat(data_type="String")),
    ),
    metadata_attribute("QUALITY", representation=_CODED, most=3),
    metadata_attribute("REMARKED", representation=_IN_LANGUAGES),
)
USAGES = (
    usage("LICENCE", OF_DATASET),
    usage("PRODUCED", OF_DATASET),
    usage("CONTACT", OF_AREA),
    usage("METHOD", OF_GROUP),
    usage("METHOD.NAME", OF_OBSERVATION),
    usage("QUALITY", OF_OBSERVATION),
    usage("REMARKED", OF_AREA),
)
PATHS = ("LICENCE", "PRODUCED", "CONTACT.NAME", "CONTACT.KIND", "METHOD", "METHOD.NAME",
         "QUALITY", "REMARKED")  # fmt: skip
"""The columns: CONTACT only holds others; NAME of METHOD has a place of its own."""
NESTED = metadata_attribute(
    "COLLECTION",
    metadata_attribute("STEPS", representation=_IN_LANGUAGES, most="unbounded"),
    metadata_attribute("MODES", representation=_CODED, most=3),
    metadata_attribute("TITLE", representation=_IN_LANGUAGES),
    presentational=True,
)
"""What has several values or languages below another: it is on the series of an area."""


def metadata_context(*more: MetadataAttribute) -> StructureContext:
    """``context_of`` and metadata attributes of every kind and level; ``more``, on areas."""
    plain = context_of()
    used = replace(
        plain.data_structure,
        metadata=MSD,
        metadata_usages=(*USAGES, *(usage(one.id, OF_AREA) for one in more)),
    )
    structure = expanded(used, MetadataStructure(ref=MSD, attributes=(*ATTRIBUTES, *more)))
    new = [one.id for one in structure.attributes if one not in used.attributes]
    coded = [one.id for one in structure.attributes if one.representation
             and one.representation.enumeration]  # fmt: skip
    names = {name: LocalisedText.of({"en": f"The {name}", "fr": f"Le {name}"}) for name in new}
    return replace(
        plain,
        data_structure=structure,
        concepts=plain.concepts | names,
        codelists=plain.codelists | dict.fromkeys(coded, codelist("KIND")),
    )


def expanded(structure: DataStructure, metadata: MetadataStructure) -> DataStructure:
    """The data structure as the registry hands it to what reads and writes data."""
    return with_metadata_attributes(index_of([structure, metadata]), structure)
