"""backup, restore: everything a hub keeps, in one folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from sdmx_service.cli.settings import chosen_settings, free_data
from sdmx_service.cli.show import err, fail, refusals
from sdmx_service.storage.duckdb import DuckDBStore

DATABASE, MESSAGES, CREDENTIALS = "hub.duckdb", "messages", "credentials.json"
"""What stands in the data folder, and in a backup: figures and reports, bytes sent, keys."""


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(backup)
    app.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
) -> None:
    """Copy everything the hub keeps into a folder: figures, reports, messages, keys.

    The hub must be stopped: while it runs, its database belongs to it alone.

    Example: [bold]sdmx-service backup /backup/2026-11-22[/]
    """
    settings = free_data()
    if not (settings.data / DATABASE).exists():
        fail(f"There is no hub in {settings.data} (SDMX_SERVICE_DATA).")
    with refusals():
        store = DuckDBStore(settings.data / DATABASE)
        try:
            store.backup(folder)
        finally:
            store.close()
        _copy(settings.data, folder)
    err.print(f"Copied {settings.data} to {folder}.")


def restore(
    folder: Annotated[
        Path, typer.Argument(help="A folder that backup made.", exists=True, file_okay=False)
    ],
) -> None:
    """Bring a backup back into the data folder, which must be new or empty.

    Example: [bold]SDMX_SERVICE_DATA=/var/lib/hub sdmx-service restore /backup/2026-11-22[/]
    """
    data = chosen_settings().data
    if not (folder / DATABASE).is_file():
        fail(f"{folder} is no backup: {DATABASE} is missing.")
    if data.exists() and any(data.iterdir()):
        fail(f"{data} is not empty; nothing is overwritten (SDMX_SERVICE_DATA).")
    with refusals():
        data.mkdir(parents=True, exist_ok=True)
        _copy(folder, data)
        # The database last: a restore that broke off leaves no hub behind.
        shutil.copy2(folder / DATABASE, data / DATABASE)
    err.print(f"Restored {folder} to {data}.")


def _copy(source: Path, target: Path) -> None:
    """Everything but the database."""
    if (source / MESSAGES).is_dir():
        shutil.copytree(source / MESSAGES, target / MESSAGES, dirs_exist_ok=True)
    if (source / CREDENTIALS).is_file():
        shutil.copy2(source / CREDENTIALS, target / CREDENTIALS)
