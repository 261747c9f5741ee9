"""The fast reader of SDMX-ML data: regular stretches of a data set.

All quotes of a window are found at once; what stands between the values is checked by a grammar
(ml_between, ml_generic_between), the values are sliced from the window as one Arrow array. It
stops, at a safe place between two series, before anything it is not certain about: the strict
reader goes on from there. It reports no problem and refuses nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.assemble import Level, constant, record_batch
from sdmx_service.formats.xml.ml_between import (
    BEGIN,
    ENTERS,
    LEAVES,
    OBSERVATION,
    WRONG,
    Betweens,
    Grammar,
    Integers,
    take_apart,
)
from sdmx_service.formats.xml.ml_dataset import DataSetPlan
from sdmx_service.model.limits import Limits

_MOST_BETWEENS = 2000
_NESTING = 4  # message, data set, series, observation
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_NEVER_IN_XML = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read of a window: rows, how many bytes and how many lines it went forward."""

    rows: pa.RecordBatch
    consumed: int
    lines: int


@dataclass(frozen=True, slots=True)
class _Window:
    """A window cut into texts between values (even places of ``segments``) and values (odd).

    ``codes``: which distinct between stands before each value; ``starts``: where it begins.
    """

    segments: pa.Array
    starts: Integers
    codes: Integers
    betweens: Betweens
    grammar: Grammar


@dataclass(frozen=True, slots=True)
class _Tags:
    """The Series, Group and Obs tags read of a window, one entry each but for ``opens``.

    ``opens``: the value each tag begins with, and last that of the tag behind them.
    ``inside``: whether it stands inside a Series; ``row``: whether it is a row of the batch.
    """

    opens: Integers
    kind: Integers
    inside: npt.NDArray[np.bool_]
    row: npt.NDArray[np.bool_]


def usable(plan: DataSetPlan, limits: Limits) -> bool:
    """Whether data sets like this are read fast at all."""
    return plan.explicit_measure is None and limits.xml_depth >= _NESTING


def read_window(
    window: bytes, grammar: Grammar, plan: DataSetPlan, line: int, limits: Limits
) -> Stretch | None:
    """Read the regular rows a window begins with; None where it begins with something else.

    ``window`` begins at a ``<`` directly inside the data set, on this line of the message.
    """
    cut = _cut(window, grammar)
    tags = _tags(cut, limits) if cut is not None else None
    if cut is None or tags is None:
        return None
    rows = _rows(cut, tags, plan, line)
    if rows is None:
        return None
    after = tags.opens[-1]
    code = cut.codes[after]
    lines = int(cut.betweens.breaks[cut.codes[:after]].sum() + cut.betweens.breaks_before[code])
    return Stretch(rows, int(cut.starts[after] + cut.betweens.tag_at[code]), lines)


def _cut(window: bytes, grammar: Grammar) -> _Window | None:
    octets = np.frombuffer(window, dtype=np.uint8)
    quotes = np.flatnonzero(octets == 34)
    quotes = quotes[: len(quotes) // 2 * 2]
    if grammar.named:
        quotes = _without_ids(quotes, octets)
    if not len(quotes) or not _readable(window[: int(quotes[-1])]):
        return None
    offsets = np.zeros(len(quotes) + 1, dtype=np.int32)
    offsets[1::2] = quotes[0::2] + 1
    offsets[2::2] = quotes[1::2]
    segments = pa.StringArray.from_buffers(len(quotes), pa.py_buffer(offsets), pa.py_buffer(window))
    encoded = segments.take(pa.array(np.arange(0, len(quotes), 2))).dictionary_encode()
    if len(encoded.dictionary) > _MOST_BETWEENS:
        return None
    betweens = take_apart(encoded.dictionary.to_pylist(), grammar)
    codes = encoded.indices.to_numpy().astype(np.int64)
    codes = _certain(codes, betweens, octets, quotes)
    if grammar.named:
        codes = _in_order(codes, betweens)
    return _Window(segments, offsets[0::2].astype(np.int64), codes, betweens, grammar)


def _without_ids(quotes: Integers, octets: npt.NDArray[np.uint8]) -> Integers:
    """The quotes around values that are no ids. What stands before is looked at later."""
    opening = quotes[0::2]
    before = (octets[np.maximum(opening - back, 0)] for back in (3, 2, 1))
    ids = np.logical_and.reduce(
        [found == octet for found, octet in zip(before, b"id=", strict=True)]
    )
    return np.ascontiguousarray(quotes.reshape(-1, 2)[~ids]).reshape(-1)


def _readable(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    # One byte is found much faster than three.
    return b"\xef" not in text or not any(sequence in text for sequence in _NEVER_IN_XML)


def _certain(
    codes: Integers, betweens: Betweens, octets: npt.NDArray[np.uint8], quotes: Integers
) -> Integers:
    """The texts between values up to the first unknown one or the first value that holds a
    character that no value may hold as it stands."""
    unknown = np.flatnonzero(~betweens.known[codes])
    codes = codes[: unknown[0]] if len(unknown) else codes
    for octet, counts in ((60, betweens.angles), (None, betweens.controls)):
        if not len(codes):
            break
        seen = octets[: int(quotes[2 * len(codes) - 1])]
        positions = np.flatnonzero(seen == octet if octet else seen < 32)
        if len(positions) != int(counts[codes].sum()):
            inside = np.searchsorted(quotes, positions) % 2 == 1
            codes = codes[: int(np.searchsorted(quotes, positions[inside][0])) // 2]
    return codes


def _in_order(codes: Integers, betweens: Betweens) -> Integers:
    """The texts between values up to the first that may not stand behind those before it."""
    if not len(codes):
        return codes
    place = betweens.place[codes]
    place = place[np.maximum.accumulate(np.where(place >= 0, np.arange(len(codes)), 0))]
    before = np.concatenate([[BEGIN], place[:-1]])
    wrong = (betweens.follows[codes] >> before) & 1 == 0
    return codes[: int(np.argmax(wrong))] if wrong.any() else codes


def _tags(cut: _Window, limits: Limits) -> _Tags | None:
    """The tags up to the last safe place, where no Series is open."""
    kinds = cut.betweens.kind[cut.codes]
    opens = np.flatnonzero(kinds >= 0)
    if len(opens) < 2:
        return None
    kind = kinds[opens[:-1]]
    ending = cut.betweens.ending[cut.codes[opens[1:]], kind]
    step = np.where(ending == WRONG, 0, ending)
    after = np.cumsum(step)
    before = after - step
    depth = cut.betweens.depth[cut.codes[opens[:-1]]]
    begins = cut.starts[opens] + cut.betweens.tag_at[cut.codes[opens]]
    wrong = (
        (ending == WRONG)
        | ((depth >= 0) & (before != depth))
        | ((ending == LEAVES) & (before != 1))
        | (np.diff(begins) > limits.token_bytes)
    )
    count = int(np.argmax(wrong)) if wrong.any() else len(kind)
    safe = np.flatnonzero(after[:count] == 0)
    if not len(safe):
        return None
    count = int(safe[-1]) + 1
    row = (kind == OBSERVATION) | (ending != ENTERS)
    return _Tags(opens[: count + 1], kind[:count], before[:count] == 1, row[:count])


def _rows(cut: _Window, tags: _Tags, plan: DataSetPlan, line: int) -> pa.RecordBatch | None:
    observations = tags.kind == OBSERVATION
    row_of = np.where(observations, np.cumsum(tags.row) - 1, -1)
    parent_of = np.cumsum(~observations) - 1
    rows = int(tags.row.sum())
    given = list(_given(cut, tags))
    levels = (
        _level(cut.segments, given, row_of, rows),
        _level(cut.segments, given, np.where(observations, -1, parent_of), parent_of[-1] + 1),
    )
    if levels[0] is None or levels[1] is None:
        return None
    orphan = observations & ~tags.inside
    parents = pa.array(parent_of[tags.row], mask=orphan[tags.row])
    all_levels = (
        Level(levels[0]),
        Level(levels[1], parents),
        constant(plan.attributes, rows),
    )
    return record_batch(plan.schema, all_levels, pa.array(_lines(cut, tags, line)))


def _lines(cut: _Window, tags: _Tags, line: int) -> Integers:
    opens = tags.opens[:-1][tags.row]
    breaks = cut.betweens.breaks[cut.codes]
    before: Integers = (np.cumsum(breaks) - breaks)[opens]
    return line + before + cut.betweens.breaks_before[cut.codes[opens]]


def _given(cut: _Window, tags: _Tags) -> Iterator[tuple[str, Integers, Integers]]:
    """Component, places of its values among the values, and the tags these stand in."""
    count = int(tags.opens[-1])
    attributes = cut.betweens.attribute[cut.codes[:count]]
    opened = np.zeros(count, dtype=np.int64)
    opened[tags.opens[:-1]] = 1
    tag_of = np.cumsum(opened) - 1
    for number in np.unique(attributes).tolist():
        places = np.flatnonzero(attributes == number)
        yield cut.grammar.components[number], places, tag_of[places]


def _level(
    segments: pa.Array,
    given: list[tuple[str, Integers, Integers]],
    element_of: Integers,
    count: int,
) -> dict[str, pa.Array] | None:
    """Columns of the elements that ``element_of`` numbers tag by tag, -1 those of another level.

    None where an attribute stands twice in a tag or a value needs the strict reader.
    """
    columns = {}
    for component, places, tags in given:
        if (tags[1:] == tags[:-1]).any():
            return None
        elements = element_of[tags]
        here = elements >= 0
        if not here.any():
            continue
        indices = np.full(count, -1, dtype=np.int64)
        indices[elements[here]] = 2 * places[here] + 1
        column = _unescaped(segments.take(pa.array(indices, mask=indices < 0)))
        if column is None:
            return None
        columns[component] = column
    return columns


def _unescaped(values: pa.Array) -> pa.Array | None:
    """Values with the five entities of XML resolved; None where there are other references."""
    escaped = pc.match_substring(values, "&")
    if not pc.any(escaped).as_py():
        return values
    rest = pc.replace_substring_regex(values, "&(lt|gt|quot|apos|amp);", "")
    if pc.any(pc.match_substring(rest, "&")).as_py():
        return None
    for entity, character in _ENTITIES.items():
        values = pc.replace_substring(values, entity, character)
    return values
