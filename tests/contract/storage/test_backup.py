"""A backup taken while the hub runs comes back whole."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sdmx_service.storage.blobs import BlobStore
from sdmx_service.storage.duckdb import DuckDBStore, restore
from tests.contract.storage.building import LAYOUT, Clock, Send, obs, query, read, send


def test_a_backup_comes_back(tmp_path: Path) -> None:
    clock, blobs = Clock(), BlobStore(tmp_path / "data" / "blobs")
    store = DuckDBStore(tmp_path / "data" / "hub.duckdb", clock=clock)
    store.prepare(LAYOUT)
    send(store, clock, Send(1, [obs("MA", "F", "2020", "1")]))
    name = blobs.put(io.BytesIO(b"message"))
    reading = next(store.scan(query(5)))
    store.backup(tmp_path / "backup")
    blobs.backup(tmp_path / "backup" / "blobs")
    assert sum(piece.num_rows for piece in reading.observations) == 1
    send(store, clock, Send(2, [obs("MA", "F", "2020", "2")]))
    store.close()

    restore(tmp_path / "backup", tmp_path / "restored")

    store = DuckDBStore(tmp_path / "restored" / "hub.duckdb", clock=clock)
    store.prepare(LAYOUT)
    assert [row["OBS_VALUE"] for row in read(store, query(5))[0].rows] == ["1"]
    assert [one.number for one in store.submissions(None, limit=9)] == [1]
    assert BlobStore(tmp_path / "restored" / "blobs").open(name).read() == b"message"
    store.close()


def test_nothing_is_restored_over_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hub.duckdb").write_text("precious")
    with pytest.raises(FileExistsError):
        restore(tmp_path, tmp_path / "data")
