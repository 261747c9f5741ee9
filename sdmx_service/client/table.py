"""SDMX-CSV 2.0 as a pandas table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
_FRAME = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
_CODED = pa.dictionary(pa.int32(), pa.string())


def table_of(source: BinaryIO) -> pd.DataFrame:
    """A message as a table, its framing columns left out.

    Columns: dimensions (categorical), TIME_PERIOD (text), OBS_VALUE (float64), attributes (text).
    An empty cell is missing; ``NA`` is Namibia. ``source`` is seekable.
    """
    header = source.readline().decode("utf-8-sig")
    columns = next(csv.reader([header]), [])
    source.seek(0)
    if not columns:
        return pd.DataFrame()
    table = arrow_csv.read_csv(
        source,
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=_types(columns),
            include_columns=[name for name in columns if name not in _FRAME],
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    frame: pd.DataFrame = table.to_pandas()
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
