"""Structures of other SDMX services: which URL asks for them, by what is known of the service.

What sdmx1 knows (its catalogue of sources: addresses, versions, headers) is used; nothing is
fetched by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from sdmx.rest.common import Resource
from sdmx.source import Source, sources

from sdmx_service.client.guarded import Guard, NotThere, fetch
from sdmx_service.model.problem import Problem

_ML_21 = "application/vnd.sdmx.structure+xml;version=2.1"
_ML_30 = "application/vnd.sdmx.structure+xml;version=3.0.0"
_NEWER = ("/v2", "/3.0", "/v2.0", "/v2.1")
"""How the addresses of services of SDMX REST 2.x end, where nothing else is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An SDMX service: ``newer`` = SDMX REST 2.x; ``kinds``: what it has, None = not known."""

    url: str
    newer: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] | None = None


def service_of(name: str) -> Service:
    """A service by its address, or by its id in sdmx1's catalogue (``ECB``, ``ILO``)."""
    known = sources.get(name.upper()) or next(
        (source for source in sources.values() if _bare(source.url) == _bare(name)), None
    )
    if known is not None and known.url:
        return _known(known)
    url = name.rstrip("/")
    return Service(url=url, newer=url.endswith(_NEWER))


def _known(source: Source) -> Service:
    kinds = {
        kind.value
        for kind in (Resource.dataflow, Resource.datastructure)
        if source.supports.get(kind)
    }
    return Service(
        url=source.url.rstrip("/"),
        newer=any(str(version.value).startswith("3") for version in source.versions),
        headers={name: str(value) for name, value in source.headers.items()},
        kinds=frozenset(kinds),
    )


def _bare(url: str | None) -> str:
    return (url or "").rstrip("/").partition("://")[2].lower()


def structure_url(service: Service, kind: str, agency: str, id_: str, version: str | None) -> str:
    """The URL of an artefact with everything it refers to."""
    names = [quote(part, safe="") for part in (agency, id_)]
    latest = "~" if service.newer else "latest"
    path = "/".join([*names, quote(version, safe="~+*") if version else latest])
    root = f"{service.url}/structure" if service.newer else service.url
    return f"{root}/{kind}/{path}?references=descendants"


def fetch_with_descendants(
    service: Service, agency: str, id_: str, version: str | None, guard: Guard
) -> bytes:
    """The structure message of a dataflow, else of a data structure, with all it refers to.

    Raises FetchRefused (NotThere where the service has neither).
    """
    headers = {"Accept": _ML_30 if service.newer else _ML_21, **service.headers}
    kinds = [
        kind
        for kind in ("dataflow", "datastructure")
        if service.kinds is None or kind in service.kinds
    ]
    for kind in kinds:
        try:
            return fetch(structure_url(service, kind, agency, id_, version), headers, guard)
        except NotThere:
            continue
    raise NotThere(Problem("SOURCE_NOTHING", {"found": f"{service.url} {agency}:{id_}"}))
