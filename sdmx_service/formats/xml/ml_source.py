"""The bytes of an XML message and the expat parser fed with them, in chunks, from any safe place.

Knows bytes, lines and limits; what the elements mean is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from sdmx_service.formats.xml.safe import new_expat, refuse_malformed
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Location, refuse

_CHUNK = 65536
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")
_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True, slots=True)
class Place:
    """A byte of the message and the line it stands on, from 1."""

    offset: int
    line: int


class XmlSource:
    """A message as bytes. ``wide``: UTF-16; ``encoding``: as declared, else UTF-8."""

    def __init__(self, binary: BinaryIO, limits: Limits) -> None:
        self.binary, self.limits = binary, limits
        binary.seek(0)
        begin = binary.read(200)
        declared = _DECLARED.search(begin)
        self.wide = begin.startswith(_WIDE)
        self.encoding = declared[1].decode("latin-1") if declared else "UTF-8"
        if declared and not self.wide:
            self._check_encoding(begin[: declared.end()].removeprefix(_BOM))

    def _check_encoding(self, declaration: bytes) -> None:
        """Refuse an encoding that expat does not know, before any handler can be called."""
        try:
            new_expat().Parse(declaration + b"?><a/>", True)
        except (LookupError, ValueError, expat.ExpatError) as error:
            raise refuse("MESSAGE_ENCODING", Location(line=1), encoding=self.encoding) from error

    @property
    def plain(self) -> bool:
        """Whether it is UTF-8, as far as it says."""
        return not self.wide and self.encoding.upper() in ("UTF-8", "UTF8")

    def window(self, offset: int, size: int) -> bytes:
        """Bytes from ``offset``, as many as there are up to ``size``."""
        self.binary.seek(offset)
        return self.binary.read(size)

    def chunks(self, offset: int) -> Iterator[bytes]:
        """The bytes from ``offset``, in pieces no longer than the longest tag allowed."""
        size = min(_CHUNK, self.limits.token_bytes)
        self.binary.seek(offset)
        while chunk := self.binary.read(size):
            position = self.binary.tell()
            if position > self.limits.message_bytes:
                raise refuse("MESSAGE_TOO_LARGE", limit=self.limits.message_bytes)
            if not self.wide and b"\0" in chunk:
                yield chunk[: chunk.index(b"\0")]
                raise refuse("MESSAGE_NUL", self.location(position - len(chunk) + chunk.index(0)))
            yield chunk
            self.binary.seek(position)

    def location(self, offset: int) -> Location:
        """Line and column, from 1, of a byte: the message is read again up to it. Lines end as
        expat has them, with CR, LF or both."""
        self.binary.seek(0)
        line, rest = 1, b""
        while offset > 0 and (piece := self.binary.read(min(_CHUNK, offset))):
            offset -= len(piece)
            text = rest + piece
            # A CR at the end of a piece may be half of a line's end.
            half = text[-1:] if offset and text.endswith(b"\r") else b""
            text = text.removesuffix(half).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            line += text.count(b"\n")
            rest = text.rpartition(b"\n")[2][-_CHUNK:] + half
        return Location(line=line, column=len(rest.decode("utf-8", "replace")) + 1)

    def tag_at(self, offset: int) -> bytes:
        """The start tag that begins here, on one line."""
        self.binary.seek(offset)
        tag = _TAG.match(self.binary.read(2 * self.limits.token_bytes + _CHUNK))
        assert tag is not None  # expat has read it
        # A line break inside a tag or an attribute value means the same as a space.
        return tag[0].replace(b"\r", b" ").replace(b"\n", b" ")

    def refuse(self, error: expat.ExpatError, offset: int) -> NoReturn:
        """Raise the problem of an expat error at a byte: malformed, or not in its encoding."""
        unknown = expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]
        incorrect = expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING]
        place = Location(line=error.lineno)
        if error.code in (unknown, incorrect) or self._undecodable(offset):
            raise refuse("MESSAGE_ENCODING", place, encoding=self.encoding) from error
        refuse_malformed(error)

    def _undecodable(self, offset: int) -> bool:
        if not self.plain:
            return False
        self.binary.seek(max(offset, 0))
        try:
            self.binary.read(8).decode()
        except UnicodeDecodeError as error:
            return error.reason != "unexpected end of data"
        return False


class Feed:
    """An expat parser and the source it is fed from, starting at a place of it.

    ``prefix``: start tags, on one line, of the elements that are open at that place.
    """

    def __init__(self, source: XmlSource, place: Place, prefix: bytes = b"") -> None:
        self._source = source
        self.parser: Any = new_expat()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        if prefix:
            self.parser.Parse(prefix, False)
        self._shift = place.offset - len(prefix)
        self._line_shift = place.line - 1
        self._fed = place.offset
        self._chunks = source.chunks(place.offset)

    def line(self) -> int:
        return int(self.parser.CurrentLineNumber) + self._line_shift

    def offset(self) -> int:
        """Where what is being parsed begins."""
        return int(self.parser.CurrentByteIndex) + self._shift

    def step(self) -> bool:
        """Parse the next chunk; False once the end of the message is parsed too."""
        chunk = next(self._chunks, b"")
        self._fed += len(chunk)
        try:
            self.parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            self._refuse(error)
        limit = self._source.limits.token_bytes
        if chunk and self._fed - self.offset() > limit:
            raise refuse("XML_TOKEN_TOO_LONG", Location(line=self.line()), limit=limit)
        return bool(chunk)

    def _refuse(self, error: expat.ExpatError) -> NoReturn:
        offset = int(self.parser.ErrorByteIndex) + self._shift
        if self._shift:
            place = self._source.location(offset)
            assert place.line is not None
            assert place.column is not None
            error.lineno, error.offset = place.line, place.column - 1
        self._source.refuse(error, offset)
