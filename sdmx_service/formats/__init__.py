"""SDMX text ↔ Arrow batches and artefacts. The only place where SDMX is text."""
