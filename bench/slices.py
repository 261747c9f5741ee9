"""A slice of the size the writers are measured with, and the measuring.

``python -m bench.slices`` writes 1M observations in 50,000 series in every format and prints the
speed of each, one core.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from sdmx_service.formats.arrow import write_arrow
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_21
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.json.write import write_json_10, write_json_21
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.formats.xml.ml_generic_write import write_generic
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
)
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import Header, OutDataSet, Slice, StructureContext, WriteOptions
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
    Measure,
)
from sdmx_service.model.text import LocalisedText

DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR", "SEX", "AGE", "ORIGIN", "ACTIVITY", "STATUS", "UNIT")
SIZES = (2, 5, 4, 3, 10, 20, 5, 2, 2)
WRITERS: tuple[DataWriter, ...] = (
    write_specific_21, write_specific_30, write_specific_31, write_generic,
    write_csv_10, write_csv_21, write_json_10, write_json_21,
    write_parquet, write_arrow, write_xlsx,
)  # fmt: skip
CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "MLM", "CS_MLM", "1.0", "ANY")


def data_structure() -> DataStructure:
    """Nine dimensions and time, one measure, six attributes of three levels."""
    observation = AttributeRelationship(level=AttachmentLevel.OBSERVATION)
    series = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=DIMENSIONS)
    levels = {
        "OBS_STATUS": observation,
        "CONF_STATUS": observation,
        "COMMENT_OBS": observation,
        "UNIT_MULT": series,
        "DATA_SOURCE": series,
        "TITLE": AttributeRelationship(level=AttachmentLevel.DATAFLOW),
    }
    return DataStructure(
        ref=Ref(ArtefactClass.DATA_STRUCTURE, "MLM", "DSD_BENCH", "1.0.0"),
        dimensions=tuple(Dimension(id=name, concept=CONCEPT) for name in DIMENSIONS),
        time_dimension=Dimension(id="TIME_PERIOD", concept=CONCEPT),
        measures=(Measure(id="OBS_VALUE", concept=CONCEPT),),
        attributes=tuple(
            Attribute(id=name, concept=CONCEPT, relationship=level)
            for name, level in levels.items()
        ),
    )


def codes(name: str, size: int) -> list[str]:
    return [f"{name[:3]}{number}" for number in range(size)]


def context(structure: DataStructure) -> StructureContext:
    """Every dimension and the status coded, with names in three languages."""
    sizes = dict(zip(DIMENSIONS, SIZES, strict=True)) | {"OBS_STATUS": 4}
    dataflow = Dataflow(
        ref=Ref(ArtefactClass.DATAFLOW, "MLM", "DF_BENCH", "1.0.0"),
        structure=structure.ref,
        about=About(names=LocalisedText.of({"en": "Speed", "fr": "Vitesse"})),
    )
    return StructureContext(
        usage=dataflow.ref,
        dataflow=dataflow,
        data_structure=structure,
        codelists={name: _codelist(name, size) for name, size in sizes.items()},
        concepts={
            name: LocalisedText.of({"en": name.title()}) for name in layout_of(structure).columns
        },
    )


def big_dataset(series: int = 50_000, periods: int = 20, batch_rows: int = 65_536) -> OutDataSet:
    """A data set of ``series`` × ``periods`` observations, made batch by batch."""
    structure = data_structure()
    layout = layout_of(structure)
    return OutDataSet(
        context=context(structure),
        slice=Slice(
            layout=layout,
            dataset_attributes={"TITLE": "What is measured"},
            series=_series(layout, series),
            observations=_observations(layout, series, periods, batch_rows),
        ),
    )


def _codelist(name: str, size: int) -> Codelist:
    return Codelist(
        ref=Ref(ArtefactClass.CODELIST, "MLM", f"CL_{name}", "1.0.0"),
        items=tuple(
            Code(id=code, about=About(names=LocalisedText.of({"en": f"{name} {code}", "fr": code})))
            for code in codes(name, size)
        ),
    )


def _series(layout: Layout, count: int) -> pa.Table:
    keys = itertools.islice(itertools.product(*(range(size) for size in SIZES)), count)
    indices = np.array(list(keys), dtype=np.int32).T
    columns = {
        name: pa.DictionaryArray.from_arrays(indices[n], codes(name, SIZES[n]))
        for n, name in enumerate(DIMENSIONS)
    }
    numbers = np.arange(count, dtype=np.int32)
    columns["UNIT_MULT"] = pa.DictionaryArray.from_arrays(numbers % 2, ["0", "3"])
    sources = ["Survey & census", 'The "register"', "Estimate"]
    columns["DATA_SOURCE"] = pa.DictionaryArray.from_arrays(numbers % 3, sources)
    return pa.table(columns, schema=layout.series_schema())


def _observations(layout: Layout, series: int, periods: int, rows: int) -> Iterator[pa.RecordBatch]:
    total = series * periods
    years = [str(2000 + number) for number in range(periods)]
    comments = [f"Comment {number}: a < b" for number in range(50)]
    generator = np.random.default_rng(0)
    for start in range(0, total, rows):
        numbers = np.arange(start, min(start + rows, total), dtype=np.int32)
        values = np.round(generator.lognormal(6, 2, len(numbers)), 2)
        rare = pa.array(numbers % 50, mask=numbers % 20 != 0)
        status = generator.integers(0, 4, len(numbers)).astype(np.int32)
        conf = pa.array(np.zeros(len(numbers), np.int32), mask=numbers % 3 == 0)
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(numbers // periods),
                pa.DictionaryArray.from_arrays(numbers % periods, years),
                pa.array(values).cast(pa.string()),
                pa.DictionaryArray.from_arrays(status, codes("OBS_STATUS", 4)),
                pa.DictionaryArray.from_arrays(conf, ["F"]),
                pa.DictionaryArray.from_arrays(rare, comments),
            ],
            schema=layout.observation_schema(),
        )


def measure() -> None:
    """Print observations a second of every writer, in series and flat, the best of five."""
    pa.set_cpu_count(1)
    options = WriteOptions()
    dataset = big_dataset()
    batches = list(dataset.slice.observations)
    for writer in WRITERS:
        for chosen in (options, replace(options, dimension_at_observation="AllDimensions")):
            seconds, size = min(_once(writer, dataset, batches, chosen) for _ in range(5))
            speed = sum(batch.num_rows for batch in batches) / seconds / 1e6
            name = f"{writer.__name__} {chosen.dimension_at_observation}"
            print(f"{name:32} {speed:5.2f} M obs/s  {size / 1e6:6.1f} MB")


def _once(
    writer: DataWriter, dataset: OutDataSet, batches: list[pa.RecordBatch], options: WriteOptions
) -> tuple[float, int]:
    """Seconds of processor time and bytes written."""
    fresh = replace(dataset, slice=replace(dataset.slice, observations=iter(batches)))
    begin = time.process_time()
    size = sum(len(piece) for piece in writer(Header(id="BENCH"), [fresh], options))
    return time.process_time() - begin, size


if __name__ == "__main__":
    measure()
