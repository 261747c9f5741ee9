"""What a batch is checked against, made once per data structure, dataflow and agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.occurrences import Occurrence, occurrences_of
from sdmx_service.model.structures import (
    Attribute,
    Codelist,
    ConstraintRole,
    DataConstraint,
    DataStructure,
    Dimension,
    Measure,
    Representation,
    TextFormat,
)
from sdmx_service.validation.facets import require_readable
from sdmx_service.validation.regions import ConstraintRule, constraint_rule

FREQUENCY = "FREQ"
"""Id of the dimension whose codes say how periods are written."""


@dataclass(frozen=True, slots=True)
class CodeRule:
    """``codes`` of a component's code list, and its short reference."""

    codes: pa.Array
    codelist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """Everything the checks need: code sets, formats, constraints by level.

    ``formats`` holds only uncoded components that have a format, ``mandatory`` the measures and
    observation attributes without which no observation may be, ``occurrences`` how many values
    each measure and attribute may have.
    """

    layout: Layout
    coded: Mapping[str, CodeRule]
    formats: Mapping[str, TextFormat]
    mandatory: frozenset[str]
    occurrences: Mapping[str, Occurrence]
    constraints: tuple[ConstraintRule, ...]
    frequency: str | None


def context_of(
    data_structure: DataStructure,
    codelists: Mapping[str, Codelist],
    concept_formats: Mapping[str, Representation],
    constraints: Sequence[tuple[str, DataConstraint]],
) -> CheckContext:
    """Make structures ready for ``check``.

    ``codelists``: component id → its list. ``concept_formats``: component id → what its concept
    says, for components without a representation. ``constraints``: problem code of the level
    (CONSTRAINT_DATA_STRUCTURE, CONSTRAINT_DATAFLOW, CONSTRAINT_AGREEMENT) and constraint; those
    of role Actual are left out. Raises ValueError where a pattern or a limit cannot be read.
    """
    layout = layout_of(data_structure)
    return CheckContext(
        layout=layout,
        coded={
            component: CodeRule(
                pa.array([code.id for code in codelist.items], pa.string()), codelist.ref.short
            )
            for component, codelist in codelists.items()
        },
        formats=_formats(data_structure, codelists, concept_formats),
        mandatory=_mandatory(data_structure, layout),
        occurrences=occurrences_of(data_structure),
        constraints=tuple(
            constraint_rule(code, constraint, layout.time)
            for code, constraint in constraints
            if constraint.role is ConstraintRole.ALLOWED
        ),
        frequency=FREQUENCY if FREQUENCY in layout.dimensions and layout.time else None,
    )


def _components(data_structure: DataStructure) -> tuple[Dimension | Measure | Attribute, ...]:
    time = (data_structure.time_dimension,) if data_structure.time_dimension else ()
    return data_structure.dimensions + time + data_structure.measures + data_structure.attributes


def _formats(
    data_structure: DataStructure,
    codelists: Mapping[str, Codelist],
    concept_formats: Mapping[str, Representation],
) -> dict[str, TextFormat]:
    formats = {}
    for component in _components(data_structure):
        own = component.representation
        representation = own if own else concept_formats.get(component.id)
        if component.id in codelists or representation is None:
            continue
        if representation.text_format is not None:
            require_readable(representation.text_format)
            formats[component.id] = representation.text_format
    return formats


def _mandatory(data_structure: DataStructure, layout: Layout) -> frozenset[str]:
    measures = {measure.id for measure in data_structure.measures if measure.mandatory}
    attributes = {one.id for one in layout.attributes if one.observation and one.mandatory}
    return frozenset(measures | attributes)
