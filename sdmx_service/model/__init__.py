"""Nouns of the SDMX information model and of the hub; no parsing, no SQL, no I/O."""
