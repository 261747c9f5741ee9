"""The client of one hub."""

from __future__ import annotations

import io
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx

from sdmx_service.client.connection import Connection, NotReached, ServiceProblem, raise_refusal
from sdmx_service.client.outcome import Outcome, outcome_of
from sdmx_service.client.reference import ANY, LATEST, DataRequest, Filters, parts_of
from sdmx_service.client.table import empty_table, table_of
from sdmx_service.client.upload import Progress, Upload

if TYPE_CHECKING:
    import pandas as pd
    import sdmx.message

ARROW = "application/vnd.apache.arrow.stream"
# Refusals come as JSON where JSON is named at all.
_STRUCTURE = "application/vnd.sdmx.structure+xml;version=2.1, application/json;q=0.1"
_MEMORY = 16 * 1024**2
_RETRY_AFTER_SECONDS = (0.5, 2.0)
_REJECTED = 422
_SHRINKS_TOO_MUCH = "COMPRESSION_RATIO"


class Client:
    """Sends to and reads from one hub; close it, or use it in ``with``.

    ``timeout``: seconds of silence before giving up. ``proxy``, ``verify``: as httpx takes them;
    the environment is not asked (see ``connection.Connection``).
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        language: str = "fr",
        timeout: float = 300.0,
        *,
        proxy: str | None = None,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._connection = Connection(url, key, language, timeout, proxy, verify)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def push(
        self,
        path: str | Path,
        *,
        dry_run: bool = False,
        release_at: datetime | str | None = None,
        supersede: bool = False,
        idempotency_key: str | None = None,
        progress: Progress | None = None,
    ) -> Outcome:
        """Send a data message; a rejected one is an outcome like an accepted one.

        ``release_at``: hidden until then. ``supersede``: replaces figures of yours that wait for
        release. ``idempotency_key``: what makes a repeated sending the same one; by default a
        new one a call, used again when the connection breaks and the message is sent anew.
        Raises ServiceProblem where the hub refuses the message, OSError where it cannot be read.
        """
        parameters = _parameters(dry_run, release_at, supersede)
        upload = Upload(Path(path), progress)
        response = self._deliver(f"/submissions{parameters}", upload, idempotency_key)
        document = _object(response)
        if response.status_code != _REJECTED or "verdict" not in document:
            raise_refusal(response)
        if "verdict" not in document:
            raise ServiceProblem(response.status_code, {"title": "This is no hub's answer."})
        replayed = response.headers.get("Idempotency-Replayed") == "true"
        return outcome_of(document, response.status_code, replayed=replayed)

    def validate(self, path: str | Path, *, progress: Progress | None = None) -> Outcome:
        """What the hub would say of a message; nothing is kept."""
        return self.push(path, dry_run=True, progress=progress)

    def status(self, submission_id: str) -> Outcome:
        """What became of a submission, with its report."""
        path = f"/submissions/{quote(submission_id, safe='')}"
        response = self._connection.get(path)
        report = self._connection.get(f"{path}/report").json()
        return outcome_of(response.json(), response.status_code, report=report)

    def submissions(self, *, limit: int = 50, before: int | None = None) -> tuple[Outcome, ...]:
        """Submissions the key may read, newest first, numbers below ``before``."""
        query = urlencode({"limit": limit} | ({"before": before} if before else {}))
        response = self._connection.get(f"/submissions?{query}")
        entries = response.json()["submissions"]
        return tuple(outcome_of(entry, response.status_code) for entry in entries)

    def read(
        self,
        dataflow: str,
        key: str = "*",
        *,
        start: str | None = None,
        end: str | None = None,
        filters: Filters | None = None,
        last: int | None = None,
        as_of: datetime | str | None = None,
    ) -> pd.DataFrame:
        """Data as a table; the arguments are those of ``DataRequest``.

        Columns: dimensions (categorical), TIME_PERIOD (text), numeric measures (float64), other
        measures and attributes (text); several values are arrays, texts by language lists of
        pairs. Nothing found is an empty table.
        """
        return self.read_request(
            DataRequest(
                dataflow=dataflow,
                key=key,
                start=start,
                end=end,
                filters=filters,
                last=last,
                as_of=as_of,
            )
        )

    def read_request(self, request: DataRequest) -> pd.DataFrame:
        """Data as a table, as ``read``."""
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as file:
            with self.open_data(request, ARROW) as pieces:
                for piece in pieces:
                    file.write(piece)
            file.seek(0)
            table = table_of(cast("io.BytesIO", file))
        return table if len(table.columns) else empty_table(self._columns(request.dataflow))

    @contextmanager
    def open_data(self, request: DataRequest, accept: str) -> Iterator[Iterator[bytes]]:
        """The bytes of an answer as they come, in any media type the hub offers."""
        with self._connection.stream(request.path, accept) as response:
            yield response.iter_bytes()

    def structures(
        self,
        kind: str,
        id: str = "all",  # noqa: A002 - the word of the standard
        *,
        references: str = "none",
    ) -> sdmx.message.StructureMessage:
        """Structures as sdmx1 objects. ``kind``: ``codelist``, ``datastructure``, ``dataflow`` …;
        ``id``: as a dataflow is named in ``DataRequest``, or ``all``."""
        path = f"/sdmx/v1/{kind}/{_v1_path(id)}?references={references}"
        response = self._connection.get(path, _STRUCTURE)
        # Loaded where it is used: a hub that serves does without.
        from sdmx import read_sdmx  # noqa: PLC0415

        message = read_sdmx(io.BytesIO(response.content), format="XML")
        return cast("sdmx.message.StructureMessage", message)

    def _columns(self, dataflow: str) -> list[str]:
        """Columns of a dataflow's data; none where its structure is not to be had."""
        try:
            message = self.structures("dataflow", dataflow, references="children")
        except ServiceProblem:
            return []
        for structure in message.structure.values():
            parts = (structure.dimensions, structure.measures, structure.attributes)
            return [component.id for part in parts for component in part]
        return []

    def _deliver(self, path: str, upload: Upload, key: str | None) -> httpx.Response:
        """Send, and once more uncompressed where it shrinks so much that the hub suspects it."""
        key = key or uuid4().hex
        response = self._send(path, upload, key)
        if upload.compresses and _object(response).get("code") == _SHRINKS_TOO_MUCH:
            return self._send(path, replace(upload, compress=False), key)
        return response

    def _send(self, path: str, upload: Upload, key: str) -> httpx.Response:
        """Send, and send again where the connection breaks: the key makes it safe."""
        headers = upload.headers | {"Idempotency-Key": key}
        for pause in (*_RETRY_AFTER_SECONDS, None):
            try:
                return self._connection.post(path, upload.pieces(), headers)
            except httpx.TransportError as error:
                if pause is None or isinstance(error, httpx.TimeoutException):
                    raise NotReached(self._connection.url, error) from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _v1_path(reference: str) -> str:
    """Agency, id and version in the words of SDMX REST 1.x."""
    parts = (ANY, ANY, LATEST) if reference == "all" else parts_of(reference)
    words = {ANY: "all", LATEST: "latest"}
    return "/".join(words.get(part) or quote(part, safe="") for part in parts)


def _parameters(dry_run: bool, release_at: datetime | str | None, supersede: bool) -> str:
    if isinstance(release_at, datetime):
        if release_at.tzinfo is None:
            raise ValueError("release_at needs a time zone")
        release_at = release_at.isoformat()
    chosen = {
        "dryRun": "true" if dry_run else None,
        "releaseAt": release_at,
        "supersede": "true" if supersede else None,
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"?{query}" if query else ""


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
