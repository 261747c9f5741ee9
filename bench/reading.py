"""Reading and validating in this process, nothing kept."""

from __future__ import annotations

import io
import time
from pathlib import Path

from bench.slices import big_dataset
from bench.table import Row
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.recognise import read_data
from sdmx_service.formats.xml.ml_generic_write import write_generic
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
)
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header, StructureUse, WriteOptions
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import DataStructure
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.registry import Registry
from sdmx_service.validation.check import check
from sdmx_service.validation.context import context_of

_FLAT = WriteOptions(dimension_at_observation="AllDimensions")


def measure(structures: Path, message: Path, observations: int) -> list[Row]:
    """obs/s of reading alone and of reading with every check of a batch."""
    registry = Registry(load_folders([structures], Limits()))
    return [
        _run("read XML", "this hub", registry, message, observations, checked=False),
        _run("read and validate XML", "this hub", registry, message, observations, checked=True),
    ]


def measure_kinds(series: int = 25_000) -> list[Row]:
    """obs/s of one core reading each kind of SDMX-ML data the hub writes, in series of 20."""
    return [
        _read_kind(write_specific_21, WriteOptions(), series, "≥ 1,000,000"),
        _read_kind(write_specific_30, WriteOptions(), series, "≥ 1,000,000"),
        _read_kind(write_specific_31, WriteOptions(), series, "≥ 1,000,000"),
        _read_kind(write_generic, WriteOptions(), series, "≥ 400,000"),
        _read_kind(write_generic, _FLAT, series, "≥ 200,000"),
    ]


def _read_kind(writer: DataWriter, options: WriteOptions, series: int, goal: str) -> Row:
    dataset = big_dataset(series)
    text = b"".join(writer(Header(id="BENCH"), [dataset], options))
    start = time.process_time()
    found = _rows_of(text, dataset.context.data_structure)
    seconds = time.process_time() - start
    kind = writer.__name__.removeprefix("write_") + (" flat" if options is _FLAT else "")
    return Row("read SDMX-ML", kind, found / seconds, "obs/s", goal)


def _rows_of(text: bytes, data_structure: DataStructure) -> int:
    def resolve(ref: Ref) -> StructureUse:
        layout = layout_of(data_structure)
        return StructureUse(declared=ref, data_structure=data_structure, layout=layout)

    problems = ProblemCollector()
    batches = read_data(io.BytesIO(text), resolve, problems, Limits()).batches
    rows = sum(batch.rows.num_rows for batch in batches)
    assert not problems.report().problems
    return rows


def _run(
    family: str, what: str, registry: Registry, message: Path, observations: int, *, checked: bool
) -> Row:
    problems = ProblemCollector()
    agreement = registry.of_class(ArtefactClass.PROVISION_AGREEMENT)[0]
    structure = registry.structure_context(agreement.ref)
    context = context_of(
        structure.data_structure,
        structure.codelists,
        registry.representations(structure.data_structure),
        registry.constraints_for(agreement.ref),
    )
    start, rows = time.perf_counter(), 0
    with message.open("rb") as source:
        for batch in read_data(source, registry.structure_use, problems, Limits()).batches:
            rows += batch.rows.num_rows
            if checked:
                check(batch, context, problems)
    seconds = time.perf_counter() - start
    assert rows == observations, rows
    assert not problems.fatal, problems.report()
    return Row(family, what, observations / seconds, "obs/s", "≥ 250,000" if checked else "")
