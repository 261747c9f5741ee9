"""Data structures as SDMX 2.1 has them: with one measure."""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import DataStructure

PRIMARY_MEASURE = "OBS_VALUE"
"""The only id SDMX 2.1 gives a measure."""


def with_one_measure(structure: DataStructure) -> DataStructure:
    """The same for SDMX 2.1, which knows one measure, OBS_VALUE, to which attributes belong.

    Raises Refused (FORMAT_CANNOT_CARRY) where there are other measures.
    """
    measures = tuple(measure.id for measure in structure.measures)
    if measures != (PRIMARY_MEASURE,) and (measures or structure.dimensions):
        other = next((name for name in measures if name != PRIMARY_MEASURE), "Measure")
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{structure.ref.short} {other}")
    attributes = tuple(
        replace(attribute, measures=()) if attribute.measures == measures else attribute
        for attribute in structure.attributes
    )
    return replace(structure, attributes=attributes)
