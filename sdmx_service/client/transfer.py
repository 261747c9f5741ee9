"""Structures of a hub as messages: all that hold now, and sending some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdmx_service.client.connection import Connection, ServiceProblem

_ML_30 = "application/vnd.sdmx.structure+xml;version=3.0.0"
_STRUCTURES = "/sdmx/v2/structure"
_FAILED = 400


def fetch_structures(connection: Connection) -> bytes:
    """One SDMX-ML 3.0 message of every artefact, all versions, as kept. Raises ServiceProblem."""
    return connection.get(f"{_STRUCTURES}/*/*/*/*?detail=raw", _ML_30).content


def send_structures(
    connection: Connection, message: bytes, action: str
) -> tuple[bool, list[Mapping[str, Any]]]:
    """Send a structure message; whether it was taken, and what became of each artefact.

    Raises ServiceProblem where the hub refuses it unread.
    """
    headers = {"Action": action, "Accept": "application/json", "Content-Type": _ML_30}
    response = connection.post(_STRUCTURES, iter([message]), headers)
    document = response.json()
    if "submissionResults" not in document:
        first = (document.get("errors") or [{}])[0]
        raise ServiceProblem(response.status_code, {"title": first.get("title")})
    return response.status_code < _FAILED, document["submissionResults"]
