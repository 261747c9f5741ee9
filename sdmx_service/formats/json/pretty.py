"""A JSON message with a line for each value, for people and for version control."""

from __future__ import annotations

import json


def indented(message: bytes) -> bytes:
    """The same message, indented; always the same text of the same message."""
    return json.dumps(json.loads(message), ensure_ascii=False, indent=2).encode() + b"\n"
