"""Answers that need not be made again: structures kept, requests answered 304, large lists."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

import psutil

from bench.structures import AGENCY, VERSION, write_folder
from bench.table import Row
from sdmx_service.formats.xml.structures import write_30
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import About, Code, Codelist, StructureMessage
from sdmx_service.model.text import LocalisedText

SHIPPED = ("codelists", "dsd", "dataflows")
EVERYTHING = "/sdmx/v2/structure/*/*/*/*?references=all&detail=full"
LARGE = f"/sdmx/v1/codelist/{AGENCY}/CL_LARGE/{VERSION}"
DATA = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/{VERSION}"
_CODES, _REQUESTS = 100_000, 3_000


def write_large_list(folder: Path) -> None:
    """A list of 100,000 codes beside the bench's structures."""
    write_folder(folder)
    codes = tuple(Code(id=f"C{n}", about=_named(f"Code {n}")) for n in range(_CODES))
    ref = Ref(ArtefactClass.CODELIST, AGENCY, "CL_LARGE", VERSION)
    large = Codelist(ref=ref, about=_named("Large"), items=codes)
    message = StructureMessage(artefacts=(large,))
    (folder / "large.xml").write_bytes(write_30(Header(id="L", sender="BENCH"), message))


def structures(url: str, process: psutil.Process) -> list[Row]:
    """The whole registry, cold and kept, and its 304."""
    first, tag = _get(url, EVERYTHING)
    again = min(_get(url, EVERYTHING)[0] for _ in range(10))
    unchanged = _rate(url, EVERYTHING, process, {"If-None-Match": tag}, 304)
    return [
        Row("whole registry", "cold, SDMX-JSON", first, "ms", "< 500"),
        Row("whole registry", "kept", again, "ms", "< 20"),
        Row("304", "structures", unchanged, "/s a core", "≥ 1,500"),
    ]


def large_list(url: str) -> Row:
    """100,000 codes, written for the first time."""
    return Row("100,000 codes", "cold, SDMX-ML 2.1", _get(url, LARGE)[0], "ms", "< 1,000")


def data(url: str, process: psutil.Process, key: str) -> list[Row]:
    """The 304 of a query of data, and its answer, small and kept: neither is scanned."""
    path = f"{DATA}?firstNObservations=1&limit=1"
    tag = _get(url, path, key)[1]
    unchanged = _rate(url, path, process, _headers(key) | {"If-None-Match": tag}, 304)
    kept = _rate(url, path, process, _headers(key), 200)
    return [
        Row("304", "data", unchanged, "/s a core", "≥ 1,500"),
        Row("kept", "data, a small answer", kept, "/s a core", "≥ 1,500"),
    ]


def _get(url: str, path: str, key: str | None = None) -> tuple[float, str]:
    """Milliseconds until all is read, and the tag."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    start = time.perf_counter()
    connection.request("GET", path, headers=_headers(key))
    answer = connection.getresponse()
    answer.read()
    elapsed = 1000 * (time.perf_counter() - start)
    assert answer.status == 200, answer.status
    return elapsed, answer.headers["ETag"]


def _rate(
    url: str, path: str, process: psutil.Process, headers: dict[str, str], status: int
) -> float:
    """Requests answered by a second of the service's CPU, over one connection."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    before = sum(process.cpu_times()[:2])
    for _ in range(_REQUESTS):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, answer.status
    return _REQUESTS / (sum(process.cpu_times()[:2]) - before)


def _headers(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _named(text: str) -> About:
    return About(names=LocalisedText.of({"en": text, "fr": text, "ar": text}))
