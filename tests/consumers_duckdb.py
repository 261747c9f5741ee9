"""Put the packaged httpfs where DuckDB looks for extensions: what INSTALL httpfs does elsewhere."""

from importlib.metadata import files

import duckdb

for file in files("duckdb-ext-httpfs") or ():
    if file.name.endswith(".duckdb_extension"):
        duckdb.connect().install_extension(str(file.locate()))
