"""An Arrow stream of the hub as a pandas table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
_CODED = pa.dictionary(pa.int32(), pa.string())
_ROLE = b"sdmx.role"
_DIMENSION = b"dimension"
_COMPONENTS = (_DIMENSION, b"time dimension", b"measure", b"attribute",
               b"metadata attribute")  # fmt: skip
"""Roles of columns that are components; others stand beside one, or tell data sets apart."""


def table_of(source: BinaryIO) -> pd.DataFrame:
    """A stream as a table of its components.

    Columns: as ``Client.read`` says. What is missing is null. ``source`` is seekable; no byte is a
    table without columns.
    """
    if not source.read(1):
        return empty_table(())
    source.seek(0)
    table = pa.ipc.open_stream(source).read_all()
    roles = {field.name: (field.metadata or {}).get(_ROLE) for field in table.schema}
    table = table.select([name for name, role in roles.items() if role in _COMPONENTS])
    plain = pa.schema(
        pa.field(field.name, pa.string())
        if field.type == _CODED and roles[field.name] != _DIMENSION
        else field
        for field in table.schema
    )
    frame: pd.DataFrame = table.cast(plain).to_pandas()
    return frame


def empty_table(columns: Sequence[str]) -> pd.DataFrame:
    """No rows, with the columns and types that ``table_of`` would give."""
    types = _types(columns)
    table = pa.table({name: pa.array([], types[name]) for name in columns})
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _types(columns: Sequence[str]) -> dict[str, pa.DataType]:
    """Dimensions stand before the time period or, without one, before the value."""
    ends = [columns.index(name) for name in (TIME, VALUE) if name in columns]
    dimensions = columns[: min(ends, default=0)]
    types = {name: _CODED if name in dimensions else pa.string() for name in columns}
    if VALUE in types:
        types[VALUE] = pa.float64()
    return types
