"""What our writers write, sdmx1 and pysdmx read, with the same values."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
import sdmx
from pysdmx.io import read_sdmx
from sdmx.model import v21

from bench.slices import big_dataset
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_20, write_csv_21
from sdmx_service.formats.xml.ml_generic_write import write_generic, write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
    write_specific_time_series,
)
from sdmx_service.model.columns import SERIES
from sdmx_service.model.message import Header, OutDataSet, WriteOptions
from sdmx_service.model.structures import DataStructure

Row = dict[str, str]
FORMS = {"series": WriteOptions(), "flat": WriteOptions(dimension_at_observation="AllDimensions")}
TIME_SERIES = (write_generic_time_series, write_specific_time_series)
XML_21 = (write_generic, write_specific_21, *TIME_SERIES)
XML_3 = (write_specific_30, write_specific_31)
CSV_2 = (write_csv_20, write_csv_21)
READ_BY_SDMX1 = (*XML_21, *CSV_2)  # of SDMX-ML 3.x it reads structures only
READ_BY_PYSDMX = (*XML_21, *XML_3, write_csv_10, *CSV_2)


def in_forms(writers: tuple[DataWriter, ...]) -> pytest.MarkDecorator:
    """Each writer in every form it has."""
    chosen = [
        pytest.param(writer, options, id=f"{form}-{writer.__name__}")
        for form, options in FORMS.items()
        for writer in writers
        if form == "series" or writer not in TIME_SERIES
    ]
    return pytest.mark.parametrize(("writer", "options"), chosen)


def written(writer: DataWriter, options: WriteOptions) -> tuple[OutDataSet, list[Row], bytes]:
    """A data set, its observations as flat rows without nulls, its text."""
    dataset = big_dataset(series=40, periods=5, batch_rows=64)
    batches = list(dataset.slice.observations)
    series = dataset.slice.series.to_pylist()
    rows = [series[row.pop(SERIES)] | row for batch in batches for row in batch.to_pylist()]
    walked = replace(dataset, slice=replace(dataset.slice, observations=iter(batches)))
    text = b"".join(writer(Header(id="M", sender="HUB"), [walked], options))
    return dataset, [{k: v for k, v in row.items() if v is not None} for row in rows], text


def sdmx1_structure(structure: DataStructure) -> v21.DataStructureDefinition:
    """The structure as sdmx1 knows it."""
    result = v21.DataStructureDefinition(id=structure.ref.id)
    scheme = v21.ConceptScheme(id="CS")

    def concept(name: str) -> v21.Concept:
        scheme.append(v21.Concept(id=name))
        scheme[name].core_representation = v21.Representation()
        return scheme[name]

    for order, dimension in enumerate(structure.dimensions, 1):
        result.dimensions.append(
            v21.Dimension(id=dimension.id, order=order, concept_identity=concept(dimension.id))
        )
    time = v21.TimeDimension(id="TIME_PERIOD", order=99, concept_identity=concept("TIME_PERIOD"))
    result.dimensions.append(time)
    result.measures.append(
        v21.PrimaryMeasure(id="OBS_VALUE", concept_identity=concept("OBS_VALUE"))
    )
    relations: dict[str, Callable[[], v21.AttributeRelationship]] = {
        "observation": v21.PrimaryMeasureRelationship,
        "dataflow": v21.NoSpecifiedRelationship,
        "dimensions": lambda: v21.DimensionRelationship(
            dimensions=result.dimensions.components[:9]
        ),
    }
    for attribute in structure.attributes:
        relation = relations[attribute.relationship.level]()
        result.attributes.append(
            v21.DataAttribute(
                id=attribute.id, related_to=relation, concept_identity=concept(attribute.id)
            )
        )
    return result


@in_forms(READ_BY_SDMX1)
def test_sdmx1_reads_the_same_values(writer: DataWriter, options: WriteOptions) -> None:
    dataset, rows, text = written(writer, options)
    structure = sdmx1_structure(dataset.context.data_structure)
    chosen = {"format": "CSV"} if writer in CSV_2 else {}
    message = sdmx.read_sdmx(io.BytesIO(text), structure=structure, **chosen)
    (found,) = message.data
    assert len(found.obs) == len(rows)
    for observation, row in zip(found.obs, rows, strict=True):
        record = {name: str(value.value) for name, value in observation.key.values.items()}
        record |= {name: str(value.value) for name, value in observation.attrib.items()}
        record |= {"OBS_VALUE": str(observation.value)}
        record = {name: value for name, value in record.items() if value and name != "TITLE"}
        assert record == row


@in_forms(READ_BY_PYSDMX)
def test_pysdmx_reads_the_same_values(writer: DataWriter, options: WriteOptions) -> None:
    dataset, rows, text = written(writer, options)
    (found,) = read_sdmx(io.BytesIO(text)).data
    assert found.short_urn == "Dataflow=MLM:DF_BENCH(1.0.0)"
    if writer in (*XML_21, *XML_3):
        assert found.attributes == dataset.slice.dataset_attributes
    records = [
        {name: value for name, value in record.items() if value and name != "TITLE"}
        for record in found.data.to_dict("records")
    ]
    # pandas reads the numbers of CSV as floats and renders them its way.
    assert [_with_number(record) for record in records] == [_with_number(row) for row in rows]


def _with_number(row: Row) -> dict[str, str | float]:
    return row | {"OBS_VALUE": float(row["OBS_VALUE"])}
