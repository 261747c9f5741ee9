"""Fetching from elsewhere: resolved once, public addresses only, no leaving the host, capped.

Nothing of the environment (proxies, netrc) is read. Source: docs/security.md.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from sdmx_service.model.problem import Problem, Refused

_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_FOUND = 404
_CONNECT_SECONDS = 10.0


class FetchRefused(Refused):
    """A URL that is not fetched, or an answer that is not taken; the problem says why."""


class NotThere(FetchRefused):
    """The service answers that it has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """``allow_private``: addresses that are not of the public internet too. ``most_bytes`` of an
    answer, unpacked; ``most_seconds`` for all of it; ``redirects`` within the same host."""

    allow_private: bool = False
    most_bytes: int = 50 * 1024**2
    most_seconds: float = 120.0
    redirects: int = 3


def fetch(url: str, headers: Mapping[str, str], guard: Guard) -> bytes:
    """The body of a GET. Raises FetchRefused."""
    target = httpx.URL(url)
    address = _address(target, guard)
    timeout = httpx.Timeout(guard.most_seconds, connect=_CONNECT_SECONDS)
    deadline = time.monotonic() + guard.most_seconds
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout) as client:
        for _ in range(guard.redirects + 1):
            try:
                answer = _get(client, target, address, headers, guard, deadline)
            except httpx.HTTPError as error:
                raise _unreachable(str(target), error) from error
            if isinstance(answer, bytes):
                return answer
            target = _same_place(target, answer)
    raise _answer(target, f"> {guard.redirects} redirects")


def _address(url: httpx.URL, guard: Guard) -> str:
    """The one address the host is asked at; all it resolves to must be fit."""
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise FetchRefused(Problem("SOURCE_URL", {"found": str(url)}))
    try:
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _unreachable(url.host, error) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not guard.allow_private and not is_public(address):
            arguments = {"found": url.host, "address": address}
            raise FetchRefused(Problem("SOURCE_PRIVATE", arguments))
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is of the public internet, also where IPv6 wraps an IPv4 one."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    wrapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (wrapped is None or wrapped.is_global)


def _get(
    client: httpx.Client,
    url: httpx.URL,
    address: str,
    headers: Mapping[str, str],
    guard: Guard,
    deadline: float,
) -> bytes | str:
    """The body, or where the answer redirects to."""
    host = url.netloc.decode()
    pinned = url.copy_with(host=address)
    extensions = {"sni_hostname": url.host}
    sent = {**headers, "Host": host}
    with client.stream("GET", pinned, headers=sent, extensions=extensions) as response:
        if response.status_code in _REDIRECTS:
            return str(response.headers.get("location", ""))
        if response.status_code == _NOT_FOUND:
            raise NotThere(Problem("SOURCE_NOTHING", {"found": str(url)}))
        if response.status_code != httpx.codes.OK:
            raise _answer(url, f"HTTP {response.status_code}")
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > guard.most_bytes:
                raise _answer(url, f"> {guard.most_bytes} bytes")
            if time.monotonic() > deadline:
                raise _answer(url, f"> {guard.most_seconds:.0f} s")
        return bytes(body)


def _same_place(here: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads, if it stays with the same scheme, host and port."""
    there = here.join(location)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise FetchRefused(Problem("SOURCE_URL", {"found": f"{here} > {there}"}))
    return there


def _unreachable(found: str, error: Exception) -> FetchRefused:
    return FetchRefused(Problem("SOURCE_UNREACHABLE", {"found": found, "reason": str(error)}))


def _answer(url: httpx.URL, reason: str) -> FetchRefused:
    return FetchRefused(Problem("SOURCE_ANSWER", {"found": str(url), "reason": reason}))
