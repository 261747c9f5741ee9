"""The settings of this run, or a sentence about what is wrong with them."""

from __future__ import annotations

from sdmx_service.cli.show import fail
from sdmx_service.settings import Settings, from_environment
from sdmx_service.storage.occupied import occupied


def chosen_settings() -> Settings:
    """Settings from the environment; leaves with exit code 2 where one is wrong."""
    try:
        return from_environment()
    except ValueError as error:
        fail(f"A setting (SDMX_SERVICE_…) is wrong: {error}")


def free_data() -> Settings:
    """As ``chosen_settings``, where no running hub holds the data; else leaves with code 2."""
    settings = chosen_settings()
    if settings.engine == "duckdb" and occupied(settings.data / "hub.duckdb"):
        fail(f"A running hub holds {settings.data}: stop it first, one process at a time has it.")
    return settings
