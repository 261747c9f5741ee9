"""URLs of SDMX REST 2.x → queries, and nothing else."""

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
from sdmx_service.rest.lexical import AGENCY, ARTEFACT_ID, one, path_values, syntax
from sdmx_service.rest.resources import V2_TYPES
from sdmx_service.rest.schema_parameters import read_schema_query
from sdmx_service.rest.structure_parameters import (
    artefact_classes,
    read_items,
    read_structure_parameters,
)

ALL = "*"
LATEST = "~"

_CODE = re.compile(r"[^\s.,*+]+")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+(\.[0-9]+(-[A-Za-z0-9.-]+)?)?)?")
_SCHEMA_PARAMETERS = frozenset({"dimensionAtObservation", "deletion", "asOf"})
_VERSION_RANGE = re.compile(r"((?:[0-9]+\.){0,2})([0-9]*)([~+*])((?:\.[0-9]+){0,2})")


def data_query(path_parts: Sequence[str], raw_query: str) -> DataQuery:
    """The query of ``/data/{context}/{agencyID}/{resourceID}/{version}/{key}``; after ``/data``.

    Raises Refused. Source: SDMX REST 2.2.2, "Data queries".
    """
    names = ("context", "agencyID", "resourceID", "version", "key")
    context, agency, identifier, version, key = path_values(path_parts, names)
    query = DataQuery(
        context=_context(context or ALL),
        artefacts=_artefacts(agency, identifier, version or ALL),
        keys=_keys(key or ALL),
    )
    return read_data_parameters(query, raw_query)


def availability_query(path_parts: Sequence[str], raw_query: str) -> AvailabilityQuery:
    """The query of ``/availability/{context}/{agencyID}/{resourceID}/{version}/{key}/
    {componentID}``; raw parts after ``/availability``.

    Raises Refused. Source: SDMX REST 2.2.2, "Data availability queries".
    """
    names = ("context", "agencyID", "resourceID", "version", "key", "componentID")
    context, agency, identifier, version, key, component = path_values(path_parts, names)
    if context in (None, ALL):
        raise syntax("context", context or "")
    query = DataQuery(
        context=_context(context or ""),
        artefacts=_artefacts(agency, identifier, version or ALL),
        keys=_keys(key or ALL),
    )
    return read_availability_query(query, component, ",", ALL, raw_query)


def structure_query(path_parts: Sequence[str], raw_query: str) -> StructureQuery:
    """The query of ``/structure/{artefactType}/{agencyID}/{resourceID}/{version}/{itemID}``.

    ``path_parts``: the raw parts after ``/structure``. Raises Refused.
    Source: SDMX REST 2.2.2, "Structure queries".
    """
    names = ("artefactType", "agencyID", "resourceID", "version", "itemID")
    word, agency, identifier, version, item = path_values(path_parts, names)
    # An example of the standard writes "all" here, so both words are taken.
    any_type = word in (None, ALL, "all")
    classes = () if any_type else artefact_classes(word or "", V2_TYPES, "artefactType")
    parameters = read_structure_parameters(raw_query, V2_TYPES)
    return StructureQuery(
        classes=classes,
        artefacts=_artefacts(agency, identifier, version or LATEST),
        items=read_items(item or ALL, ",", ALL, classes),
        detail=parameters.detail,
        references=parameters.references,
        also_references=parameters.also_references,
        reference_classes=parameters.reference_classes,
        as_of=parameters.as_of,
        reference_constraint_role=parameters.reference_constraint_role,
    )


def schema_query(path_parts: Sequence[str], raw_query: str) -> SchemaQuery:
    """The query of ``/schema/{context}/{agencyID}/{resourceID}/{version}``; after ``/schema``.

    Raises Refused. Source: SDMX REST 2.2.2, "Schema queries".
    """
    names = ("context", "agencyID", "resourceID", "version")
    context, agency, identifier, version = path_values(path_parts, names)
    if version is not None and ("*" in version or "," in version):
        raise syntax("version", version)
    artefacts = ArtefactSelection(
        agencies=(one(agency or "", AGENCY, "agencyID"),),
        ids=(one(identifier or "", ARTEFACT_ID, "resourceID"),),
        versions=(check_version(version or LATEST),),
    )
    return read_schema_query(context or "", artefacts, raw_query, _SCHEMA_PARAMETERS)


def check_version(text: str) -> str:
    """The text, checked to be a version or a version expression with one wildcard.

    Raises Refused. Source: SDMX REST 2.2.2, "Semantic versioning".
    """
    match = _VERSION_RANGE.fullmatch(text)
    if match is None:
        return one(text, _VERSION, "version")
    before, floor, wildcard, after = match.groups()
    parts = before.count(".") + 1 + after.count(".")
    # After a full wildcard only zeros say something; "+" speaks of three parts or of none.
    floating = not floor and after.strip(".0") != ""
    if parts > 3 or floating or (wildcard == "+" and parts == 2) or (floor and parts == 1):
        raise syntax("version", text)
    return text


def _context(text: str) -> Context:
    if text not in set(Context):
        raise syntax("context", text)
    return Context(text)


def _artefacts(agency: str | None, identifier: str | None, version: str) -> ArtefactSelection:
    versions = tuple(dict.fromkeys(check_version(entry) for entry in version.split(",")))
    return ArtefactSelection(
        agencies=_list(agency or ALL, AGENCY, "agencyID"),
        ids=_list(identifier or ALL, ARTEFACT_ID, "resourceID"),
        versions=(ALL,) if ALL in versions else versions,
    )


def _list(text: str, pattern: re.Pattern[str], parameter: str) -> tuple[str, ...]:
    """The values of a list; with ``*`` among them, all."""
    values = text.split(",")
    named = [value for value in values if value != ALL]
    checked = tuple(dict.fromkeys(one(value, pattern, parameter) for value in named))
    return checked if len(named) == len(values) else ()


def _keys(text: str) -> tuple[Key, ...]:
    """Whole keys joined by ``,``; with ``*`` among them, all."""
    keys = text.split(",")
    if any(not key for key in keys):
        raise syntax("key", text)
    read = tuple(dict.fromkeys(_key(key) for key in keys))
    return () if ALL in keys else read


def _key(text: str) -> Key:
    return tuple(_codes(position) for position in text.split("."))


def _codes(position: str) -> frozenset[str] | None:
    """``*`` is any code, and so is an empty position, as v1 writes it."""
    if position in ("", ALL):
        return None
    return frozenset({one(position, _CODE, "key")})
