"""Messages with another dimension at the observation than time."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.cross_section import cross_section
from sdmx_service.formats.json.write import write_json_10
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
)
from sdmx_service.model.columns import SERIES as SERIES_COLUMN
from sdmx_service.model.columns import AttributeColumn, Layout, layout_of
from sdmx_service.model.message import OutDataSet, Slice, WriteOptions
from sdmx_service.model.problem import Refused
from sdmx_service.model.query import SortTerm
from sdmx_service.storage.memory.state import period_order
from tests.contract.storage.building import LAYOUT
from tests.facts import Facts, facts_for, out_dataset
from tests.facts_read import read_specific
from tests.writing import (
    CODED,
    GENERIC,
    JSON,
    ONE,
    READERS,
    SPECIFIC,
    SPECIFIC_CROSS,
    XML,
    assert_valid,
    fit_for_xml,
    json_validator,
    observed_only,
    written,
)
from tests.xsd_of_structure import message_schema, structure_xsd


@pytest.mark.parametrize("writer", [*GENERIC[:1], *SPECIFIC_CROSS, *JSON])
@pytest.mark.parametrize("at", ["AREA", "SECTOR"])
@settings(max_examples=20, deadline=None)
@given(data=st.data(), rows=st.integers(1, 7))
def test_cross_sections_say_the_same_by_another_dimension(
    writer: DataWriter, at: str, data: st.DataObject, rows: int
) -> None:
    facts = data.draw(facts_for(CODED))
    facts = observed_only(facts)
    if writer in XML:
        facts = fit_for_xml(facts, layout_of(CODED.data_structure))
    dataset = out_dataset(CODED, facts, batch_rows=rows)
    part = cross_section(dataset.slice, at, (), 1000).slice
    options = WriteOptions(dimension_at_observation=at)
    text = written(writer, replace(dataset, slice=part), options=options)
    if writer in SPECIFIC:
        cross_sectional_schema(at, SPECIFIC[writer]).assertValid(etree.fromstring(text))
    else:
        assert_valid(writer, text, "coded", "series")
    (found,) = READERS[writer](text, part.layout)
    assert _by_observation(found, part.layout) == _crossed(facts, part.layout)
    assert found.dataset == facts.dataset or not found.series


def _by_observation(facts: Facts, layout: Layout) -> dict[frozenset[tuple[str, str]], object]:
    """Whole key → value, and attributes of every level."""
    return {
        frozenset(zip(layout.key, (*key, period), strict=True)): (value, above | own)
        for key, (above, periods) in facts.series.items()
        for period, (value, own) in periods.items()
    }


def _crossed(facts: Facts, layout: Layout) -> dict[frozenset[tuple[str, str]], object]:
    """What a cross-section says: an attribute of its series is the first that the key has."""
    found = _by_observation(facts, layout_of(CODED.data_structure))
    first: dict[object, str] = {}
    rows = sorted((_in_key_order(key, layout), key) for key in found)
    kept = {}
    for _, key in rows:
        value, attributes = found[key]
        series = frozenset(part for part in key if part[0] != layout.time)
        for name in layout.series_attributes:
            if name in attributes:
                first.setdefault((series, name), attributes[name])
    for key, (value, attributes) in found.items():
        series = frozenset(part for part in key if part[0] != layout.time)
        above = {n: first[series, n] for n in layout.series_attributes if (series, n) in first}
        own = {n: v for n, v in attributes.items() if n not in layout.series_attributes}
        kept[key] = (value, above | own)
    return kept


def _in_key_order(key: frozenset[tuple[str, str]], layout: Layout) -> tuple[object, ...]:
    parts = dict(key)
    return tuple(
        period_order(parts[name]) if name == "TIME_PERIOD" else parts[name] for name in layout.key
    )


@cache
def cross_sectional_schema(at: str, version: str) -> etree.XMLSchema:
    namespace = f"{CODED.data_structure.ref.urn}:ObsLevelDim:{at}"
    xsd = structure_xsd(CODED, namespace, flat=False, version=version, at=at)
    with tempfile.TemporaryDirectory() as folder:
        return message_schema(xsd, namespace, Path(folder), version)


def test_a_cross_section_comes_in_the_order_asked_for() -> None:
    facts = Facts(
        {},
        {
            ("A", "A", "s"): ({}, {"2019": ("1", {}), "2020": ("2", {})}),
            ("A", "B_1", "s"): ({}, {"2019": ("3", {}), "2020-Q1": ("4", {})}),
        },
    )
    order = (SortTerm("TIME_PERIOD", descending=True), SortTerm("AREA", descending=True))
    part = cross_section(out_dataset(CODED, facts).slice, "AREA", order, 4)
    text = written(write_specific_21, replace(out_dataset(CODED, facts), slice=part.slice))
    (found,) = read_specific(text, part.slice.layout)
    assert [(key[-1], list(rows)) for key, (_, rows) in found.series.items()] == [
        ("2020", ["A"]),
        ("2020-Q1", ["B_1"]),
        ("2019", ["B_1", "A"]),
    ]
    assert part.observations == 4


@pytest.mark.parametrize(("down", "years"), [(False, "2020 2021 2019"), (True, "2021 2020 2019")])
def test_attributes_order_the_series_of_a_cross_section(down: bool, years: str) -> None:
    """Those that are the series' own; a series stays whole and what says nothing comes last."""
    given = {"2019": {}, "2020": {"TITLE": "a"}, "2021": {"TITLE": "b"}}
    layout = replace(LAYOUT, attributes=(AttributeColumn("TITLE", ("SEX",), False, False),))
    sexes = dict(zip(given, "xyz", strict=True))
    series = [
        {"AREA": area, "SEX": sexes[year], **(attributes if area == "B" else {})}
        for area in "AB"
        for year, attributes in given.items()
    ]
    rows = [
        {SERIES_COLUMN: place, "TIME_PERIOD": year, "OBS_VALUE": str(place)}
        for place, year in enumerate([*given, *given])
    ]
    data = Slice(
        layout=layout,
        series=pa.Table.from_pylist(series, schema=layout.series_schema()),
        observations=iter([pa.RecordBatch.from_pylist(rows, schema=layout.observation_schema())]),
    )
    order = (SortTerm("OBS_VALUE"), SortTerm("TITLE", down), SortTerm("AREA", descending=True))
    part = cross_section(data, "AREA", order, 10).slice
    assert part.series["TIME_PERIOD"].to_pylist() == years.split()
    (batch,) = part.observations
    assert batch.column(SERIES_COLUMN).to_pylist() == [0, 0, 1, 1, 2, 2]
    assert batch.column("AREA").to_pylist() == ["B", "A"] * 3


def test_a_cross_section_too_large_or_of_attributes_alone_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        cross_section(out_dataset(CODED, ONE).slice, "AREA", (), 3)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
    facts = Facts({}, {("A", "A", "s"): ({}, {"2019": ("1", {}), "2020": ("2", {})})})
    with pytest.raises(Refused) as caught:
        cross_section(out_dataset(CODED, facts).slice, "AREA", (), 1)
    assert caught.value.problem.code == "CROSS_SECTION_TOO_LARGE"
    assert caught.value.problem.arguments == {"limit": 1}


def a_cross_section() -> OutDataSet:
    """Two series of AREA at the observation, time among their dimensions."""
    plain = layout_of(CODED.data_structure)
    layout = replace(plain, dimensions=("FREQ", "SECTOR", "TIME_PERIOD"), time="AREA")
    above, below = layout.series_schema(), layout.observation_schema()
    rows = [
        {SERIES_COLUMN: number, "AREA": area, "OBS_VALUE": value}
        for number, area, value in ((0, "A", "1"), (0, "B_1", "2"), (1, "A", "3"))
    ]
    return OutDataSet(
        context=CODED,
        slice=Slice(
            layout=layout,
            dataset_attributes={},
            series=pa.Table.from_pylist(
                [{"FREQ": "A", "SECTOR": "s", "TIME_PERIOD": year} for year in ("2019", "2020")],
                schema=above,
            ),
            observations=iter([pa.RecordBatch.from_pylist(rows, schema=below)]),
        ),
    )


@pytest.mark.parametrize("writer", JSON)
def test_a_cross_section_has_each_dimension_at_its_level(writer: DataWriter) -> None:
    options = WriteOptions(dimension_at_observation="AREA")
    text = written(writer, a_cross_section(), options=options)
    json_validator(writer).validate(json.loads(text))
    data = json.loads(text)["data"]
    structure = data["structure"] if writer is write_json_10 else data["structures"][0]
    levels = {
        level: [(item["id"], item["keyPosition"]) for item in items]
        for level, items in structure["dimensions"].items()
    }
    assert levels == {
        "series": [("FREQ", 0), ("SECTOR", 2), ("TIME_PERIOD", 3)],
        "observation": [("AREA", 1)],
    }
    time = structure["dimensions"]["series"][2]["values"][1]
    assert (time["id"], time["start"]) == ("2020", "2020-01-01T00:00:00Z")
    area = structure["dimensions"]["observation"][0]["values"]
    assert [(item["id"], item["name"]) for item in area] == [
        ("A", "Code A, en"),
        ("B_1", "Code B_1, en"),
    ]
    found = {
        key: {place: values[0] for place, values in series["observations"].items()}
        for key, series in data["dataSets"][0]["series"].items()
    }
    assert found == {"0:0:0": {"0": 1, "1": 2}, "0:0:1": {"0": 3}}
