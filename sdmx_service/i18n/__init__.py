"""Text in French, English and Arabic; no business rules."""
