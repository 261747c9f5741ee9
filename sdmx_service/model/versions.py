"""Version expressions: which of the versions there are an expression picks.

The forms of SDMX REST 2.x (``~``, ``+``, ``*``, ``1.~``, ``2.3+.1`` …) and ``latest`` of 1.x.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import Ref, version_key

_SEMANTIC = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[A-Za-z0-9.-]+)?")
_LEGACY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_PART = re.compile(r"([0-9]{0,9})([+~*]?)")
_WHOLE = {"latest": "~", "all": "*"}
UNVERSIONED_IN_21 = "1.0"
"""The version that SDMX 2.1 gives an artefact that has none."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """``kind``: the wildcard; ``parts``: how many there are; ``prefix``: those before it;
    ``floor``: the least that the whole version may be."""

    kind: str
    parts: int
    prefix: tuple[int, ...]
    floor: tuple[int, ...]


def is_version(text: str) -> bool:
    """Whether this is an exact version: semantic (``1.0.0-draft``) or legacy (``1.0``)."""
    return bool(_SEMANTIC.fullmatch(text) or _LEGACY.fullmatch(text))


def is_stable(version: str | None) -> bool:
    """Whether the version is ``x.y.z`` with x > 0 and no extension."""
    return bool(
        version and _SEMANTIC.fullmatch(version) and "-" not in version and version[0] != "0"
    )


def line_of(ref: Ref) -> Ref:
    """The line that a version belongs to, named ``x.0.0``: all stable versions of one major one.

    A draft, a legacy or an unversioned artefact is a line of its own.
    """
    if not is_stable(ref.version):
        return ref
    (major, *_), _, _ = version_key(ref.version)
    return replace(ref, version=f"{major}.0.0")


def pick(expression: str | None, versions: Iterable[str | None]) -> tuple[str | None, ...]:
    """The versions that the expression names, oldest first; None asks for the latest.

    An artefact without version (None among ``versions``) answers to every wildcard and to 1.0.
    Raises Refused (QUERY_SYNTAX) where the expression is none.
    """
    expression = _WHOLE.get(expression or "~", expression or "~")
    ordered = sorted(versions, key=version_key)
    if is_version(expression):
        return tuple(
            version
            for version in ordered
            if version == expression or (version is None and expression == UNVERSIONED_IN_21)
        )
    pattern = _parse(expression)
    found = tuple(version for version in ordered if version is None or _fits(pattern, version))
    return found if pattern.kind == "*" else found[-1:]


def _parse(expression: str) -> _Pattern:
    matches = [_PART.fullmatch(part) for part in expression.split(".")]
    wild = [index for index, match in enumerate(matches) if match and match[2]]
    if None in matches or len(wild) != 1 or len(matches) > 3:
        raise _malformed(expression)
    parts = [match.groups() for match in matches if match]
    number, kind = parts[wild[0]]
    rest = parts[wild[0] + 1 :]
    numbers = tuple(int(digits or 0) for digits, _ in parts)
    bare_then_number = not number and any(numbers[wild[0] + 1 :])
    empty = any(not digits for digits, sign in parts if not sign)
    # ``1~`` and ``2.3+`` have no reading: a floor and ``+`` speak of whole versions only.
    short = (len(parts) == 1 and number) or (kind == "+" and len(parts) == 2)
    if bare_then_number or empty or short or len(rest) > 2:
        raise _malformed(expression)
    return _Pattern(kind, len(parts), numbers[: wild[0]], numbers)


def _fits(pattern: _Pattern, version: str) -> bool:
    number = version_key(version)[0]
    if pattern.kind == "+" and not is_stable(version):
        return False
    if pattern.parts == 2 and not _LEGACY.fullmatch(version):
        return False
    if pattern.parts == 3 and not _SEMANTIC.fullmatch(version):
        return False
    return number[: len(pattern.prefix)] == pattern.prefix and number >= pattern.floor


def _malformed(expression: str) -> Exception:
    return refuse("QUERY_SYNTAX", Location(parameter="version"), found=expression)
