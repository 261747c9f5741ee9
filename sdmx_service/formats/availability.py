"""Availability as versions of the standard before 3.1 say it: by a constraint of actual content.

Source: SDMX REST 1.5.0, "Data availability"; the metrics are annotations that services agree on.
"""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    AvailabilityConstraint,
    ConstraintRole,
    CubeRegion,
    DataConstraint,
    MemberSelection,
    ReferencePeriod,
    StructureMessage,
)

METRICS = "sdmx_metrics"
"""Type of the annotations that count."""


def as_actual_content(message: StructureMessage, *, validity: bool) -> StructureMessage:
    """The message with a data constraint in the place of each availability.

    ``validity``: whether values may have a validity of their own (since SDMX 3.0); else the whole
    has a reference period.
    """
    made = tuple(_constraint(one, validity=validity) for one in message.availability)
    return replace(message, artefacts=(*made, *message.artefacts), availability=())


def _constraint(one: AvailabilityConstraint, *, validity: bool) -> DataConstraint:
    (target,) = one.attachment
    counts = (("series_count", one.series_count), ("obs_count", one.observation_count))
    return DataConstraint(
        ref=Ref(ArtefactClass.DATA_CONSTRAINT, target.agency, f"CR_A_{target.id}", target.version),
        about=About(
            names=one.names,
            annotations=tuple(
                Annotation(id=name, type=METRICS, title=str(count))
                for name, count in counts
                if count is not None
            ),
        ),
        role=ConstraintRole.ACTUAL,
        attachment=one.attachment,
        cube_regions=(one.region if validity else _plain(one.region),),
        reference_period=None if validity else _reference_period(one.region),
    )


def _plain(region: CubeRegion) -> CubeRegion:
    return replace(region, members=tuple(replace(one, details=()) for one in region.members))


def _reference_period(region: CubeRegion) -> ReferencePeriod | None:
    """From the first day of all to the last."""
    ends = [_ends(member) for member in region.members]
    starts = [start for start, _ in ends if start]
    lasts = [last for _, last in ends if last]
    if not starts or not lasts:
        return None
    return ReferencePeriod(start=f"{min(starts)}T00:00:00", end=f"{max(lasts)}T23:59:59")


def _ends(member: MemberSelection) -> tuple[str | None, str | None]:
    if member.time_range:
        return member.time_range.start, member.time_range.end
    starts = [one.valid_from for one in member.details if one.valid_from]
    lasts = [one.valid_to for one in member.details if one.valid_to]
    return min(starts, default=None), max(lasts, default=None)
