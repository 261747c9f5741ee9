"""Rows of a CSV message → data sets: which structure and action they name, which columns count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.csv.dialect import VALIDITY
from sdmx_service.formats.csv.header import Column, CsvHeader, check_twice, labelled_cells
from sdmx_service.formats.csv.table import CsvTable
from sdmx_service.model.message import Action, ResolveStructure, StructureUse
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_short

EMBARGO_TIME = "EMBARGO_TIME"
CUSTOM = frozenset({"UPDATED", "PREPARED", *VALIDITY})
"""Columns beside the components that are passed over: those the field guide names, and the hub's
own. Others are taken for components with a wrong id."""
_CLASSES = {
    "dataflow": ArtefactClass.DATAFLOW,
    "datastructure": ArtefactClass.DATA_STRUCTURE,
    "dataprovision": ArtefactClass.PROVISION_AGREEMENT,
}
_ACTIONS = {
    "": Action.MERGE,
    "I": Action.MERGE,
    "A": Action.MERGE,
    "M": Action.MERGE,
    "R": Action.REPLACE,
    "D": Action.DELETE,
}
_NAMED = re.compile(r"^([^:]+:[^:]+?)(?:: .*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cells:
    """What the rows of a data set say of it: STRUCTURE, STRUCTURE_ID, ACTION."""

    structure: str
    structure_id: str
    action: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """Rows from ``start`` to before ``stop`` that say the same of their data set."""

    start: int
    stop: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class StructureColumns:
    """A structure of the message and which columns give its components.

    ``labelled``: names of those whose cells are ``ID: Name``. ``embargo``: the column of
    EMBARGO_TIME, whether a component or not.
    """

    use: StructureUse
    schema: pa.Schema
    known: tuple[Column, ...]
    unknown: tuple[Column, ...]
    labelled: frozenset[str]
    embargo: Column | None


def action_of(word: str | None, line: int) -> Action:
    """The action an ACTION cell asks for; an empty one asks for Merge."""
    action = _ACTIONS.get((word or "").upper())
    if action is None:
        raise refuse("ACTION_UNKNOWN", Location(line=line), found=word or "")
    return action


def structure_columns(
    cells: Cells, header: CsvHeader, resolve: ResolveStructure, line: int
) -> StructureColumns:
    """Resolve what a row names. Raises Refused for the reference and for columns given twice."""
    ref = _reference(cells, line)
    use = resolve(ref)
    if use is None:
        raise refuse("STRUCTURE_UNKNOWN", Location(line=line), found=ref.short)
    columns, layout = header.components(use.layout), use.layout
    check_twice(columns)
    return StructureColumns(
        use=use,
        schema=layout.schema(),
        known=tuple(column for column in columns if column.name in layout.columns),
        unknown=tuple(
            column
            for column in columns
            if column.name not in (*layout.columns, EMBARGO_TIME, *CUSTOM)
        ),
        labelled=frozenset(
            column.name for column in columns if labelled_cells(column, layout, use.data_structure)
        ),
        embargo=next((column for column in columns if column.name == EMBARGO_TIME), None),
    )


def runs(table: CsvTable, header: CsvHeader) -> Iterator[Run]:
    """Where structure or action change from one row to the next."""
    count = len(table.lines)
    columns = [header.find(name) for name in _structural(header)]
    arrays = [table.columns[column.position] if column else None for column in columns]
    changes = np.zeros(max(count - 1, 0), dtype=bool)
    for array in arrays:
        if array is not None:
            codes = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False)
            changes |= codes[1:] != codes[:-1]
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()] if count else []
    for start, stop in zip(starts, [*starts[1:], count], strict=True) if starts else ():
        texts = [array[start].as_py() if array is not None else None for array in arrays]
        structure = "dataflow" if header.version == 1 else (texts[0] or "")
        yield Run(start, stop, Cells(structure, texts[1] or "", texts[2]))


def _structural(header: CsvHeader) -> tuple[str, str, str]:
    if header.version == 1:
        return ("STRUCTURE", "DATAFLOW", "ACTION")
    return ("STRUCTURE", "STRUCTURE_ID", "ACTION")


def _reference(cells: Cells, line: int) -> Ref:
    artefact = _CLASSES.get(cells.structure.lower())
    named = _NAMED.match(cells.structure_id)
    if artefact is not None and named is not None:
        try:
            return parse_short(artefact, named[1])
        except ValueError:
            pass
    found = f"{cells.structure} {cells.structure_id}".strip()
    raise refuse("STRUCTURE_REFERENCE_MALFORMED", Location(line=line), found=found)
