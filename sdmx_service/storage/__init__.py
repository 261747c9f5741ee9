"""Where submissions and observations are kept. No rights, no formats, no rules of statistics."""
