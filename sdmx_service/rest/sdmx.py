"""SDMX REST at /sdmx/v1 and /sdmx/v2: raw URL → query → service → negotiated format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.formats.media import (
    DATA_OFFERS,
    STRUCTURE_OFFERS,
    V1_DATA,
    V1_STRUCTURE,
    V2_DATA,
    V2_STRUCTURE,
    Offer,
)
from sdmx_service.formats.negotiate import Negotiated, negotiate
from sdmx_service.formats.table import DATA_WRITERS, STRUCTURE_WRITERS
from sdmx_service.i18n.negotiate import choose
from sdmx_service.model.message import Header, WriteOptions
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import DataQuery, StructureQuery
from sdmx_service.rest import v1, v2
from sdmx_service.rest.errors import V1, V2
from sdmx_service.rest.querystring import read_extensions
from sdmx_service.rest.resources import V1_RESOURCES, V2_RESOURCES, ResourceKind
from sdmx_service.rest.respond import common_headers, stream
from sdmx_service.rest.security import hub_of, principal_of
from sdmx_service.service.data import DataAnswer, query_data
from sdmx_service.service.hub import Hub
from sdmx_service.service.structures import query_structures

router = APIRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class _Api:
    """What differs between the two versions of the API."""

    prefix: str
    resources: Mapping[str, ResourceKind]
    data_query: Callable[[Sequence[str], str], DataQuery]
    structure_query: Callable[[Sequence[str], str], StructureQuery]
    data_default: Offer
    structure_default: Offer


def _v2_structure_query(parts: Sequence[str], raw_query: str) -> StructureQuery:
    return v2.structure_query(parts[1:], raw_query)


_V1 = _Api(V1, V1_RESOURCES, v1.data_query, v1.structure_query, V1_DATA, V1_STRUCTURE)
_V2 = _Api(V2, V2_RESOURCES, v2.data_query, _v2_structure_query, V2_DATA, V2_STRUCTURE)


@router.api_route(V1 + "/{path:path}", methods=_METHODS)
@needs(Permission.READ)
async def get_v1(request: Request) -> Response:
    return await _serve(request, _V1)


@router.api_route(V2 + "/{path:path}", methods=_METHODS)
@needs(Permission.READ)
async def get_v2(request: Request) -> Response:
    return await _serve(request, _V2)


async def _serve(request: Request, api: _Api) -> Response:
    parts, raw_query = _raw(request, api.prefix)
    kind = api.resources.get(parts[0])
    if kind is None:
        raise refuse("PATH_UNKNOWN", found=request.url.path)
    if kind is ResourceKind.DATA:
        return await _data(request, api, parts, raw_query)
    if kind is ResourceKind.STRUCTURE:
        return await _structure(request, api, parts, raw_query)
    raise refuse("NOT_IMPLEMENTED", found=parts[0])


def _raw(request: Request, prefix: str) -> tuple[list[str], str]:
    """Path parts and query as they came: ``+`` is no space, ``%2F`` no slash."""
    path = request.scope["raw_path"].decode("latin-1").split("?")[0]
    parts = path[len(prefix) + 1 :].rstrip("/").split("/")
    return parts, request.scope["query_string"].decode("latin-1")


async def _data(request: Request, api: _Api, parts: Sequence[str], raw_query: str) -> Response:
    hub, principal = hub_of(request), principal_of(request)
    query = api.data_query(parts[1:], raw_query)
    accepted = _negotiate(request, raw_query, DATA_OFFERS, api.data_default)
    answer = await run_in_threadpool(query_data, hub, principal, query)
    languages = _languages(request, raw_query)
    if answer.empty:
        return _nothing(api, languages)
    options = _options(answer, accepted, languages)
    pieces = DATA_WRITERS[accepted.offer.id](_header(hub), answer.datasets, options)
    return await stream(request, pieces, accepted.offer.media_type, languages[0])


def _nothing(api: _Api, languages: tuple[str, ...]) -> Response:
    if api is _V1:
        raise refuse("NO_RESULTS")
    return Response(status_code=204, headers=common_headers(languages[0]))


async def _structure(
    request: Request, api: _Api, parts: Sequence[str], raw_query: str
) -> Response:
    principal_of(request)
    query = api.structure_query(parts, raw_query)
    accepted = _negotiate(request, raw_query, STRUCTURE_OFFERS, api.structure_default)
    hub = hub_of(request)
    write = STRUCTURE_WRITERS[accepted.offer.id]

    def body() -> bytes:
        return write(_header(hub), query_structures(hub, query))

    text = await run_in_threadpool(body)
    language = _languages(request, raw_query)[0]
    return await stream(request, iter([text]), accepted.offer.media_type, language)


def _negotiate(
    request: Request, raw_query: str, offers: Sequence[Offer], default: Offer
) -> Negotiated:
    wanted = read_extensions(raw_query).get("format")
    return negotiate(request.headers.get("accept"), wanted, offers, default)


def _languages(request: Request, raw_query: str) -> tuple[str, ...]:
    asked = read_extensions(raw_query).get("lang")
    return choose(asked or request.headers.get("accept-language"))


def _options(
    answer: DataAnswer, accepted: Negotiated, languages: tuple[str, ...]
) -> WriteOptions:
    return WriteOptions(
        dimension_at_observation=answer.dimension_at_observation,
        labels=accepted.labels,
        keys=accepted.keys,
        languages=languages,
        attributes=answer.attributes,
        measures=answer.measures,
        observations=answer.observations,
    )


def _header(hub: Hub) -> Header:
    return Header(
        id=f"{hub.sender}-{hub.new_id()}",
        prepared=hub.clock.now(),
        sender=hub.sender,
        sources=hub.sources,
    )
