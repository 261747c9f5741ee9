"""Where exceptions meet HTTP: one table of handlers, three forms of answer.

SDMX REST answers SDMX error messages (code: SDMX's in v1, HTTP's in v2); everything else
answers RFC 9457. An exception that is no ``Refused`` is a bug: logged, never shown.
"""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdmx_service.formats.errors import ErrorEntry, error_message_json, error_message_xml
from sdmx_service.i18n.negotiate import choose
from sdmx_service.i18n.render import render
from sdmx_service.i18n.report import location_document, sentence
from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.problem import Location, Problem, Refused

V1, V2 = "/sdmx/v1", "/sdmx/v2"
_JSON = "application/json"
_FRAMES = 6
_log = logging.getLogger("sdmx_service")
_OF_STATUS = {404: "PATH_UNKNOWN", 405: "METHOD_NOT_ALLOWED"}


def install(app: FastAPI) -> None:
    """Hand every exception to its handler."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(BugShield)


def answer(request: Request, problem: Problem) -> Response:
    """The problem in the form that the path asked at speaks."""
    path = request.url.path
    if path.startswith((V1 + "/", V2 + "/")):
        return _sdmx(request, problem, v1=path.startswith(V1))
    return problem_details(request, problem)


def problem_details(request: Request, problem: Problem) -> Response:
    """RFC 9457, with the code and the place as members of their own."""
    language = choose(request.headers.get("accept-language"))[0]
    text, status = render(problem, language), CATALOGUE[problem.code].http_status
    document = {
        "type": f"urn:sdmx-service:problem:{problem.code}",
        "title": text.title,
        "status": status,
        "detail": text.detail,
        "code": problem.code,
        "remedy": text.remedy,
        "location": location_document(problem.location),
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = _headers(problem) | {"Content-Language": language}
    return Response(body, status, headers, "application/problem+json")


def _sdmx(request: Request, problem: Problem, *, v1: bool) -> Response:
    kind = CATALOGUE[problem.code]
    languages = choose(request.headers.get("accept-language"))
    texts = {language: sentence(problem, language) for language in languages}
    entries = [ErrorEntry(kind.sdmx_code if v1 else kind.http_status, texts)]
    accept = request.headers.get("accept", "")
    as_json = "json" in accept if v1 else "xml" not in accept
    if as_json:
        return _plain(error_message_json(entries), kind.http_status, problem, _JSON)
    return _plain(error_message_xml(entries), kind.http_status, problem, "application/xml")


def _plain(body: bytes, status: int, problem: Problem, media_type: str) -> Response:
    response = Response(body, status, _headers(problem))
    response.headers["Content-Type"] = media_type
    return response


def _headers(problem: Problem) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
    if CATALOGUE[problem.code].http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="sdmx-service"'
    return headers


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, error.problem)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    parameter = str(first["loc"][-1])
    found = str(first.get("input", ""))
    return answer(request, Problem("QUERY_SYNTAX", {"found": found}, Location(parameter=parameter)))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _OF_STATUS.get(error.status_code, "QUERY_SYNTAX")
    found = request.method if code == "METHOD_NOT_ALLOWED" else request.url.path
    response = answer(request, Problem(code, {"found": found}))
    response.headers.update(error.headers or {})
    return response


class BugShield:
    """Answers a bug with INTERNAL and a reference, and logs where it happened, not what with:
    the text of an exception may hold values of observations."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http":
                raise
            reference = secrets.token_hex(4)
            _log.error("internal error %s at %s: %s", reference, scope["path"], _place(error))
            if started:
                # Too late for a status: ending the connection tells the client it is cut short.
                raise ConnectionAbortedError(reference) from None
            problem = Problem("INTERNAL", {"reference": reference})
            await answer(Request(scope), problem)(scope, receive, send)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} in {places}"
