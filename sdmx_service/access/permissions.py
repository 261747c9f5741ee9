"""What each route needs; a test walks all routes and finds one declared on every one."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., object])


class Permission(StrEnum):
    """``READ``: anyone, the service filters by principal. ``SUBMIT``, ``OWN_SUBMISSIONS``,
    ``MAINTAIN``: a key. ``OPEN``: nothing of the hub's data is in the answer."""

    OPEN = "open"
    READ = "read"
    SUBMIT = "submit"
    OWN_SUBMISSIONS = "own submissions"
    MAINTAIN = "maintain"


def needs(permission: Permission) -> Callable[[_Endpoint], _Endpoint]:
    """Declare what a route needs."""

    def declare(endpoint: _Endpoint) -> _Endpoint:
        endpoint.__dict__["permission"] = permission
        return endpoint

    return declare
