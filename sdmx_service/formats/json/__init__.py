"""SDMX-JSON."""
