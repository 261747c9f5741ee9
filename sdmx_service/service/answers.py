"""Answers kept in memory: rendered structures, small answers of data; the least lately used leave
first. No rights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from sdmx_service.model.limits import Limits


class AnswerCache:
    """Texts by key, together never more than ``limit`` bytes.

    What makes an answer another one must stand in its key: query, representation, the version of
    the registry, what the caller may see and when that last changed.
    """

    def __init__(self, limit: int = Limits().kept_answer_bytes) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._size

    def find(self, key: Hashable) -> bytes | None:
        """The answer kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, answer: bytes) -> None:
        """Keep an answer, for which others may leave; one too large for all is not kept."""
        with self._lock:
            self._size -= len(self._kept.pop(key, b""))
            if len(answer) > self._limit:
                return
            self._kept[key] = answer
            self._size += len(answer)
            while self._size > self._limit:
                self._size -= len(self._kept.popitem(last=False)[1])
