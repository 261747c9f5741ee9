"""Structures on the way out: definitions are public (docs/adr), so nobody is asked for."""

from __future__ import annotations

from sdmx_service.model.problem import refuse
from sdmx_service.model.query import StructureQuery
from sdmx_service.model.structures import StructureMessage
from sdmx_service.service.hub import Hub


def query_structures(hub: Hub, query: StructureQuery) -> StructureMessage:
    """Answer a structure query. Raises Refused (NO_RESULTS) where nothing matches."""
    registry = hub.registry if query.as_of is None else hub.published.as_of(query.as_of)
    message = registry.select(query)
    if not message.artefacts:
        raise refuse("NO_RESULTS")
    return message
