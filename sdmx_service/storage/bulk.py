"""Editions of bulk files in a folder: a new one takes the place of the old at one instant.

Nothing here knows what the files hold. They can always be made again, so they are no part of a
backup.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sdmx_service.model.bulk import BulkEdition, BulkFile
from sdmx_service.model.refs import Ref, parse_urn

_MANIFEST = "edition.json"


class BulkStore:
    """A folder a dataflow, in it a folder an edition and a manifest that names the one shown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._shown: dict[Ref, BulkEdition] = {}
        for path in folder.glob(f"*/{_MANIFEST}"):
            edition = _edition_from(path)
            if edition is not None:
                self._shown[edition.dataflow] = edition

    def edition(self, dataflow: Ref) -> BulkEdition | None:
        """The edition shown, None where there is none."""
        return self._shown.get(dataflow)

    def publish(
        self, dataflow: Ref, state: str, make: Callable[[Path], tuple[datetime, list[BulkFile]]]
    ) -> BulkEdition:
        """Let ``make`` fill an empty folder, then show what is in it. Where it raises, the edition
        before stays. That one is kept until the next, for who is reading it."""
        home, before = self._home(dataflow), self._shown.get(dataflow)
        target = home / state
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        try:
            changed, files = make(target)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        edition = BulkEdition(dataflow=dataflow, state=state, changed=changed, files=tuple(files))
        _write_manifest(home / _MANIFEST, edition)
        self._shown[dataflow] = edition
        for other in home.iterdir():
            if other.is_dir() and other.name not in {state, before.state if before else ""}:
                shutil.rmtree(other, ignore_errors=True)
        return edition

    def withdraw(self, dataflow: Ref) -> None:
        """Show and keep nothing of a dataflow."""
        self._shown.pop(dataflow, None)
        shutil.rmtree(self._home(dataflow), ignore_errors=True)

    def path(self, edition: BulkEdition, file: BulkFile) -> Path:
        """Where a file of an edition is."""
        return self._home(edition.dataflow) / edition.state / file.name

    def _home(self, dataflow: Ref) -> Path:
        return self._folder / sha256(dataflow.urn.encode()).hexdigest()[:16]


def _write_manifest(path: Path, edition: BulkEdition) -> None:
    said = asdict(edition) | {
        "dataflow": edition.dataflow.urn,
        "changed": edition.changed.isoformat(),
    }
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(said), encoding="utf-8")
    os.replace(temporary, path)


def _edition_from(path: Path) -> BulkEdition | None:
    """The edition a manifest names; None where it was made by a release that wrote others."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return BulkEdition(
            dataflow=parse_urn(said["dataflow"]),
            state=said["state"],
            changed=datetime.fromisoformat(said["changed"]),
            files=tuple(BulkFile(**file) for file in said["files"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
