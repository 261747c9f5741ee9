"""A file that is written to by a library and read from as a stream of pieces."""

from __future__ import annotations

from collections.abc import Iterator

from sdmx_service.formats.splice import pieces


class Draining:
    """Takes what is written and hands it on; nothing is kept."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._written = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._pending.append(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        """Nothing to do: what is written waits for ``drain``."""

    def close(self) -> None:
        self.closed = True

    @property
    def waiting(self) -> int:
        """Bytes that ``drain`` would hand on."""
        return sum(map(len, self._pending))

    def drain(self) -> Iterator[bytes]:
        """What was written since the last time."""
        text = b"".join(self._pending)
        self._pending.clear()
        yield from pieces(text)
