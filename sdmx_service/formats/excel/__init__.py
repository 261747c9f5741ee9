"""Excel workbooks: a sheet of data, one of structure, one of notes."""
