"""Writes the JSON Schema of SDMX-JSON data: the official one, and what each component may hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sdmx_service.formats.json.dialect import JSON_20, JSON_21, Dialect
from sdmx_service.formats.json.identifiers import identifier_of
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import TextFormat

Object = dict[str, Any]
_INTEGERS = frozenset({"BigInteger", "Count", "Integer", "Long", "Short"})
_LENGTHS: Mapping[str, str] = {"minLength": "min_length", "maxLength": "max_length"}


def write_json_schema_20(schema: DataSchema) -> bytes:
    """A JSON Schema (draft 7) of SDMX-JSON 2.0.0 data: each component by name, its values
    enumerated where it is coded.

    The values of a message stand in its structure, which is what is bound here; the rest is the
    official schema's, referred to by its address.
    """
    return _written(schema, JSON_20, "http://json-schema.org/draft-07/schema#")


def write_json_schema_21(schema: DataSchema) -> bytes:
    """As ``write_json_schema_20``, of SDMX-JSON 2.1.0 (draft 2019-09, which is the official's)."""
    return _written(schema, JSON_21, "https://json-schema.org/draft/2019-09/schema")


def _written(schema: DataSchema, dialect: Dialect, draft: str) -> bytes:
    structure = {
        "type": "object",
        "properties": {
            "dimensions": _dimensions(schema),
            "measures": _levels(schema, {"observation": schema.layout.measures}),
            "attributes": _levels(schema, _attributes(schema)),
        },
    }
    document = {
        "$schema": draft,
        "title": schema.usage.urn,
        "allOf": [{"$ref": dialect.schema}],
        "properties": {"data": {"properties": {"structures": {"items": structure}}}},
        "definitions": {name: _component(schema, name) for name in schema.layout.columns},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _dimensions(schema: DataSchema) -> Object:
    """Dimensions by level; one that is the same for all series may stand at the data set."""
    key = schema.layout.key
    levels = _levels(
        schema,
        {"dataSet": key, "series": schema.series_key, "observation": schema.observation_key},
    )
    if schema.deletion:
        return levels
    # A message of series keys alone has nothing at the observation.
    needed = key if schema.flat else schema.series_key
    return levels | {"allOf": [{"anyOf": _somewhere(name)} for name in needed]}


def _somewhere(name: str) -> list[Object]:
    named = {"properties": {"id": {"const": name}}}
    return [
        {"required": [level], "properties": {level: {"contains": named}}}
        for level in ("dataSet", "series", "observation")
    ]


def _attributes(schema: DataSchema) -> dict[str, tuple[str, ...]]:
    layout = schema.layout
    higher = (*layout.dataset_attributes, *layout.series_attributes)
    everything = (*higher, *layout.observation_attributes)
    return {
        "dataSet": everything,
        "dimensionGroup": higher,
        "series": everything,
        "observation": everything,
    }


def _levels(schema: DataSchema, levels: Mapping[str, tuple[str, ...]]) -> Object:
    return {
        "properties": {level: {"items": _any_of(schema, names)} for level, names in levels.items()}
    }


def _any_of(schema: DataSchema, names: Iterable[str]) -> Object:
    """A component of these names, with the values of its own; what shares its id with another
    may have any, for only its link tells them apart."""
    identifiers = {name: identifier_of(name) for name in names}
    counts = Counter(map(identifier_of, schema.layout.columns))
    bound = [
        {
            "if": {"properties": {"id": {"const": identifier}}},
            "then": {"$ref": f"#/definitions/{name}"},
        }
        for name, identifier in identifiers.items()
        if counts[identifier] == 1
    ]
    every = list(dict.fromkeys(identifiers.values()))
    named: Object = {"required": ["id"], "properties": {"id": {"enum": every}}}
    return named | ({"allOf": bound} if bound else {})


def _component(schema: DataSchema, name: str) -> Object:
    if name in schema.codes:
        value: Object = {"required": ["id"], "properties": {"id": {"enum": [*schema.codes[name]]}}}
    else:
        value = {"properties": {"value": _value(schema.formats.get(name, TextFormat()))}}
    # A level without a value (null) is a component not reported there.
    return {"properties": {"values": {"items": {"if": {"type": "object"}, "then": value}}}}


def _value(form: TextFormat) -> Object:
    """What a format says of a value; numbers may be written as text."""
    if form.data_type in _INTEGERS:
        return {"if": {"type": "number"}, "then": {"type": "integer"}}
    limits: Object = {
        word: getattr(form, field)
        for word, field in _LENGTHS.items()
        if getattr(form, field) is not None
    }
    return limits | ({"pattern": f"^(?:{form.pattern})$"} if form.pattern else {})
