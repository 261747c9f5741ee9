"""What data of one dataflow, agreement or data structure may hold: constraints applied.

The nouns of a schema; which they are is found in ``registry``, their text made in ``formats``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdmx_service.model.columns import Layout, cross_sectional
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import DataStructure, TextFormat

ALL_DIMENSIONS = "AllDimensions"
TIME_PERIOD = "TIME_PERIOD"
"""Id of the time dimension, fixed by the information model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSchema:
    """Components and their values. ``usage``: the artefact asked by.

    ``codes``: coded component → the codes the constraints leave, in the order of the list.
    ``formats``: uncoded component → its format. ``dimension_at_observation``: a dimension's id or
    AllDimensions. ``deletion``: any part of a key may be left out.
    """

    usage: Ref
    data_structure: DataStructure
    layout: Layout
    codes: Mapping[str, tuple[str, ...]]
    formats: Mapping[str, TextFormat]
    dimension_at_observation: str
    deletion: bool = False

    @property
    def flat(self) -> bool:
        """Whether observations stand without series."""
        return self.dimension_at_observation == ALL_DIMENSIONS

    @property
    def levels(self) -> Layout:
        """The layout with every attribute on the level it has beside this dimension."""
        at = self.dimension_at_observation
        return self.layout if self.flat else cross_sectional(self.layout, at)

    @property
    def series_key(self) -> tuple[str, ...]:
        """Components of the key above the observation."""
        key = self.layout.key
        return () if self.flat else tuple(n for n in key if n != self.dimension_at_observation)

    @property
    def observation_key(self) -> tuple[str, ...]:
        """Components of the key that stand on the observation."""
        return self.layout.key if self.flat else (self.dimension_at_observation,)
