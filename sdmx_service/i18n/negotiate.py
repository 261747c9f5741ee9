"""Which language to speak."""

from __future__ import annotations

import re
from collections.abc import Iterator

LANGUAGES = ("fr", "en", "ar")
"""Languages the hub speaks, the default first."""
RIGHT_TO_LEFT = frozenset({"ar"})

_RANGE = re.compile(
    r"\s*(?P<language>[A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,32})?\s*"
    r"(?:;\s*q\s*=\s*(?P<quality>[01](?:\.[0-9]{0,3})?)\s*)?",
)
_HEADER_LIMIT = 2048
_UNNAMED = 0.0
_REFUSED = -1.0


def choose(accept_language: str | None) -> tuple[str, ...]:
    """Every language of ``LANGUAGES``, best first, by an Accept-Language header (RFC 9110 12.5.4).

    Without a header, or with ``*`` alone, the order of ``LANGUAGES``. Languages of equal quality
    keep the header's order, those not named follow, those of quality 0 are last; what cannot be
    read in the header is passed over.
    """
    wishes = _wishes(accept_language or "")

    def rank(language: str) -> tuple[float, int, int]:
        quality, position = wishes.get(language) or wishes.get("*") or (_UNNAMED, 0)
        return (-quality, position, LANGUAGES.index(language))

    return tuple(sorted(LANGUAGES, key=rank))


def offers_any(accept_language: str) -> bool:
    """Whether a list of language ranges names a language the hub speaks, or any."""
    wishes = _wishes(accept_language)
    return any(wishes.get(name, (_REFUSED, 0))[0] > 0 for name in ("*", *LANGUAGES))


def supported(language: str) -> str:
    """A language of ``LANGUAGES`` for any tag: its own without region, or the default."""
    primary = language.split("-", maxsplit=1)[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]


def _wishes(header: str) -> dict[str, tuple[float, int]]:
    """Quality and position of each language named; of several regions the best counts."""
    wishes: dict[str, tuple[float, int]] = {}
    for position, (language, quality) in enumerate(_ranges(header)):
        if language not in wishes or quality > wishes[language][0]:
            wishes[language] = (quality, position)
    return wishes


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in header[:_HEADER_LIMIT].split(","):
        match = _RANGE.fullmatch(part)
        if match is not None:
            quality = min(1.0, float(match["quality"] or 1))
            yield match["language"].lower(), quality if quality > 0 else _REFUSED
