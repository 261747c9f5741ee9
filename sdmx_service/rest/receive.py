"""A request body to a temporary file: counted, hashed, limited; raw or multipart."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from typing import BinaryIO, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from sdmx_service.model.problem import Location, refuse

_MEMORY = 1024**2
_CHUNK = 1024**2


async def receive(request: Request, limit: int) -> tuple[BinaryIO, str, int]:
    """The message in a request: file, sha256 and size. Raises Refused over ``limit`` bytes."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    stream = _limited(request.stream(), limit)
    if media_type == "multipart/form-data":
        stream = _file_part(await _form_file(request, stream))
    # The caller closes it.
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_MEMORY))  # noqa: SIM115
    digest, size = hashlib.sha256(), 0
    async for chunk in stream:
        digest.update(chunk)
        size += len(chunk)
        await run_in_threadpool(file.write, chunk)
    if size == 0:
        raise refuse("MESSAGE_EMPTY")
    return file, digest.hexdigest(), size


async def _limited(stream: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > limit:
            raise refuse("MESSAGE_TOO_LARGE", limit=limit)
        yield chunk


async def _form_file(request: Request, stream: AsyncIterator[bytes]) -> UploadFile:
    """The one file of a form. Raises Refused where there is none or the form is broken."""
    parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=10)  # type: ignore[arg-type]
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError) as error:
        raise refuse("QUERY_SYNTAX", Location(parameter="body"), found=str(error)) from error
    files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    if not files:
        raise refuse("MESSAGE_EMPTY", Location(parameter="file"))
    return files[0]


async def _file_part(part: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await part.read(_CHUNK):
        yield chunk
