"""Structure messages in SDMX-ML: ``read`` for 2.1 and 3.0, ``write_21``, ``write_30``."""

from sdmx_service.formats.xml.structures.message import read, write_21, write_30

__all__ = ["read", "write_21", "write_30"]
