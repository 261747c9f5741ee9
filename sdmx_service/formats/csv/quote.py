"""Cells of CSV (RFC 4180)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import between, byte_set, holds_any

_SPECIAL_CHARACTERS = '",\r\n'
_SPECIAL = byte_set(_SPECIAL_CHARACTERS.encode())


def quoted(texts: pa.Array) -> pa.Array:
    """Texts as cells: in quotes where they hold a separator, a quote or a line break."""
    if not holds_any(texts, _SPECIAL):
        return texts
    special = pc.match_substring_regex(texts, pattern='[",\r\n]')
    doubled = pc.replace_substring(texts, pattern='"', replacement='""')
    return pc.if_else(special, between('"', doubled, '"'), texts)


def quoted_text(text: str) -> str:
    """One text as a cell."""
    if not any(character in text for character in _SPECIAL_CHARACTERS):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
