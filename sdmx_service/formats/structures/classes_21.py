"""Classes of SDMX 2.1 that the model has not: hierarchical code lists, structure sets, metadata
structures of several reports, content constraints on metadata. Only the formats of that version
hold them, on the way in or out.

Their ``ref`` names the class of the model that they become.
"""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    About,
    ConstraintRole,
    Level,
    MemberSelection,
    MetadataAttribute,
    MetadataKeySet,
    QueryableSource,
    ReferencePeriod,
    ReleaseCalendar,
    Representation,
    SetReference,
    TargetSelection,
    TextFormat,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludedCodelist:
    """A code list whose codes are used, and the name it has within."""

    codelist: Ref
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCode:
    """A code in its place: ``code``, or ``code_id`` of the list called ``alias``."""

    id: str
    code: Ref | None = None
    alias: str | None = None
    code_id: str | None = None
    about: About = About()
    codes: tuple[PlacedCode, ...] = ()
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerHierarchy:
    id: str
    about: About = About()
    is_leveled: bool = False
    codes: tuple[PlacedCode, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchicalCodelist:
    """Hierarchies over codes of the included lists."""

    ref: Ref
    about: About = About()
    included: tuple[IncludedCodelist, ...] = ()
    hierarchies: tuple[InnerHierarchy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """An item of the source and the item of the target it is mapped to."""

    source: str
    target: str
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerSchemeMap:
    """A map of items; ``source`` says of which class. ``is_hybrid``: of codes of any lists, also of
    hierarchies (``HIERARCHY.CODE``)."""

    id: str
    source: Ref
    target: Ref
    about: About = About()
    maps: tuple[Association, ...] = ()
    is_hybrid: bool = False


def is_hybrid(held: object) -> bool:
    """Whether what a structure set holds is a hybrid map of codes."""
    return isinstance(held, InnerSchemeMap) and held.is_hybrid


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePair:
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedEnd:
    """A component by its id; ``kind`` is its class, ``structure`` the data structure it is of,
    where they are known."""

    id: str
    kind: str = "Dimension"
    structure: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerComponentMap:
    """A component to another one: values by the code list map of that id, by pairs, or as text."""

    source: MappedEnd
    target: MappedEnd
    about: About = About()
    codelist_map: str | None = None
    values: tuple[ValuePair, ...] = ()
    text_format: TextFormat | None = None
    value_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerStructureMap:
    id: str
    source: Ref
    target: Ref
    about: About = About()
    components: tuple[InnerComponentMap, ...] = ()
    is_extension: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSet:
    """Maps of structures and of items together; ``related``: structures they are about."""

    ref: Ref
    about: About = About()
    related: tuple[Ref, ...] = ()
    maps: tuple[InnerSchemeMap | InnerStructureMap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetObject:
    """What metadata may be about; ``kind`` is the name of its element."""

    kind: str
    id: str
    representation: Representation
    object_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataTarget:
    id: str
    objects: tuple[TargetObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStructure:
    """Metadata attributes that are reported together, and of which targets."""

    id: str
    targets: tuple[str, ...]
    about: About = About()
    attributes: tuple[MetadataAttribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingStructure:
    """A metadata structure of SDMX 2.1."""

    ref: Ref
    about: About = About()
    targets: tuple[MetadataTarget, ...] = ()
    reports: tuple[ReportStructure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Who sends data or metadata; ``usage`` is a dataflow or a metadataflow."""

    ref: Ref
    usage: Ref
    data_provider: Ref
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRegion:
    """Values of the attributes of a report, and of what it is about."""

    report: str
    target: str
    include: bool = True
    components: tuple[MemberSelection, ...] = ()
    targets: tuple[TargetSelection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataContent:
    """A content constraint on metadata; one on data is a data constraint."""

    ref: Ref
    about: About = About()
    role: ConstraintRole = ConstraintRole.ALLOWED
    attachment: tuple[Ref, ...] = ()
    regions: tuple[ReportRegion, ...] = ()
    key_sets: tuple[MetadataKeySet, ...] = ()
    release_calendar: ReleaseCalendar | None = None
    reference_period: ReferencePeriod | None = None
    files: tuple[str, ...] = ()
    services: tuple[QueryableSource, ...] = ()
    metadata_sets: tuple[SetReference, ...] = ()
