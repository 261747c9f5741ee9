"""SDMX REST at /sdmx/v1 and /sdmx/v2: raw URL → query → service → negotiated format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.formats.media import (
    V1_AVAILABILITY,
    V1_DATA,
    V1_SCHEMA,
    V1_STRUCTURE,
    V2_AVAILABILITY,
    V2_DATA,
    V2_SCHEMA,
    V2_STRUCTURE,
    Offer,
)
from sdmx_service.formats.table import DATA_WRITERS, QUICK_FORMATS
from sdmx_service.model.message import WriteOptions
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import AvailabilityQuery, DataQuery, SchemaQuery, StructureQuery
from sdmx_service.model.state import fingerprint
from sdmx_service.rest import v1, v2
from sdmx_service.rest.computing import computed
from sdmx_service.rest.conditional import Validators, has_tag, is_unmodified, validators
from sdmx_service.rest.errors import V1, V2
from sdmx_service.rest.filename import disposition
from sdmx_service.rest.representation import Representation, representation_of
from sdmx_service.rest.resources import V1_RESOURCES, V2_RESOURCES, ResourceKind
from sdmx_service.rest.respond import Begun, begun, common_headers, stream, unchanged, whole
from sdmx_service.rest.security import hub_of, principal_of
from sdmx_service.service.availability import prepare_availability, write_availability
from sdmx_service.service.data import (
    DataAnswer,
    PreparedData,
    answer_data,
    answer_kept,
    prepare_data,
)
from sdmx_service.service.hub import Hub
from sdmx_service.service.structures import structure_answer, write_answer

router = APIRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]
_MANY_SERIES = 20_000


@dataclass(frozen=True, slots=True)
class _Structures:
    """A kind of resource made of structures only: its queries and what it is offered as."""

    query: Callable[[Sequence[str], str], StructureQuery | SchemaQuery]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class _Api:
    """What differs between the two versions of the API."""

    prefix: str
    resources: Mapping[str, ResourceKind]
    data_query: Callable[[Sequence[str], str], DataQuery]
    data_offers: tuple[Offer, ...]
    availability_query: Callable[[Sequence[str], str], AvailabilityQuery]
    availability_offers: tuple[Offer, ...]
    structures: Mapping[ResourceKind, _Structures]


def _after_first(
    read: Callable[[Sequence[str], str], StructureQuery | SchemaQuery],
) -> Callable[[Sequence[str], str], StructureQuery | SchemaQuery]:
    """The reader of a path whose first part only names the resource."""
    return lambda parts, raw_query: read(parts[1:], raw_query)


_V1 = _Api(
    V1,
    V1_RESOURCES,
    v1.data_query,
    V1_DATA,
    v1.availability_query,
    V1_AVAILABILITY,
    {
        ResourceKind.STRUCTURE: _Structures(v1.structure_query, V1_STRUCTURE),
        ResourceKind.SCHEMA: _Structures(_after_first(v1.schema_query), V1_SCHEMA),
    },
)
_V2 = _Api(
    V2,
    V2_RESOURCES,
    v2.data_query,
    V2_DATA,
    v2.availability_query,
    V2_AVAILABILITY,
    {
        ResourceKind.STRUCTURE: _Structures(_after_first(v2.structure_query), V2_STRUCTURE),
        ResourceKind.SCHEMA: _Structures(_after_first(v2.schema_query), V2_SCHEMA),
    },
)


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
    if kind is ResourceKind.AVAILABILITY:
        return await _availability(request, api, parts, raw_query)
    if kind in api.structures:
        return await _structures(request, api.structures[kind], parts, raw_query)
    raise refuse("NOT_IMPLEMENTED", found=parts[0])


def _raw(request: Request, prefix: str) -> tuple[list[str], str]:
    """Path parts and query as they came: ``+`` is no space, ``%2F`` no slash."""
    path = request.scope["raw_path"].decode("latin-1").split("?")[0]
    parts = path[len(prefix) + 1 :].rstrip("/").split("/")
    return parts, request.scope["query_string"].decode("latin-1")


async def _data(request: Request, api: _Api, parts: Sequence[str], raw_query: str) -> Response:
    hub, principal = hub_of(request), principal_of(request)
    query = api.data_query(parts[1:], raw_query)
    wanted = representation_of(request.headers, raw_query, api.data_offers)
    # Not in a thread: it looks nothing up but what changed last, once a commit, and a thread
    # costs more than the rest of an answer 304.
    prepared = prepare_data(hub, hub.registry, principal, query, flat=wanted.offer.flat)
    state = fingerprint(prepared.state, wanted.content_type, wanted.languages)
    known = validators(state, wanted.encoding, prepared.prepared)
    headers = common_headers(wanted.language)
    # Of nothing there is no copy: such a query is answered as nothing below.
    if prepared.changed and is_unmodified(request.headers, known):
        return unchanged(headers | known.headers)
    kept = (state, wanted.encoding)
    made: bytes | Begun | None = hub.slices.find(kept)
    if made is None:
        answer = _kept_answer(hub, prepared, wanted)
        if answer is not None:
            made = _write(hub, prepared, answer, wanted, state)
        else:
            made = await computed(request, _scan_and_write, hub, prepared, wanted, state)
        if made is None:
            return _nothing(api, headers)
        if isinstance(made, bytes):
            hub.slices.keep(kept, made)
    headers |= known.headers | disposition(prepared.ids, wanted.offer, "data")
    if isinstance(made, Begun):
        return stream(made, wanted.content_type, wanted.encoding, headers)
    return whole(made, wanted.content_type, wanted.encoding, headers)


def _kept_answer(hub: Hub, prepared: PreparedData, wanted: Representation) -> DataAnswer | None:
    """The answer where it is made so soon that a thread would cost more; what may be too large is
    counted first, and so is not among them."""
    quick = wanted.offer.format in QUICK_FORMATS and not hub.limits.response_observations
    return answer_kept(hub, prepared) if quick else None


def _scan_and_write(
    hub: Hub, prepared: PreparedData, wanted: Representation, state: str
) -> bytes | Begun | None:
    answer = answer_data(hub, prepared, limit=hub.limits.response_observations)
    return _write(hub, prepared, answer, wanted, state)


def _write(
    hub: Hub, prepared: PreparedData, answer: DataAnswer, wanted: Representation, state: str
) -> bytes | Begun | None:
    """The answer, all of it where it is small, or its begin; None where there is none."""
    if answer.empty:
        return None
    write = DATA_WRITERS[wanted.offer.format]
    pieces = write(hub.header(state, prepared.prepared), answer.datasets, _options(answer, wanted))
    # Of so many series an answer is never small: it is sent from the first piece on.
    limit = hub.limits.small_answer_bytes if answer.series <= _MANY_SERIES else 0
    return begun(pieces, wanted.encoding, limit)


async def _availability(
    request: Request, api: _Api, parts: Sequence[str], raw_query: str
) -> Response:
    hub, principal = hub_of(request), principal_of(request)
    query = api.availability_query(parts[1:], raw_query)
    wanted = representation_of(request.headers, raw_query, api.availability_offers)
    prepared = prepare_availability(hub, principal, query)
    known = _structure_validators(
        fingerprint(prepared.state, wanted.content_type), wanted, prepared.prepared
    )
    headers = common_headers(wanted.language)
    if prepared.changed and is_unmodified(request.headers, known):
        return unchanged(headers | known.headers)
    format_id = wanted.offer.format
    body = await computed(request, write_availability, hub, prepared, format_id, wanted.encoding)
    if body is None:
        return _nothing(api, headers)
    headers |= known.headers | disposition(prepared.ids, wanted.offer, "availability")
    return whole(body, wanted.content_type, wanted.encoding, headers)


def _nothing(api: _Api, headers: Mapping[str, str]) -> Response:
    if api is _V1:
        raise refuse("NO_RESULTS")
    return Response(status_code=204, headers=headers)


async def _structures(
    request: Request, resource: _Structures, parts: Sequence[str], raw_query: str
) -> Response:
    hub, principal = hub_of(request), principal_of(request)
    query = resource.query(parts, raw_query)
    wanted = representation_of(request.headers, raw_query, resource.offers)
    answer = structure_answer(hub, principal, query, wanted.offer.format)
    known = _structure_validators(answer.state, wanted, answer.changed)
    headers = common_headers(wanted.language) | known.headers
    # Whoever has the tag had the answer: it need not be looked for again.
    if has_tag(request.headers, known):
        return unchanged(headers)
    body = await computed(request, write_answer, hub, answer, wanted.encoding)
    if is_unmodified(request.headers, known):
        return unchanged(headers)
    headers |= disposition(query.artefacts.ids, wanted.offer, "structures")
    return whole(body, wanted.content_type, wanted.encoding, headers)


def _structure_validators(state: str, wanted: Representation, changed: datetime) -> Validators:
    """Structures give every language; only Content-Language follows the request."""
    return validators(f"{state}-{wanted.language}", wanted.encoding, changed)


def _options(answer: DataAnswer, wanted: Representation) -> WriteOptions:
    return WriteOptions(
        dimension_at_observation=answer.dimension_at_observation,
        labels=wanted.labels or "id",
        keys=wanted.keys or "none",
        time_format=wanted.time_format or "original",
        languages=wanted.languages,
        attributes=answer.attributes,
        measures=answer.measures,
        observations=answer.observations,
    )
