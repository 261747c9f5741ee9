"""Original bytes of messages, by their sha256; written once, never changed.

Nothing here knows what the bytes mean.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_NAME = re.compile(r"^[0-9a-f]{64}$")


class BlobStore:
    """A folder with one file a blob, in folders named by the first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, file: BinaryIO) -> str:
        """Keep what is left to read of the file; its sha256 once it is durable."""
        digest = hashlib.sha256()
        descriptor, name = tempfile.mkstemp(prefix=".new-", dir=self.folder)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            temporary.rename(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(target.parent)
        _sync_folder(self.folder)
        return digest.hexdigest()

    def open(self, sha256: str) -> BinaryIO:
        """The bytes. Raises KeyError where they are not kept."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise KeyError(sha256) from None

    def backup(self, folder: Path) -> None:
        """Copy every blob into an empty or new folder; blobs never change, so at any time.

        Raises FileExistsError where the folder has anything in it. Take the store's backup
        first: then the blobs of all its submissions are there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(folder)
        for source in self.folder.glob("??/*"):
            (folder / source.parent.name).mkdir(exist_ok=True)
            shutil.copy2(source, folder / source.parent.name / source.name)

    def path(self, sha256: str) -> Path:
        """Where a blob is kept. Raises KeyError where the name is no sha256."""
        if _NAME.match(sha256) is None:
            raise KeyError(sha256)
        return self.folder / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
