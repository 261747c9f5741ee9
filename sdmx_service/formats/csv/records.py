"""The bytes of a CSV message → blocks of whole records, each with the lines they begin at.

Bytes, quotes, lines and limits only; what the columns mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import numpy as np
import numpy.typing as npt

from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.values import MARKS

BLOCK_BYTES = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_MARKS = tuple(mark.encode() for mark in MARKS)
_QUOTE, _LINE_FEED, _CARRIAGE_RETURN = 34, 10, 13
Positions = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records. ``starts``, ``lines``: where each that is not empty begins (byte, line)."""

    data: bytes
    starts: Positions
    lines: Positions
    quoted_lines: bool


def blocks(
    source: BinaryIO, separator: bytes, limits: Limits, block_bytes: int = BLOCK_BYTES
) -> Iterator[Block]:
    """Cut a message into blocks. Raises Refused for NUL and the marks of ``model.values``, bad
    UTF-8, bad quotes, endless rows."""
    source.seek(0)
    line, pending = 1, source.read(max(block_bytes, len(_BOM))).removeprefix(_BOM)
    while pending:
        more = source.read(block_bytes)
        if source.tell() > limits.message_bytes:
            raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
        _check_text(pending, line, more == b"")
        cut = _last_record_end(pending) if more else len(pending)
        if cut:
            yield _block(pending[:cut], separator, line, limits)
        if len(pending) - cut > limits.token_bytes:
            place = Location(line=line + pending[:cut].count(b"\n"))
            _malformed(place, f"a row longer than {limits.token_bytes} bytes")
        line += pending[:cut].count(b"\n")
        pending = pending[cut:] + more


def _check_text(data: bytes, line: int, last: bool) -> None:
    if b"\0" in data:
        raise refuse("MESSAGE_NUL", Location(line=line + data[: data.index(0)].count(b"\n")))
    for mark in _MARKS:
        if mark in data:
            place = Location(line=line + data[: data.index(mark)].count(b"\n"))
            raise refuse("CONTROL_CHARACTER", place, found=f"U+{ord(mark):04X}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if not last and len(data) - error.start < 4 and error.reason == "unexpected end of data":
            return
        place = Location(line=line + data[: error.start].count(b"\n"))
        raise refuse("MESSAGE_ENCODING", place, encoding="UTF-8") from error


def _last_record_end(data: bytes) -> int:
    """Just behind the last line end outside quotes, or 0."""
    octets = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(octets == _QUOTE)
    ends = np.flatnonzero(octets == _LINE_FEED)
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0] if len(quotes) else ends
    return int(outside[-1]) + 1 if len(outside) else 0


def _block(data: bytes, separator: bytes, line: int, limits: Limits) -> Block:
    octets = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(octets == _QUOTE)
    breaks = np.flatnonzero(octets == _LINE_FEED)
    _check_quotes(octets, quotes, breaks, separator, line)
    outside = np.searchsorted(quotes, breaks) % 2 == 0
    _check_carriage_returns(octets, quotes, breaks, line)
    ends = breaks[outside]
    if not len(ends) or ends[-1] != len(data) - 1:
        ends = np.append(ends, len(data))
    starts = np.append(0, ends[:-1] + 1)
    lines = line + np.searchsorted(breaks, starts)
    longest = int(np.argmax(ends - starts))
    if ends[longest] - starts[longest] > limits.token_bytes:
        place = Location(line=int(lines[longest]))
        _malformed(place, f"a row longer than {limits.token_bytes} bytes")
    filled = ~_empty(octets, starts, ends)
    return Block(data, starts[filled], lines[filled], not bool(outside.all()))


def _empty(octets: npt.NDArray[np.uint8], starts: Positions, ends: Positions) -> Bools:
    """Which records are empty lines, which the CSV parser passes over."""
    length = ends - starts
    first = octets[np.minimum(starts, len(octets) - 1)]
    result: Bools = (length == 0) | ((length == 1) & (first == _CARRIAGE_RETURN))
    return result


def _check_quotes(
    octets: npt.NDArray[np.uint8],
    quotes: Positions,
    breaks: Positions,
    separator: bytes,
    line: int,
) -> None:
    """A quote opens at the begin of a cell and closes at its end; two stand for one."""
    if not len(quotes):
        return
    edges = np.isin(np.arange(256), [separator[0], _LINE_FEED, _CARRIAGE_RETURN])
    border = np.array([_LINE_FEED], dtype=np.uint8)
    padded = np.concatenate((border, octets, border))
    opens, closes = quotes[0::2], quotes[1::2]
    doubled = np.append(False, opens[1:] == closes[: len(opens) - 1] + 1)
    wrong = ~edges[padded[opens]] & ~doubled
    wrong[: len(closes)] |= (
        ~edges[padded[closes + 2]] & ~np.append(doubled[1:], False)[: len(closes)]
    )
    if len(quotes) % 2:
        wrong[-1] = True
    if wrong.any():
        position = opens[int(np.argmax(wrong))]
        place = Location(line=line + int(np.searchsorted(breaks, position)))
        _malformed(place, "a quote inside a cell that is not quoted, or a quote not closed")


def _check_carriage_returns(
    octets: npt.NDArray[np.uint8], quotes: Positions, breaks: Positions, line: int
) -> None:
    """Lines end with a line feed: a carriage return alone, outside quotes, is refused."""
    returns = np.flatnonzero(octets == _CARRIAGE_RETURN)
    if not len(returns):
        return
    following = octets[np.minimum(returns + 1, len(octets) - 1)]
    last = returns == len(octets) - 1
    alone = returns[(following != _LINE_FEED) & ~last & (np.searchsorted(quotes, returns) % 2 == 0)]
    if len(alone):
        place = Location(line=line + int(np.searchsorted(breaks, alone[0])))
        _malformed(place, "a carriage return without line feed")


def _malformed(place: Location, reason: str) -> NoReturn:
    raise refuse("CSV_MALFORMED", place, reason=reason)
