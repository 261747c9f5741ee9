"""HTTP to one hub: headers, refusals as exceptions, nothing of what is asked."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

UNREACHABLE = 0
"""``ServiceProblem.status`` where no hub answered at all."""
_CONNECT_SECONDS = 10.0


class ServiceProblem(Exception):
    """The hub refused a request, and says why in the language asked for.

    ``code`` names the kind (empty where the answer names none), ``location`` the place in the
    message or request, ``remedy`` what to do, ``status`` is the HTTP status.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = document.get("code") or ""
        self.title: str = document.get("title") or f"HTTP {status}"
        self.detail: str = document.get("detail") or ""
        self.remedy: str = document.get("remedy") or ""
        self.location: Mapping[str, Any] = document.get("location") or {}
        super().__init__(" ".join(filter(None, (self.title, self.detail, self.remedy))))


class NotReached(ServiceProblem):
    """No hub answered: a wrong address, no network, or too long a wait."""

    def __init__(self, url: str, error: httpx.TransportError) -> None:
        reason = str(error) or type(error).__name__
        super().__init__(UNREACHABLE, {"title": f"{url}: {reason}"})


class Connection:
    """Sends requests to one hub with the caller's key and language.

    Proxy, certificate and netrc variables of the environment are not read: a key goes only where
    ``url`` says, and a hub on this machine is reached behind any proxy. Name a ``proxy`` or an
    SSL context (``verify``) where one is needed.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        language: str,
        timeout: float,
        proxy: str | None = None,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        headers = {"Accept-Language": language}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
            trust_env=False,
            proxy=proxy,
            verify=verify,
        )

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str, accept: str = "application/json") -> httpx.Response:
        """The whole answer. Raises ServiceProblem where the hub refuses."""
        with self.stream(path, accept) as response:
            response.read()
        return response

    @contextmanager
    def stream(self, path: str, accept: str) -> Iterator[httpx.Response]:
        """An answer to be read piece by piece. Raises ServiceProblem where the hub refuses."""
        try:
            with self._http.stream("GET", path, headers={"Accept": accept}) as response:
                raise_refusal(response)
                yield response
        except httpx.TransportError as error:
            raise NotReached(self.url, error) from error

    def post(
        self, path: str, content: Iterator[bytes], headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send a body. Raises httpx.TransportError where the connection breaks; no refusal is
        looked for."""
        return self._http.post(path, content=content, headers=dict(headers))


def raise_refusal(response: httpx.Response) -> None:
    """Raise ServiceProblem for a status of 400 and above."""
    if response.is_error:
        response.read()
        raise ServiceProblem(response.status_code, _document(response))


def _document(response: httpx.Response) -> Mapping[str, Any]:
    """RFC 9457 as it is; of an SDMX-JSON error message its first error."""
    try:
        document = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    if not isinstance(document, dict):
        return {}
    errors = document.get("errors")
    if not errors:
        return document
    first = errors[0]
    return {"title": first.get("title"), "detail": first.get("detail")}
