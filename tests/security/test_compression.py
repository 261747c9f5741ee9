"""Compressed messages: unpacked within limits, or refused by name."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from sdmx_service.formats.compression import decompressed
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused

TEXT = b"STRUCTURE,STRUCTURE_ID\n" * 10


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return target.getvalue()


def _name(value: object) -> str | None:
    """Compressed bytes hold the time of day: no part of a test's name, or workers disagree."""
    return "data" if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "X-GZIP"),
        (gzip.compress(TEXT, mtime=0), None),
        (gzip.compress(TEXT, mtime=0), "identity"),
        (gzip.compress(TEXT[:30], mtime=0) + gzip.compress(TEXT[30:], mtime=0), "gzip"),
        (zipped("data.csv"), None),
    ],
    ids=_name,
)
def test_what_it_holds_is_read(data: bytes, encoding: str | None) -> None:
    with decompressed(io.BytesIO(data), encoding, Limits()) as unpacked:
        assert unpacked.read() == TEXT


def test_what_is_not_compressed_is_the_source_itself() -> None:
    source = io.BytesIO(TEXT)
    assert decompressed(source, None, Limits()) is source
    assert source.tell() == 0


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (gzip.compress(TEXT, mtime=0)[:-9], "gzip", "COMPRESSION_DAMAGED"),
        (gzip.compress(TEXT, mtime=0)[:-8] + b"\0" * 8, "gzip", "COMPRESSION_DAMAGED"),
        (gzip.compress(TEXT, mtime=0) + b"rubbish", "gzip", "COMPRESSION_DAMAGED"),
        (TEXT, "gzip", "COMPRESSION_DAMAGED"),
        (b"\x1f\x8bnothing", None, "COMPRESSION_DAMAGED"),
        (b"PK\x03\x04nothing", None, "COMPRESSION_DAMAGED"),
        (zipped("data.csv")[:-30], None, "COMPRESSION_DAMAGED"),
        (zipped("a.csv", "b.csv"), None, "COMPRESSION_UNKNOWN"),
        (TEXT, "br", "COMPRESSION_UNKNOWN"),
        (TEXT, "gzip, gzip", "COMPRESSION_UNKNOWN"),
        (gzip.compress(b"\0" * 10_000_000, mtime=0), None, "COMPRESSION_RATIO"),
        (TEXT * 100, None, "MESSAGE_TOO_LARGE"),
        (gzip.compress(TEXT * 100, mtime=0), None, "MESSAGE_TOO_LARGE"),
    ],
    ids=_name,
)
def test_refused_by_name(data: bytes, encoding: str | None, code: str) -> None:
    limits = Limits(message_bytes=20_000_000 if code == "COMPRESSION_RATIO" else 10_000)
    with pytest.raises(Refused) as caught:
        decompressed(io.BytesIO(data), encoding, limits)
    assert caught.value.problem.code == code
