"""Text and numbers as JSON (RFC 8259)."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import between, byte_set, holds_any

NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
"""What JSON takes for a number."""
_BOOLEAN = r"^(true|false)$"
_RARE = [chr(number) for number in range(0x20)]
_SUSPECT = byte_set(bytes(range(0x20)) + b'"\\')
_CONTROL = byte_set(bytes(range(0x20)))


def strings(texts: pa.Array) -> pa.Array:
    """Texts as JSON strings, in their quotes."""
    return between('"', escaped(texts), '"')


def numbers(texts: pa.Array) -> pa.Array:
    """Texts as they stand where they are JSON numbers, else as strings (``NaN``, ``007``)."""
    return _bare(texts, NUMBER)


def booleans(texts: pa.Array) -> pa.Array:
    """``true`` and ``false`` as they stand, anything else as strings."""
    return _bare(texts, _BOOLEAN)


def _bare(texts: pa.Array, pattern: str) -> pa.Array:
    fit = pc.match_substring_regex(texts, pattern=pattern)
    return texts if pc.all(fit).as_py() else pc.if_else(fit, texts, strings(texts))


def escaped(texts: pa.Array) -> pa.Array:
    """Texts fit to stand in a JSON string."""
    if not holds_any(texts, _SUSPECT):
        return texts
    for character in ("\\", '"'):
        texts = pc.replace_substring(texts, pattern=character, replacement="\\" + character)
    if holds_any(texts, _CONTROL):
        for character in _RARE:
            replacement = json.dumps(character)[1:-1]
            texts = pc.replace_substring(texts, pattern=character, replacement=replacement)
    return texts
