"""Who is asking: API keys to principals. What a principal may is decided elsewhere."""

from __future__ import annotations

from starlette.requests import Request

from sdmx_service.access.principal import ANONYMOUS, Principal
from sdmx_service.model.problem import refuse
from sdmx_service.service.hub import Hub


def hub_of(request: Request) -> Hub:
    """The hub this application serves."""
    hub: Hub = request.app.state.hub
    return hub


def principal_of(request: Request) -> Principal:
    """The principal of ``Authorization: Bearer KEY``; anonymous without the header.

    Raises Refused (KEY_UNKNOWN) where the header is there and names no one: a bad key is
    never quietly anonymous.
    """
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, key = header.partition(" ")
    hub = hub_of(request)
    principal_id = hub.credentials.find(key.strip()) if scheme.lower() == "bearer" else None
    if principal_id is None:
        raise refuse("KEY_UNKNOWN")
    try:
        return hub.registry.principal(principal_id)
    except ValueError as error:
        raise refuse("KEY_UNKNOWN") from error


def sender_of(request: Request) -> Principal:
    """As ``principal_of``, but someone with a key. Raises Refused (KEY_MISSING)."""
    principal = principal_of(request)
    if principal is ANONYMOUS:
        raise refuse("KEY_MISSING")
    return principal
