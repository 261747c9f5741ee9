"""Conditional requests: entity tags, instants of change, and 304 where the client has it all.

Source: RFC 9110, 8.8 and 13; SDMX REST 2.2.2, "Conditional requests".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Validators:
    """What names a representation, and when its content last changed.

    The tag is strong: one tag is one text, byte for byte.
    """

    tag: str
    changed: datetime

    @property
    def headers(self) -> dict[str, str]:
        """ETag and Last-Modified."""
        changed = format_datetime(self.changed.astimezone(UTC), usegmt=True)
        return {"ETag": self.tag, "Last-Modified": changed}


def validators(state: str, encoding: str, changed: datetime) -> Validators:
    """The validators of a state (which tells language and format) in a content coding."""
    return Validators(f'"{state}-{encoding}"', changed)


def has_tag(headers: Headers, known: Validators) -> bool:
    """Whether If-None-Match names the representation; compared weakly, as it is for reading."""
    given = headers.get("if-none-match")
    return given is not None and known.tag in _TAG.findall(given[:_LENGTH])


def is_unmodified(headers: Headers, known: Validators) -> bool:
    """Whether the client's copy is current, for a resource that exists.

    If-None-Match (``*`` names anything) wins over If-Modified-Since, which may be an HTTP date or
    an ISO 8601 instant; one that cannot be read is passed over.
    """
    given = headers.get("if-none-match")
    if given is not None:
        return given.strip() == "*" or has_tag(headers, known)
    since = _instant(headers.get("if-modified-since"))
    # HTTP dates have whole seconds.
    return since is not None and known.changed.replace(microsecond=0) <= since


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(text.strip())
        except ValueError:
            continue
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return None
