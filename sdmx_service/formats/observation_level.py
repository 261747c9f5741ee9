"""Which dimension a data message has at the observation."""

from __future__ import annotations

from sdmx_service.model.columns import Layout
from sdmx_service.model.message import WriteOptions
from sdmx_service.model.schema import ALL_DIMENSIONS


def observation_dimension(layout: Layout, options: WriteOptions) -> str:
    """The one the layout has there (time, or that of a cross-section); ALL_DIMENSIONS where that
    is asked for, or the structure has no time.

    Without observations there is nothing to flatten: series keys stand in series.
    """
    flat = options.dimension_at_observation == ALL_DIMENSIONS and options.observations
    return ALL_DIMENSIONS if flat or layout.time is None else layout.time
