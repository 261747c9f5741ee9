"""/bulk: files of whole dataflows and their table of contents, as JSON and CSV.

The page that shows them to people stands in ``web``; which files there are in ``service``.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.i18n.negotiate import LANGUAGES, choose
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.rest.conditional import Validators, is_unmodified
from sdmx_service.rest.respond import unchanged
from sdmx_service.rest.security import hub_of
from sdmx_service.service.bulk import BulkEntry, contents, find_file

router = APIRouter(prefix="/bulk", tags=["bulk"])
_MEDIA_TYPES = {"csv.gz": "application/gzip", "parquet": "application/vnd.apache.parquet"}


@router.get("/toc.json", summary="Table of contents, every language")
@router.head("/toc.json", include_in_schema=False)
@needs(Permission.READ)
def contents_as_json(request: Request) -> Response:
    entries = contents(hub_of(request))
    files = [
        _described(request, entry)
        | {"names": dict(entry.dataflow.about.names), "areaNames": dict(entry.area)}
        for entry in entries
    ]
    return JSONResponse({"files": files}, headers={"Cache-Control": "no-cache"})


@router.get("/toc.csv", summary="Table of contents, names in one language")
@router.head("/toc.csv", include_in_schema=False)
@needs(Permission.READ)
def contents_as_csv(request: Request) -> Response:
    languages = _languages(request)
    rows = [
        _described(request, entry)
        | {
            "name": entry.dataflow.about.names.best(languages),
            "areaName": entry.area.best(languages),
        }
        for entry in contents(hub_of(request))
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Language": languages[0],
        "Vary": "Accept-Language",
    }
    return Response(text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/{agency}/{flow}/{version}/{name}", summary="A file")
@router.head("/{agency}/{flow}/{version}/{name}", include_in_schema=False)
@needs(Permission.READ)
def bulk_file(request: Request, agency: str, flow: str, version: str, name: str) -> Response:
    ref = Ref(ArtefactClass.DATAFLOW, agency, flow, version)
    edition, file, path = find_file(hub_of(request), ref, name)
    known = Validators(f'"{file.sha256}"', edition.changed)
    headers = known.headers | {"Cache-Control": "no-cache"}
    if is_unmodified(request.headers, known):
        return unchanged(headers)
    # Ranges are answered too: readers of Parquet ask for the columns they want.
    return FileResponse(
        path, headers=headers, media_type=_MEDIA_TYPES[name.split(".", 1)[1]], filename=name
    )


_COLUMNS = ("dataflow", "name", "area", "areaName", "format", "rows", "bytes", "firstPeriod",
            "lastPeriod", "lastUpdate", "sha256", "url")  # fmt: skip


def _described(request: Request, entry: BulkEntry) -> dict[str, object]:
    file = entry.file
    return {
        "dataflow": entry.dataflow.ref.short,
        "area": file.area or "",
        "format": file.format,
        "rows": file.rows,
        "bytes": file.bytes,
        "firstPeriod": file.first or "",
        "lastPeriod": file.last or "",
        "lastUpdate": entry.edition.changed.astimezone(UTC).isoformat(timespec="seconds"),
        "sha256": file.sha256,
        "url": f"{str(request.base_url).rstrip('/')}/bulk/{entry.path}",
    }


def _languages(request: Request) -> tuple[str, ...]:
    asked = request.query_params.get("lang")
    if asked is not None and asked not in LANGUAGES:
        raise refuse("NOT_ACCEPTABLE", found=asked)
    return choose(asked or request.headers.get("accept-language"))
