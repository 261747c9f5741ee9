"""Which dimension a data message has at the observation."""

from __future__ import annotations

from sdmx_service.model.columns import Layout
from sdmx_service.model.message import WriteOptions
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.schema import ALL_DIMENSIONS


def observation_dimension(layout: Layout, options: WriteOptions) -> str:
    """Time, or ALL_DIMENSIONS where that is asked for or the structure has no time.

    Without observations there is nothing to flatten: series keys stand in series.
    Raises: FORMAT_CANNOT_CARRY for any other dimension: the hub writes no cross-sections.
    """
    wanted = options.dimension_at_observation
    if layout.time is None or (wanted == ALL_DIMENSIONS and options.observations):
        return ALL_DIMENSIONS
    if wanted not in (layout.time, "TIME_PERIOD", ALL_DIMENSIONS):
        raise refuse("FORMAT_CANNOT_CARRY", Location(component=wanted), found=wanted)
    return layout.time
