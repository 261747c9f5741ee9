"""The information model of SDMX 2.1, which SDMX-ML 2.1 and SDMX-JSON 1.0 share: what newer
structures become in it, or why they have no place. No tag or member is named here.
"""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import DataStructure

PRIMARY_MEASURE = "OBS_VALUE"


def with_one_measure(structure: DataStructure) -> DataStructure:
    """The same for a model of one measure, OBS_VALUE, to which attributes belong.

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
