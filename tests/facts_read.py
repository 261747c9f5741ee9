"""Facts read back from SDMX-ML, SDMX-CSV and SDMX-JSON by lxml, csv and json, or by the hub."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import StructureContext, StructureUse
from sdmx_service.model.refs import Ref
from sdmx_service.model.values import cell_of, value_of
from tests.facts import Attributes, Collector, Facts, is_observed


def read_generic(text: bytes, layout: Layout) -> list[Facts]:
    """Facts of each data set of a generic message."""
    return [_generic(dataset, layout) for dataset in _datasets(text)]


def _generic(dataset: etree._Element, layout: Layout) -> Facts:
    collector = Collector(layout, _values(dataset, "Attributes"))
    for series in dataset.iterfind("{*}Series"):
        above = _values(series, "SeriesKey") | _values(series, "Attributes")
        collector.add(above, observed=False)
        for observation in series.iterfind("{*}Obs"):
            time = {layout.time: observation.find("{*}ObsDimension").get("value")}
            collector.add(above | time | _measured(observation), observed=True)
    for observation in dataset.iterfind("{*}Obs"):
        record = _values(observation, "ObsKey") | _measured(observation)
        collector.add(record, observed=is_observed(record, layout))
    return collector.facts


def _measured(observation: etree._Element) -> Attributes:
    value = observation.find("{*}ObsValue")
    measured = {} if value is None else {"OBS_VALUE": value.get("value")}
    return measured | _values(observation, "Attributes")


def _values(parent: etree._Element, name: str) -> Attributes:
    element = parent.find("{*}" + name)
    assert element is None or len(element)
    found = () if element is None else element
    return {value.get("id"): value.get("value") for value in found}


def read_specific(text: bytes, layout: Layout) -> list[Facts]:
    """Facts of each data set of a structure-specific message."""
    return [_specific(dataset, layout) for dataset in _datasets(text)]


def _specific(dataset: etree._Element, layout: Layout) -> Facts:
    own = {name: value for name, value in dataset.attrib.items() if "}" not in name}
    for apart in dataset.iterfind("Atts"):
        own |= _said(apart)
    collector = Collector(layout, own)
    for series in dataset.iterfind("Series"):
        collector.add(_said(series), observed=False)
        for observation in series.iterfind("Obs"):
            collector.add(_said(series) | _said(observation), observed=True)
    for observation in dataset.iterfind("Obs"):
        record = _said(observation)
        collector.add(record, observed=is_observed(record, layout))
    return collector.facts


def read_ours(text: bytes, context: StructureContext, layout: Layout) -> list[Facts]:
    """Facts of each data set of a message, as the hub's own reader reads it."""

    def resolve(ref: Ref) -> StructureUse:
        structure = context.data_structure
        return StructureUse(declared=ref, data_structure=structure, layout=layout_of(structure))

    problems = ProblemCollector()
    collectors: dict[int, Collector] = {}
    for batch in read_data(io.BytesIO(text), resolve, problems, Limits(batch_rows=3)).batches:
        collector = collectors.setdefault(batch.dataset, Collector(layout, {}))
        for row in batch.rows.to_pylist():
            own = {name: row[name] for name in layout.dataset_attributes if row[name] is not None}
            collector.facts.dataset |= own
            collector.add(row, observed=is_observed(row, layout))
    assert not problems.report().problems
    return [collector.facts for collector in collectors.values()]


def _said(element: etree._Element) -> Attributes:
    """The attributes of an element and the cells of its Comp elements."""
    comps = {
        _comp_name(comp): cell_of(_value_said(value) for value in comp.iterfind("Value"))
        for comp in element.iterfind("Comp")
    }
    return {**element.attrib, **comps}


def _comp_name(comp: etree._Element) -> str:
    """What its type says: of a metadata attribute the id is the end of its path alone."""
    kind = comp.get("{http://www.w3.org/2001/XMLSchema-instance}type").rpartition(":")[2]
    name = kind.removesuffix("_ATTRIBUTE").removesuffix("_MEASURE")
    assert name.rpartition(".")[2] == comp.get("id")
    return name


def _value_said(value: etree._Element) -> str:
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    texts = {
        "" if text.get(language) == "und" else text.get(language): text.text or ""
        for text in value.iterfind("{*}Text")
    }
    return value_of(texts) if texts else value.text or ""


def _datasets(text: bytes) -> list[etree._Element]:
    return etree.fromstring(text, etree.XMLParser(huge_tree=True)).findall("{*}DataSet")


def read_csv(text: bytes, layout: Layout) -> Facts:
    """Facts of a file of one data set, with codes for labels."""
    lines = csv.reader(io.StringIO(text.decode(), newline=""))
    head = next(lines)
    records = [
        dict(_csv_cell(*cell, layout) for cell in zip(head, line, strict=True)) for line in lines
    ]
    names = layout.dataset_attributes
    first = records[0] if records else {}
    own = {name: first[name] for name in names if first.get(name)}
    collector = Collector(layout, own)
    if len(records) == 1 and all(first.get(name) == "~" for name in layout.dimensions):
        return collector.facts
    for record in records:
        collector.add(record, observed=is_observed(record, layout))
    return collector.facts


def _csv_cell(head: str, cell: str, layout: Layout) -> tuple[str, str | None]:
    """Component and value; the empty cell is none, and so is a time switched off."""
    name, bracket, languages = head.partition("[")
    if not cell or (name, cell) == ("TIME_PERIOD", "~"):
        return name, None
    if not bracket or name == "STRUCTURE":
        return name, cell
    if languages == "]":
        return name, cell_of(_csv_parts(cell))
    several = name in layout.multiple
    return name, cell_of(map(_csv_languages, _csv_parts(cell) if several else [cell]))


def _csv_languages(text: str) -> str:
    pairs = [part.split(":", 1) for part in _csv_parts(text)]
    return value_of({"" if tag == "und" else tag: content for tag, content in pairs})


def _csv_parts(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def read_json(text: bytes, layout: Layout) -> list[Facts]:
    """Facts of each data set of a JSON message, numbers as they were written."""
    data = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse)["data"]
    structures = data["structures"] if "structures" in data else [_with_measure(data["structure"])]
    return [_json(dataset, structures, layout) for dataset in data["dataSets"]]


def _refuse(constant: str) -> None:
    raise AssertionError(constant)


def _with_measure(structure: Any) -> Any:
    """SDMX-JSON 1.0 does not name its one measure."""
    return structure | {"measures": {"observation": [{"id": "OBS_VALUE"}]}}


def _json(dataset: Any, structures: Any, layout: Layout) -> Facts:
    structure = structures[int(dataset.get("structure", 0))]
    dimensions, attributes = structure["dimensions"], structure.get("attributes", {})
    own = _named(attributes.get("dataSet", []), dataset.get("attributes", []))
    collector = Collector(layout, {name: value for name, value in own.items() if value})
    measured = structure["measures"]["observation"] + attributes.get("observation", [])
    for key, series in dataset.get("series", {}).items():
        above = _named(dimensions["series"], key.split(":"))
        above |= _named(attributes.get("series", []), series.get("attributes", []))
        collector.add(above, observed=False)
        for place, values in series["observations"].items():
            time = _named(dimensions["observation"], [place])
            collector.add(above | time | _named(measured, values), observed=True)
    for key, values in dataset.get("dimensionGroupAttributes", {}).items():
        groups = _named(attributes.get("dimensionGroup", []), values)
        collector.add(_json_key(key, dimensions) | groups, observed=False)
    for key, values in dataset.get("observations", {}).items():
        collector.add(_json_key(key, dimensions) | _named(measured, values), observed=True)
    return collector.facts


def _json_key(key: str, dimensions: Any) -> dict[str, str | None]:
    places = [place for place in key.split(":") if place]
    return _named(dimensions["observation"][: len(places)], places)


def _named(components: Any, values: Any) -> dict[str, str | None]:
    """Component → value; a place among the component's values is looked up."""
    assert len(components) == len(values)
    return {
        _json_name(component): None if value is None else _json_cell(component, value)
        for component, value in zip(components, values, strict=True)
    }


def _json_name(component: Any) -> str:
    """The id; of a metadata attribute what its URN says after the version."""
    (link,) = component.get("links") or [{"urn": f").{component['id']}"}]
    return link["urn"].partition(").")[2]


def _json_cell(component: Any, value: Any) -> str:
    if isinstance(value, list):
        return cell_of(_json_cell(component, one) for one in value)
    if isinstance(value, dict):
        return value_of({"" if tag == "und" else tag: text for tag, text in value.items()})
    return _value(component["values"][int(value)]) if "values" in component else value


def _value(value: Mapping[str, Any]) -> str:
    """What a value of the structure says; in 1.0, where it had to have an id, its name."""
    if "value" in value:
        return str(value["value"])
    if "id" not in value:
        return _json_cell({}, value["names"])
    fit = re.sub("[^A-Za-z0-9_@$-]", "_", value["name"])
    return str(value["name"] if fit == value["id"] else value["id"])
