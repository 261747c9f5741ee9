"""Puts the program together: the one composition root."""
