"""read: data on the terminal or into a file."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import JustifyMethod
from rich.markup import escape
from rich.table import Table

from sdmx_service.cli.options import DEFAULT_URL, Key, Language, Url
from sdmx_service.cli.show import err, fail, out, refusals
from sdmx_service.client import Client, DataRequest

if TYPE_CHECKING:
    import pandas as pd

_SHORT = 16
_ROWS = 50
_NOTHING = "Nothing there that you may see."


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XML = "xml"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"


_ACCEPT = {
    Format.CSV: "application/vnd.sdmx.data+csv;version=2.0.0",
    Format.JSON: "application/vnd.sdmx.data+json;version=2.0.0, application/json;q=0.5",
    Format.XML: "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.ARROW: "application/vnd.apache.arrow.stream",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FOR_FILES = (Format.PARQUET, Format.ARROW, Format.XLSX)
"""What is no text, and so not for a terminal."""


def add_to(app: typer.Typer) -> None:
    """Put this command into the program."""
    app.command()(read)


def read(  # noqa: PLR0913, PLR0917 - each is an option of the command
    language: Language,
    dataflow: Annotated[str, typer.Argument(help="DF_X, AGENCY:DF_X(1.0.0) or AGENCY,DF_X,1.0.0.")],
    series_key: Annotated[
        str, typer.Argument(metavar="[KEY]", help="Codes joined by dots, * for any: A.MA.*.")
    ] = "*",
    start: Annotated[str | None, typer.Option(help="First period: 2015, 2015-Q1 …")] = None,
    end: Annotated[str | None, typer.Option(help="Last period, included.")] = None,
    last: Annotated[int | None, typer.Option(help="Only so many observations a series.")] = None,
    as_of: Annotated[str | None, typer.Option(help="As it was then: 2026-01-01T00:00:00Z.")] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="A table to look at, or the hub's own bytes: SDMX-CSV 2.0, SDMX-JSON 2.0, "
            "SDMX-ML 2.1, Parquet, an Arrow stream, an Excel workbook.",
        ),
    ] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", dir_okay=False)
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
) -> None:
    """Read data from a hub: what your key may see, or the public figures without one.

    Example: [bold]sdmx-service read DF_WORK_PERMIT "A.MA.*" --start 2015 --format csv[/]
    """
    request = DataRequest(
        dataflow=dataflow, key=series_key, start=start, end=end, last=last, as_of=as_of
    )
    with refusals(), Client(url, key, language) as hub:
        if form in _FOR_FILES and output is None:
            fail(f"--format {form} needs --output FILE")
        if form in _ACCEPT:
            _pass_through(hub, request, _ACCEPT[form], output)
        else:
            _show(hub.read_request(request), output)


def _pass_through(hub: Client, request: DataRequest, accept: str, output: Path | None) -> None:
    with hub.open_data(request, accept) as pieces:
        first = next(pieces, b"")
        if not first:
            err.print(_NOTHING)
            return
        target = nullcontext(sys.stdout.buffer) if output is None else output.open("wb")
        with target as file:
            for piece in chain([first], pieces):
                file.write(piece)
            file.flush()


def _show(table: pd.DataFrame, output: Path | None) -> None:
    """The columns that say something, the first rows; what is left out is said."""
    if output is not None:
        fail(f"--output needs --format {', '.join(_ACCEPT)}")
    if table.empty:
        err.print(_NOTHING)
        return
    told = [name for name in table.columns if table[name].notna().any()]
    constant = {name: table[name].iloc[0] for name in told if _is_constant(table[name])}
    shown = [name for name in told if name not in constant]
    rich = Table(caption=_caption(len(table)), caption_justify="left")
    for name in shown:
        justify: JustifyMethod = "right" if name == "OBS_VALUE" else "left"
        width = _width(table[name])
        rich.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis", min_width=width)
    for row in table[shown].head(_ROWS).itertuples(index=False, name=None):
        rich.add_row(*(_cell(value) for value in row))
    out.print(" · ".join(f"{name} {escape(str(value))}" for name, value in constant.items()))
    out.print(rich)


def _width(column: pd.Series) -> int | None:
    """Room for every value of a short column; a long text may be cut."""
    width = int(column.head(_ROWS).map(_cell).str.len().max())
    return width if width <= _SHORT else None


def _is_constant(column: pd.Series) -> bool:
    varying = column.name in ("TIME_PERIOD", "OBS_VALUE")
    return not varying and bool(column.notna().all()) and column.nunique() == 1


def _caption(rows: int) -> str | None:
    return f"{_ROWS} of {rows} rows; --format csv gives all" if rows > _ROWS else None


def _cell(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - a missing value is not itself
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return escape(str(value))
