"""Every route declares what it needs, and those that need a key ask for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sdmx_service.access.permissions import Permission
from sdmx_service.app import create_app
from tests.conftest import Running

_WITH_KEY = (Permission.SUBMIT, Permission.OWN_SUBMISSIONS, Permission.MAINTAIN)


def _endpoints(routes: Iterable[Any]) -> Iterator[tuple[str, Any, set[str]]]:
    """Path, endpoint and methods of all routes, those of included routers and mounts too."""
    for route in routes:
        below = getattr(route, "routes", None) or getattr(
            getattr(route, "original_router", None), "routes", None
        )
        if below:
            yield from _endpoints(below)
        elif hasattr(route, "endpoint"):
            yield route.path, route.endpoint, set(route.methods or ())


def test_every_route_declares_a_permission(demo_hub: Running) -> None:
    app = create_app(demo_hub.hub)
    found = list(_endpoints(app.routes))
    assert len(found) >= 9
    undeclared = [
        path
        for path, endpoint, _ in found
        if not isinstance(getattr(endpoint, "permission", None), Permission)
        and path != "/openapi.json"
    ]
    assert undeclared == []


def test_routes_that_need_a_key_answer_401_without(demo_hub: Running) -> None:
    app = create_app(demo_hub.hub)
    guarded = [
        (path, method)
        for path, endpoint, methods in _endpoints(app.routes)
        if getattr(endpoint, "permission", None) in _WITH_KEY
        for method in methods
    ]
    assert len(guarded) >= 5
    with demo_hub.client() as client:
        for path, method in guarded:
            answer = client.request(method, re.sub(r"\{.*?\}", "x", path), content=b"x")
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
