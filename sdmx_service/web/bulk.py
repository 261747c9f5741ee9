"""The page of bulk files: whole dataflows to download, by area."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.service.bulk import BulkEntry, contents
from sdmx_service.web.frame import hub_of, languages_of, page

router = APIRouter(include_in_schema=False)


@router.api_route("/bulk/", methods=["GET", "HEAD"])
@needs(Permission.READ)
def bulk_page(request: Request) -> Response:
    languages = languages_of(request)
    entries = contents(hub_of(request))
    flows = [
        _flow(tuple(group), languages)
        for _, group in groupby(entries, key=lambda entry: entry.dataflow.ref)
    ]
    return page(request, "bulk.html", {"flows": flows})


def _flow(entries: tuple[BulkEntry, ...], languages: tuple[str, ...]) -> dict[str, Any]:
    first = entries[0]
    return {
        "id": first.dataflow.ref.id,
        "name": first.dataflow.about.names.best(languages) or first.dataflow.ref.id,
        "updated": first.edition.changed.date().isoformat(),
        "areas": [
            _area(tuple(group), languages)
            for _, group in groupby(entries, key=lambda entry: entry.file.area)
        ],
    }


def _area(entries: Iterable[BulkEntry], languages: tuple[str, ...]) -> dict[str, Any]:
    files = [
        {
            "path": entry.path,
            "kind": entry.file.name.split(".", 1)[1].upper(),
            "kilobytes": max(1, round(entry.file.bytes / 1000)),
            "sha256": entry.file.sha256,
        }
        for entry in entries
    ]
    first = next(iter(entries))
    return {
        "code": first.file.area,
        "name": first.area.best(languages) or first.file.area,
        "rows": first.file.rows,
        "first": first.file.first,
        "last": first.file.last,
        "files": files,
    }
