"""Facts read back from Parquet, Arrow and Excel by pyarrow and openpyxl."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pyarrow as pa
from pyarrow import parquet

from sdmx_service.model.columns import Layout
from sdmx_service.model.values import cell_of, value_of
from tests.facts import Collector, Facts, is_observed


def read_parquet(data: bytes, layout: Layout) -> list[Facts]:
    """Facts of a file of one data set."""
    return [_facts(parquet.read_table(io.BytesIO(data)).to_pylist(), layout)]


def read_arrow(data: bytes, layout: Layout) -> list[Facts]:
    """Facts of a stream of one data set."""
    return [_facts(pa.ipc.open_stream(data).read_all().to_pylist(), layout)]


def sheet_rows(data: bytes, sheet: int = 0) -> list[list[Any]]:
    """The cells of a sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def _facts(rows: list[dict[str, Any]], layout: Layout) -> Facts:
    records = [{name: _text(name, row) for name in layout.columns if name in row} for row in rows]
    first = records[0] if records else {}
    own = {name: first[name] for name in layout.dataset_attributes if first.get(name)}
    collector = Collector(layout, own)
    for record in records:
        collector.add(record, observed=is_observed(record, layout))
    return collector.facts


def _text(name: str, row: dict[str, Any]) -> str | None:
    value, written = row[name], row.get(f"{name}.text")
    if written is not None or value is None:
        return written
    if isinstance(value, float):
        return str(value).removesuffix(".0")
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], tuple):
        return value_of(dict(value))
    return cell_of(one if isinstance(one, str) else value_of(dict(one)) for one in value)
