"""Data structure definitions and metadata structure definitions: components and what ties them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About, Annotation, Link
from sdmx_service.model.structures.representation import Occurrences, Representation


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    id: str
    concept: Ref
    about: About = About()
    representation: Representation | None = None
    roles: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Dimensions to whose values attributes are attached; in SDMX 2.1 also none, but the keys of
    an attachment constraint."""

    id: str
    dimensions: tuple[str, ...]
    about: About = About()
    attachment_constraint: Ref | None = None


class AttachmentLevel(StrEnum):
    """What an attribute is attached to (SDMX 3.0 AttributeRelationship)."""

    DATAFLOW = "dataflow"
    GROUP = "group"
    DIMENSIONS = "dimensions"
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRelationship:
    """``optional``: those of the dimensions that a key may leave out; ``attachment_groups``: with
    dimensions, groups that may carry the attribute too (SDMX 2.1 only)."""

    level: AttachmentLevel
    dimensions: tuple[str, ...] = ()
    group: str | None = None
    optional: tuple[str, ...] = ()
    attachment_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    id: str
    concept: Ref
    relationship: AttributeRelationship
    about: About = About()
    representation: Representation | None = None
    mandatory: bool = False
    roles: tuple[Ref, ...] = ()
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataAttributeUsage:
    """A metadata attribute of the linked metadata structure, and what of the data it is on."""

    metadata_attribute: str
    relationship: AttributeRelationship
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    id: str
    concept: Ref
    about: About = About()
    representation: Representation | None = None
    mandatory: bool = False
    roles: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStructure:
    """A data structure definition; the time dimension stands apart from the others.

    ``metadata`` is the metadata structure whose attributes are used; ``is_evolving``: a minor
    version may add dimensions (SDMX 3.1). What is said of a list of components as a whole stands
    in its annotations and links.
    """

    ref: Ref
    about: About = About()
    dimensions: tuple[Dimension, ...] = ()
    time_dimension: Dimension | None = None
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    metadata_usages: tuple[MetadataAttributeUsage, ...] = ()
    metadata: Ref | None = None
    is_evolving: bool = False
    dimension_list_annotations: tuple[Annotation, ...] = ()
    dimension_list_links: tuple[Link, ...] = ()
    measure_list_annotations: tuple[Annotation, ...] = ()
    measure_list_links: tuple[Link, ...] = ()
    attribute_list_annotations: tuple[Annotation, ...] = ()
    attribute_list_links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataAttribute:
    """What reference metadata say; one without a value only holds others."""

    id: str
    concept: Ref
    about: About = About()
    representation: Representation | None = None
    attributes: tuple[MetadataAttribute, ...] = ()
    min_occurs: int | None = None
    max_occurs: Occurrences | None = None
    is_presentational: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataStructure:
    ref: Ref
    about: About = About()
    attributes: tuple[MetadataAttribute, ...] = ()
    attribute_list_annotations: tuple[Annotation, ...] = ()
    attribute_list_links: tuple[Link, ...] = ()
