"""SDMX-CSV."""
