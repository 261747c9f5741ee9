"""Reading and validating in this process, nothing kept."""

from __future__ import annotations

import time
from pathlib import Path

from bench.table import Row
from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.registry import Registry
from sdmx_service.validation.check import check
from sdmx_service.validation.context import context_of


def measure(structures: Path, message: Path, observations: int) -> list[Row]:
    """obs/s of reading alone and of reading with every check of a batch."""
    registry = Registry(load_folders([structures], Limits()))
    return [
        _run("read XML", "this hub", registry, message, observations, checked=False),
        _run("read and validate XML", "this hub", registry, message, observations, checked=True),
    ]


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
