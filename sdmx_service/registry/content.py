"""Artefacts as the store keeps them: one artefact, one message, always the same bytes.

The standard outlives this program's classes, so what is kept for years is written by it: in
SDMX-ML 3.0, or, what that cannot say, in the first version that can.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.formats.table import STRUCTURE_WRITERS
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.structures import Artefact, StructureMessage
from sdmx_service.storage.structures_base import StoredStructure, StructureChange

_FORMATS = (
    "sdmx-ml-3.0-structure",
    "sdmx-ml-3.1-structure",
    "sdmx-json-2.1-structure",
    "sdmx-json-2.0-structure",
    "sdmx-ml-2.1-structure",
    "sdmx-json-1.0-structure",
)
_HEADER = Header(id="ARTEFACT", prepared=datetime(1970, 1, 1, tzinfo=UTC), sender="STORE")
# What was taken in under the limits of its day is read whatever they are today.
_UNLIMITED = Limits(structure_bytes=2**40, message_bytes=2**40)


def content_of(artefact: Artefact) -> bytes:
    """The bytes an artefact is kept as. Raises Refused (FORMAT_CANNOT_CARRY) where no version
    says all of it; the problem is what SDMX-ML 3.0 has not."""
    message = StructureMessage(artefacts=(artefact,))
    first: Refused | None = None
    for name in _FORMATS:
        try:
            content = STRUCTURE_WRITERS[name](_HEADER, message)
        except Refused as refused:
            first = first or refused
            continue
        if first is None or read_structures(content, _UNLIMITED) == message:
            return content
    assert first is not None
    raise first


def artefact_of(content: bytes) -> Artefact:
    """The artefact of these bytes."""
    (artefact,) = read_structures(content, _UNLIMITED).artefacts
    return artefact


def artefacts_of(stored: Iterable[StoredStructure]) -> tuple[Artefact, ...]:
    """The artefacts of these states, in their order."""
    return tuple(artefact_of(state.content) for state in stored)


def kept(artefact: Artefact) -> StructureChange:
    """The change by which an artefact comes to be as it is. Raises as ``content_of``."""
    return StructureChange(artefact.ref.urn, artefact.ref.agency, content_of(artefact))


def gone(artefact: Artefact) -> StructureChange:
    """The change by which an artefact ceases to be."""
    return StructureChange(artefact.ref.urn, artefact.ref.agency, None)
