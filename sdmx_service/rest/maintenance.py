"""POST, PUT and DELETE under /sdmx/v2/structure. Decisions are service/maintain's."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.formats.compression import decompressed
from sdmx_service.formats.negotiate import negotiate
from sdmx_service.formats.structure_response import (
    RESPONSES,
    ResponseEntry,
    ResponseMessage,
    write_response,
)
from sdmx_service.i18n.negotiate import LANGUAGES
from sdmx_service.i18n.report import sentence
from sdmx_service.i18n.words import word
from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.maintenance import ArtefactOutcome, Became, MaintenanceAction
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Location, Problem, refuse
from sdmx_service.model.refs import UNVERSIONED, ArtefactClass, Ref
from sdmx_service.model.versions import is_version
from sdmx_service.rest.errors import V1, V2
from sdmx_service.rest.lexical import AGENCY, ARTEFACT_ID, ITEM_ID, one, syntax
from sdmx_service.rest.receive import receive
from sdmx_service.rest.resources import V2_TYPES
from sdmx_service.rest.security import hub_of, sender_of
from sdmx_service.rest.structure_parameters import artefact_classes
from sdmx_service.service.hub import Hub
from sdmx_service.service.maintain import delete_structure, post_structures, put_structure

router = APIRouter(prefix=V2 + "/structure", include_in_schema=False)
# One structure message is read at a time: it is read whole.
_READING = anyio.CapacityLimiter(1)
_ACTIONS = {action.value.lower(): action for action in MaintenanceAction}
_NAMED_PARTS, _WITH_ITEM = 4, 5


@router.post("")
@needs(Permission.MAINTAIN)
async def post_any(request: Request) -> Response:
    return await _post(request, ())


@router.post("/{path:path}")
@needs(Permission.MAINTAIN)
async def post_of_type(request: Request, path: str) -> Response:
    sender_of(request)
    word_ = path.rstrip("/")
    classes = artefact_classes(word_, V2_TYPES, "artefactType") if word_ not in ("", "*") else ()
    return await _post(request, classes)


@router.put("/{path:path}")
@needs(Permission.MAINTAIN)
async def put_one(request: Request, path: str) -> Response:
    hub, principal = hub_of(request), sender_of(request)
    ref = _named(path.split("/"), _NAMED_PARTS)
    source = await _body(request, hub)
    outcomes = await anyio.to_thread.run_sync(
        put_structure, hub, principal, source, ref, limiter=_READING
    )
    return _answer(request, hub, outcomes)


@router.delete("/{path:path}")
@needs(Permission.MAINTAIN)
async def delete_one(request: Request, path: str) -> Response:
    hub, principal = hub_of(request), sender_of(request)
    ref = _named(path.split("/"), _WITH_ITEM)
    outcomes = await run_in_threadpool(delete_structure, hub, principal, ref)
    return _answer(request, hub, outcomes)


async def _post(request: Request, classes: tuple[ArtefactClass, ...]) -> Response:
    hub, principal = hub_of(request), sender_of(request)
    action = _action(request.headers.get("action"))
    source = await _body(request, hub)
    outcomes = await anyio.to_thread.run_sync(
        post_structures, hub, principal, source, action, classes, limiter=_READING
    )
    return _answer(request, hub, outcomes)


def _action(header: str | None) -> MaintenanceAction:
    """What the header ``Action`` of FMR's clients says; replacement without one."""
    if header is None:
        return MaintenanceAction.REPLACE
    action = _ACTIONS.get(header.strip().lower())
    if action is None:
        raise refuse("ACTION_UNKNOWN", Location(parameter="Action"), found=header)
    return action


async def _body(request: Request, hub: Hub) -> bytes:
    limit = hub.limits.structure_bytes
    file, _, _ = await receive(request, limit)
    with file, decompressed(file, request.headers.get("content-encoding"), hub.limits) as message:
        source = await run_in_threadpool(message.read, limit + 1)
    if len(source) > limit:
        raise refuse("MESSAGE_TOO_LARGE", limit=limit)
    return source


def _named(parts: Sequence[str], most: int) -> Ref:
    """The artefact (or item) that a path names in full. Raises Refused."""
    parts = [part for part in parts if part]
    if not _NAMED_PARTS <= len(parts) <= most:
        raise syntax("version" if len(parts) < _NAMED_PARTS else "path", "/".join(parts))
    classes = artefact_classes(parts[0], V2_TYPES, "artefactType")
    version = parts[3]
    if not is_version(version):
        raise syntax("version", version)
    return Ref(
        classes[0],
        one(parts[1], AGENCY, "agencyID"),
        one(parts[2], ARTEFACT_ID, "resourceID"),
        None if classes[0] in UNVERSIONED else version,
        one(parts[4], ITEM_ID, "itemID") if len(parts) == _WITH_ITEM else None,
    )


def _answer(request: Request, hub: Hub, outcomes: Sequence[ArtefactOutcome]) -> Response:
    accept = request.headers.get("accept")
    offer = negotiate(accept, None, RESPONSES, RESPONSES[0], None).offer
    now = hub.clock.now()
    header = Header(id=f"{hub.sender}-{hub.new_id()}", prepared=now, sender=hub.sender)
    body = write_response(header, [_entry(outcome) for outcome in outcomes], offer)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
    if len(outcomes) == 1 and outcomes[0].became is Became.CREATED:
        headers["Location"] = _location(outcomes[0].ref)
    response = Response(body, _status(outcomes), headers)
    response.headers["Content-Type"] = offer.media_type
    return response


def _status(outcomes: Sequence[ArtefactOutcome]) -> int:
    """One status for all: that of the gravest failure by its own right, 207 where some artefacts
    were created and others updated."""
    found = {outcome.http_status for outcome in outcomes}
    undone = CATALOGUE["MAINTENANCE_UNDONE"].http_status
    for status in (403, 422, 404, 409):
        if status in found:
            return status
    failed = [status for status in found if status >= 400 and status != undone]
    return max(failed) if failed else found.pop() if len(found) == 1 else 207


def _location(ref: Ref) -> str:
    name = f"{ref.agency}/{ref.id}/{ref.version or '1.0'}"
    for kind, classes in V2_TYPES.items():
        if ref.artefact in classes:
            return f"{V2}/structure/{kind}/{name}"
    return f"{V1}/{ref.artefact.value.lower()}/{name}"  # what only SDMX 2.1 has


def _entry(outcome: ArtefactOutcome) -> ResponseEntry:
    failed = outcome.became is Became.FAILED
    messages = [_message(problem) for problem in outcome.problems]
    if not failed:
        texts = {language: _became(outcome, language) for language in LANGUAGES}
        done = ResponseMessage(code=outcome.http_status, problem=None, texts=texts)
        messages.insert(0, done)
    return ResponseEntry(
        urn=outcome.ref.urn,
        action=outcome.action.value,
        status="Failure" if failed else "Warning" if outcome.problems else "Success",
        code=outcome.http_status,
        messages=messages,
    )


def _message(problem: Problem) -> ResponseMessage:
    texts = {language: sentence(problem, language) for language in LANGUAGES}
    code = CATALOGUE[problem.code].http_status
    return ResponseMessage(code=code, problem=problem.code, texts=texts)


def _became(outcome: ArtefactOutcome, language: str) -> str:
    return word(f"maintenance.{outcome.became.value}", language)
