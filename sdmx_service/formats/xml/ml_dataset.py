"""One DataSet element of an SDMX-ML message: structure, action, meaning of its attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from sdmx_service.formats.unknown_component import unknown_component
from sdmx_service.formats.xml.ml_header_read import Declaration, Preamble, action_of
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.message import Action, DataBatch, ResolveStructure, StructureUse
from sdmx_service.model.problem import Location, Problem, refuse

XSI_TYPE = "http://www.w3.org/2001/XMLSchema-instance type"
EMBARGO_TIME = "EMBARGO_TIME"
TIME_PERIOD = "TIME_PERIOD"
# What the base schema defines on the elements beside the components of the data structure.
_OF_DATASET = frozenset(
    {
        "structureRef",
        "setID",
        "action",
        "reportingBeginDate",
        "reportingEndDate",
        "validFromDate",
        "validToDate",
        "publicationYear",
        "publicationPeriod",
        "dataScope",
        "REPORTING_YEAR_START_DAY",
    }
)
_OF_ROWS = frozenset({"type", "REPORTING_YEAR_START_DAY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetPlan:
    """How the rows of a data set are read.

    ``schema``: of its batches. ``components``: every attribute name that is a column.
    ``explicit_measure``: the dimension that the type of an Obs names, or None.
    ``observation_dimension``: what a generic message has at the observation. ``attributes``:
    values given for the whole data set, by component.
    """

    number: int
    line: int
    structure: StructureUse
    action: Action
    declared_action: str | None
    schema: pa.Schema
    components: frozenset[str]
    explicit_measure: str | None
    observation_dimension: str
    attributes: Mapping[str, str]

    @property
    def observation_measure(self) -> str:
        """What the value of an observation in a generic message is of."""
        measures = self.structure.layout.measures
        return measures[0] if len(measures) == 1 else "OBS_VALUE"

    def batch(self, rows: pa.RecordBatch) -> DataBatch:
        return DataBatch(
            dataset=self.number,
            structure=self.structure,
            action=self.action,
            declared_action=self.declared_action,
            rows=rows,
        )

    def column_of(self, name: str, explicit_measure: str | None) -> str | None:
        """The component that an attribute gives, or None; a type gives the explicit measure."""
        if name in self.components:
            return name
        return explicit_measure if name in ("type", XSI_TYPE) else None

    def suspect(self, name: str) -> bool:
        """Whether an attribute of a Series, Group or Obs may be a problem."""
        return name == EMBARGO_TIME or self.unknown(name)

    def unknown(self, name: str) -> bool:
        known = name in self.components or name in _OF_ROWS or " " in name
        return not known and name != EMBARGO_TIME

    def report(self, names: Sequence[str], values: Sequence[str], line: int) -> list[Problem]:
        """Problems of the attributes of one Series, Group or Obs."""
        found = []
        for name, value in zip(names, values, strict=True):
            place = Location(dataset=self.number + 1, line=line, component=name)
            if name == EMBARGO_TIME and value:
                found.append(Problem("EMBARGO_UNSUPPORTED", {"found": name}, place))
            elif self.unknown(name):
                found.append(unknown_component(self.structure, name, place))
        return found


def plan_dataset(
    number: int,
    line: int,
    attributes: Mapping[str, str],
    preamble: Preamble,
    resolve: ResolveStructure,
    problems: ProblemCollector,
) -> DataSetPlan:
    """Read the attributes of a DataSet element. Raises Refused for structure and action."""
    schema_attributes = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
    declaration = _declaration(schema_attributes.get("structureRef"), preamble, line)
    structure = _resolved(declaration, resolve)
    word = schema_attributes.get("action") or preamble.action
    plan = DataSetPlan(
        number=number,
        line=line,
        structure=structure,
        action=action_of(word, line),
        declared_action=word,
        schema=structure.layout.schema(),
        components=frozenset(structure.layout.columns),
        explicit_measure=_explicit_measure(declaration),
        observation_dimension=declaration.dimension_at_observation or TIME_PERIOD,
        attributes={},
    )
    given = {
        name: value
        for name, value in attributes.items()
        if name in plan.components or (" " not in name and name not in _OF_DATASET)
    }
    for problem in plan.report(list(given), list(given.values()), line):
        problems.add(problem)
    kept = {name: value for name, value in given.items() if name in plan.components and value}
    return replace(plan, attributes=kept)


def refuse_twice(names: Sequence[str], line: int) -> None:
    """Raise Refused where an element gives a component twice, as XML does of its attributes."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        place = Location(line=line, component=twice)
        raise refuse("XML_MALFORMED", place, reason=f"duplicate attribute: {twice}")


def _declaration(structure_id: str | None, preamble: Preamble, line: int) -> Declaration:
    declared = preamble.declarations
    if structure_id in declared:
        return declared[structure_id]
    if structure_id is None and len(declared) == 1:
        return next(iter(declared.values()))
    place = Location(line=line)
    raise refuse("STRUCTURE_REFERENCE_MALFORMED", place, found=structure_id or "")


def _resolved(declaration: Declaration, resolve: ResolveStructure) -> StructureUse:
    """Look the structure up; a version left out is 1.0 by the schema, else the latest."""
    ref = declaration.ref
    found = resolve(ref if ref.version else replace(ref, version="1.0"))
    if found is None and not ref.version:
        found = resolve(ref)
    if found is None:
        raise refuse("STRUCTURE_UNKNOWN", Location(line=declaration.line), found=ref.short)
    return found


def _explicit_measure(declaration: Declaration) -> str | None:
    return declaration.dimension_at_observation if declaration.explicit_measures else None
