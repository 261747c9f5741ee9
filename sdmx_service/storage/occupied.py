"""Is a database held by another process? DuckDB lets one at a time open a file it writes."""

from __future__ import annotations

from pathlib import Path

import duckdb


def occupied(path: Path) -> bool:
    """Whether another process has the database open (a hub that runs)."""
    if not path.exists():
        return False
    try:
        duckdb.connect(str(path), read_only=True).close()
    except duckdb.IOException:
        return True
    return False
