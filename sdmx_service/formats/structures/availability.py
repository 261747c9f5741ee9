"""What is there, as each version says it: a constraint of its own since SDMX 3.1, counts as
annotations before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import (
    About,
    Annotation,
    Artefact,
    ConstraintRole,
    DataConstraint,
    MemberSelection,
    ReferencePeriod,
    available_ref,
)

AVAILABILITY = "AvailabilityConstraint"
"""The name of the class since SDMX 3.1, which the model holds as an actual constraint."""
ATTACHABLE = (
    ArtefactClass.DATA_STRUCTURE,
    ArtefactClass.DATAFLOW,
    ArtefactClass.PROVISION_AGREEMENT,
)
_METRICS = "sdmx_metrics"
_COUNTS: Mapping[str, str] = {"series_count": "series_count", "obs_count": "observation_count"}


def is_actual(artefact: Artefact) -> bool:
    """Whether the artefact says what is there, not what may be."""
    return isinstance(artefact, DataConstraint) and artefact.role is ConstraintRole.ACTUAL


def check_available(constraint: DataConstraint) -> None:
    """Refuse what an availability constraint of SDMX 3.1 has no place for: a name of its own,
    several regions or attachments, a provider."""
    attached = constraint.attachment
    if len(attached) != 1 or attached[0].artefact not in ATTACHABLE:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{AVAILABILITY} ConstraintAttachment")
    if constraint.ref != available_ref(attached[0]):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{AVAILABILITY} {constraint.ref.short}")
    if len(constraint.cube_regions) != 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{AVAILABILITY} CubeRegion")


def named_by_attachment(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """Give an availability constraint that was read the name and role it has in the model."""
    own["role"] = ConstraintRole.ACTUAL
    for attached in own.get("attachment", ())[:1]:
        own["ref"] = available_ref(attached)


def annotate_counts(artefact: Artefact) -> Artefact:
    """The same with the counts as annotations, for versions before SDMX 3.1."""
    if not isinstance(artefact, DataConstraint) or not is_actual(artefact):
        return artefact
    counts = {name: getattr(artefact, field) for name, field in _COUNTS.items()}
    notes = tuple(
        Annotation(type=_METRICS, id=name, title=str(count))
        for name, count in counts.items()
        if count is not None
    )
    about = replace(artefact.about, annotations=(*artefact.about.annotations, *notes))
    return replace(artefact, about=about, series_count=None, observation_count=None)


def read_counts(artefact: Artefact) -> Artefact:
    """The same with the counts where the model has them."""
    if not isinstance(artefact, DataConstraint) or not is_actual(artefact):
        return artefact
    notes = artefact.about.annotations
    counts: dict[str, Any] = {
        _COUNTS[str(note.id)]: int(str(note.title)) for note in notes if _is_count(note)
    }
    kept = tuple(note for note in notes if not _is_count(note))
    about = replace(artefact.about, annotations=kept)
    return replace(artefact, about=about, **counts) if counts else artefact


def nameless(constraint: DataConstraint) -> DataConstraint:
    """The same without its names, for SDMX 3.1, where it has none."""
    return replace(constraint, about=About())


def with_reference_period(constraint: DataConstraint) -> DataConstraint:
    """The same for SDMX 2.1, where no value has days of its own: from the first day to the last."""
    members = [member for region in constraint.cube_regions for member in region.members]
    starts = [start for member in members for start, _ in _days(member) if start]
    ends = [end for member in members for _, end in _days(member) if end]
    period = ReferencePeriod(
        start=f"{min(starts, default='')}T00:00:00", end=f"{max(ends, default='')}T23:59:59"
    )
    regions = tuple(
        replace(region, members=tuple(replace(member, details=()) for member in region.members))
        for region in constraint.cube_regions
    )
    return replace(
        constraint, cube_regions=regions, reference_period=period if starts and ends else None
    )


def _days(member: MemberSelection) -> Iterator[tuple[str | None, str | None]]:
    """The first day and the last of the limits of time and of each value."""
    if member.time_range:
        yield member.time_range.start, member.time_range.end
    for value in member.details:
        yield value.valid_from, value.valid_to


def _is_count(note: Annotation) -> bool:
    """A count and nothing beside it."""
    if note.id not in _COUNTS or note.title is None or not note.title.isascii():
        return False
    bare = Annotation(type=_METRICS, id=note.id, title=note.title)
    return note == bare and note.title.isdigit() and note.title == str(int(note.title))
