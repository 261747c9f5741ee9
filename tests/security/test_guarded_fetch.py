"""Fetching from elsewhere: what is refused."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from sdmx_service.client.elsewhere import service_of, structure_url
from sdmx_service.client.guarded import FetchRefused, Guard, NotThere, fetch, is_public

HERE = Guard(allow_private=True, most_bytes=1000, most_seconds=5)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        places = {
            "/round": "/round",
            "/near": "/good",
            "/far": "http://192.0.2.1/good",
            "/port": f"http://127.0.0.1:{self.server.server_address[1] + 1}/good",
            "/file": "file:///etc/passwd",
        }
        if self.path in places:
            self.send_response(302)
            self.send_header("Location", places[self.path])
            self.end_headers()
        elif self.path == "/none":
            self.send_error(404)
        else:
            body = b"x" * (5000 if self.path == "/large" else 10)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_is_fetched(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:9")
    assert fetch(url + "/good", {}, HERE) == b"x" * 10
    assert fetch(url + "/near", {}, HERE) == b"x" * 10


@pytest.mark.parametrize("path", ["/round", "/far", "/port", "/file", "/large"])
def test_what_is_not(url: str, path: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url + path, {}, HERE)


def test_not_there(url: str) -> None:
    with pytest.raises(NotThere):
        fetch(url + "/none", {}, HERE)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "file:///x",
     "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/", "http://u:p@example.org/", "http:///x"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(address, {}, Guard())


def test_public_addresses() -> None:
    assert is_public("9.9.9.9")
    assert is_public("2620:fe::fe")
    assert not any(map(is_public, ("100.64.0.1", "224.0.0.1", "fe80::1%eth0", "2002:7f00:1::")))


def test_urls_of_known_services() -> None:
    ecb = service_of("ECB")
    assert (ecb.url, ecb.newer) == ("https://data-api.ecb.europa.eu/service", False)
    assert service_of("https://data-api.ecb.europa.eu/service/") == ecb
    assert structure_url(ecb, "dataflow", "ECB", "EXR", None) == (
        "https://data-api.ecb.europa.eu/service/dataflow/ECB/EXR/latest?references=descendants"
    )
    newer = service_of("https://example.org/sdmx/v2")
    assert structure_url(newer, "datastructure", "A/B", "X", "1.0.0") == (
        "https://example.org/sdmx/v2/structure/datastructure/A%2FB/X/1.0.0?references=descendants"
    )
    assert service_of("ESTAT3").newer
