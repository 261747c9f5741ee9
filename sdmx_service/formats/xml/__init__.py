"""SDMX-ML."""
