"""Which format a structure message is in, told by its first bytes, never by its name."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Artefact, StructureMessage

_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_SHOWN = 40


def read_structures(
    source: bytes, limits: Limits, known: Iterable[Artefact] = ()
) -> StructureMessage:
    """Read a structure message of any format that is read: SDMX-ML and SDMX-JSON.

    ``known``: hierarchies that the message may refer to by what SDMX 2.1 held them in.

    Raises Refused where it is larger than ``limits.structure_bytes``, is of no such format, or
    cannot be read.
    """
    if len(source) > limits.structure_bytes:
        raise refuse("MESSAGE_TOO_LARGE", limit=limits.structure_bytes)
    if source.startswith(_WIDE):
        return xml_structures.read(source, limits, known)
    text = source.removeprefix(_BOM).lstrip()
    if not text:
        raise refuse("MESSAGE_EMPTY")
    if text.startswith(b"<"):
        return xml_structures.read(source, limits, known)
    if text.startswith(b"{"):
        return json_structures.read(source, limits, known)
    raise refuse("MESSAGE_FORMAT_UNKNOWN", first=text[:_SHOWN].decode("utf-8", "replace"))
