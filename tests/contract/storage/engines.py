"""The engines that keep the contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sdmx_service.storage.base import Store
from sdmx_service.storage.duckdb import DuckDBStore
from sdmx_service.storage.memory import MemoryStore
from tests.contract.storage.building import Clock

ENGINES: dict[str, Callable[[Path, Clock], Store]] = {
    "duckdb": lambda path, clock: DuckDBStore(path, clock=clock),
    "memory": lambda path, clock: MemoryStore(clock=clock),
}
