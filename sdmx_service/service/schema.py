"""What a producer may send for one dataflow, agreement or data structure: constraints applied.

Definitions are public (docs/adr), so nobody is asked for.
"""

from __future__ import annotations

from sdmx_service.formats.table import SCHEMA_WRITERS, STRUCTURE_WRITERS
from sdmx_service.model.message import Header
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import (
    ArtefactSelection,
    Context,
    Detail,
    References,
    SchemaQuery,
    StructureQuery,
)
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import StructureMessage
from sdmx_service.registry.registry import Registry

CLASSES = {
    Context.DATA_STRUCTURE: ArtefactClass.DATA_STRUCTURE,
    Context.DATAFLOW: ArtefactClass.DATAFLOW,
    Context.PROVISION_AGREEMENT: ArtefactClass.PROVISION_AGREEMENT,
}
_SHOWN = frozenset(
    {
        ArtefactClass.AGENCY_SCHEME,
        ArtefactClass.CODELIST,
        ArtefactClass.CONCEPT_SCHEME,
        ArtefactClass.DATA_STRUCTURE,
        ArtefactClass.METADATA_STRUCTURE,
        ArtefactClass.VALUE_LIST,
    }
)


def write_schema(registry: Registry, query: SchemaQuery, format_id: str, header: Header) -> bytes:
    """The schema in one of the formats of schemas or of structures.

    Raises Refused: NO_RESULTS where the artefact is not there, QUERY_COMPONENT_UNKNOWN.
    """
    usage = _usage(registry, query)
    schema = registry.data_schema(usage, query.dimension_at_observation, deletion=query.deletion)
    if format_id in SCHEMA_WRITERS:
        return SCHEMA_WRITERS[format_id](schema)
    return STRUCTURE_WRITERS[format_id](header, structures_of_schema(registry, usage))


def structures_of_schema(registry: Registry, usage: Ref) -> StructureMessage:
    """The data structure, the metadata structure it uses, the codes its constraints leave, the
    concepts in use, their agencies; the constraints themselves where the lists alone cannot say it.

    Source: SDMX REST 2.2.2, "Schema queries".
    """
    found = registry.select(
        StructureQuery(
            classes=(usage.artefact,),
            artefacts=_exactly(usage),
            detail=Detail.REFERENCE_PARTIAL,
            references=References.DESCENDANTS,
        )
    )
    shown = [entry for entry in found.artefacts if entry.ref.artefact in _SHOWN]
    if registry.shares_codes(usage):
        shown += [constraint for _, constraint in registry.constraints_for(usage)]
    return StructureMessage(artefacts=tuple(shown))


def _usage(registry: Registry, query: SchemaQuery) -> Ref:
    """The one artefact meant. Raises Refused where there is none."""
    artefact = CLASSES[query.context]
    found = registry.select(StructureQuery(classes=(artefact,), artefacts=query.artefacts))
    if not found.artefacts:
        raise refuse("NO_RESULTS")
    return found.artefacts[-1].ref


def _exactly(ref: Ref) -> ArtefactSelection:
    return ArtefactSelection(agencies=(ref.agency,), ids=(ref.id,), versions=(ref.version or "~",))
