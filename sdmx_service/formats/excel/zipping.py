"""Parts → a zip file, sent as their texts come; sizes and checksums stand behind each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from sdmx_service.formats.draining import Draining

Part = tuple[str, Iterable[bytes]]
"""Name and text of a part of the file."""
_LEVEL = 1
_PIECE_BYTES = 65_536
"""Least that is handed on before the end."""


def zipped(parts: Iterable[Part]) -> Iterator[bytes]:
    """A zip file of the parts, one after another; nothing in it says when it was made."""
    sink = Draining()
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as file:
        for name, text in parts:
            with file.open(name, "w") as part:
                for piece in text:
                    part.write(piece)
                    if sink.waiting > _PIECE_BYTES:
                        yield from sink.drain()
    yield from sink.drain()
