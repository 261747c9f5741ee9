"""Figures as a table, each beside what was asked and as a ratio to sdmx1 where it has one."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """``family`` groups what does the same (read, write, …); ``goal`` is a text."""

    family: str
    what: str
    figure: float
    unit: str
    goal: str = ""


def show(rows: list[Row], observations: int) -> None:
    """Print the table; ratios are to the slowest of the family in obs/s."""
    table = Table("what is done", "by", "figure", "unit", "× slowest", "asked")
    for row in rows:
        rates = [r.figure for r in rows if r.family == row.family and r.unit == "obs/s"]
        ratio = f"{row.figure / min(rates):.1f}" if row.unit == "obs/s" and rates else ""
        table.add_row(row.family, row.what, f"{row.figure:,.4g}" if row.figure < 100 else
                      f"{row.figure:,.0f}", row.unit, ratio, row.goal)
    Console(width=130).print(f"{observations:,} observations", table)
