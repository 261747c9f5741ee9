"""Answers are made in threads, a few at a time.

More at once than there are processors take turns at the interpreter's lock and at the caches: eight
slices together cost twice the time of eight one after another. Pushes have threads of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

_Made = TypeVar("_Made")
_EACH = 2
"""Answers at once a processor: while one waits for the disk, another is made."""


def places() -> CapacityLimiter:
    """As many places as answers are made at once."""
    return CapacityLimiter(_EACH * (os.cpu_count() or 1))


async def computed(request: Request, make: Callable[..., _Made], *arguments: object) -> _Made:
    """What ``make`` makes of the arguments, in a thread, as soon as there is a place."""
    return await to_thread.run_sync(make, *arguments, limiter=request.app.state.places)
