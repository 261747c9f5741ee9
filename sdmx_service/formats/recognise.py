"""Which format a data message is in, told by its first bytes, never by its name or media type."""

from __future__ import annotations

import re
from io import SEEK_END
from typing import BinaryIO

from sdmx_service.formats.csv.read import read_csv
from sdmx_service.formats.json.read import read_json
from sdmx_service.formats.xml.ml_read import read_ml
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import DataMessage, ResolveStructure
from sdmx_service.model.problem import Location, refuse

_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_WIDE_XML = re.compile(rb"(?:\xff\xfe|\xfe\xff)?(?:\0?[ \t\r\n]\0?)*\0?<")
"""XML in UTF-16; other text in UTF-16 is not read."""
_CSV = re.compile(rb"\"?(?:STRUCTURE|DATAFLOW)(?![A-Za-z0-9_])")


def read_data(
    source: BinaryIO, resolve: ResolveStructure, problems: ProblemCollector, limits: Limits
) -> DataMessage:
    """Read a data message of any format that is read: SDMX-ML 2.1 to 3.1, SDMX-CSV 1.0 to 2.1,
    SDMX-JSON 1.0 to 2.1.

    Raises Refused where the format is none of these or the message cannot be read.
    """
    if source.seek(0, SEEK_END) > limits.message_bytes:
        raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
    source.seek(0)
    begin = source.read(4096)
    if begin.startswith(_WIDE):
        if not _WIDE_XML.match(begin):
            raise refuse("MESSAGE_ENCODING", Location(line=1), encoding="UTF-8")
        return read_ml(source, resolve, problems, limits)
    text = begin.removeprefix(_BOM)
    if not text.strip():
        raise refuse("MESSAGE_EMPTY")
    if text.lstrip().startswith(b"<"):
        return read_ml(source, resolve, problems, limits)
    if text.lstrip().startswith(b"{"):
        return read_json(source, resolve, problems, limits)
    if _CSV.match(text):
        return read_csv(source, resolve, problems, limits)
    if b"\0" in text:
        raise refuse("MESSAGE_NUL", Location(line=1 + text[: text.index(0)].count(b"\n")))
    raise refuse("MESSAGE_FORMAT_UNKNOWN")
