"""The same work by sdmx1 and pysdmx, on a smaller message (rates do not depend on its size)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pysdmx
import sdmx
import sdmxthon
from pysdmx.io.format import Format

from bench.table import Row
from sdmx_service.formats.xml.structures import read, write_21
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header


def measure(structures: Path, message: Path, observations: int) -> list[Row]:
    """Read structure-specific XML, write it and CSV with both libraries, in obs/s."""

    def run(family: str, what: str, work: Callable[[], object]) -> tuple[Row, object]:
        start = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - start
        return Row(family, what, observations / seconds, "obs/s"), result

    structure = _sdmx1_structure(structures)
    rows = []
    row, by_sdmx1 = run("read XML", "sdmx1", lambda: sdmx.read_sdmx(message, structure=structure))
    rows.append(row)
    rows.append(run("read XML", "pysdmx", lambda: pysdmx.io.read_sdmx(message))[0])
    rows.append(run("serve XML", "sdmx1 (writes)", lambda: sdmx.to_xml(by_sdmx1))[0])
    pandas = sdmx.to_pandas(by_sdmx1)
    rows.append(run("serve CSV", "sdmx1 (pandas)", pandas.to_csv)[0])
    datasets = pysdmx.io.get_datasets(message, structures)
    for family, form in (
        ("serve XML", Format.DATA_SDMX_ML_2_1_STR),
        ("serve CSV", Format.DATA_SDMX_CSV_2_0_0),
        ("serve generic XML", Format.DATA_SDMX_ML_2_1_GEN),
    ):
        rows.append(
            run(family, "pysdmx (writes)", lambda f=form: pysdmx.io.write_sdmx(datasets, f))[0]
        )
    (by_sdmxthon,) = sdmxthon.read_sdmx(str(message), validate=False).payload.values()
    described = sdmxthon.read_sdmx(str(_in_21(structures)), validate=False).payload
    (by_sdmxthon.structure,) = described["DataStructures"].values()
    forms = sdmxthon.MessageTypeEnum
    for family, form in (
        ("serve XML", forms.StructureSpecificDataSet),
        ("serve generic XML", forms.GenericDataSet),
    ):
        rows.append(
            run(family, "sdmxthon (writes)", lambda f=form: by_sdmxthon.to_xml(message_type=f))[0]
        )
    return rows


def _sdmx1_structure(structures: Path) -> object:
    return sdmx.read_sdmx(_in_21(structures)).structure["DSD"]


def _in_21(structures: Path) -> Path:
    """The structures as a file of SDMX-ML 2.1."""
    path = structures.with_name("bench21.xml.tmp")
    text = write_21(Header(id="B", sender="B"), read(structures.read_bytes(), Limits()))
    path.write_bytes(text)
    return path
