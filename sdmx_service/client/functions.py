"""The client's methods as functions, for a script of one line: address and key come first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sdmx_service.client.hub import Client
from sdmx_service.client.outcome import Outcome
from sdmx_service.client.reference import DataRequest

if TYPE_CHECKING:
    import pandas as pd
    import sdmx.message


def push(
    url: str,
    key: str | None,
    path: str | Path,
    *,
    dry_run: bool = False,
    release_at: datetime | str | None = None,
    supersede: bool = False,
    language: str = "fr",
) -> Outcome:
    """Send a data message (``Client.push``)."""
    with Client(url, key, language) as hub:
        return hub.push(path, dry_run=dry_run, release_at=release_at, supersede=supersede)


def validate(url: str, key: str | None, path: str | Path, *, language: str = "fr") -> Outcome:
    """What the hub would say of a message (``Client.validate``)."""
    with Client(url, key, language) as hub:
        return hub.validate(path)


def status(url: str, key: str | None, submission_id: str, *, language: str = "fr") -> Outcome:
    """What became of a submission (``Client.status``)."""
    with Client(url, key, language) as hub:
        return hub.status(submission_id)


def read(
    url: str, key: str | None, request: DataRequest | str, *, language: str = "fr"
) -> pd.DataFrame:
    """Data as a table (``Client.read``): a dataflow's name, or a whole ``DataRequest``."""
    wanted = DataRequest(dataflow=request) if isinstance(request, str) else request
    with Client(url, key, language) as hub:
        return hub.read_request(wanted)


def structures(
    url: str,
    kind: str,
    id: str = "all",  # noqa: A002 - the word of the standard
    *,
    key: str | None = None,
    references: str = "none",
) -> sdmx.message.StructureMessage:
    """Structures as sdmx1 objects (``Client.structures``)."""
    with Client(url, key) as hub:
        return hub.structures(kind, id, references=references)
