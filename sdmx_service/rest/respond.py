"""Texts as HTTP answers: whole where they are short, else streams whose begin is made before the
status; coding, headers, an end when the client goes away."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from sdmx_service.formats.compression import IDENTITY, compressed, compressed_pieces

_VARY = "Accept, Accept-Language, Accept-Encoding, Authorization"


@dataclass(frozen=True, slots=True)
class Begun:
    """A text too long to be made before it is sent: its encoded pieces, from the first on, and
    what makes them."""

    pieces: Iterator[bytes]
    source: Iterator[bytes]


def begun(source: Iterator[bytes], encoding: str, limit: int) -> bytes | Begun:
    """Make a text, encoded: all of it where it has no more bytes than the limit, else its begin.

    What is refused before the first piece is raised here, and so keeps its own status.
    """
    made, size = [], 0
    for piece in source:
        made.append(piece)
        size += len(piece)
        if size > limit:
            return Begun(compressed_pieces(itertools.chain(made, source), encoding), source)
    return compressed(b"".join(made), encoding)


def stream(text: Begun, media_type: str, encoding: str, headers: Mapping[str, str]) -> Response:
    """Answer 200 with the pieces of a text, the others made as they are sent."""
    response = StreamingResponse(
        _in_threads(text.pieces, text.source), headers={**headers, **_coding(encoding)}
    )
    response.headers["Content-Type"] = media_type
    return response


def whole(body: bytes, media_type: str, encoding: str, headers: Mapping[str, str]) -> Response:
    """Answer 200 with a text that is there, encoded."""
    response = Response(body, headers={**headers, **_coding(encoding)})
    response.headers["Content-Type"] = media_type
    return response


def unchanged(headers: Mapping[str, str]) -> Response:
    """Answer 304: the headers of the answer there would be, and no body."""
    return Response(status_code=304, headers=headers)


def common_headers(language: str) -> dict[str, str]:
    """Headers of every answer that depends on who asks and how."""
    return {"Vary": _VARY, "Cache-Control": "no-cache", "Content-Language": language}


def _coding(encoding: str) -> dict[str, str]:
    return {} if encoding == IDENTITY else {"Content-Encoding": encoding}


async def _in_threads(pieces: Iterator[bytes], source: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            piece = await run_in_threadpool(next, pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()
