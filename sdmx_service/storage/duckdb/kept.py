"""What the process keeps of a data structure: its series, what is visible of each, attributes.

Values only, and what is looked up in them. They hold everything that is stored; which agreements a
query sees is said with each look-up. How they are read and brought up to date stands in
``keeping``; no SQL here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import count

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.query import Key

Numbers = npt.NDArray[np.integer]
_ROOM = 2**62
_FEWER = 16
"""How many times as many values there must be for sorting the codes to be quicker."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers: ``codes`` are places in ``values``, which are distinct and in no order."""

    codes: Numbers
    values: pa.StringArray

    @property
    def nbytes(self) -> int:
        return int(self.codes.nbytes + self.values.nbytes)

    def ranks(self, descending: bool = False) -> Numbers:
        """The place of each value in the order of all."""
        ranks = np.empty(len(self.values), np.int64)
        ranks[pc.sort_indices(self.values).to_numpy()] = np.arange(len(self.values))
        return reversed_ranks(ranks) if descending else ranks

    def at(self, rows: Numbers, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
        """The texts at these rows, dictionary-encoded, only the values that are there; null where
        a row is missing."""
        codes = self.codes[rows if missing is None else rows[~missing]]
        distinct, places = _distinct(codes, len(self.values))
        if missing is not None:
            indices = np.zeros(len(rows), np.int32)
            indices[~missing] = places
            places = indices
        values = self.values.take(pa.array(distinct))
        return pa.DictionaryArray.from_arrays(pa.array(places, mask=missing), values)


def _distinct(codes: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """The codes (below ``count``) that are there, ascending, and the place of each among them."""
    if len(codes) * _FEWER < count:
        distinct, places = np.unique(codes, return_inverse=True)
        return distinct, places.astype(np.int32)
    present = np.zeros(count, np.bool_)
    present[codes] = True
    return np.flatnonzero(present), (np.cumsum(present, dtype=np.int32) - 1)[codes]


def texts_of(column: pa.ChunkedArray, known: pa.StringArray | None = None) -> Texts:
    """Texts (none of them null) as numbers; values that are known keep their place."""
    chunks = [chunk.dictionary_encode() for chunk in column.chunks]
    values = pa.array([], pa.string()) if known is None else known
    codes = [np.zeros(0, np.uint8)]
    for chunk in chunks:
        places = pc.index_in(chunk.dictionary, value_set=values)
        new = chunk.dictionary.filter(places.is_null())
        numbered = places.fill_null(-1).to_numpy().copy()
        numbered[numbered < 0] = np.arange(len(values), len(values) + len(new))
        values = pa.concat_arrays([values, new]) if len(new) else values
        codes.append(numbered[chunk.indices.to_numpy()])
    return Texts(np.concatenate(codes).astype(np.min_scalar_type(len(values))), values)


def reversed_ranks(ranks: Numbers) -> Numbers:
    """The ranks in the opposite order."""
    return np.asarray(len(ranks) - 1 - ranks)


def key_order(ranked: Iterable[tuple[Numbers, int]], rows: int) -> Numbers:
    """Rows in order: the ranks of their codes (with how many ranks there are), dimension by
    dimension, as one number a row."""
    combined, size = np.zeros(rows, np.int64), 1
    for ranks, among in ranked:
        count = max(among, 1)
        if size * count > _ROOM:
            distinct, combined = np.unique(combined, return_inverse=True)
            size = max(len(distinct), 1)
        combined = combined * count + ranks
        size *= count
    return np.argsort(combined, kind="stable")


@dataclass(frozen=True, slots=True)
class KeptSeries:
    """Every series; that of number n stands at n - 1. ``places``: code → its place in a
    dimension's values; ``ranks``: of the values of a dimension; ``in_order``: every row, in key
    order."""

    sids: Numbers
    dimensions: tuple[Texts, ...]
    places: tuple[dict[str, int], ...]
    ranks: tuple[Numbers, ...]
    in_order: npt.NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        held = sum(texts.nbytes for texts in self.dimensions)
        return self.sids.nbytes + self.in_order.nbytes + held

    def named(self, keys: Sequence[Key], terms: Sequence[tuple[int, bool]]) -> Numbers:
        """Rows of the series that any of the keys names (no keys: all), in the order of the terms:
        place of a dimension, and whether it descends."""
        if not keys and list(terms) == [(place, False) for place in range(len(self.dimensions))]:
            return self.in_order
        found = [self._named_by(key) for key in keys]
        rows = found[0] if found else np.arange(len(self.sids))
        if len(found) > 1:
            rows = np.unique(np.concatenate(found))
        ranked = (
            (self._ranked(place, down, rows), len(self.ranks[place])) for place, down in terms
        )
        return rows[key_order(ranked, len(rows))]

    def _ranked(self, place: int, descending: bool, rows: Numbers) -> Numbers:
        ranks = self.ranks[place]
        ranks = reversed_ranks(ranks) if descending else ranks
        return np.asarray(ranks[self.dimensions[place].codes[rows]])

    def _named_by(self, key: Key) -> Numbers:
        rows: Numbers | None = None
        given = [place for place, codes in enumerate(key) if codes is not None]
        # The dimension of most codes leaves the fewest series for the others to look at.
        for place in sorted(given, key=lambda place: -len(self.ranks[place])):
            known = self.places[place]
            wanted = [known[code] for code in key[place] or () if code in known]
            codes = self.dimensions[place].codes
            if rows is None:
                rows = np.flatnonzero(_among(codes, wanted, len(known)))
            elif len(wanted) < len(known):
                rows = rows[_among(codes[rows], wanted, len(known))]
        return np.arange(len(self.sids)) if rows is None else rows

    def table(self, rows: Numbers) -> pa.Table:
        """These series: sid, no, d0…"""
        columns = {"sid": pa.array(self.sids[rows]), "no": pa.array((rows + 1).astype(np.int32))}
        for place, texts in enumerate(self.dimensions):
            columns[f"d{place}"] = texts.at(rows)
        return pa.table(columns)


def _among(codes: Numbers, wanted: list[int], count: int) -> npt.NDArray[np.bool_]:
    """Of each code (below ``count``), whether it is one of those wanted."""
    if len(wanted) == 1:
        # Ten times as quick as looking it up, which counts where there are many series.
        return np.asarray(codes == wanted[0])
    known = np.zeros(count, np.bool_)
    known[wanted] = True
    return known[codes]


@dataclass(frozen=True, slots=True)
class KeptExtents:
    """What is current of each series and agreement, by number of the series: how many
    observations, and the span and text of the latest period."""

    no: Numbers
    agreement: Numbers
    latest: Numbers
    period: Texts
    observations: Numbers

    @property
    def nbytes(self) -> int:
        return nbytes_of(self)

    def winners(self, agreements: Sequence[int], first: int, last: int) -> dict[str, Numbers]:
        """Of the series from one number to another that these agreements (in precedence) have
        rows of: number, the agreement that wins the latest period, rows of all."""
        rows, places = self._visible(agreements, first, last)
        numbers, counts = self.no[rows], self.observations[rows]
        if not _repeats(numbers).any():
            return {"no": numbers, "agreement": self.agreement[rows], "observations": counts}
        order = np.lexsort((-places, self._periods(rows), self.latest[rows], numbers))
        rows, numbers = rows[order], numbers[order]
        begins = np.flatnonzero(np.concatenate([[True], ~_repeats(numbers)]))
        ends = np.append(begins[1:], len(rows)) - 1
        return {
            "no": numbers[begins],
            "agreement": self.agreement[rows[ends]],
            "observations": np.add.reduceat(counts[order], begins),
        }

    def shared(self, agreements: Sequence[int], first: int, last: int) -> bool:
        """Whether two of the agreements have rows of one of the series."""
        rows, _ = self._visible(agreements, first, last)
        return bool(_repeats(self.no[rows]).any())

    def rows(self, first: int, last: int) -> int:
        """Rows of the series from one number to another, of all agreements."""
        begin, end = _between(self.no, first, last)
        return int(self.observations[begin:end].sum())

    def _periods(self, rows: Numbers) -> Numbers:
        return self.period.ranks()[self.period.codes[rows]]

    def _visible(self, agreements: Sequence[int], first: int, last: int) -> tuple[Numbers, Numbers]:
        begin, end = _between(self.no, first, last)
        seen = self.agreement[begin:end]
        places = np.full(max([*agreements, int(seen.max(initial=0))]) + 1, -1, np.int64)
        places[list(agreements)] = np.arange(len(agreements))
        rows = np.flatnonzero(places[seen] >= 0)
        return rows + begin, places[seen[rows]]


def _between(sorted_numbers: Numbers, first: int, last: int) -> tuple[int, int]:
    """Where the numbers from one to another begin and end; in their own type, for another would
    have all of them converted."""
    limits = np.array([first, last + 1], sorted_numbers.dtype)
    begin, end = np.searchsorted(sorted_numbers, limits).tolist()
    return begin, end


def _repeats(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Of each number but the first, whether it is the one before."""
    return np.asarray(numbers[1:] == numbers[:-1])


@dataclass(frozen=True, slots=True)
class AttributeRows:
    """Values of attributes above the observation, by number of the series they are written on.
    ``component``: place among the higher attributes."""

    no: Numbers
    agreement: Numbers
    component: Numbers
    value: Texts

    @property
    def nbytes(self) -> int:
        return nbytes_of(self)

    def between(self, first: int, last: int) -> AttributeRows:
        """Those of the series from one number to another."""
        begin, end = _between(self.no, first, last)
        return AttributeRows(
            self.no[begin:end],
            self.agreement[begin:end],
            self.component[begin:end],
            Texts(self.value.codes[begin:end], self.value.values),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A data structure as one commit left it. ``dataset``: agreement, component and value of
    attributes of the data set; ``latest``: agreement → span and text of its latest period of all.
    It is so from ``begins`` until ``ends``: in between nothing opens or closes. ``rows_each``:
    rows a series and agreement has, on average; ``state``: another number for each put together."""

    series: KeptSeries
    extents: KeptExtents
    attributes: AttributeRows
    dataset: tuple[tuple[int, int, str], ...]
    latest: dict[int, tuple[int, str]]
    begins: datetime
    ends: datetime
    rows_each: float
    state: int = field(default_factory=count(1).__next__)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.series.nbytes + self.extents.nbytes + self.attributes.nbytes

    def holds(self, at: datetime) -> bool:
        """Whether this is what is valid at the instant."""
        return self.begins <= at < self.ends

    def winner_of_all(self, agreements: Sequence[int]) -> int | None:
        """Which of the agreements (in precedence) wins the latest period of all."""
        seen = [agreement for agreement in agreements if agreement in self.latest]
        # Of equals ``max`` gives the first.
        return max(seen, key=lambda agreement: self.latest[agreement], default=None)


def nbytes_of(rows: KeptExtents | AttributeRows) -> int:
    """Bytes of all columns."""
    return sum(getattr(rows, field.name).nbytes for field in fields(rows))
