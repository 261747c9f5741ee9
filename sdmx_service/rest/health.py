"""/health: is the hub up and does its store answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sdmx_service import __version__
from sdmx_service.access.permissions import Permission, needs
from sdmx_service.rest.security import hub_of

router = APIRouter(tags=["health"])


@router.get("/health", summary="Is the hub up?")
@needs(Permission.OPEN)
def health(request: Request) -> Response:
    hub_of(request).store.submissions((), limit=1)
    return JSONResponse({"status": "ok", "version": __version__})
