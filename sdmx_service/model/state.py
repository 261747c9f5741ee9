"""Names of states: a short text that is another whenever what it is made of is."""

from __future__ import annotations

from hashlib import blake2b

from sdmx_service import __version__


def fingerprint(*parts: object) -> str:
    """A name made of values (whose ``repr`` says all) and of the release that writes them."""
    return blake2b(repr((__version__, parts)).encode(), digest_size=12).hexdigest()
