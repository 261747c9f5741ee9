"""structures import: from a hub of ours, from a service that only knows SDMX 2.1, and failing."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sdmx_service.cli import app
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.query import ArtefactSelection, References, StructureQuery
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import Artefact, Codelist, StructureMessage
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.registry import Registry
from tests.conftest import STRUCTURES

SHIPPED = Registry(load_folders(STRUCTURES, Limits()))
FLOW = ("MAGHREB", "DF_LM_CORE")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDMX_SERVICE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SDMX_SERVICE_STRUCTURES", str(tmp_path / "none"))
    (tmp_path / "none").mkdir()


def command(*arguments: object, language: str = "en") -> Result:
    names = ["structures", "import", *map(str, arguments), "--allow-private"]
    return CliRunner().invoke(app, [*names, "--language", language])


def descendants() -> tuple[Artefact, ...]:
    query = StructureQuery(
        classes=(Class.DATAFLOW,),
        artefacts=ArtefactSelection(ids=(FLOW[1],)),
        references=References.DESCENDANTS,
    )
    return SHIPPED.select(query).artefacts


def message_21(*artefacts: Artefact) -> bytes:
    """As services of SDMX 2.1 write: references as ``Ref`` alone, no URN."""
    message = StructureMessage(artefacts=artefacts)
    text = xml_structures.write_21(Header(id="OLD", sender="OLD"), message).decode()
    bare = re.sub(r"<URN>[^<]*</URN>", "", text)
    return re.sub(r' urn="[^"]*"', "", bare).encode()


@dataclass
class Answers:
    """A service that answers paths with what it was given, 404 to all others."""

    bodies: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.path)
            status, body = answers.bodies.get(self.path, (404, b"nothing"))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/rest"
    finally:
        server.shutdown()
        server.server_close()


PATH = "/rest/dataflow/MAGHREB/DF_LM_CORE/latest?references=descendants"


def test_a_service_of_sdmx_21(tmp_path: Path) -> None:
    answers = Answers({PATH: (200, message_21(*descendants()))})
    with serving(answers) as url:
        result = command(url, *FLOW, "--folder", tmp_path / "in")
        assert result.exit_code == 0, result.output
        result = command(url, *FLOW)
        assert result.exit_code == 0, result.output
        newer = command(f"{url}/v2", *FLOW)
        assert newer.exit_code == 2
    assert result.output.count("Created.") == len(descendants())
    found = {entry.ref for entry in load_folders((tmp_path / "in",), Limits())}
    assert found == {entry.ref for entry in descendants()}
    assert set(answers.asked[:2]) == {PATH}
    assert answers.asked[2].startswith("/rest/v2/structure/dataflow/")


def test_a_data_structure_where_there_is_no_dataflow(tmp_path: Path) -> None:
    without = [entry for entry in descendants() if entry.ref.artefact is not Class.DATAFLOW]
    path = PATH.replace("dataflow", "datastructure")
    with serving(Answers({path: (200, message_21(*without))})) as url:
        result = command(url, *FLOW, "--folder", tmp_path / "in")
    assert result.exit_code == 0, result.output
    assert f"{len(without)} artefacts" in result.output


def test_what_refers_to_nothing_is_refused() -> None:
    left = [entry for entry in descendants() if not isinstance(entry, Codelist)]
    with serving(Answers({PATH: (200, message_21(*left))})) as url:
        result = command(url, *FLOW)
    assert result.exit_code == 1
    assert "CL_" in result.output
    assert "Created." not in result.output


WRONG = {
    "html": (200, b"<html><body>Sign in</body></html>"),
    "text": (200, b"hello"),
    "broken": (200, message_21(*descendants()[:1])[:-20]),
    "error": (500, b"no"),
}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_is_no_structure_message_is_named(wrong: str, language: str) -> None:
    with serving(Answers({PATH: WRONG[wrong]})) as url:
        result = command(url, *FLOW, language=language)
    assert result.exit_code == 2
    assert result.output.strip()
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("language", "word"), [("en", "does not answer"), ("fr", "ne répond pas"), ("ar", "لا يجيب")]
)
def test_a_service_that_is_not_there(language: str, word: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result = command(f"http://127.0.0.1:{port}/rest", *FLOW, language=language)
    assert (result.exit_code, word in result.output.replace("\n", " ")) == (2, True), result.output
