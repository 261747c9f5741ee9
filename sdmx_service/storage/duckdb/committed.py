"""What was looked up of one committed state, for every reader of that state.

A reader notes the state before its transaction begins, and uses it if it is still the same after:
then nothing was committed in between, and both see the same. While a commit is under way there is
none. What is kept holds rows of every agreement: ``view`` and ``series`` say which a query sees.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np

from sdmx_service.storage.duckdb.keeping import Carried, keep
from sdmx_service.storage.duckdb.kept import Kept, Numbers
from sdmx_service.storage.duckdb.moments import Moments
from sdmx_service.storage.duckdb.near import all_near
from sdmx_service.storage.duckdb.schema import ANEW, Tables, naive
from sdmx_service.storage.duckdb.series import find_named
from sdmx_service.storage.duckdb.snapshot import Snapshot

_BUILDING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Known:
    """What every query of a data structure needs, the same until the next commit: numbers of
    agreements, the latest change published, the next pending one."""

    agreements: dict[str, int]
    latest: datetime
    next_release: datetime


def known(connection: duckdb.DuckDBPyConnection, tables: Tables) -> Known:
    """Look up what every query of the data structure needs."""
    agreements = dict(connection.execute("SELECT name, id FROM agreement").fetchall())
    ((latest, following),) = connection.execute(
        f"SELECT CASE WHEN isfinite(moment) THEN moment END, (SELECT min(since) FROM "
        f"{tables.table('pending')}) FROM {tables.table('latest')}"
    ).fetchall()
    return Known(agreements, latest or datetime.min, following or datetime.max)


def use_known(taken: Snapshot, known: Known) -> None:
    """Number the visible agreements, and bound what is current."""
    visible = [one for one in taken.query.agreements if one.agreement in known.agreements]
    taken.agreements = [known.agreements[one.agreement] for one in visible]
    taken.masked = [known.agreements[one.agreement] for one in visible if one.masked]
    taken.latest, taken.next_release = known.latest, known.next_release


class Committed:
    """By number of the data structure. ``limit``: bytes that may be kept of each."""

    def __init__(self, limit: int, carried: Mapping[int, Carried] | None = None) -> None:
        self.moments: Moments = {}
        self._limit = limit
        self._carried = dict(carried or {})
        self._known: dict[int, Known] = {}
        self._kept: dict[int, Kept | None] = {}

    def after(self, changed: Mapping[int, Numbers]) -> Committed:
        """The state after a commit that changed something of these series (0: not of one alone;
        ANEW: of all)."""
        carried = self._carried | {n: Carried(kept) for n, kept in self._kept.items()}
        for number, series in changed.items():
            before = carried.get(number, Carried())
            if ANEW in series:
                carried.pop(number, None)
            elif before.kept is not None:
                both = np.union1d(before.changed, series)
                carried[number] = Carried(before.kept, both)
        return Committed(self._limit, carried)

    @property
    def nbytes(self) -> int:
        """Bytes kept in this state; what is carried from the one before is let go of with use."""
        return sum(kept.nbytes for kept in self._kept.values() if kept)

    def known(self, taken: Snapshot) -> Known:
        """What every query of the data structure needs."""
        number = taken.tables.id
        if number not in self._known:
            self._known[number] = known(taken.connection, taken.tables)
        return self._known[number]

    def kept(self, taken: Snapshot) -> Kept | None:
        """What is kept of the data structure at the query's instant, put together where it is not
        there; None where that is not what the query asks for, or another thread is at it."""
        if not _may_keep(taken):
            return None
        at, number = naive(taken.query.selection.at), taken.tables.id
        found = self._kept.get(number)
        if found is None and number in self._kept:
            return None
        before = Carried(found) if found else self._carried.get(number, Carried())
        if before.kept is not None and not len(before.changed):
            if at < before.kept.begins:
                return None
            if before.kept.holds(at):
                self._kept[number] = before.kept
                return before.kept
        return self._put_together(taken, before)

    def at_hand(self, taken: Snapshot) -> bool:
        """Whether all that the query needs is kept already; then it is taken from here, and no
        transaction need begin."""
        known, kept = self._known.get(taken.tables.id), self._kept.get(taken.tables.id)
        if known is None or kept is None:
            return False
        use_known(taken, known)
        if not _may_keep(taken) or not kept.holds(naive(taken.query.selection.at)):
            return False
        taken.kept = kept
        find_named(taken)
        return all_near(taken)

    def _put_together(self, taken: Snapshot, before: Carried) -> Kept | None:
        if not _BUILDING.acquire(blocking=False):
            return None
        try:
            kept = keep(taken, naive(taken.query.selection.at), before, self._limit)
        finally:
            _BUILDING.release()
        self._kept[taken.tables.id] = kept
        return kept


def _may_keep(taken: Snapshot) -> bool:
    """Whether what is kept may be what the query asks for: current rows, at one instant."""
    selection = taken.query.selection
    several = selection.updated_after is not None or selection.include_history
    return bool(not several and taken.agreements and taken.current(naive(selection.at)))


def changed_series(connection: duckdb.DuckDBPyConnection) -> dict[int, Numbers]:
    """What the transaction under way has noted in ``altered``."""
    found = connection.execute("SELECT DISTINCT structure, no FROM altered").fetchnumpy()
    structures, numbers = found["structure"], found["no"]
    return {int(one): numbers[structures == one] for one in np.unique(structures)}
