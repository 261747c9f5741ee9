"""Attributes: is a mandatory one given with every observation, and is each what its format says?

Attributes above the observation may be given anywhere in the message; whether they are is known
only once all of it is read (``keys.py``).
"""

from __future__ import annotations

from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.rows import Rows
from sdmx_service.validation.values import check_format


def check_attributes(rows: Rows, context: CheckContext) -> None:
    """VALUE_… for uncoded attributes, then ATTRIBUTE_MANDATORY for those of observations."""
    for attribute in context.layout.attributes:
        if attribute.id in context.formats:
            check_format(rows, attribute.id, context.formats[attribute.id])
    for component in context.layout.observation_attributes:
        if component in context.mandatory:
            rows.report_missing("ATTRIBUTE_MANDATORY", component)


def check_dimensions(rows: Rows, context: CheckContext) -> None:
    """VALUE_… for dimensions without a code list."""
    for component in context.layout.dimensions:
        if component in context.formats:
            check_format(rows, component, context.formats[component])
