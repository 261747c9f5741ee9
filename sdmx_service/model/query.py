"""Queries, whatever API version they came by. Values only: no URL, no SQL, no rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import ConstraintRole
from sdmx_service.model.time import StartDay


class Operator(StrEnum):
    """Operators of a component filter (SDMX REST 2.x)."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "co"
    CONTAINS_NOT = "nc"
    STARTS_WITH = "sw"
    ENDS_WITH = "ew"


TEXT_OPERATORS = frozenset(
    {Operator.CONTAINS, Operator.CONTAINS_NOT, Operator.STARTS_WITH, Operator.ENDS_WITH}
)
"""Operators that compare letters, whatever the component is."""
DENIED = {Operator.NE: Operator.EQ, Operator.CONTAINS_NOT: Operator.CONTAINS}
"""Operators that deny, and what they deny; the only ones a missing value meets."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison. On time: ``ge`` compares the period's first day with the value's first,
    ``le`` its last day with the value's last (gt, lt likewise), so that a period matches when
    its span falls inside the limits."""

    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class ComponentFilter:
    """``any_of`` of all-of: the OR of ANDs of one component.

    Where a cell holds several texts (values, languages) a term holds if any of them meets it,
    each term by itself; one that denies (``ne``, ``nc``) if none meets what it denies.
    """

    component: str
    any_of: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class SortTerm:
    """A component to sort by: time by period, a measure by number where it is one and then by
    text, the others by code or text. What is missing comes last, whether it descends or not.

    In a query it may also be EVERY_DIMENSION or SERIES_KEY.
    """

    component: str
    descending: bool = False


EVERY_DIMENSION = "*"
"""What sorts by all dimensions in the order of the data structure."""
SERIES_KEY = "series_key"
"""What sorts by the dimensions that are not at the observation."""

Key = tuple[frozenset[str] | None, ...]
"""A series key with wildcards: a set of codes per dimension in key order, None = any. It may be
shorter than the key (the rest is any) but not longer."""


class Context(StrEnum):
    """What a data query is asked by; the answer keeps to it."""

    DATA_STRUCTURE = "datastructure"
    DATAFLOW = "dataflow"
    PROVISION_AGREEMENT = "provisionagreement"
    ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactSelection:
    """Which artefacts: empty tuples = all. ``versions`` hold version expressions of REST 2.x:
    ``~`` latest, ``+`` latest stable, ``*`` all, or a version."""

    agencies: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    versions: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuery:
    """A data query. ``attributes`` and ``measures``: the words or ids of REST 2.x
    (``dsd``, ``msd``, ``dataset``, ``series``, ``obs``, ``all``, ``none``); keys empty = all.
    ``providers``: v1's provider references, ``AGENCY,ID`` or ``ID``. ``reporting_year_start``: of
    the reporting periods that the query names, None = that of the calendar."""

    context: Context = Context.DATAFLOW
    artefacts: ArtefactSelection = ArtefactSelection()
    keys: tuple[Key, ...] = ()
    filters: tuple[ComponentFilter, ...] = ()
    providers: tuple[str, ...] = ()
    start_period: str | None = None
    end_period: str | None = None
    first_observations: int | None = None
    last_observations: int | None = None
    dimension_at_observation: str | None = None
    attributes: tuple[str, ...] = ("dsd",)
    measures: tuple[str, ...] = ("all",)
    updated_after: datetime | None = None
    as_of: datetime | None = None
    include_history: bool = False
    sort: tuple[SortTerm, ...] = ()
    reporting_year_start: StartDay | None = None
    offset: int = 0
    limit: int | None = None


class AvailabilityMode(StrEnum):
    """Which values: of what the data query returns, or that it could still be given."""

    EXACT = "exact"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityQuery:
    """What there is for a data query, which says nothing of columns, history or windows.

    ``components``: dimensions asked about, empty = all. ``references``: classes of artefacts wanted
    beside the constraint.
    """

    data: DataQuery
    components: tuple[str, ...] = ()
    mode: AvailabilityMode = AvailabilityMode.EXACT
    references: tuple[ArtefactClass, ...] = ()


class Detail(StrEnum):
    """How much of the artefacts a structure query wants (REST 2.x words)."""

    FULL = "full"
    RAW = "raw"
    ALL_STUBS = "allstubs"
    REFERENCE_STUBS = "referencestubs"
    ALL_COMPLETE_STUBS = "allcompletestubs"
    REFERENCE_COMPLETE_STUBS = "referencecompletestubs"
    REFERENCE_PARTIAL = "referencepartial"


class References(StrEnum):
    """Which related artefacts a structure query wants; concrete types stand apart."""

    NONE = "none"
    CHILDREN = "children"
    DESCENDANTS = "descendants"
    PARENTS = "parents"
    PARENTS_AND_SIBLINGS = "parentsandsiblings"
    ANCESTORS = "ancestors"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureQuery:
    """A structure query. ``classes`` empty = any type; ``items`` = ids asked for, empty = all.
    ``also_references``: further words beside ``references``, ``reference_classes``: concrete types;
    what any of them names is given. ``constraint_role``, ``reference_constraint_role``: which
    constraints are meant, None = any. ``as_of``: what held then. ``by_holder``: ids name what
    SDMX 2.1 holds artefacts together in, and what is held is given with what it uses."""

    classes: tuple[ArtefactClass, ...] = ()
    artefacts: ArtefactSelection = ArtefactSelection(versions=("~",))
    items: tuple[str, ...] = ()
    detail: Detail = Detail.FULL
    references: References = References.NONE
    also_references: tuple[References, ...] = ()
    reference_classes: tuple[ArtefactClass, ...] = ()
    as_of: datetime | None = None
    constraint_role: ConstraintRole | None = None
    reference_constraint_role: ConstraintRole | None = None
    by_holder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaQuery:
    """What may be sent for one dataflow, agreement or data structure; ``artefacts`` names one.

    ``dimension_at_observation`` None: time where there is one. ``deletion``: of messages that
    delete, which may leave out any part of a key. ``explicit_measure`` is of SDMX 2.1's measure
    dimensions, which the model does not have: it changes nothing. ``as_of``: what held then.
    """

    context: Context
    artefacts: ArtefactSelection
    dimension_at_observation: str | None = None
    explicit_measure: bool = False
    deletion: bool = False
    as_of: datetime | None = None
