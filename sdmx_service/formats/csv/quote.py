"""Cells of CSV (RFC 4180)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import between, byte_set, holds_any

_SPECIAL = byte_set(b'",\r\n')


def quoted(texts: pa.Array) -> pa.Array:
    """Texts as cells: in quotes where they hold a separator, a quote or a line break."""
    if not holds_any(texts, _SPECIAL):
        return texts
    special = pc.match_substring_regex(texts, pattern='[",\r\n]')
    doubled = pc.replace_substring(texts, pattern='"', replacement='""')
    return pc.if_else(special, between('"', doubled, '"'), texts)


def quoted_text(text: str) -> str:
    """One text as a cell."""
    cell: str = quoted(pa.array([text], pa.string()))[0].as_py()
    return cell
