"""What a data set says, as plain values: made at random, made into a slice, read back from text.

``Facts.series``: key → (attributes of the series, period → (value, attributes)); what is null is
absent, and an observation's period is None where the structure has no time dimension. Measures
after the first stand among the attributes; a cell is held as ``model.values`` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from sdmx_service.model.columns import SERIES, Layout, layout_of
from sdmx_service.model.message import Action, OutDataSet, Slice, StructureContext
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
) -> StructureContext:
    """A structure with attributes of every level; the components in ``coded`` have a code list."""
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
    levels = [facts.dataset]
    for key, (above, periods) in facts.series.items():
        yield from key
        levels += [above, *(own for _, own in periods.values())]
    for attributes in levels:
        yield from (text for name, text in attributes.items() if name not in several)


def is_observed(record: Mapping[str, str | None], layout: Layout) -> bool:
    """Without a time dimension, an observation of nothing is none."""
    names = (layout.time,) if layout.time else layout.measures + layout.observation_attributes
    return any(record.get(name) is not None for name in names)
