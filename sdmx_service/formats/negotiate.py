"""Which representation a request gets: the Accept header, or ``format=`` which wins over it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sdmx_service.formats.media import (
    ARROW,
    PARQUET,
    XLSX,
    MediaType,
    Offer,
    parse_media_type,
    split_outside_quotes,
)
from sdmx_service.model.problem import Location, Refused, refuse

ALIASES: Mapping[str, tuple[str, ...]] = {
    "xml": ("application/xml", "text/xml"),
    "csv": ("text/csv", "application/csv"),
    "json": ("application/json",),
    "parquet": ("application/parquet", "application/x-parquet"),
    "arrow": (),
    "xlsx": (),
}
"""Plain media types by which a representation may be asked for, by its file extension."""

FORMAT_WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "genericdata": ("application/vnd.sdmx.genericdata+xml", {}),
    "structurespecificdata": ("application/vnd.sdmx.structurespecificdata+xml", {}),
    "generictimeseriesdata": ("application/vnd.sdmx.generictimeseriesdata+xml", {}),
    "structurespecifictimeseriesdata": (
        "application/vnd.sdmx.structurespecifictimeseriesdata+xml",
        {},
    ),
    "genericmetadata": ("application/vnd.sdmx.genericmetadata+xml", {}),
    "structure": ("application/vnd.sdmx.structure+xml", {}),
    "schema": ("application/vnd.sdmx.schema+xml", {}),
    "jsondata": ("application/vnd.sdmx.data+json", {}),
    "jsonstructure": ("application/vnd.sdmx.structure+json", {}),
    "csvdata": ("application/vnd.sdmx.data+csv", {}),
    "csvfile": ("application/vnd.sdmx.data+csv", {}),
    "csvfilewithlabels": ("application/vnd.sdmx.data+csv", {"labels": "both"}),
    "csv": ("text/csv", {}),
    "json": ("application/json", {}),
    "xml": ("application/xml", {}),
    "parquet": (PARQUET.media_type, {}),
    "arrow": (ARROW.media_type, {}),
    "xlsx": (XLSX.media_type, {}),
    "excel": (XLSX.media_type, {}),
}
"""Values of ``format=``: those of the standard, csvfile… as other servers know them, and short
forms. One may be followed by parameters: ``csv;labels=both``."""

# Wider than RFC 9110: Java writes q=.2, others more than three digits.
_QUALITY = re.compile(r"0?\.[0-9]{1,18}|0\.?|1(\.0{0,18})?")
_VERSION = re.compile(r"[0-9]{1,9}\+?(\.[0-9]{1,9}\+?){0,2}")
_BROWSER = ("text/html", "application/xhtml+xml")
_LABELS = "labels"
_KEYS = "keys"
_TIME_FORMAT = "timeformat"

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The representation to write and its parameters; None where the format has no such one."""

    offer: Offer
    labels: str | None
    keys: str | None
    time_format: str | None

    @property
    def content_type(self) -> str:
        """Value of Content-Type: the media type and what differs from its defaults; no charset."""
        said = (
            (_LABELS, self.labels, self.offer.labels),
            ("timeFormat", self.time_format, self.offer.time_formats),
            (_KEYS, self.keys, self.offer.keys),
        )
        return self.offer.media_type + "".join(
            f";{name}={value}" for name, value, values in said if values and value != values[0]
        )


@dataclass(frozen=True, slots=True)
class _Range:
    """One entry of an Accept header, and its place in it."""

    media: MediaType
    quality: float
    place: int


def negotiate(
    accept: str | None,
    format_parameter: str | None,
    offered: Sequence[Offer],
    default: Offer,
    format_version: str | None = None,
) -> Negotiated:
    """The best of ``offered``, which stand in the order of preference.

    ``format_version`` counts only with ``format_parameter``. Raises Refused (NOT_ACCEPTABLE).
    Source: RFC 9110, 12.5.1; SDMX REST 1.5 and 2.2, "Content negotiation".
    """
    if format_parameter is not None:
        return _by_format(format_parameter, format_version, offered, default)
    if accept is None or not accept.strip():
        return _settle(default, {})
    ranges = _ranges(accept)
    if _is_browser(ranges):
        return _settle(default, {})
    best = _best(ranges, offered, default)
    if best is None:
        raise _not_acceptable(accept, "Accept")
    return best


def _by_format(
    word: str, version: str | None, offered: Sequence[Offer], default: Offer
) -> Negotiated:
    """What ``format=`` and ``formatVersion=`` ask for."""
    found = word if version is None else f"{word}, formatVersion={version}"
    name, *parameters = word.split(";")
    if name not in FORMAT_WORDS:
        raise _not_acceptable(found, "format")
    media_type, fixed = FORMAT_WORDS[name]
    try:
        given = parse_media_type(";".join((media_type, *parameters))).parameters
    except ValueError as error:
        raise _not_acceptable(found, "format") from error
    asked = MediaType(media_type, {**fixed, **given})
    if version is not None:
        asked = MediaType(media_type, {**asked.parameters, "version": version})
    # Without a version each API prefers its own generation of the format.
    matching = [offer for offer in offered if _matches(asked, offer)]
    if not matching:
        raise _not_acceptable(found, "format")
    return _settle(default if default in matching else matching[0], asked.parameters)


def _ranges(accept: str) -> list[_Range]:
    """The entries of an Accept header that can be read; others are passed over."""
    ranges = []
    for place, text in enumerate(split_outside_quotes(accept, ",")):
        try:
            media = parse_media_type(text)
        except ValueError:
            continue
        quality = media.parameters.get("q", "1")
        if _QUALITY.fullmatch(quality):
            ranges.append(_Range(media, float(quality), place))
    return ranges


def _is_browser(ranges: Sequence[_Range]) -> bool:
    """Whether pages are asked for and nothing of SDMX: a person following a link."""
    wanted = [entry.media.type for entry in ranges if entry.quality > 0]
    sdmx = any(name.startswith("application/vnd.sdmx.") for name in wanted)
    return not sdmx and any(name in _BROWSER for name in wanted)


def _best(ranges: Sequence[_Range], offered: Sequence[Offer], default: Offer) -> Negotiated | None:
    """By quality, then how exactly it was named, its place in the header, then our preference."""
    best: tuple[tuple[object, ...], Offer, _Range] | None = None
    for position, offer in enumerate(offered):
        entry = _range_of(offer, ranges)
        if entry is None or entry.quality == 0:
            continue
        precision = _precision(entry.media)
        newest = tuple(-part for part in offer_version(offer)) if precision >= 3 else ()
        preference = (*newest, offer != default, position)
        rank: tuple[object, ...] = (-entry.quality, -precision, entry.place, preference)
        if best is None or rank < best[0]:
            best = (rank, offer, entry)
    return _settle(best[1], best[2].media.parameters) if best else None


def _range_of(offer: Offer, ranges: Sequence[_Range]) -> _Range | None:
    """The most precise range that covers an offer; it alone says how much the offer is wanted."""
    covering = [entry for entry in ranges if _matches(entry.media, offer)]
    return max(
        covering,
        key=lambda entry: (_precision(entry.media), entry.quality, -entry.place),
        default=None,
    )


def _precision(media: MediaType) -> int:
    if media.type == "*/*":
        return 0
    if media.type.endswith("/*"):
        return 1
    if not media.type.startswith("application/vnd.sdmx."):
        return 2
    return 4 if "version" in media.parameters else 3


def _matches(media: MediaType, offer: Offer) -> bool:
    """Whether a range covers an offer, with the values of the parameters the offer has."""
    names = (offer.media_type.partition(";")[0], *ALIASES[offer.extension])
    if media.type.endswith("/*"):
        prefix = media.type[:-1]
        named = media.type == "*/*" or any(name.startswith(prefix) for name in names)
    else:
        named = media.type in names
    version = media.parameters.get("version")
    return (
        named
        and (version is None or covers_version(version, offer_version(offer)))
        and _has_values(media.parameters, offer)
    )


def _has_values(parameters: Mapping[str, str], offer: Offer) -> bool:
    if offer.extension != "csv":
        return True
    asked = (
        (_LABELS, offer.labels),
        (_KEYS, offer.keys or ("none",)),
        (_TIME_FORMAT, offer.time_formats),
    )
    return all(parameters.get(name, values[0]) in values for name, values in asked)


def offer_version(offer: Offer) -> Version:
    """The version of an offer, as three numbers; of a format without versions 0.0.0."""
    return _numbers(offer.media_type.partition("version=")[2] or "0")


def covers_version(text: str, version: Version) -> bool:
    """Whether a version or a range (``2.1``, ``3.0.0+``, ``2.3+.1``) holds a version.

    The parts before ``+`` are fixed, from there on it is a floor. ``*``, ``~`` and ``+`` hold all.
    """
    if text in ("*", "~", "+"):
        return True
    if _VERSION.fullmatch(text) is None or text.count("+") > 1:
        return False
    wanted = _numbers(text.replace("+", ""))
    if "+" not in text:
        return wanted == version
    fixed = text.partition("+")[0].count(".")
    return wanted[:fixed] == version[:fixed] and version >= wanted


def _numbers(text: str) -> Version:
    parts = [*(int(part) for part in text.split(".")), 0, 0]
    return parts[0], parts[1], parts[2]


def _settle(offer: Offer, parameters: Mapping[str, str]) -> Negotiated:
    def choose(name: str, values: tuple[str, ...]) -> str | None:
        return parameters.get(name, values[0]) if values else None

    return Negotiated(
        offer,
        labels=choose(_LABELS, offer.labels),
        keys=choose(_KEYS, offer.keys),
        time_format=choose(_TIME_FORMAT, offer.time_formats),
    )


def _not_acceptable(found: str, parameter: str) -> Refused:
    return refuse("NOT_ACCEPTABLE", Location(parameter=parameter), found=found)
