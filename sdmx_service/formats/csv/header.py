"""The header row of SDMX-CSV 1.0, 2.0 and 2.1: which column is what."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from sdmx_service.model.columns import Layout
from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.structures import DataStructure

_BEGIN = re.compile(r'"?(?P<kind>STRUCTURE|DATAFLOW)(?:\[[^\]]*\])?"?(?P<separator>[^\w\s"]|\t)')
_BRACKETS = re.compile(r"^((?:[A-Za-z][\w@$-]*(?:\[\])?\.)*[A-Za-z][\w@$-]*)\[([^\[\]]*)\]$")
_OF_PARENTS = "[]."
_BETWEEN_VALUES = ";"
_NO_COMPONENT = frozenset(
    ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "DATAFLOW", "ACTION", "SERIES_KEY", "OBS_KEY"]
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its component (or what the format calls it) and where it stands, from 0.

    ``labelled``: header and cells are ``ID: Name``. ``brackets``: what stands in them behind the
    id, None where there are none: cells of several values, or of texts by language. The name of a
    metadata attribute is its path; that one above it may repeat is left out.
    """

    name: str
    position: int
    labelled: bool
    brackets: str | None = None


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """``version`` 1 or 2; ``named``: a column after a component's may hold its names."""

    version: int
    separator: str
    columns: tuple[Column, ...]
    named: bool

    def find(self, name: str) -> Column | None:
        """The column of this name, or None where the message has none."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def between_values(self) -> str:
        """What parts the values of a cell: the first sign in the brackets of the first column."""
        return (self.columns[0].brackets or _BETWEEN_VALUES)[0]

    def components(self, layout: Layout) -> tuple[Column, ...]:
        """Columns of components, known to the layout or not; columns of names left out."""
        known = frozenset(layout.columns)
        kept: list[Column] = []
        label_next = False
        for column in self.columns:
            own = column.name in _NO_COMPONENT
            repeated = bool(kept) and label_next and kept[-1].name == column.name
            if label_next and (column.name not in known or repeated) and not own:
                label_next = False
                continue
            label_next = self.named and not own
            if not own:
                kept.append(column)
        return tuple(kept)


def separator_of(begin: bytes) -> bytes:
    """The character after the first column name. Raises Refused (CSV_HEADER)."""
    text = begin.decode("utf-8", "replace")
    match = _BEGIN.match(text)
    if match is None or not match["separator"].isascii():
        raise _unusable(text.partition("\n")[0][:80])
    return match["separator"].encode()


def read_header(record: str, separator: str) -> CsvHeader:
    """Read the header row. Raises Refused where columns are missing or stand there twice."""
    try:
        cells = next(csv.reader([record], delimiter=separator), [])
    except csv.Error as error:  # a cell longer than the module takes
        raise _unusable(record[:80]) from error
    columns = tuple(_column(cell, position) for position, cell in enumerate(cells))
    names = {column.name for column in columns}
    version = 1 if columns[0].name == "DATAFLOW" else 2
    if version == 2 and not {"STRUCTURE", "STRUCTURE_ID"} <= names:
        raise _unusable(record[:80])
    return CsvHeader(version, separator, columns, "STRUCTURE_NAME" in names)


def check_twice(columns: tuple[Column, ...]) -> None:
    """Raise Refused where two columns are of one component."""
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            place = Location(line=1, component=column.name)
            raise refuse("CSV_COLUMN_TWICE", place, component=column.name)
        seen.add(column.name)


def labelled_cells(column: Column, layout: Layout, data_structure: DataStructure) -> bool:
    """Whether the cells of a labelled column are ``ID: Name``: those of coded components are.

    A measure or free text may hold a colon of its own, so an attribute is taken as coded only
    where the data structure itself names its code list.
    """
    if not column.labelled or column.name in layout.measures:
        return False
    attribute = next((item for item in data_structure.attributes if item.id == column.name), None)
    if attribute is None:
        return True
    return attribute.representation is not None and attribute.representation.enumeration is not None


def _column(cell: str, position: int) -> Column:
    name, separated, _ = cell.partition(": ")
    brackets = _BRACKETS.match(name)
    name = (brackets[1] if brackets else name).replace(_OF_PARENTS, ".")
    return Column(name, position, bool(separated), brackets[2] if brackets else None)


def _unusable(found: str) -> Refused:
    return refuse("CSV_HEADER", Location(line=1), found=found)
