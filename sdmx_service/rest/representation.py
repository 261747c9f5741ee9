"""How a client wants an answer: format, languages, coding, by headers or by the parameters of the
URL that win over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers

from sdmx_service.formats.media import Offer
from sdmx_service.formats.negotiate import Negotiated, negotiate
from sdmx_service.i18n.negotiate import choose, offers_any
from sdmx_service.model.problem import Location, refuse
from sdmx_service.rest.encoding import choose_encoding
from sdmx_service.rest.querystring import read_extensions


@dataclass(frozen=True, slots=True)
class Representation:
    """One of the offers, its parameters, every language (the best first), a content coding."""

    offer: Offer
    content_type: str
    labels: str | None
    keys: str | None
    time_format: str | None
    languages: tuple[str, ...]
    encoding: str

    @property
    def language(self) -> str:
        """The language of texts that have only one."""
        return self.languages[0]


def representation_of(
    headers: Headers, raw_query: str, offers: tuple[Offer, ...]
) -> Representation:
    """What is wanted; the first offer is the default. Raises Refused (NOT_ACCEPTABLE)."""
    extensions = read_extensions(raw_query)
    accepted = _negotiated(
        headers.get("accept"),
        extensions.get("format"),
        offers,
        offers[0],
        extensions.get("formatVersion"),
    )
    compression = extensions.get("compression")
    return Representation(
        offer=accepted.offer,
        content_type=accepted.content_type,
        labels=accepted.labels,
        keys=accepted.keys,
        time_format=accepted.time_format,
        languages=_languages(headers, extensions),
        encoding=choose_encoding(headers.get("accept-encoding", ""), compression),
    )


@lru_cache(maxsize=256)
def _negotiated(
    accept: str | None,
    format_parameter: str | None,
    offers: tuple[Offer, ...],
    default: Offer,
    format_version: str | None,
) -> Negotiated:
    """As ``negotiate``: clients are few kinds of program, and each says always the same."""
    return negotiate(accept, format_parameter, offers, default, format_version)


def _languages(headers: Headers, extensions: Mapping[str, str]) -> tuple[str, ...]:
    asked = extensions.get("lang")
    if asked is None:
        return choose(headers.get("accept-language"))
    if asked == "all":
        return choose(None)
    if not offers_any(asked):
        raise refuse("NOT_ACCEPTABLE", Location(parameter="lang"), found=asked)
    return choose(asked)
