"""What data may be, or are, reported: regions of the cube, sets of keys, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures.about import About, Annotation
from sdmx_service.model.structures.items import Cascade


class ConstraintRole(StrEnum):
    ALLOWED = "Allowed"
    ACTUAL = "Actual"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """Limits of a time dimension; None = open. Texts of periods or dates, as written.

    ``valid_from`` and ``valid_to``: when the limits hold.
    """

    start: str | None = None
    start_inclusive: bool = True
    end: str | None = None
    end_inclusive: bool = True
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedValue:
    """A value of a selection, and what more is said of it."""

    value: str
    cascade: Cascade = Cascade.NO
    language: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def is_dated(self) -> bool:
        """Whether it is not for ever: for data of some periods only."""
        return self.valid_from is not None or self.valid_to is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSelection:
    """Values of one component of a cube region; ``include`` False takes them away.

    ``details`` says more of some of the values, which stand in ``values`` all the same.
    """

    component: str
    values: tuple[str, ...] = ()
    include: bool = True
    time_range: TimeRange | None = None
    details: tuple[SelectedValue, ...] = ()
    remove_prefix: bool = False
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def is_dated(self) -> bool:
        """Whether it is not for ever: for data of some periods only."""
        return self.valid_from is not None or self.valid_to is not None

    @property
    def selected(self) -> tuple[SelectedValue, ...]:
        """Every value with what is said of it."""
        said = {detail.value: detail for detail in self.details}
        return tuple(said.get(value) or SelectedValue(value=value) for value in self.values)

    @property
    def plain(self) -> tuple[SelectedValue, ...]:
        """The values that stand for themselves alone."""
        return tuple(one for one in self.selected if one.cascade is Cascade.NO)

    @property
    def cascading(self) -> tuple[SelectedValue, ...]:
        """The values that stand for what is below them too."""
        return tuple(one for one in self.selected if one.cascade is not Cascade.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRegion:
    """One region of the cube: ``members`` on dimensions, ``components`` on attributes, measures."""

    include: bool = True
    members: tuple[MemberSelection, ...] = ()
    components: tuple[MemberSelection, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """One key, whole or partial, with values of attributes and measures."""

    members: tuple[MemberSelection, ...] = ()
    components: tuple[MemberSelection, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def selections(self) -> tuple[MemberSelection, ...]:
        """Every member, with the validity of the key where it has none of its own."""
        members = (*self.members, *self.components)
        if self.valid_from is None and self.valid_to is None:
            return members
        return tuple(
            replace(
                member,
                valid_from=member.valid_from or self.valid_from,
                valid_to=member.valid_to or self.valid_to,
            )
            for member in members
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKeySet:
    """Keys that are allowed or there; ``include`` False: those that are not."""

    keys: tuple[DataKey, ...]
    include: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCalendar:
    """When data come: durations of ISO 8601."""

    periodicity: str
    offset: str
    tolerance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryableSource:
    """A service that answers queries for what the constraint is attached to."""

    url: str
    wsdl_url: str | None = None
    wadl_url: str | None = None
    is_rest: bool = True
    is_web_service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePeriod:
    """The period that the content of a constraint is of (SDMX 2.1)."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReference:
    """A set of data or of metadata (SDMX 2.1): whose it is, and its id."""

    provider: Ref
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConstraint:
    """What may be (allowed) or is (actual) reported for the artefacts it is attached to.

    ``files`` and ``services`` are addresses of data it is attached to, ``data_sets`` (SDMX 2.1)
    data sets; the counts are of the series and observations that an actual constraint tells of.
    """

    ref: Ref
    about: About = About()
    role: ConstraintRole = ConstraintRole.ALLOWED
    attachment: tuple[Ref, ...] = ()
    cube_regions: tuple[CubeRegion, ...] = ()
    key_sets: tuple[DataKeySet, ...] = ()
    release_calendar: ReleaseCalendar | None = None
    reference_period: ReferencePeriod | None = None
    files: tuple[str, ...] = ()
    services: tuple[QueryableSource, ...] = ()
    data_sets: tuple[SetReference, ...] = ()
    series_count: int | None = None
    observation_count: int | None = None


def available_ref(attached: Ref) -> Ref:
    """The name of what is there for an artefact: an availability constraint (SDMX 3.1) has none
    of its own, so that it takes the one of what it is attached to."""
    return Ref(ArtefactClass.DATA_CONSTRAINT, attached.agency, attached.id, attached.version)
