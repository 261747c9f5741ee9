"""What reference metadata may say, or do: values of attributes, and of what they are about; and
which keys of data or metadata something is attached to.

``constraints`` has what constraints on data are made of.
"""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About, Annotation
from sdmx_service.model.structures.constraints import (
    ConstraintRole,
    DataKey,
    DataKeySet,
    MemberSelection,
    QueryableSource,
    ReferencePeriod,
    ReleaseCalendar,
    SetReference,
    TimeRange,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSelection:
    """What one object of a target of metadata may be (SDMX 2.1): values, data sets, keys of data,
    artefacts, or times."""

    component: str
    include: bool = True
    values: tuple[str, ...] = ()
    data_sets: tuple[SetReference, ...] = ()
    data_keys: tuple[DataKey, ...] = ()
    objects: tuple[Ref, ...] = ()
    time_range: TimeRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataKey:
    """What one report of metadata is about (SDMX 2.1)."""

    report: str
    target: str
    members: tuple[TargetSelection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataKeySet:
    """Keys of metadata that are allowed or there; ``include`` False: those that are not."""

    keys: tuple[MetadataKey, ...]
    include: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataTargetRegion:
    """Values that metadata attributes may have; ``targets``: what they may be about (SDMX 2.1)."""

    include: bool = True
    components: tuple[MemberSelection, ...] = ()
    targets: tuple[TargetSelection, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataConstraint:
    """What reference metadata may say for the artefacts it is attached to.

    Only SDMX 2.1 has a role, keys, a reference period, and metadata sets it is attached to.
    """

    ref: Ref
    about: About = About()
    role: ConstraintRole = ConstraintRole.ALLOWED
    attachment: tuple[Ref, ...] = ()
    regions: tuple[MetadataTargetRegion, ...] = ()
    key_sets: tuple[MetadataKeySet, ...] = ()
    release_calendar: ReleaseCalendar | None = None
    reference_period: ReferencePeriod | None = None
    files: tuple[str, ...] = ()
    services: tuple[QueryableSource, ...] = ()
    metadata_sets: tuple[SetReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentConstraint:
    """Keys that attributes or metadata are attached to (SDMX 2.1 only); it forbids nothing."""

    ref: Ref
    about: About = About()
    attachment: tuple[Ref, ...] = ()
    key_sets: tuple[DataKeySet, ...] = ()
    metadata_key_sets: tuple[MetadataKeySet, ...] = ()
    files: tuple[str, ...] = ()
    data_sets: tuple[SetReference, ...] = ()
    metadata_sets: tuple[SetReference, ...] = ()
