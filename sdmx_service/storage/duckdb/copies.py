"""Copies of the database file: of one in use, and to where a hub will be started."""

from __future__ import annotations

import shutil
from pathlib import Path


def copied(path: Path, folder: Path) -> None:
    """Copy the database and its log, which nobody may be writing, into an empty folder.

    Raises FileExistsError where the folder has anything in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    for file in (path, Path(f"{path}.wal")):
        if file.exists():
            shutil.copy2(file, folder / file.name)


def restore(backup_folder: Path, data_folder: Path) -> None:
    """Copy a backup (database, blobs beside it) to where a hub will be started.

    Raises FileExistsError where the folder has anything in it.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    if any(data_folder.iterdir()):
        raise FileExistsError(data_folder)
    shutil.copytree(backup_folder, data_folder, dirs_exist_ok=True)
