"""Streams as HTTP answers: first piece before the status, coding, headers, an end when the
client goes away."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from sdmx_service.formats.compression import IDENTITY, compressed_pieces

_VARY = "Accept, Accept-Language, Accept-Encoding, Authorization"


async def stream(
    pieces: Iterator[bytes], media_type: str, encoding: str, headers: Mapping[str, str]
) -> Response:
    """Answer 200 with the pieces; what is refused before the first piece keeps its own status."""
    first = await run_in_threadpool(next, pieces, b"")
    everything = compressed_pieces(itertools.chain([first], pieces), encoding)
    response = StreamingResponse(
        _in_threads(everything, pieces), headers={**headers, **_coding(encoding)}
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
