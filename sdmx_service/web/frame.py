"""What every page has: frame, languages, security headers, style sheet."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service import __version__
from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import LANGUAGES, RIGHT_TO_LEFT, choose
from sdmx_service.service.hub import Hub

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ASSETS = {"page.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}
"""Every file that is served beside the pages, with its media type."""
_templates = Environment(
    loader=PackageLoader("sdmx_service.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def hub_of(request: Request) -> Hub:
    """The hub this application serves."""
    hub: Hub = request.app.state.hub
    return hub


def languages_of(request: Request) -> tuple[str, ...]:
    """Languages, best first: what the address asks for, then what the browser prefers."""
    preferred = choose(request.headers.get("accept-language"))
    asked = request.query_params.get("lang")
    if asked not in LANGUAGES:
        return preferred
    return (asked, *(language for language in preferred if language != asked))


def page(request: Request, template: str, shown: dict[str, Any]) -> Response:
    """A page of the template with what it shows, in the language asked for."""
    languages = languages_of(request)
    body = _templates.get_template(template).render(_framed(request, languages) | shown)
    headers = SECURITY_HEADERS | {
        "Content-Language": languages[0],
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
    }
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def content(name: str) -> bytes:
    """The bytes of an asset."""
    return (files("sdmx_service.web") / "static" / name).read_bytes()


def _framed(request: Request, languages: tuple[str, ...]) -> dict[str, Any]:
    hub, language = hub_of(request), languages[0]
    return {
        "text": _texts(language),
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": [(code, _texts(code)["language_name"]) for code in LANGUAGES],
        "sender": hub.sender,
        "sources": hub.sources.best(languages),
        "base": str(request.base_url).rstrip("/"),
        "path": request.url.path,
        "root": request.scope.get("root_path", "").rstrip("/"),
        "version": __version__,
        "stamp": _stamp(),
    }


@cache
def _stamp() -> str:
    """Changes with what the assets hold, so that no browser keeps an old one."""
    contents = b"".join(content(name) for name in ASSETS)
    return hashlib.sha256(contents).hexdigest()[:12]


def _texts(language: str) -> dict[str, str]:
    return {key: text for (_, key), text in texts("pages", language).items()}
