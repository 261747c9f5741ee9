"""The start page: what there is, how to read it, how to send; and the style sheet.

A page shows what anyone may see: a browser sends no key.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.access.principal import ANONYMOUS
from sdmx_service.service.overview import overview
from sdmx_service.web.catalogue import example, providers, sections
from sdmx_service.web.frame import (
    ASSETS,
    SECURITY_HEADERS,
    content,
    hub_of,
    languages_of,
    page,
)

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
@needs(Permission.READ)
def start_page(request: Request) -> Response:
    hub, languages = hub_of(request), languages_of(request)
    registry = hub.registry
    publications = overview(hub, registry, ANONYMOUS)
    shown = sections(registry, publications, languages)
    return page(
        request,
        "start.html",
        {
            "sections": shown,
            "example": example(shown),
            "providers": providers(publications, languages),
        },
    )


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
@needs(Permission.OPEN)
def asset(name: str) -> Response:
    if name not in ASSETS:
        return Response(status_code=404, headers=SECURITY_HEADERS)
    headers = SECURITY_HEADERS | {"Cache-Control": "public, max-age=86400"}
    return Response(content(name), headers=headers, media_type=ASSETS[name])
