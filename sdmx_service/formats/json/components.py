"""The ``structures`` part of an SDMX-JSON data message, as plain objects.

It is made when the data are written, of the values met in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sdmx_service.formats.json.dialect import Dialect
from sdmx_service.formats.json.identifiers import identifier_of, links_of
from sdmx_service.formats.json.met import MetValues
from sdmx_service.formats.json.values import by_language
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import OutDataSet, StructureContext, WriteOptions
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import AttachmentLevel, Attribute, Code, Dimension, Measure
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.time import parse_period

Object = dict[str, Any]
_ID = re.compile(r"[A-Za-z0-9_@$-]+")
_NO_ID = re.compile(r"[^A-Za-z0-9_@$-]")
_RELATIONS = {
    ArtefactClass.DATAFLOW: "dataflow",
    ArtefactClass.PROVISION_AGREEMENT: "provisionagreement",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A data set being written: its values met, and how it is written."""

    dataset: OutDataSet
    met: MetValues
    options: WriteOptions
    dialect: Dialect
    flat: bool

    @property
    def context(self) -> StructureContext:
        return self.dataset.context

    @property
    def above(self) -> tuple[str, ...]:
        """Attributes of series that are written on series."""
        return () if self.flat and self.dialect.one_structure else self._of_series

    @property
    def moved_down(self) -> tuple[str, ...]:
        """Attributes of series that are written on each observation."""
        return self._of_series if self.flat and self.dialect.one_structure else ()

    @property
    def _of_series(self) -> tuple[str, ...]:
        return self.dataset.slice.layout.series_attributes if self.options.attributes else ()


def structure_object(numbers: Sequence[int], writing: Writing, sources: LocalisedText) -> Object:
    """The structure of data sets; a dimension without a value met is left out."""
    context, options = writing.context, writing.options
    named = context.dataflow.about.names
    result: Object = {} if writing.dialect.one_structure else {"dataSets": list(numbers)}
    result |= {"links": _structure_links(context), "name": context.dataflow.ref.id}
    result |= localised("name", named, options)
    result["dimensions"] = _dimensions(writing)
    if not writing.dialect.one_structure:
        names = writing.dataset.slice.layout.measures if options.measures else ()
        by_id = {measure.id: measure for measure in context.data_structure.measures}
        result["measures"] = {"observation": [_measure(by_id[name], writing) for name in names]}
    if options.attributes:
        result["attributes"] = _attributes(writing)
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


def _component(name: str, writing: Writing) -> Object:
    names = writing.context.concepts.get(name, LocalisedText())
    identifier = identifier_of(name)
    named = {"id": identifier, "name": identifier} | localised("name", names, writing.options)
    structure = writing.context.data_structure.metadata
    if structure is None or name not in writing.dataset.slice.layout.metadata_attributes:
        return named
    return named | {"links": links_of(name, structure)}


def _dimensions(writing: Writing) -> Object:
    """Dimensions at the level the slice has them at, in the order of its keys."""
    layout, structure = writing.dataset.slice.layout, writing.context.data_structure
    time = (structure.time_dimension,) if structure.time_dimension else ()
    objects = {
        dimension.id: _dimension(place, dimension, writing)
        for place, dimension in enumerate((*structure.dimensions, *time))
        if writing.met.components[dimension.id]
    }
    of_series = () if writing.flat else layout.dimensions
    of_observation = [name for name in layout.key if name not in of_series]
    return {
        "series": [objects[name] for name in of_series if name in objects],
        "observation": [objects[name] for name in of_observation if name in objects],
    }


def _dimension(place: int, dimension: Dimension, writing: Writing) -> Object:
    result = _component(dimension.id, writing) | {"keyPosition": place}
    roles = [role.item for role in dimension.roles if role.item]
    result |= {"roles": roles} if roles else {}
    values = writing.met.components[dimension.id]
    if dimension == writing.context.data_structure.time_dimension:
        return result | {"values": [_period(value, writing.dialect) for value in values]}
    return result | {"values": _values(dimension.id, values, writing)}


def _measure(measure: Measure, writing: Writing) -> Object:
    return _component(measure.id, writing) | _valued(measure, writing)


def _attributes(writing: Writing) -> Object:
    layout, structure = writing.dataset.slice.layout, writing.context.data_structure
    by_id = {attribute.id: attribute for attribute in structure.attributes}
    levels = {
        "dataSet": layout.dataset_attributes,
        "dimensionGroup" if writing.flat else "series": writing.above,
        "observation": layout.observation_attributes + writing.moved_down,
    }
    return {
        level: [_attribute(by_id[name], writing) for name in names]
        for level, names in levels.items()
        if names
    }


def _attribute(attribute: Attribute, writing: Writing) -> Object:
    result = _component(attribute.id, writing)
    if not writing.dialect.one_structure:
        result["isMandatory"] = attribute.mandatory
    result["relationship"] = _relationship(attribute, writing)
    return result | _valued(attribute, writing)


def _valued(component: Measure | Attribute, writing: Writing) -> Object:
    """The values of a component written by place; the format of one that holds several."""
    values = writing.met.components.get(component.id)
    if writing.dialect.one_structure:
        return {"values": _values(component.id, values or (), writing)}
    result = {"values": _values(component.id, values, writing)} if values else {}
    layout, representation = writing.dataset.slice.layout, component.representation
    several: Object = {}
    if component.id in layout.multiple and representation is not None:
        several["maxOccurs"] = representation.max_occurs
    if component.id in layout.multilingual:
        several["isMultiLingual"] = True
    if values is not None:
        return result | several
    return result | ({"format": several} if several else {})


def _relationship(attribute: Attribute, writing: Writing) -> Object:
    """As the data structure says, whatever the level the attribute is written at."""
    structure = writing.context.data_structure
    columns = layout_of(structure).attributes
    column = next(column for column in columns if column.id == attribute.id)
    old = writing.dialect.one_structure
    if column.observation:
        return {"primaryMeasure": structure.measures[0].id} if old else {"observation": {}}
    if attribute.relationship.level is AttachmentLevel.DATAFLOW or not column.dimensions:
        return {"none": {}} if old else {"dataflow": {}}
    return {"dimensions": list(column.dimensions)}


def _values(component: str, values: Iterable[str], writing: Writing) -> list[Object]:
    codelist = writing.context.codelists.get(component)
    codes = {code.id: code for code in codelist.items} if codelist else {}
    if not writing.dialect.one_structure:
        return [_value(value, codes.get(value), writing.options) for value in values]
    if component in writing.dataset.slice.layout.multilingual:
        return [_value_by_language(value, writing.options) for value in values]
    return [_named_value(value, codes.get(value), writing.options) for value in values]


def _value(value: str, code: Code | None, options: WriteOptions) -> Object:
    if code is None or not _ID.fullmatch(value):
        return {"value": value}
    result = {"id": value, "name": value} | localised("name", code.about.names, options)
    return result | ({"parent": code.parent} if code.parent else {})


def _named_value(value: str, code: Code | None, options: WriteOptions) -> Object:
    """A value of SDMX-JSON 1.0, where each has an id: what is no id stands in the name."""
    if code is None or not _ID.fullmatch(value):
        return {"id": _NO_ID.sub("_", value), "name": value}
    return _value(value, code, options)


def _value_by_language(value: str, options: WriteOptions) -> Object:
    texts = by_language(value)
    return {"name": LocalisedText.of(texts).best(options.languages), "names": texts}


def _period(text: str, dialect: Dialect) -> Object:
    """A period with its first and last instant, where it is one."""
    if dialect.one_structure:
        result = {"id": _NO_ID.sub("_", text), "name": text}
    else:
        result = {"id": text, "name": text} if _ID.fullmatch(text) else {"value": text}
    try:
        period = parse_period(text)
    except ValueError:
        return result
    return result | {"start": f"{period.start}T00:00:00Z", "end": f"{period.end}T23:59:59Z"}
