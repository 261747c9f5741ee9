"""The embedded engine: one DuckDB file, one process, SQL written by hand."""

from sdmx_service.storage.duckdb.copies import restore
from sdmx_service.storage.duckdb.store import DuckDBStore

__all__ = ["DuckDBStore", "restore"]
