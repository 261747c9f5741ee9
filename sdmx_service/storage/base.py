"""The contract every engine keeps (docs/architecture.md, "Storage"; tests/contract/storage).

Rows are valid from one instant to another per (agreement, series key, period); attributes above
the observation per (agreement, component, partial key). At most one version contains any instant.
Instants are timezone-aware UTC datetimes, microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sdmx_service.access.gate import AuthorisedQuery
from sdmx_service.model.columns import Layout
from sdmx_service.model.message import DataBatch, Slice
from sdmx_service.model.submission import IdempotencyEntry, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFinding:
    """One key at which a set-wise check found something; what does not apply is None.

    ``line`` is where it stands, ``other_line`` where the first of its kind stands; ``value`` and
    ``other`` are the two values of an attribute conflict; ``release`` that of a pending key.
    """

    series_key: str
    line: int | None = None
    period: str | None = None
    component: str | None = None
    other_line: int | None = None
    value: str | None = None
    other: str | None = None
    release: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyFindings:
    """Exact count and the first findings in order of line."""

    count: int = 0
    samples: tuple[KeyFinding, ...] = ()


class Stage(Protocol):
    """Checked rows of one submission under one agreement, not visible to anyone yet.

    Uses bounded memory; may be filled without holding the write lock.
    """

    @property
    def observations(self) -> int:
        """Rows added that are observations (or, under Delete, rows that name something)."""
        ...

    def add(self, batch: DataBatch) -> None:
        """Add rows (``layout.schema()``); data sets and their actions are applied in order.

        Raises ValueError where an observation lacks a dimension or its period cannot be read.
        """
        ...

    def duplicate_keys(self, samples: int) -> KeyFindings:
        """Observations whose key was given before in the same data set; one finding each."""
        ...

    def attribute_conflicts(self, samples: int) -> KeyFindings:
        """Higher-level attributes given two values in one data set; one finding a partial key."""
        ...

    def missing_attributes(self, samples: int) -> KeyFindings:
        """Mandatory higher-level attributes that the message gives nowhere for a partial key
        under which it gives observations (Merge and Replace); one finding a partial key."""
        ...

    def close(self) -> None:
        """Forget the rows."""
        ...


class WriteTransaction(Protocol):
    """The one write under way; nothing of it is seen before it is committed, all of it after."""

    @property
    def number(self) -> int:
        """The number the next recorded submission gets."""
        ...

    @property
    def now(self) -> datetime:
        """The instant of this write: the clock's, but after every change that is published."""
        ...

    def pending_keys(self, stage: Stage, agreement: str, samples: int) -> KeyFindings:
        """Keys of the stage with a version of this agreement still to be released (and higher
        attributes whose pending value differs from the one given); under Delete, those its rows
        name. Pending is what opens or closes after ``now``."""
        ...

    def apply(
        self, stage: Stage, agreement: str, submission: int, at: datetime, *, now: datetime
    ) -> int:
        """Apply the stage's data sets in order; new versions open at ``at`` and close the old.

        Merge: given values replace, others stay. Replace: the observation whole, its omitted
        attributes cleared; attributes above it are merged. An observation given anew opens a new
        version even if equal; an attribute above it only where it differs.

        Delete, of this agreement only; the rows of a data set act together:
        - a row that gives no measure or attribute closes the observations matching its
          dimensions and time (null = any) and, where it gives no time, the attributes of which
          it gives no dimension that they do not depend on and none of another value (so what
          they say was said of deleted rows only);
        - a row that gives measures or observation attributes empties those of the matching
          observations; what else they have stays, and an empty observation stays;
        - a row that gives attributes above the observation empties those of the matching
          partial keys (null = any; dimensions they do not depend on and time play no part).

        With ``at`` > ``now`` the versions are pending. Pending versions of the touched keys are
        dropped first, but not those of the same submission up to ``at``: so one submission may
        write at now and at later releases, in this order. A pending attribute of the value given
        stays where it opens by ``at``.

        Returns the number of observation keys, summed over data sets, at which a version opened
        or closed. Raises ValueError where the stage has duplicate keys or attribute conflicts,
        or ``at`` is before the latest change published up to ``now``.
        """
        ...

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        """As ``Store.scan``, and it sees what this transaction has written."""
        ...

    def releases(self, layout: Layout) -> tuple[datetime, ...]:
        """Instants after now at which pending versions of this data structure open, sorted."""
        ...

    def record(self, submission: Submission, idempotency: IdempotencyEntry | None = None) -> None:
        """Keep the submission; its number must be ``number``, which then grows by one."""
        ...


class Store(Protocol):
    """An engine. All methods may be called from several threads at once."""

    def prepare(self, layout: Layout) -> None:
        """Make room for a data structure; nothing happens where there is.

        Versions of one line (``Layout.line``) share their rows: one more may have measures and
        attributes that others have not, which are null in rows sent without them, and lack some.
        Where its key is another, or a component that both have has another place, room is made
        anew if nothing was ever stored under the line (a draft changes shape); else this raises
        ValueError.
        """
        ...

    def stage(self, layout: Layout) -> Stage: ...

    def write(self) -> AbstractContextManager[WriteTransaction]:
        """Wait for the hub's one write lock; commit at the end, roll back on any exception."""
        ...

    def scan(self, query: AuthorisedQuery) -> Iterator[Slice]:
        """Slices of what the query may see, each from one consistent state.

        Exactly one slice (maybe empty) without ``updated_after`` and ``include_history``. With
        ``updated_after`` = a and ``at`` = b: a Replace slice of the rows whose version in the
        merged view at b is not the one at a (and series without observations whose attributes
        alone differ), then a Delete slice of the keys that are in the view at a and not at b
        (everything but the keys null), then one of the data set attributes that are there no more
        (without series, the values as at a); empty ones are left out (one of new data set
        attributes is not empty). With ``include_history``: the same for each two neighbouring
        instants of change up to b (after a, where given), with ``valid_from`` on Replace and
        ``valid_to`` on Delete slices.

        ``first_observations`` and ``last_observations`` together give what is among either.
        They, ``offset`` and ``limit`` count in each slice. A series without any row wanted is
        left out. A missing value meets only the operators ne and nc; a measure compares by
        number where it and the value are numbers, else by text without order.

        Series are ordered by the codes of the dimensions in key order, observations by period
        (first day, last day, text), unless ``selection.order`` says otherwise (``SortTerm``); where
        time or a value of the observation stands there before a dimension, rows of several series
        alternate. All slices may be taken before
        the first is walked; a walk that has begun ends where the next slice is taken.
        In a merged view a series' higher attributes are those of the agreement that wins its
        latest visible period; data set attributes those of the agreement that wins the latest
        period of all (of several, the first in precedence).
        """
        ...

    def scan_kept(self, query: AuthorisedQuery) -> Iterator[Slice] | None:
        """As ``scan``, of some thousands of rows at most and without reading anything: None where
        not all of them are kept in memory, as in an engine that keeps nothing."""
        ...

    def coverage(self, query: AuthorisedQuery) -> pa.Table:
        """What there is of each series that ``scan`` would show, in key order.

        Columns: ``coverage.coverage_schema``: dimensions, number of observations, first day of
        the first period and last day of the last. A masked row counts. Of several slices each
        series comes once, its observations summed. ``order``, ``offset``, ``limit`` and
        ``observations`` of the selection must be left as they are by default.
        """
        ...

    def last_change(self, query: AuthorisedQuery) -> datetime | None:
        """The latest instant ≤ ``query.selection.at`` at which versions of the visible agreements
        open or close, None where there are none. One that would open and close at the same
        instant contains none and leaves no trace: it does not count."""
        ...

    def held(self, layout: Layout, agreement: str) -> Iterator[pa.RecordBatch]:
        """Every row of an agreement that is current or pending, in any order: what a change of
        structures must not orphan. What may be shown of it is decided by who asks.

        Columns: ``layout.schema(lines=False)``, as of a message: rows that are observations,
        and for each attribute above them a row that gives it and the dimensions it depends on.
        """
        ...

    def submission(self, submission_id: str) -> Submission | None: ...

    def submissions(
        self, principals: tuple[str, ...] | None, *, limit: int, before: int | None = None
    ) -> list[Submission]:
        """Newest first, of these principals (None = all), numbers below ``before``."""
        ...

    def idempotency(self, principal: str, key: str) -> IdempotencyEntry | None: ...

    def backup(self, folder: Path) -> None:
        """Write a consistent copy of everything into an empty folder while the hub runs."""
        ...

    def close(self) -> None: ...
