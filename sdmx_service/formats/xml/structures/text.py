"""Text in XML: escaping on the way out, and what XML cannot carry. No SDMX here."""

from __future__ import annotations

import re

from sdmx_service.formats.model_fields import ILLEGAL_CHARACTER
from sdmx_service.model.problem import refuse

_SPECIAL = re.compile(r'[&<>"\t\n\r]')
# A carriage return survives parsers only as a reference, line ends in attributes too.
_ATTRIBUTE = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def attribute_text(text: str) -> str:
    """Escape for an attribute between double quotes."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _ATTRIBUTE[match[0]], text)


def element_text(text: str) -> str:
    """Escape for the content of an element."""
    if _SPECIAL.search(text) is None:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#13;")


def to_bytes(pieces: list[str]) -> bytes:
    """Join what was written. Raises Refused where a character has no form in XML."""
    text = "".join(pieces)
    illegal = ILLEGAL_CHARACTER.search(text)
    if illegal is not None:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"U+{ord(illegal[0]):04X}")
    return text.encode()
