"""API keys of principals: a file of their hashes. The keys themselves are kept nowhere."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
from collections import Counter
from pathlib import Path

_OWNER_ONLY = 0o600


class Credentials:
    """A JSON file: sha256 of a key → id of its principal; read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._known: dict[str, str] = {}

    def add(self, principal_id: str) -> str:
        """Make a key for a principal; this is the only time it is shown."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._read()
            self._write({**self._known, _hash(key): principal_id})
        return key

    def find(self, key: str) -> str | None:
        """The principal whose key this is; looked up by hash, so timing tells nothing of keys."""
        with self._lock:
            self._read()
            return self._known.get(_hash(key))

    def principals(self) -> dict[str, int]:
        """Principal id → how many keys it has, by id."""
        with self._lock:
            self._read()
            return dict(sorted(Counter(self._known.values()).items()))

    def remove(self, principal_id: str) -> int:
        """Forget all keys of a principal; returns how many there were."""
        with self._lock:
            self._read()
            kept = {key: name for key, name in self._known.items() if name != principal_id}
            removed = len(self._known) - len(kept)
            if removed:
                self._write(kept)
        return removed

    def _read(self) -> None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._seen, self._known = None, {}
            return
        seen = (status.st_mtime_ns, status.st_ino)
        if seen != self._seen:
            self._known = json.loads(self._path.read_text(encoding="utf-8"))
            self._seen = seen

    def _write(self, known: dict[str, str]) -> None:
        """Replace the file at once; a temporary file is its owner's only from the start."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".keys-", dir=self._path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            os.fchmod(out.fileno(), _OWNER_ONLY)
            json.dump(known, out, indent=1, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(self._path)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
