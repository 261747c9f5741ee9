"""Structure messages in SDMX-JSON: ``read`` for 1.0, 2.0 and 2.1, one writer of each."""

from sdmx_service.formats.json.structures.message import read, write_10, write_20, write_21

__all__ = ["read", "write_10", "write_20", "write_21"]
