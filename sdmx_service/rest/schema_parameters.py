"""Schema queries of both versions: context and query string → fields of SchemaQuery."""

from __future__ import annotations

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import ArtefactSelection, Context, SchemaQuery
from sdmx_service.rest.data_parameters import read_boolean
from sdmx_service.rest.lexical import COMPONENT_ID, one, syntax
from sdmx_service.rest.querystring import read_parameters

_CONTEXTS = {
    "datastructure": Context.DATA_STRUCTURE,
    "dataflow": Context.DATAFLOW,
    "provisionagreement": Context.PROVISION_AGREEMENT,
}
_OF_METADATA = frozenset({"metadatastructure", "metadataflow", "metadataprovisionagreement"})


def read_schema_query(
    context: str, artefacts: ArtefactSelection, raw_query: str, parameters: frozenset[str]
) -> SchemaQuery:
    """The query with what its query string asks for. Raises Refused."""
    if context in _OF_METADATA:
        raise refuse("NOT_IMPLEMENTED", Location(parameter="context"), found=context)
    if context not in _CONTEXTS:
        raise syntax("context", context)
    values = read_parameters(raw_query, parameters, filters=False).values
    if "asOf" in values:
        raise refuse("NOT_IMPLEMENTED", Location(parameter="asOf"), found="asOf")
    at = values.get("dimensionAtObservation")
    return SchemaQuery(
        context=_CONTEXTS[context],
        artefacts=artefacts,
        dimension_at_observation=at and one(at, COMPONENT_ID, "dimensionAtObservation"),
        explicit_measure=_flag(values.get("explicitMeasure"), "explicitMeasure"),
        deletion=_flag(values.get("deletion"), "deletion"),
    )


def _flag(text: str | None, parameter: str) -> bool:
    return text is not None and read_boolean(text, parameter)
