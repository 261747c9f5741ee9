"""Text made fit to stand in XML 1.0, in an attribute value or in an element."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import byte_set, holds_any

# A quick look at the bytes: 0xEF begins U+FFFE and U+FFFF, which XML 1.0 cannot hold.
_SUSPECT = byte_set(bytes(range(0x20)) + b'&<>"\xef')
_UNFIT = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]"
_REFERENCES = (
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ('"', "&quot;"),
    ("\t", "&#9;"),
    ("\n", "&#10;"),
    ("\r", "&#13;"),
)


def escaped(texts: pa.Array) -> pa.Array:
    """Texts as XML; what XML 1.0 cannot hold becomes U+FFFD.

    Source: XML 1.0, 2.2 (characters) and 3.3.3 (white space in attribute values).
    """
    if not holds_any(texts, _SUSPECT):
        return texts
    texts = pc.replace_substring_regex(texts, pattern=_UNFIT, replacement="\ufffd")
    for character, reference in _REFERENCES:
        texts = pc.replace_substring(texts, pattern=character, replacement=reference)
    return texts


def escaped_text(text: str) -> str:
    """One text as XML."""
    result: str = escaped(pa.array([text], pa.string()))[0].as_py()
    return result
