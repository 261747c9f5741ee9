"""Blobs and API keys on disk."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from sdmx_service.storage.blobs import BlobStore
from sdmx_service.storage.credentials import Credentials


def test_a_blob_comes_back(tmp_path: Path) -> None:
    blobs, content = BlobStore(tmp_path), b"<message/>" * 300_000
    name = blobs.put(io.BytesIO(content))

    assert name == hashlib.sha256(content).hexdigest() == blobs.put(io.BytesIO(content))
    with blobs.open(name) as file:
        assert file.read() == content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
def test_an_unknown_blob_is_a_key_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        BlobStore(tmp_path).open(name)


def test_a_blob_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("connection lost")

    with pytest.raises(OSError, match="lost"):
        BlobStore(tmp_path).put(Broken())
    assert list(tmp_path.iterdir()) == []


def test_a_key_names_its_principal_and_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    credentials = Credentials(path)
    key = credentials.add("MA_CNSS")

    assert credentials.find(key) == "MA_CNSS"
    assert credentials.find("another") is None
    assert key not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_keys_are_read_again_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    here, there = Credentials(path), Credentials(path)
    first = here.add("A")
    second = there.add("B")
    assert (here.find(first), here.find(second)) == ("A", "B")

    path.write_text(json.dumps({}))
    assert here.find(first) is None
