"""SubmitStructureResponse: what became of each artefact → SDMX-ML 2.1, 3.0, or JSON.

The standard has no JSON form of it; ours has the same parts by the same names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from sdmx_service.formats.media import Offer
from sdmx_service.model.message import Header

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ACTIONS = {"Merge": "Append"}
"""Actions the schemas do not know → those they do."""

RESPONSE_30 = Offer("v3_0", "application/vnd.sdmx.registry+xml;version=3.0.0", "xml")
RESPONSE_21 = Offer("v2_1", "application/vnd.sdmx.registry+xml;version=2.1", "xml")
RESPONSE_JSON = Offer("json", "application/json", "json")
RESPONSES = (RESPONSE_30, RESPONSE_21, RESPONSE_JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseMessage:
    """One message about an artefact: HTTP status, the hub's own code, texts by language."""

    code: int
    problem: str | None
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEntry:
    """One artefact: ``status`` is Success, Warning or Failure."""

    urn: str
    action: str
    status: str
    code: int
    messages: Sequence[ResponseMessage]


def write_response(header: Header, entries: Sequence[ResponseEntry], offer: Offer) -> bytes:
    """Write the response in the format of one of ``RESPONSES``."""
    if offer is RESPONSE_JSON:
        return _json(entries)
    base = f"{_SCHEMAS}/{offer.format}"
    names = {name: f"{base}/{name}" for name in ("message", "registry", "common")}
    root = etree.Element(f"{{{names['message']}}}RegistryInterface", nsmap=names)
    _header(root, names, header)
    response = etree.SubElement(root, f"{{{names['message']}}}SubmitStructureResponse")
    for entry in entries:
        _entry(response, names, entry, urn_element=offer is RESPONSE_21)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _header(root: etree._Element, names: Mapping[str, str], header: Header) -> None:
    message = names["message"]
    part = etree.SubElement(root, f"{{{message}}}Header")
    etree.SubElement(part, f"{{{message}}}ID").text = header.id or "RESPONSE"
    etree.SubElement(part, f"{{{message}}}Test").text = "false"
    prepared = header.prepared or datetime.now(UTC)
    etree.SubElement(part, f"{{{message}}}Prepared").text = prepared.isoformat()
    etree.SubElement(part, f"{{{message}}}Sender", id=header.sender or "unknown")
    # SDMX-ML 2.1 asks for one here.
    for receiver in header.receivers or ("not_supplied",):
        etree.SubElement(part, f"{{{message}}}Receiver", id=receiver)


def _entry(
    response: etree._Element, names: Mapping[str, str], entry: ResponseEntry, *, urn_element: bool
) -> None:
    registry, common = names["registry"], names["common"]
    result = etree.SubElement(response, f"{{{registry}}}SubmissionResult")
    action = _ACTIONS.get(entry.action, entry.action)
    submitted = etree.SubElement(result, f"{{{registry}}}SubmittedStructure", action=action)
    named = etree.SubElement(submitted, f"{{{registry}}}MaintainableObject")
    # 2.1 names it by an element of its own, 3.0 by its text.
    (etree.SubElement(named, "URN") if urn_element else named).text = entry.urn
    status = etree.SubElement(result, f"{{{registry}}}StatusMessage", status=entry.status)
    for message in entry.messages:
        told = etree.SubElement(status, f"{{{registry}}}MessageText", code=str(message.code))
        for language, text in message.texts.items():
            etree.SubElement(told, f"{{{common}}}Text", {_LANGUAGE: language}).text = text


def _json(entries: Sequence[ResponseEntry]) -> bytes:
    document: dict[str, Any] = {
        "submissionResults": [
            {
                "submittedStructure": {"urn": entry.urn, "action": entry.action},
                "code": entry.code,
                "statusMessage": {
                    "status": entry.status,
                    "messages": [
                        {"code": one.code, "problem": one.problem, "texts": dict(one.texts)}
                        for one in entry.messages
                    ],
                },
            }
            for entry in entries
        ]
    }
    return json.dumps(document, ensure_ascii=False).encode()
