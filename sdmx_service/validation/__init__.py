"""Is a message what its structure says? Checks over Arrow batches; bad data is no exception."""
