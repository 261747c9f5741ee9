"""Structure messages in SDMX-JSON 2.0: ``read`` and ``write_20``."""

from sdmx_service.formats.json.structures.message import read, write_20

__all__ = ["read", "write_20"]
