"""Where the commands on structures find artefacts: files, folders, a hub that runs or rests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdmx_service.cli.settings import chosen_settings, free_data
from sdmx_service.cli.show import fail, refusals
from sdmx_service.client.connection import Connection
from sdmx_service.client.transfer import fetch_structures
from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.i18n.render import render
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref, parse_short, parse_urn
from sdmx_service.model.structures import Artefact
from sdmx_service.registry.content import artefacts_of
from sdmx_service.registry.load import load_folders
from sdmx_service.storage.duckdb import DuckDBStore

TIMEOUT = 120.0


def hub_artefacts(url: str | None, key: str | None, language: str) -> tuple[Artefact, ...]:
    """Every artefact of a running hub, or of the data folder of one that is stopped."""
    if url is not None:
        with readable(language), refusals(), Connection(url, key, language, TIMEOUT) as hub:
            limits = chosen_settings().limits
            return read_structures(fetch_structures(hub), limits).artefacts
    settings = free_data()
    database = settings.data / "hub.duckdb"
    if not database.exists():
        fail(f"There is no hub in {settings.data} (SDMX_SERVICE_DATA); name a running one: --url.")
    store = DuckDBStore(database)
    try:
        return artefacts_of(store.structures().current())
    finally:
        store.close()


def file_artefacts(path: Path, language: str) -> tuple[Artefact, ...]:
    """Every artefact of a structure file or of a folder of them."""
    limits = chosen_settings().limits
    with readable(language):
        if path.is_dir():
            return load_folders((path,), limits)
        return read_structures(path.read_bytes(), limits).artefacts


def ref_of(text: str) -> Ref:
    """Read a URN or ``Class=AGENCY:ID(VERSION)``. Raises ValueError where it is neither."""
    if text.startswith("urn:"):
        return parse_urn(text).maintainable
    name, _, short = text.partition("=")
    return parse_short(ArtefactClass(name), short)


@contextmanager
def readable(language: str) -> Iterator[None]:
    """Say why a message cannot be read and leave with exit code 2."""
    try:
        yield
    except Refused as refused:
        text = render(refused.problem, language)
        file = refused.problem.arguments.get("file", "")
        line = refused.problem.location.line
        place = f"{file}: " if file else ""
        fail(f"{place}{f'line {line}: ' if line else ''}{text.title}. {text.detail} {text.remedy}")
