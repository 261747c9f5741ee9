"""The embedded engine: one DuckDB file, one process, SQL written by hand."""

from sdmx_service.storage.duckdb.store import DuckDBStore, restore

__all__ = ["DuckDBStore", "restore"]
