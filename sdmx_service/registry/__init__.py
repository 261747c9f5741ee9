"""Structures: load, resolve, check, publish."""
