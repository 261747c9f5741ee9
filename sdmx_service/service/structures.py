"""Structures and schemas on the way out: authorised, found in what is kept, else made.

Definitions are public (docs/adr); the scope of the caller is asked for all the same, so that an
answer made for one scope never reaches another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sdmx_service.access.gate import structure_scope
from sdmx_service.access.principal import Principal
from sdmx_service.formats.compression import compressed
from sdmx_service.formats.media import STRUCTURE_JSON_10, STRUCTURE_ML_21
from sdmx_service.formats.table import STRUCTURE_WRITERS
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import SchemaQuery, StructureQuery
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.state import fingerprint
from sdmx_service.model.structures import AttachmentConstraint, StructureMessage
from sdmx_service.registry.registry import Registry
from sdmx_service.service.hub import Hub
from sdmx_service.service.schema import write_schema

_OF_21 = frozenset({STRUCTURE_ML_21.format, STRUCTURE_JSON_10.format})
"""Formats that have the information model of SDMX 2.1."""


@dataclass(frozen=True, slots=True)
class StructureAnswer:
    """An answer that is known and not yet made. ``state`` names its content: the same state, the
    same text. ``changed``: when the structures last did."""

    registry: Registry
    query: StructureQuery | SchemaQuery
    format: str
    state: str
    changed: datetime


def structure_answer(
    hub: Hub, principal: Principal, query: StructureQuery | SchemaQuery, format_id: str
) -> StructureAnswer:
    """What will answer a query in a format; nothing is searched or written yet."""
    registry, query = _registry(hub, query), _normalised(query)
    state = fingerprint(registry.version, structure_scope(principal), query, format_id)
    return StructureAnswer(registry, query, format_id, state, registry.changed)


def _registry(hub: Hub, query: StructureQuery | SchemaQuery) -> Registry:
    """What holds now, or held at the instant asked for."""
    if query.as_of is None:
        return hub.registry
    return hub.published.as_of(query.as_of)


def write_answer(hub: Hub, answer: StructureAnswer, encoding: str) -> bytes:
    """The text, encoded, as kept or made now. Raises Refused (NO_RESULTS) where there is none."""
    key = (answer.state, encoding)
    text = hub.answers.find(key)
    if text is None:
        text = compressed(_write(hub, answer), encoding)
        hub.answers.keep(key, text)
    return text


def query_structures(registry: Registry, query: StructureQuery) -> StructureMessage:
    """Answer a structure query. Raises Refused (NO_RESULTS) where nothing matches."""
    message = registry.select(query)
    if not message.artefacts:
        raise refuse("NO_RESULTS")
    return message


def _write(hub: Hub, answer: StructureAnswer) -> bytes:
    # The header follows from the content: one state is one text, byte for byte.
    header = hub.header(answer.state, answer.changed)
    if isinstance(answer.query, SchemaQuery):
        return write_schema(answer.registry, answer.query, answer.format, header)
    write = STRUCTURE_WRITERS[answer.format]
    message = query_structures(answer.registry, answer.query)
    return write(header, message if answer.format in _OF_21 else _since_30(message, answer.query))


def _since_30(message: StructureMessage, query: StructureQuery) -> StructureMessage:
    """The same without attachment constraints, unless they are what was asked for: SDMX 3 has no
    such class, and what stands beside it shall be readable. Raises Refused (NO_RESULTS)."""
    if ArtefactClass.ATTACHMENT_CONSTRAINT in (*query.classes, *query.reference_classes):
        return message
    kept = tuple(one for one in message.artefacts if not isinstance(one, AttachmentConstraint))
    if not kept:
        raise refuse("NO_RESULTS")
    return replace(message, artefacts=kept, stubs=message.stubs & {one.ref for one in kept})


def _normalised(query: StructureQuery | SchemaQuery) -> StructureQuery | SchemaQuery:
    """The query with its lists in one order: they name sets."""
    wanted = query.artefacts
    artefacts = replace(
        wanted,
        agencies=tuple(sorted(wanted.agencies)),
        ids=tuple(sorted(wanted.ids)),
        versions=tuple(sorted(wanted.versions)),
    )
    if isinstance(query, SchemaQuery):
        return replace(query, artefacts=artefacts)
    return replace(
        query,
        artefacts=artefacts,
        classes=tuple(sorted(query.classes)),
        items=tuple(sorted(query.items)),
        also_references=tuple(sorted(query.also_references)),
        reference_classes=tuple(sorted(query.reference_classes)),
    )
