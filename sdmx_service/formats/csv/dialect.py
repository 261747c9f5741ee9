"""What SDMX-CSV 1.0, 2.0 and 2.1 do differently, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdmx_service.model.message import Action

VALIDITY = ("VALID_FROM", "VALID_TO")
"""Columns of the hub's own beside the components, where data sets say when they were valid."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of SDMX-CSV.

    ``labels``: those it knows. ``actions``: the letters of ACTION, empty where there is no such
    column; such a version has no cells of several values and rows of one data structure only.
    ``switched_off``: what a dimension says that a row has not, where that is no wildcard.
    """

    labels: tuple[str, ...]
    actions: Mapping[Action, str]
    switched_off: str = ""


CSV_10 = Dialect(("id", "both"), {})
CSV_20 = Dialect(
    ("id", "name", "both"), {Action.MERGE: "A", Action.REPLACE: "R", Action.DELETE: "D"}
)
CSV_21 = Dialect(
    ("id", "name", "both"),
    {Action.MERGE: "M", Action.REPLACE: "R", Action.DELETE: "D"},
    switched_off="~",
)
