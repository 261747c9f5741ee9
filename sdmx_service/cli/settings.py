"""The settings of this run, or a sentence about the variable that is wrong."""

from __future__ import annotations

from sdmx_service.cli.show import fail
from sdmx_service.settings import Settings, from_environment


def chosen_settings() -> Settings:
    """Settings from the environment; leaves with exit code 2 where one is wrong."""
    try:
        return from_environment()
    except ValueError as error:
        fail(f"A setting (SDMX_SERVICE_…) is wrong: {error}")
