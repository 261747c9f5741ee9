"""Use cases: one file, one story, one transaction."""
