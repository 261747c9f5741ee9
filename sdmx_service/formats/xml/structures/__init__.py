"""Structure messages in SDMX-ML: ``read`` for 2.1, 3.0 and 3.1, one writer of each."""

from sdmx_service.formats.xml.structures.message import read, write_21, write_30, write_31

__all__ = ["read", "write_21", "write_30", "write_31"]
