"""The engine that defines the meaning: plain, slow, everything in dictionaries of events."""

from sdmx_service.storage.memory.store import MemoryStore

__all__ = ["MemoryStore"]
