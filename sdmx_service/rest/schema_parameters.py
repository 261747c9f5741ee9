"""Schema queries of both versions: context and query string → fields of SchemaQuery."""

from __future__ import annotations

from collections.abc import Mapping

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import ArtefactSelection, Context, SchemaQuery
from sdmx_service.rest.data_parameters import read_boolean, read_instant
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
    at = values.get("dimensionAtObservation")
    return SchemaQuery(
        context=_CONTEXTS[context],
        artefacts=artefacts,
        dimension_at_observation=at and one(at, COMPONENT_ID, "dimensionAtObservation"),
        # A client in wide use says "explicit".
        explicit_measure=_flag(values, "explicitMeasure") or _flag(values, "explicit"),
        deletion=_flag(values, "deletion"),
        as_of=read_instant(values["asOf"], "asOf") if "asOf" in values else None,
    )


def _flag(values: Mapping[str, str], parameter: str) -> bool:
    return parameter in values and read_boolean(values[parameter], parameter)
