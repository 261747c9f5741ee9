"""A file on its way to the hub: in pieces, compressed where it is large, counted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with the bytes of the file read so far and its size."""

_PIECE = 1024**2
_LARGE = 1024**2
_MEDIA_TYPES = {
    ".csv": "application/vnd.sdmx.data+csv;version=2.0.0",
    ".xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and how it travels; the same bytes each time it is sent.

    ``compress``: whether a large one may be compressed on the way.
    """

    path: Path
    progress: Progress | None = None
    compress: bool = True

    @property
    def headers(self) -> dict[str, str]:
        plain = self.path.with_suffix("") if self._is_gzip else self.path
        media_type = _MEDIA_TYPES.get(plain.suffix.lower(), "application/octet-stream")
        headers = {"Content-Type": media_type}
        if self._is_gzip or self.compresses:
            headers["Content-Encoding"] = "gzip"
        return headers

    @property
    def compresses(self) -> bool:
        """Whether it is compressed on the way, which a file that is already is not."""
        large = self.path.stat().st_size > _LARGE
        return self.compress and large and not self._is_gzip

    def pieces(self) -> Iterator[bytes]:
        """The body from its beginning. Raises OSError where the file cannot be read."""
        return _gzipped(self._read()) if self.compresses else self._read()

    @property
    def _is_gzip(self) -> bool:
        return self.path.suffix.lower() == ".gz"

    def _read(self) -> Iterator[bytes]:
        size, done = self.path.stat().st_size, 0
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
                done += len(piece)
                if self.progress is not None:
                    self.progress(done, size)


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    # No time stamp in the gzip header: a repeated upload has the fingerprint of the first.
    compressor = zlib.compressobj(level=6, wbits=31)
    for piece in pieces:
        compressed = compressor.compress(piece)
        if compressed:
            yield compressed
    yield compressor.flush()
