"""The start page and its style sheet: what there is, how to read it, how to send.

A page shows what anyone may see: a browser sends no key.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service import __version__
from sdmx_service.access.permissions import Permission, needs
from sdmx_service.access.principal import ANONYMOUS
from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import LANGUAGES, RIGHT_TO_LEFT, choose
from sdmx_service.service.hub import Hub
from sdmx_service.service.overview import overview
from sdmx_service.web.catalogue import example, providers, sections

router = APIRouter(include_in_schema=False)

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ASSETS = {"page.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}
"""Every file that is served beside the pages, with its media type."""
_templates = Environment(
    loader=PackageLoader("sdmx_service.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.api_route("/", methods=["GET", "HEAD"])
@needs(Permission.READ)
def start_page(request: Request) -> Response:
    languages = _languages(request)
    body = _templates.get_template("start.html").render(_shown(request, languages))
    headers = SECURITY_HEADERS | {
        "Content-Language": languages[0],
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
    }
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
@needs(Permission.OPEN)
def asset(name: str) -> Response:
    if name not in _ASSETS:
        return Response(status_code=404, headers=SECURITY_HEADERS)
    headers = SECURITY_HEADERS | {"Cache-Control": "public, max-age=86400"}
    return Response(_content(name), headers=headers, media_type=_ASSETS[name])


def _languages(request: Request) -> tuple[str, ...]:
    """Languages, best first: what the address asks for, then what the browser prefers."""
    preferred = choose(request.headers.get("accept-language"))
    asked = request.query_params.get("lang")
    if asked not in LANGUAGES:
        return preferred
    return (asked, *(language for language in preferred if language != asked))


def _shown(request: Request, languages: tuple[str, ...]) -> dict[str, Any]:
    hub: Hub = request.app.state.hub
    language = languages[0]
    registry = hub.registry
    publications = overview(hub, registry, ANONYMOUS)
    shown = sections(registry, publications, languages)
    return {
        "text": _texts(language),
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": [(code, _texts(code)["language_name"]) for code in LANGUAGES],
        "sections": shown,
        "example": example(shown),
        "providers": providers(publications, languages),
        "sender": hub.sender,
        "sources": hub.sources.best(languages),
        "base": str(request.base_url).rstrip("/"),
        "root": request.scope.get("root_path", "").rstrip("/"),
        "version": __version__,
        "stamp": _stamp(),
    }


@cache
def _stamp() -> str:
    """Changes with what the assets hold, so that no browser keeps an old one."""
    contents = b"".join(_content(name) for name in _ASSETS)
    return hashlib.sha256(contents).hexdigest()[:12]


def _content(name: str) -> bytes:
    return (files("sdmx_service.web") / "static" / name).read_bytes()


def _texts(language: str) -> dict[str, str]:
    return {key: text for (_, key), text in texts("pages", language).items()}
