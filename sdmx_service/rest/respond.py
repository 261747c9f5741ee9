"""Streams as HTTP answers: first piece before the status, gzip, headers, an end when the
client goes away."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import AsyncIterator, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

_VARY = "Accept, Accept-Language, Accept-Encoding, Authorization"


async def stream(
    request: Request, pieces: Iterator[bytes], media_type: str, language: str
) -> Response:
    """Answer 200 with the pieces; what is refused before the first piece keeps its own status."""
    first = await run_in_threadpool(next, pieces, b"")
    everything: Iterator[bytes] = itertools.chain([first], pieces)
    headers = common_headers(language)
    if _accepts_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        everything = _gzipped(everything)
    response = StreamingResponse(_in_threads(everything, pieces), headers=headers)
    response.headers["Content-Type"] = media_type
    return response


def common_headers(language: str) -> dict[str, str]:
    """Headers of every answer that depends on who asks and how."""
    return {"Vary": _VARY, "Cache-Control": "no-cache", "Content-Language": language}


def _accepts_gzip(header: str) -> bool:
    for entry in header.lower().split(","):
        coding, _, weight = entry.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(level=4, wbits=31)
    for piece in pieces:
        compressed = compressor.compress(piece)
        if compressed:
            yield compressed
    yield compressor.flush()


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
