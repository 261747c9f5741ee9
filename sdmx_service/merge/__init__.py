"""From what is published to what is derived: pure functions."""
