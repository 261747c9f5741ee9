"""The ``structures`` part of an SDMX-JSON 2.0.0 data message, as plain objects.

It is made when the data are written, of the values met in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sdmx_service.model.columns import Layout
from sdmx_service.model.message import OutDataSet, StructureContext, WriteOptions
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import AttachmentLevel, Attribute, Code, Dimension
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.time import parse_period

Object = dict[str, Any]
Numbers = dict[str, int]
"""Values in order of first appearance, each with its place."""
_ID = re.compile(r"[A-Za-z0-9_@$-]+")
_RELATIONS = {
    ArtefactClass.DATAFLOW: "dataflow",
    ArtefactClass.PROVISION_AGREEMENT: "provisionagreement",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
}


@dataclass(frozen=True, slots=True)
class MetValues:
    """The values met so far of each component that is written by its place among them."""

    components: Mapping[str, Numbers] = field(default_factory=dict)

    def places(self, name: str, column: Any) -> pa.Array:
        """The place of each value as text, null for null; new values are added."""
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if len(column.dictionary) > len(column):  # A block uses few of a large dictionary.
            column = column.dictionary_decode().dictionary_encode()
        met = self.components[name]
        used = column.indices.drop_null().unique()
        place = np.zeros(len(column.dictionary), dtype=np.int64)
        values = column.dictionary.take(used).to_pylist()
        place[used.to_numpy()] = [met.setdefault(value, len(met)) for value in values]
        return pa.array(place).cast(pa.string()).take(column.indices)


def met_values(dataset: OutDataSet) -> MetValues:
    """Nothing met yet: dimensions, time and coded attributes are written by place."""
    layout = dataset.slice.layout
    coded = [a.id for a in layout.attributes if a.id in dataset.context.codelists]
    met: dict[str, Numbers] = {name: {} for name in (*layout.key, *coded)}
    for name, value in dataset.slice.dataset_attributes.items():
        if name in met:
            met[name][value] = 0
    return MetValues(met)


def structure_object(
    number: int,
    dataset: OutDataSet,
    met: MetValues,
    options: WriteOptions,
    sources: LocalisedText,
    *,
    flat: bool,
) -> Object:
    """The structure of a data set; a dimension without a value met is left out."""
    structure, layout = dataset.context.data_structure, dataset.slice.layout
    result: Object = {"dataSets": [number], "links": _structure_links(dataset.context)}
    result |= localised("name", dataset.context.dataflow.about.names, options)
    dimensions = [
        *structure.dimensions,
        *([structure.time_dimension] if structure.time_dimension else []),
    ]
    objects = [
        _dimension(place, dimension, dataset.context, met, options)
        for place, dimension in enumerate(dimensions)
        if met.components[dimension.id]
    ]
    of_series = [] if flat else [item for item in objects if item["id"] != layout.time]
    of_observation = [item for item in objects if item not in of_series]
    result["dimensions"] = {"series": of_series, "observation": of_observation}
    if options.measures:
        names = layout.measures
        result["measures"] = {
            "observation": [_component(name, dataset.context, options) for name in names]
        }
    if options.attributes:
        result["attributes"] = _attributes(dataset, met, options, flat=flat)
    if sources:
        result["annotations"] = [{"type": "SOURCE", **localised("text", sources, options)}]
    return result


def links(usage: Ref) -> list[Object]:
    """The link of a data set to what it is reported for."""
    return [{"urn": usage.urn, "rel": _RELATIONS[usage.artefact]}]


def localised(key: str, text: LocalisedText, options: WriteOptions) -> Object:
    """``name`` and ``names``: the best text, and all in the languages asked for."""
    if not text:
        return {}
    asked = {language: text.get(language) for language in options.languages}
    found = {language.lower(): value for language, value in asked.items() if value}
    return {key: text.best(options.languages), **({f"{key}s": found} if found else {})}


def _structure_links(context: StructureContext) -> list[Object]:
    refs = dict.fromkeys([context.usage, context.dataflow.ref, context.data_structure.ref])
    return [link for ref in refs for link in links(ref)]


def _component(name: str, context: StructureContext, options: WriteOptions) -> Object:
    names = context.concepts.get(name, LocalisedText())
    return {"id": name, "name": name} | localised("name", names, options)


def _dimension(
    place: int,
    dimension: Dimension,
    context: StructureContext,
    met: MetValues,
    options: WriteOptions,
) -> Object:
    result = _component(dimension.id, context, options) | {"keyPosition": place}
    roles = [role.item for role in dimension.roles if role.item]
    result |= {"roles": roles} if roles else {}
    values = met.components[dimension.id]
    if dimension == context.data_structure.time_dimension:
        return result | {"values": [_period(value) for value in values]}
    return result | {"values": _values(dimension.id, values, context, options)}


def _attributes(
    dataset: OutDataSet, met: MetValues, options: WriteOptions, *, flat: bool
) -> Object:
    layout, context = dataset.slice.layout, dataset.context
    by_id = {attribute.id: attribute for attribute in context.data_structure.attributes}
    levels = {
        "dataSet": layout.dataset_attributes,
        "dimensionGroup" if flat else "series": layout.series_attributes,
        "observation": layout.observation_attributes,
    }
    return {
        level: [_attribute(by_id[name], layout, context, met, options) for name in names]
        for level, names in levels.items()
        if names
    }


def _attribute(
    attribute: Attribute,
    layout: Layout,
    context: StructureContext,
    met: MetValues,
    options: WriteOptions,
) -> Object:
    result = _component(attribute.id, context, options)
    result |= {"isMandatory": attribute.mandatory, "relationship": _relationship(attribute, layout)}
    values = met.components.get(attribute.id)
    return result | ({"values": _values(attribute.id, values, context, options)} if values else {})


def _relationship(attribute: Attribute, layout: Layout) -> Object:
    column = next(column for column in layout.attributes if column.id == attribute.id)
    if column.observation:
        return {"observation": {}}
    if attribute.relationship.level is AttachmentLevel.DATAFLOW or not column.dimensions:
        return {"dataflow": {}}
    return {"dimensions": list(column.dimensions)}


def _values(
    component: str, values: Iterable[str], context: StructureContext, options: WriteOptions
) -> list[Object]:
    codelist = context.codelists.get(component)
    codes = {code.id: code for code in codelist.items} if codelist else {}
    return [_value(value, codes.get(value), options) for value in values]


def _value(value: str, code: Code | None, options: WriteOptions) -> Object:
    if code is None or not _ID.fullmatch(value):
        return {"value": value}
    result = {"id": value, "name": value} | localised("name", code.about.names, options)
    return result | ({"parent": code.parent} if code.parent else {})


def _period(text: str) -> Object:
    """A period with its first and last instant, where it is one."""
    result = {"id": text, "name": text} if _ID.fullmatch(text) else {"value": text}
    try:
        period = parse_period(text)
    except ValueError:
        return result
    return result | {"start": f"{period.start}T00:00:00Z", "end": f"{period.end}T23:59:59Z"}
