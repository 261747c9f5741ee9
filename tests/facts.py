"""What a data set says, as plain values: made at random, made into a slice, read back from text.

``Facts.series``: key → (attributes of the series, period → (value, attributes)); what is null is
absent, and an observation's period is None where the structure has no time dimension. Measures
after the first stand among the attributes; a cell is held as ``model.values`` says.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import SERIES, Layout, layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Action, OutDataSet, Slice, StructureContext, StructureUse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    Dataflow,
    DataStructure,
    Dimension,
    Group,
    Measure,
    Representation,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.values import MARKS, cell_of, value_of

Attributes = dict[str, str]
Observation = tuple[str | None, Attributes]
CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "T", "CS", "1.0", "C")
CODES = ("A", "B_1", "_T", "Y15-64")
PERIODS = ("2019", "2020-Q1", "2020-02", "2020-01-01", "2020-01-01/P1Y")
LANGUAGES = ("en", "fr", "ar-MA", "")
NUMBERS = ("1", "12.50", "-0.3", "1e5", "NaN", "007", "98765432109876543210")


@dataclass(slots=True)
class Facts:
    dataset: Attributes = field(default_factory=dict)
    series: dict[tuple[str, ...], tuple[Attributes, dict[str | None, Observation]]] = field(
        default_factory=dict
    )


def context_of(
    *,
    coded: tuple[str, ...] = ("FREQ", "AREA", "OBS_STATUS", "UNIT"),
    dimensions: tuple[str, ...] = ("FREQ", "AREA", "SECTOR"),
    time: bool = True,
    usage: ArtefactClass = ArtefactClass.DATAFLOW,
    structure_id: str = "DSD",
    complex_ones: bool = False,
) -> StructureContext:
    """A structure with attributes of every level; the components in ``coded`` have a code list.

    ``complex_ones``: also a second measure, and components of several values or languages.
    """
    levels = {
        "TITLE": AttributeRelationship(level=AttachmentLevel.DATAFLOW),
        "OBS_STATUS": AttributeRelationship(level=AttachmentLevel.OBSERVATION),
        "UNIT": AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=dimensions[:1]),
        "COMMENT": AttributeRelationship(level=AttachmentLevel.OBSERVATION),
        "SOURCE": AttributeRelationship(level=AttachmentLevel.GROUP, group="Sibling"),
    }
    structure = DataStructure(
        ref=Ref(ArtefactClass.DATA_STRUCTURE, "T", structure_id, "1.0"),
        dimensions=tuple(Dimension(id=name, concept=CONCEPT) for name in dimensions),
        time_dimension=Dimension(id="TIME_PERIOD", concept=CONCEPT) if time else None,
        groups=(Group(id="Sibling", dimensions=dimensions[-1:]),),
        measures=(Measure(id="OBS_VALUE", concept=CONCEPT),),
        attributes=tuple(
            Attribute(id=name, concept=CONCEPT, relationship=level)
            for name, level in levels.items()
        ),
    )
    if complex_ones:
        structure = _with_complex_ones(structure)
    flow = Dataflow(
        ref=Ref(ArtefactClass.DATAFLOW, "T", "DF", "1.0"),
        structure=structure.ref,
        about=About(names=LocalisedText.of({"en": 'Flow, "first"', "fr": "Flux"})),
    )
    return StructureContext(
        usage=flow.ref if usage is ArtefactClass.DATAFLOW else Ref(usage, "T", "PA", "1.0"),
        dataflow=flow,
        data_structure=structure,
        codelists={name: codelist(name) for name in coded if name in (*dimensions, *levels)},
        concepts={
            name: LocalisedText.of({"en": f"{name.title()}, of it", "fr": f"Le {name}"})
            for name in layout_of(structure).columns
        },
    )


OF_SEVERAL = Representation(max_occurs="unbounded")
IN_LANGUAGES = Representation(text_format=TextFormat(data_type="String", is_multilingual=True))


def _with_complex_ones(structure: DataStructure) -> DataStructure:
    """Two more measures, one of several values; attributes of several values, of several
    languages, and of both, at every level."""
    levels = {attribute.id: attribute.relationship for attribute in structure.attributes}
    more = {
        "FLAGS": ("OBS_STATUS", OF_SEVERAL),
        "NOTE": ("OBS_STATUS", IN_LANGUAGES),
        "SOURCES": ("UNIT", replace(IN_LANGUAGES, max_occurs=3)),
        "GROUP_FLAGS": ("SOURCE", OF_SEVERAL),
        "LICENCE": ("TITLE", IN_LANGUAGES),
    }
    return replace(
        structure,
        measures=(
            *structure.measures,
            Measure(id="RATE", concept=CONCEPT),
            Measure(id="REVISIONS", concept=CONCEPT, representation=OF_SEVERAL),
        ),
        attributes=(
            *structure.attributes,
            *(
                Attribute(id=name, concept=CONCEPT, relationship=levels[like], representation=kind)
                for name, (like, kind) in more.items()
            ),
        ),
    )


def codelist(name: str) -> Codelist:
    names = [LocalisedText.of({"en": f"Code {code}, en", "fr": f"« {code} »"}) for code in CODES]
    return Codelist(
        ref=Ref(ArtefactClass.CODELIST, "T", f"CL_{name}", "1.0"),
        items=tuple(
            Code(id=code, about=About(names=text)) for code, text in zip(CODES, names, strict=True)
        ),
    )


def out_dataset(
    context: StructureContext,
    facts: Facts,
    *,
    batch_rows: int = 3,
    action: Action = Action.REPLACE,
    layout: Layout | None = None,
) -> OutDataSet:
    """The facts as a store hands them out, in small batches; ``layout``: of a cross-section."""
    layout = layout or layout_of(context.data_structure)
    rows = [
        dict(zip(layout.dimensions, key, strict=True)) | attributes
        for key, (attributes, _) in facts.series.items()
    ]
    observations = [
        {SERIES: number, layout.time or "": period, "OBS_VALUE": value, **attributes}
        for number, (_, periods) in enumerate(facts.series.values())
        for period, (value, attributes) in periods.items()
    ]
    return OutDataSet(
        context=context,
        slice=Slice(
            layout=layout,
            action=action,
            dataset_attributes=facts.dataset,
            series=pa.Table.from_batches([_batch(rows, layout.series_schema())]),
            observations=_batches(observations, layout.observation_schema(), batch_rows),
        ),
    )


def _batches(rows: list[dict[str, Any]], schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), size):
        yield _batch(rows[start : start + size], schema)


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def texts() -> st.SearchStrategy[str]:
    """Anything a producer may write, rich in what formats must escape."""
    return st.text(min_size=1, max_size=8) | st.sampled_from(
        ['a "b", c', "x\ny", "t\tu\r\n", "<&>", "back\\slash", "\x00\x1f\ufffe", "سكان", " pad "]
    )


@st.composite
def facts_for(draw: st.DrawFn, context: StructureContext, layout: Layout | None = None) -> Facts:
    """Facts of a structure: any key, anything absent, series without observations."""
    layout = layout or layout_of(context.data_structure)

    def values(name: str) -> st.SearchStrategy[str]:
        return cells(name, layout, context)

    def attributes(names: tuple[str, ...]) -> st.SearchStrategy[Attributes]:
        return st.fixed_dictionaries({}, optional={name: values(name) for name in names})

    periods = values(layout.time) if layout.time else st.none()
    # Without time an observation of nothing looks like a series without observations.
    numbers = st.sampled_from(NUMBERS)
    observation = st.tuples(
        st.none() | numbers if layout.time else numbers, attributes(beside_the_value(layout))
    )
    one = st.tuples(
        attributes(layout.series_attributes), st.dictionaries(periods, observation, max_size=4)
    )
    keys = st.tuples(*(values(name) for name in layout.dimensions))
    return Facts(
        draw(attributes(layout.dataset_attributes)), draw(st.dictionaries(keys, one, max_size=6))
    )


def beside_the_value(layout: Layout) -> tuple[str, ...]:
    """What an observation has beside its first measure."""
    return layout.measures[1:] + layout.observation_attributes


def cells(name: str, layout: Layout, context: StructureContext) -> st.SearchStrategy[str]:
    """What may stand in a cell of a component."""
    time = context.data_structure.time_dimension
    if name in context.codelists:
        one = st.sampled_from(CODES)
    elif time is not None and name == time.id:
        one = st.sampled_from(PERIODS)
    elif name in layout.measures:
        one = st.sampled_from(NUMBERS)
    else:
        one = texts()
    if name in layout.multiple or name in layout.multilingual:
        one = one.filter(lambda text: not set(text) & set(MARKS))
    if name in layout.multilingual:
        one = st.dictionaries(st.sampled_from(LANGUAGES), one, min_size=1).map(value_of)
    return st.lists(one, min_size=1, max_size=3).map(cell_of) if name in layout.multiple else one


class Collector:
    """Facts put together from records of component → value."""

    def __init__(self, layout: Layout, dataset: Mapping[str, str]) -> None:
        self.layout, self.facts = layout, Facts(dict(dataset))

    def add(self, record: Mapping[str, str | None], *, observed: bool) -> None:
        known = {name: value for name, value in record.items() if value is not None}
        layout = self.layout
        if not any(name in known for name in layout.dimensions):
            return  # Attributes of the data set may be a row of their own.
        key = tuple(known[name] for name in layout.dimensions)
        above = {name: known[name] for name in layout.series_attributes if name in known}
        _, periods = self.facts.series.setdefault(key, (above, {}))
        if observed:
            names = beside_the_value(layout)
            own = {name: known[name] for name in names if name in known}
            assert known.get(layout.time or "") not in periods
            periods[known.get(layout.time or "")] = (known.get("OBS_VALUE"), own)


def single_texts(facts: Facts, layout: Layout) -> Iterator[str]:
    """Every text of a cell that holds one."""
    several = (*layout.multiple, *layout.multilingual)
    for key, (above, periods) in facts.series.items():
        yield from key
        for attributes in (above, facts.dataset, *(own for _, own in periods.values())):
            yield from (text for name, text in attributes.items() if name not in several)


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
        comp.get("id"): cell_of(_value_said(value) for value in comp.iterfind("Value"))
        for comp in element.iterfind("Comp")
    }
    return {**element.attrib, **comps}


def _value_said(value: etree._Element) -> str:
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    texts = {
        "" if text.get(language) == "und" else text.get(language): text.text or ""
        for text in value.iterfind("{*}Text")
    }
    return value_of(texts) if texts else value.text or ""


def is_observed(record: Mapping[str, str | None], layout: Layout) -> bool:
    """Without a time dimension, an observation of nothing is none."""
    names = (layout.time,) if layout.time else layout.measures + layout.observation_attributes
    return any(record.get(name) is not None for name in names)


def _datasets(text: bytes) -> list[etree._Element]:
    return etree.fromstring(text, etree.XMLParser(huge_tree=True)).findall("{*}DataSet")


def read_csv(text: bytes, layout: Layout) -> Facts:
    """Facts of a file of one data set, with codes for labels."""
    lines = csv.reader(io.StringIO(text.decode(), newline=""))
    head = next(lines)
    records = [dict(map(_csv_cell, head, line)) for line in lines]
    names = layout.dataset_attributes
    first = records[0] if records else {}
    own = {name: first[name] for name in names if first.get(name)}
    collector = Collector(layout, own)
    if len(records) == 1 and all(first.get(name) == "~" for name in layout.dimensions):
        return collector.facts
    for record in records:
        collector.add(record, observed=is_observed(record, layout))
    return collector.facts


def _csv_cell(head: str, cell: str) -> tuple[str, str | None]:
    """Component and value; the empty cell is none, and so is a time switched off."""
    name, bracket, languages = head.partition("[")
    if not cell or (name, cell) == ("TIME_PERIOD", "~"):
        return name, None
    if not bracket or name == "STRUCTURE":
        return name, cell
    if languages == "]":
        return name, cell_of(_csv_parts(cell))
    several = name in ("SAID", "SOURCES")
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
        component["id"]: None if value is None else _json_cell(component, value)
        for component, value in zip(components, values, strict=True)
    }


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
