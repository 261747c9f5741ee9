"""What formats of structures have in common: how the model fits an older or a newer standard.

Values in, values out; no text of a message is read or written here.
"""
