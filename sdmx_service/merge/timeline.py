"""What a publication changes in derived figures over time: now and at every pending release.

Pure: from the figures that stand and those that should, to what is to be written when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import Layout


@dataclass(frozen=True, slots=True)
class State:
    """The figures that stand at an instant, and those that should."""

    instant: datetime
    kept: pa.Table
    wanted: pa.Table


@dataclass(frozen=True, slots=True)
class Change:
    """Figures to publish at an instant, and others (keys only) to take away."""

    instant: datetime
    renewed: pa.Table
    gone: pa.Table


def changes_of(before: pa.Table, states: Sequence[State], layout: Layout) -> tuple[Change, ...]:
    """What brings about all states in turn, of the figures that are wrong at any of them.

    ``before`` stands now. A figure is written where it differs from what stands until then, and
    where what is pending of it is wrong although it does not: that drops what is pending.
    """
    wrong = [_wrong(state.kept, state.wanted, layout) for state in states]
    stale = pa.concat_arrays(wrong).unique()
    standing, written, changes = before, pa.array([], pa.string()), []
    for state, now_wrong in zip(states, wrong, strict=True):
        wanted = state.wanted.filter(_is_one_of(state.wanted, stale, layout))
        differ = _wrong(standing.filter(_is_one_of(standing, stale, layout)), wanted, layout)
        due = now_wrong.filter(pc.invert(pc.is_in(now_wrong, value_set=written)))
        touched = pa.concat_arrays([differ, due]).unique()
        renewed = wanted.filter(_is_one_of(wanted, touched, layout))
        others = pa.concat_tables([standing, state.kept])
        gone = others.filter(
            pc.and_(_is_one_of(others, touched, layout), _absent(others, wanted, layout.key))
        )
        if len(touched):
            changes.append(Change(state.instant, renewed, _keys_once(gone, layout)))
        standing, written = wanted, pa.concat_arrays([written, touched]).unique()
    return tuple(changes)


def _wrong(kept: pa.Table, wanted: pa.Table, layout: Layout) -> pa.Array:
    """Prints of the keys at which the tables differ."""
    renewed = wanted.filter(_absent(wanted, kept, layout.columns))
    gone = kept.filter(_absent(kept, wanted, layout.key))
    prints = (_print(rows, layout.key).combine_chunks() for rows in (renewed, gone))
    return pa.concat_arrays(list(prints))


def _is_one_of(rows: pa.Table, prints: pa.Array, layout: Layout) -> pa.Array:
    return pc.is_in(_print(rows, layout.key), value_set=prints)


def _keys_once(rows: pa.Table, layout: Layout) -> pa.Table:
    """The keys of these rows, each once, everything else null."""
    keys = rows.select(layout.key).group_by(layout.key).aggregate([])
    columns = [
        keys[field.name] if field.name in layout.key else pa.nulls(keys.num_rows, field.type)
        for field in layout.schema(lines=False)
    ]
    return pa.table(columns, schema=layout.schema(lines=False))


def _absent(rows: pa.Table, others: pa.Table, names: Sequence[str]) -> pa.Array:
    """Which rows have no twin among the others, comparing these columns."""
    return pc.invert(pc.is_in(_print(rows, names), value_set=_print(others, names)))


def _print(rows: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    columns = [rows[name].cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(
        *columns, "\x1f", null_handling="replace", null_replacement="\x00"
    )
