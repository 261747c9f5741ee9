"""What an answer is called where it is saved: Content-Disposition (RFC 6266)."""

from __future__ import annotations

from collections.abc import Sequence

from sdmx_service.formats.media import Offer

_SHOWN = ("json", "xml")
"""Extensions of what a browser can show; the rest it saves."""


def disposition(ids: Sequence[str], offer: Offer, otherwise: str) -> dict[str, str]:
    """The header that names an answer by the id of the one artefact it is about."""
    name = ids[0] if len(ids) == 1 else otherwise
    kind = "inline" if offer.extension in _SHOWN else "attachment"
    return {"Content-Disposition": f'{kind}; filename="{name}.{offer.extension}"'}
