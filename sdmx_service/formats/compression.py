"""Compressed messages → a temporary file of what they hold, within limits of size and ratio; and
answers compressed on their way out."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import SEEK_END
from typing import IO, BinaryIO, Protocol, cast

import brotli
import zstandard

from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import refuse

_PIECE = 1024 * 1024
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
IDENTITY = "identity"
_IDENTITY = ("", IDENTITY)


class _Compressor(Protocol):
    """One text being compressed: bytes in, what is ready of the coded text out."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    """Brotli's compressor by the names the others have."""

    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._compressor.process(data))

    def flush(self) -> bytes:
        return bytes(self._compressor.finish())


CODINGS: Mapping[str, Callable[[], _Compressor]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(level=4, wbits=31),
    "deflate": lambda: zlib.compressobj(level=4, wbits=15),
}
"""Content codings of answers, the one preferred first: answers are made as they are sent, so what
is quick is best. Levels: on series of XML zstd 3 takes a tenth of the time of gzip 6, at its size.
"""


def decompressed(source: BinaryIO, content_encoding: str | None, limits: Limits) -> BinaryIO:
    """What the message holds: the source itself where it is not compressed.

    gzip is recognised by the encoding or by its first bytes, a zip of one file by its first
    bytes. A new temporary file is the caller's to close. Raises Refused: COMPRESSION_UNKNOWN,
    COMPRESSION_DAMAGED, COMPRESSION_RATIO, MESSAGE_TOO_LARGE.
    """
    encoding = (content_encoding or "").strip().lower()
    size = source.seek(0, SEEK_END)
    if size > limits.message_bytes:
        raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
    source.seek(0)
    magic = source.read(4)
    source.seek(0)
    if encoding in ("gzip", "x-gzip") or (encoding in _IDENTITY and magic.startswith(_GZIP)):
        with _damage_named(), gzip.GzipFile(fileobj=source, mode="rb") as member:
            return _unpack(cast(IO[bytes], member), size, limits)
    if encoding not in _IDENTITY:
        raise refuse("COMPRESSION_UNKNOWN", encoding=encoding)
    if magic == _ZIP:
        with _damage_named(), zipfile.ZipFile(source) as archive:
            return _unpack(_only_member(archive), size, limits)
    return source


def compressed_pieces(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Pieces of a text in a content coding, or as they are."""
    if encoding == IDENTITY:
        yield from pieces
        return
    compressor = CODINGS[encoding]()
    for piece in pieces:
        made = compressor.compress(piece)
        if made:
            yield made
    yield compressor.flush()


def compressed(text: bytes, encoding: str) -> bytes:
    """A whole text in a content coding."""
    return b"".join(compressed_pieces(iter([text]), encoding))


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        raise refuse("COMPRESSION_DAMAGED") from error


def _only_member(archive: zipfile.ZipFile) -> IO[bytes]:
    files = [item for item in archive.infolist() if not item.is_dir()]
    encrypted = any(item.flag_bits & 1 for item in files)
    if len(files) != 1 or encrypted:
        raise refuse("COMPRESSION_UNKNOWN", encoding="zip")
    return archive.open(files[0])


def _unpack(packed: IO[bytes], size: int, limits: Limits) -> BinaryIO:
    """Copy into a temporary file; the limits are looked at after each piece."""
    # The file outlives this call: its reader closes it.
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    try:
        written = 0
        while piece := packed.read(_PIECE):
            written += len(piece)
            if written > limits.message_bytes:
                raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
            if written > size * limits.compression_ratio:
                raise refuse("COMPRESSION_RATIO", limit=limits.compression_ratio)
            target.write(piece)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target
