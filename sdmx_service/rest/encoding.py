"""Which content coding an answer gets: Accept-Encoding, or ``compression=`` which wins over it."""

from __future__ import annotations

from collections.abc import Mapping

from sdmx_service.formats.compression import CODINGS, IDENTITY
from sdmx_service.model.problem import Location, refuse


def choose_encoding(accept_encoding: str, compression: str | None) -> str:
    """A coding of CODINGS, or ``identity``.

    Raises Refused (NOT_ACCEPTABLE) for a ``compression`` that is not offered. Source: RFC 9110,
    12.5.3; SDMX REST, "Tips for consumers".
    """
    if compression is not None:
        if compression not in CODINGS:
            location = Location(parameter="compression")
            raise refuse("NOT_ACCEPTABLE", location, found=compression)
        return compression
    wishes = _wishes(accept_encoding)
    others = wishes.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: wishes.get(coding, others))
    quality = wishes.get(best, others)
    # Identity is what a client gets without asking, so it wins only where it is preferred.
    return best if quality > 0 and quality >= wishes.get(IDENTITY, 0.0) else IDENTITY


def _wishes(header: str) -> Mapping[str, float]:
    wishes = {}
    for entry in header.lower().split(","):
        coding, _, weight = entry.partition(";")
        name, _, number = weight.replace(" ", "").partition("=")
        wishes[coding.strip()] = _quality(number) if name == "q" else 1.0
    return wishes


def _quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
