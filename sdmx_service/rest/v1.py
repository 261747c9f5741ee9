"""URLs of SDMX REST 1.5 → queries, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sdmx_service.model.query import (
    ArtefactSelection,
    AvailabilityQuery,
    Context,
    DataQuery,
    Key,
    SchemaQuery,
    StructureQuery,
)
from sdmx_service.rest.availability_parameters import read_availability_query
from sdmx_service.rest.data_parameters import read_data_parameters
from sdmx_service.rest.lexical import AGENCY, ARTEFACT_ID, one, path_values, several, syntax
from sdmx_service.rest.resources import HOLDERS, V1_TYPES
from sdmx_service.rest.schema_parameters import read_schema_query
from sdmx_service.rest.structure_parameters import (
    artefact_classes,
    constraint_role,
    read_items,
    read_structure_parameters,
)

ALL = "all"
ANY_TYPE = "structure"

_VERSION = re.compile(r"(?i:all|latest)|[0-9]+(\.[0-9]+)*")
_ONE_VERSION = re.compile(r"(?i:latest)|[0-9]+(\.[0-9]+)*")
_SCHEMA_PARAMETERS = frozenset({"dimensionAtObservation", "explicitMeasure", "explicit"})
_WILDCARDS = {"all": "*", "latest": "~"}


def data_query(path_parts: Sequence[str], raw_query: str) -> DataQuery:
    """The query of ``/data/{flowRef}/{key}/{providerRef}``; raw parts after ``/data``.

    Raises Refused. Source: SDMX REST 1.5.0, "Data and metadata queries".
    """
    flow, key, provider = path_values(path_parts, ("flowRef", "key", "providerRef"))
    return read_data_parameters(_of_path(flow, key, provider), raw_query)


def availability_query(path_parts: Sequence[str], raw_query: str) -> AvailabilityQuery:
    """The query of ``/availableconstraint/{flowRef}/{key}/{providerRef}/{componentID}``; raw parts
    after ``/availableconstraint``.

    Raises Refused. Source: SDMX REST 1.5.0, "Data availability queries".
    """
    names = ("flowRef", "key", "providerRef", "componentID")
    flow, key, provider, component = path_values(path_parts, names)
    query = _of_path(flow, key, provider)
    return read_availability_query(query, _unless_all(component), "+", ALL, raw_query)


def structure_query(path_parts: Sequence[str], raw_query: str) -> StructureQuery:
    """The query of ``/{resource}/{agencyID}/{resourceID}/{version}/{itemID}``; all raw parts.

    Raises Refused. Source: SDMX REST 1.5.0, "Structural metadata queries".
    """
    names = ("resource", "agencyID", "resourceID", "version", "itemID")
    resource, agency, identifier, version, item = path_values(path_parts, names)
    any_type = resource == ANY_TYPE
    classes = () if any_type else artefact_classes(resource or "", V1_TYPES, "resource")
    parameters = read_structure_parameters(raw_query, V1_TYPES)
    return StructureQuery(
        classes=classes,
        artefacts=ArtefactSelection(
            agencies=_list(agency or ALL, AGENCY, "agencyID"),
            ids=_list(identifier or ALL, ARTEFACT_ID, "resourceID"),
            versions=_versions(version or "latest"),
        ),
        items=read_items(_unless_all(item) or ALL, "+", ALL, classes),
        detail=parameters.detail,
        references=parameters.references,
        also_references=parameters.also_references,
        reference_classes=parameters.reference_classes,
        as_of=parameters.as_of,
        reference_constraint_role=parameters.reference_constraint_role,
        constraint_role=constraint_role((resource or "",), V1_TYPES),
        by_holder=resource in HOLDERS,
    )


def schema_query(path_parts: Sequence[str], raw_query: str) -> SchemaQuery:
    """The query of ``/schema/{context}/{agencyID}/{resourceID}/{version}``; after ``/schema``.

    Raises Refused. Source: SDMX REST 1.5.0, "Schema queries".
    """
    names = ("context", "agencyID", "resourceID", "version")
    context, agency, identifier, version = path_values(path_parts, names)
    asked = one(version or "latest", _ONE_VERSION, "version")
    artefacts = ArtefactSelection(
        agencies=(one(agency or "", AGENCY, "agencyID"),),
        ids=(one(identifier or "", ARTEFACT_ID, "resourceID"),),
        versions=(_WILDCARDS.get(asked.lower(), asked),),
    )
    return read_schema_query(context or "", artefacts, raw_query, _SCHEMA_PARAMETERS)


def _of_path(flow: str | None, key: str | None, provider: str | None) -> DataQuery:
    return DataQuery(
        context=Context.DATAFLOW,
        artefacts=_flow(flow or ""),
        keys=_keys(key or ALL),
        providers=_providers(provider or ALL),
    )


def _flow(text: str) -> ArtefactSelection:
    """``ID``, ``AGENCY,ID`` or ``AGENCY,ID,VERSION``."""
    parts = text.split(",")
    if len(parts) > 3:
        raise syntax("flowRef", text)
    agency = parts[0] if len(parts) > 1 else ALL
    identifier = parts[min(len(parts) - 1, 1)]
    version = one(parts[2] if len(parts) == 3 else "latest", _VERSION, "flowRef")
    return ArtefactSelection(
        agencies=() if _is_all(agency) else (one(agency, AGENCY, "flowRef"),),
        ids=() if _is_all(identifier) else (one(identifier, ARTEFACT_ID, "flowRef"),),
        versions=(_WILDCARDS.get(version.lower(), version),),
    )


def _keys(text: str) -> tuple[Key, ...]:
    """One key: an empty position is any code, ``+`` parts the codes of a position."""
    if _is_all(text):
        return ()
    return (tuple(_codes(position) for position in text.split(".")),)


def _codes(position: str) -> frozenset[str] | None:
    return frozenset(several(position, "+", ARTEFACT_ID, "key")) if position else None


def _providers(text: str) -> tuple[str, ...]:
    """Provider references ``AGENCY,ID``, or ``ID`` where any agency will do."""
    if _is_all(text):
        return ()
    return tuple(dict.fromkeys(_provider(entry) for entry in text.split("+")))


def _provider(text: str) -> str:
    agency, _, identifier = text.rpartition(",")
    one(identifier, ARTEFACT_ID, "providerRef")
    if _is_all(agency) or "," not in text:
        return identifier
    return f"{one(agency, AGENCY, 'providerRef')},{identifier}"


def _list(text: str, pattern: re.Pattern[str], parameter: str) -> tuple[str, ...]:
    values = several(text, "+", pattern, parameter)
    return () if any(map(_is_all, values)) else values


def _versions(text: str) -> tuple[str, ...]:
    versions = several(text, "+", _VERSION, "version")
    if any(map(_is_all, versions)):
        return ("*",)
    return tuple(dict.fromkeys(_WILDCARDS.get(one.lower(), one) for one in versions))


def _is_all(text: str) -> bool:
    """Whether it is the word for all, which there are clients that write in capitals."""
    return text.lower() == ALL


def _unless_all(text: str | None) -> str | None:
    return None if text is not None and _is_all(text) else text
