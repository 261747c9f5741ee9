"""Is a message what its structure says? Pure checks over Arrow batches; no exception for bad data."""
