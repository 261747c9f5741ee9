"""POST /submissions and looking back at them. Decisions are service/submit's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.access.principal import Principal
from sdmx_service.i18n.negotiate import choose
from sdmx_service.i18n.report import report_document
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.submission import Submission, Verdict
from sdmx_service.rest.receive import receive
from sdmx_service.rest.security import hub_of, sender_of
from sdmx_service.service.submissions import (
    get_submission,
    list_submissions,
    open_message,
    read_report,
)
from sdmx_service.service.submit import Incoming, Outcome, submit

router = APIRouter(prefix="/submissions", tags=["submissions"])
# Two messages are read at a time: reading is work for a core, and memory is bounded by it.
_READING = anyio.CapacityLimiter(2)
_CHUNK = 1024**2
_LAST = 2**63 - 1
_PARAMETERS = frozenset({"dryRun", "releaseAt", "supersede"})

_KEY: dict[str, Any] = {"security": [{"key": []}]}
_MESSAGE = {
    "requestBody": {
        "required": True,
        "description": "An SDMX-ML (2.1, 3.0, 3.1) or SDMX-CSV message, raw "
        "(gzip with Content-Encoding) or as the one file of a form.",
        "content": {
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1": {},
            "application/vnd.sdmx.genericdata+xml;version=2.1": {},
            "application/vnd.sdmx.data+xml;version=3.1.0": {},
            "application/vnd.sdmx.data+csv;version=2.0.0": {},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    },
    **_KEY,
}


@router.post(
    "",
    openapi_extra=_MESSAGE,
    summary="Send a data message",
    responses={201: {"description": "Accepted and durable"}, 422: {"description": "Rejected"}},
)
@needs(Permission.SUBMIT)
async def post_submission(
    request: Request,
    dry_run: Annotated[bool, Query(alias="dryRun", description="Check, keep nothing.")] = False,
    release_at: Annotated[
        str | None, Query(alias="releaseAt", description="Hidden until this instant (ISO 8601).")
    ] = None,
    supersede: Annotated[
        bool, Query(description="Replace figures of yours that wait for release.")
    ] = False,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> Response:
    """The answer is a report in your language (Accept-Language fr, en, ar)."""
    hub, principal = hub_of(request), sender_of(request)
    _check_parameters(request)
    release = _instant(release_at)
    body, sha256, size = await receive(request, hub.limits.message_bytes)
    incoming = Incoming(
        body=body,
        sha256=sha256,
        size=size,
        content_encoding=request.headers.get("content-encoding"),
        dry_run=dry_run,
        release_at=release,
        supersede=supersede,
        idempotency_key=idempotency_key,
    )
    with body:
        outcome = await anyio.to_thread.run_sync(submit, hub, principal, incoming, limiter=_READING)
    return _outcome(request, principal, outcome)


@router.get("", summary="Submissions of yours, newest first", openapi_extra=_KEY)
@needs(Permission.OWN_SUBMISSIONS)
def get_submissions(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[
        int | None, Query(ge=1, le=_LAST, description="Numbers below this one.")
    ] = None,
) -> Response:
    hub, principal = hub_of(request), sender_of(request)
    found = list_submissions(hub, principal, limit=limit, before=before)
    return JSONResponse({"submissions": [_document(request, entry) for entry in found]})


@router.get("/{submission_id}", summary="One submission", openapi_extra=_KEY)
@needs(Permission.OWN_SUBMISSIONS)
def get_one(request: Request, submission_id: str) -> Response:
    submission = get_submission(hub_of(request), sender_of(request), submission_id)
    return JSONResponse(_document(request, submission))


@router.get("/{submission_id}/report", summary="Its report", openapi_extra=_KEY)
@needs(Permission.OWN_SUBMISSIONS)
def get_report(request: Request, submission_id: str) -> Response:
    hub, principal = hub_of(request), sender_of(request)
    submission = get_submission(hub, principal, submission_id)
    document = _report(request, principal, submission)
    return JSONResponse(document, headers={"Content-Language": document["language"]})


@router.get(
    "/{submission_id}/message",
    summary="The bytes you sent",
    openapi_extra=_KEY,
)
@needs(Permission.OWN_SUBMISSIONS)
def get_message(request: Request, submission_id: str) -> Response:
    file = open_message(hub_of(request), sender_of(request), submission_id)
    return StreamingResponse(
        iter(lambda: file.read(_CHUNK), b""), media_type="application/octet-stream"
    )


def _check_parameters(request: Request) -> None:
    """A misspelt ``dryRun`` or ``releaseAt`` would publish what was to stay hidden."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    for name, count in given.items():
        if name not in _PARAMETERS:
            raise refuse("QUERY_PARAMETER_UNKNOWN", Location(parameter=name), found=name)
        if count > 1:
            raise refuse("QUERY_SYNTAX", Location(parameter=name), found=name)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refuse("RELEASE_MALFORMED", Location(parameter="releaseAt"), found=text)


def _outcome(request: Request, principal: Principal, outcome: Outcome) -> Response:
    submission = outcome.submission
    rejected = submission.verdict is Verdict.REJECTED
    status = 422 if rejected else 200 if outcome.dry_run else 201
    document = {"dryRun": outcome.dry_run} | _document(request, submission)
    document["report"] = _report(request, principal, submission)
    headers = {"Content-Language": str(document["report"]["language"])}
    if outcome.dry_run:
        for name in ("id", "number", "links"):
            document.pop(name)
    else:
        headers["Location"] = document["links"]["self"]
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(document, status, headers)


def _document(request: Request, submission: Submission) -> dict[str, Any]:
    here = str(request.url_for("get_one", submission_id=submission.id))
    return {
        "id": submission.id,
        "number": submission.number,
        "verdict": submission.verdict.value,
        "principal": submission.principal,
        "agreements": list(submission.agreements),
        "receivedAt": _text(submission.received_at),
        "publishedAt": _text(submission.published_at),
        "releaseAt": _text(submission.release_at),
        "format": submission.format,
        "bytes": submission.message_bytes,
        "observations": submission.observations,
        "links": _links(here, submission),
    }


def _links(here: str, submission: Submission) -> dict[str, str]:
    links = {"self": here, "report": f"{here}/report"}
    return links | ({"message": f"{here}/message"} if submission.message_sha256 else {})


def _text(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None


def _report(request: Request, principal: Principal, submission: Submission) -> dict[str, Any]:
    language = choose(request.headers.get("accept-language"))[0]
    report = read_report(principal, submission)
    return report_document(report, language, verdict=submission.verdict.value)
