"""What an operator sets, from the environment; read by app and cli only."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

from sdmx_service.model.limits import Limits

_PREFIX = "SDMX_SERVICE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``data``: folder of database, blobs and keys. ``structures``: folders of SDMX-ML files.
    ``sender``: id in the header of what is served. ``memory``: DuckDB's memory limit.
    ``source`` and ``licence``: the line every message carries that can."""

    data: Path = Path(".sdmx-service")
    structures: tuple[Path, ...] = (Path("codelists"), Path("dsd"), Path("dataflows"))
    host: str = "127.0.0.1"
    port: int = 8000
    sender: str = "MAGHREB"
    engine: str = "duckdb"
    memory: str = "176MB"
    threads: int = 2
    limits: Limits = field(default_factory=Limits)


def from_environment() -> Settings:
    """Settings with what ``SDMX_SERVICE_…`` variables say; limits as ``SDMX_SERVICE_LIMIT_…``.

    Raises ValueError where a number is none.
    """
    values: dict[str, object] = {}
    for name, convert in _CONVERTERS.items():
        text = os.environ.get(_PREFIX + name.upper())
        if text is not None:
            values[name] = convert(text)
    limits = {
        entry.name: int(os.environ[_PREFIX + "LIMIT_" + entry.name.upper()])
        for entry in fields(Limits)
        if _PREFIX + "LIMIT_" + entry.name.upper() in os.environ
    }
    return Settings(**values, limits=Limits(**limits))  # type: ignore[arg-type]


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(os.pathsep))


_CONVERTERS: dict[str, Callable[[str], object]] = {
    "data": Path,
    "structures": _folders,
    "host": str,
    "port": int,
    "sender": str,
    "engine": str,
    "memory": str,
    "threads": int,
}
