"""What a producer or an analyst imports: push, validate, status, read."""
