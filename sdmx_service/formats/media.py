"""Media types, and the one table of the representations this release offers.

Which of them a request gets stands in ``negotiate``; what writes them in the formats themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - a token of RFC 9110
_TYPE = re.compile(rf"({_TOKEN})/({_TOKEN})")
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*')


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type or range; ``type`` and the names of the parameters in small letters."""

    type: str
    parameters: Mapping[str, str]


def parse_media_type(text: str) -> MediaType:
    """Read ``type/subtype;name=value``, spaces allowed. Raises ValueError where it is none.

    Source: RFC 9110, 8.3.1.
    """
    type_text, *parts = split_outside_quotes(text, ";")
    match = _TYPE.fullmatch(type_text.strip())
    if match is None:
        raise ValueError(text)
    return MediaType(match[0].lower(), dict(_parameter(part) for part in parts if part.strip()))


def split_outside_quotes(text: str, separator: str) -> Iterator[str]:
    """The pieces of a header value; a separator in a quoted string parts nothing."""
    start, quoted, escaped = 0, False, False
    for position, character in enumerate(text):
        if character == '"' and not escaped:
            quoted = not quoted
        if character == separator and not quoted:
            yield text[start:position]
            start = position + 1
        escaped = quoted and character == "\\" and not escaped
    yield text[start:]


def _parameter(text: str) -> tuple[str, str]:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    name, quoted, token = match.groups()
    return name.lower(), token if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation: a stable id of the format, its media type, a file extension.

    ``labels``, ``keys``, ``time_formats``: the values its parameters may take, the first being
    the one meant by silence; empty where the format has no such parameter.
    """

    format: str
    media_type: str
    extension: str
    labels: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()

    @property
    def flat(self) -> bool:
        """Whether data are a table, a row for each observation; the others group by series."""
        return self.extension not in ("xml", "json")


_SDMX = "application/vnd.sdmx."
_TIME_FORMATS = ("original", "normalized")

GENERIC_21 = Offer("sdmx-ml-2.1-generic", f"{_SDMX}genericdata+xml;version=2.1", "xml")
STRUCTURE_SPECIFIC_21 = Offer(
    "sdmx-ml-2.1-structure-specific", f"{_SDMX}structurespecificdata+xml;version=2.1", "xml"
)
GENERIC_TIME_SERIES_21 = Offer(
    "sdmx-ml-2.1-generic-time-series", f"{_SDMX}generictimeseriesdata+xml;version=2.1", "xml"
)
STRUCTURE_SPECIFIC_TIME_SERIES_21 = Offer(
    "sdmx-ml-2.1-structure-specific-time-series",
    f"{_SDMX}structurespecifictimeseriesdata+xml;version=2.1",
    "xml",
)
DATA_ML_30 = Offer("sdmx-ml-3.0-structure-specific", f"{_SDMX}data+xml;version=3.0.0", "xml")
DATA_ML_31 = Offer("sdmx-ml-3.1-structure-specific", f"{_SDMX}data+xml;version=3.1.0", "xml")
CSV_10 = Offer(
    "sdmx-csv-1.0",
    f"{_SDMX}data+csv;version=1.0.0",
    "csv",
    labels=("id", "both"),
    time_formats=_TIME_FORMATS,
)
CSV_20 = Offer(
    "sdmx-csv-2.0",
    f"{_SDMX}data+csv;version=2.0.0",
    "csv",
    labels=("id", "name", "both"),
    keys=("none", "obs", "series", "both"),
    time_formats=_TIME_FORMATS,
)
CSV_21 = Offer(
    "sdmx-csv-2.1",
    f"{_SDMX}data+csv;version=2.1.0",
    "csv",
    labels=CSV_20.labels,
    keys=CSV_20.keys,
    time_formats=_TIME_FORMATS,
)
JSON_20 = Offer("sdmx-json-2.0", f"{_SDMX}data+json;version=2.0.0", "json")
JSON_10 = Offer("sdmx-json-1.0", f"{_SDMX}data+json;version=1.0.0", "json")
JSON_21 = Offer("sdmx-json-2.1", f"{_SDMX}data+json;version=2.1.0", "json")
PARQUET = Offer("parquet", "application/vnd.apache.parquet", "parquet")
ARROW = Offer("arrow-stream", "application/vnd.apache.arrow.stream", "arrow")
XLSX = Offer("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
STRUCTURE_ML_21 = Offer("sdmx-ml-2.1-structure", f"{_SDMX}structure+xml;version=2.1", "xml")
STRUCTURE_ML_30 = Offer("sdmx-ml-3.0-structure", f"{_SDMX}structure+xml;version=3.0.0", "xml")
STRUCTURE_ML_31 = Offer("sdmx-ml-3.1-structure", f"{_SDMX}structure+xml;version=3.1.0", "xml")
STRUCTURE_JSON_10 = Offer("sdmx-json-1.0-structure", f"{_SDMX}structure+json;version=1.0.0", "json")
STRUCTURE_JSON_21 = Offer("sdmx-json-2.1-structure", f"{_SDMX}structure+json;version=2.1.0", "json")
STRUCTURE_JSON_20 = Offer("sdmx-json-2.0-structure", f"{_SDMX}structure+json;version=2.0.0", "json")
SCHEMA_XML_21 = Offer("sdmx-ml-2.1-schema", f"{_SDMX}schema+xml;version=2.1", "xml")
SCHEMA_XML_30 = Offer("sdmx-ml-3.0-schema", f"{_SDMX}schema+xml;version=3.0.0", "xml")
SCHEMA_XML_31 = Offer("sdmx-ml-3.1-schema", f"{_SDMX}schema+xml;version=3.1.0", "xml")
SCHEMA_JSON_20 = Offer("sdmx-json-2.0-schema", f"{_SDMX}schema+json;version=2.0.0", "json")
SCHEMA_JSON_21 = Offer("sdmx-json-2.1-schema", f"{_SDMX}schema+json;version=2.1.0", "json")

_TIME_SERIES_21 = (GENERIC_TIME_SERIES_21, STRUCTURE_SPECIFIC_TIME_SERIES_21)
_ML_3 = (DATA_ML_31, DATA_ML_30)
_TABLES = (PARQUET, ARROW, XLSX)
V1_DATA = (
    *(GENERIC_21, STRUCTURE_SPECIFIC_21, CSV_10, CSV_20, CSV_21),
    *(JSON_10, JSON_20, JSON_21, *_TIME_SERIES_21, *_ML_3, *_TABLES),
)
V2_DATA = (
    *(JSON_21, JSON_20, JSON_10, CSV_21, CSV_20, CSV_10),
    *(*_ML_3, STRUCTURE_SPECIFIC_21, GENERIC_21, *_TIME_SERIES_21, *_TABLES),
)
V1_STRUCTURE = (
    STRUCTURE_ML_21, STRUCTURE_ML_30, STRUCTURE_JSON_20,
    STRUCTURE_ML_31, STRUCTURE_JSON_21, STRUCTURE_JSON_10,
)  # fmt: skip
V2_STRUCTURE = (
    STRUCTURE_JSON_21, STRUCTURE_JSON_20, STRUCTURE_ML_30, STRUCTURE_ML_21,
    STRUCTURE_ML_31, STRUCTURE_JSON_10,
)  # fmt: skip
V1_AVAILABILITY = V1_STRUCTURE
V2_AVAILABILITY = V2_STRUCTURE
_V1_OF_SCHEMA = (SCHEMA_XML_21, SCHEMA_XML_30, SCHEMA_JSON_20, SCHEMA_XML_31, SCHEMA_JSON_21)
V1_SCHEMA = (*_V1_OF_SCHEMA, *V1_STRUCTURE)
V2_SCHEMA = (
    *(SCHEMA_JSON_21, SCHEMA_JSON_20, SCHEMA_XML_30, SCHEMA_XML_21, SCHEMA_XML_31),
    *V2_STRUCTURE,
)
"""What each version of the API offers: the same, its own default first, then what it prefers
where a request leaves the choice open (``text/csv``, ``format=xml``)."""

OFFERS: tuple[Offer, ...] = V1_DATA + V1_STRUCTURE + _V1_OF_SCHEMA
"""Every representation of the release."""
