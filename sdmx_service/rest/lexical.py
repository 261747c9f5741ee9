"""The words of SDMX REST URLs: percent-decoding and lexical checks, the same for both versions.

Every check raises Refused with QUERY_SYNTAX and the name of the path or query parameter at
fault. What the words mean stands in ``v1``, ``v2`` and the modules of the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from sdmx_service.model.problem import Location, Refused, refuse

AGENCY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*")
ARTEFACT_ID = re.compile(r"[A-Za-z0-9_@$-]+")
ITEM_ID = re.compile(r"[A-Za-z0-9_@$-]+(\.[A-Za-z0-9_@$-]+)*")
COMPONENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
COMPONENT_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*")
"""A component, or a metadata attribute by its path."""

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def syntax(parameter: str, found: str) -> Refused:
    """The exception for a parameter that cannot be read."""
    return refuse("QUERY_SYNTAX", Location(parameter=parameter), found=found)


def decode(raw: str, parameter: str) -> str:
    """Percent-decode once; ``+`` stays ``+``. Refuses what is not UTF-8 text in one line."""
    if _STRAY_PERCENT.search(raw):
        raise syntax(parameter, raw)
    try:
        text = unquote(raw, errors="strict")
    except UnicodeDecodeError as error:
        raise syntax(parameter, raw) from error
    if _NOT_TEXT.search(text):
        raise syntax(parameter, raw)
    return text


def path_values(raw_parts: Sequence[str], names: Sequence[str]) -> tuple[str | None, ...]:
    """The decoded parts of a path, one for each name, None where the path ends before it.

    A trailing slash (an empty last part) is no part.
    """
    parts = list(raw_parts[:-1] if raw_parts and raw_parts[-1] == "" else raw_parts)
    if len(parts) > len(names):
        raise syntax("path", parts[len(names)])
    values = [decode(part, name) for part, name in zip(parts, names, strict=False)]
    for value, name in zip(values, names, strict=False):
        if not value:
            raise syntax(name, value)
    return (*values, *[None] * (len(names) - len(values)))


def one(text: str, pattern: re.Pattern[str], parameter: str) -> str:
    """The text, checked to be exactly of the pattern."""
    if pattern.fullmatch(text) is None:
        raise syntax(parameter, text)
    return text


def several(text: str, separator: str, pattern: re.Pattern[str], parameter: str) -> tuple[str, ...]:
    """The values of a list, each checked and given once, in the order of the list."""
    return tuple(dict.fromkeys(one(value, pattern, parameter) for value in text.split(separator)))
