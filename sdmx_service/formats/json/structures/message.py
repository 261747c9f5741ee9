"""The structure message around the artefacts: ``meta``, ``data``, stubs, and the text itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sdmx_service.formats.json.structures.engine import Place, unexpected
from sdmx_service.formats.json.structures.shapes import CODECS, CONTAINERS
from sdmx_service.formats.json.structures.shapes_constraint import check_constraint
from sdmx_service.formats.model_fields import ILLEGAL_CHARACTER
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import About, Artefact, DataConstraint, StructureMessage

_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/"
    "tools/schemas/2.0.0/sdmx-json-structure-schema.json"
)
_NAMING = ("id", "agencyID", "version", "name", "names")


def read(source: bytes, limits: Limits) -> StructureMessage:
    """Read a structure message of SDMX-JSON 2.0; ``meta`` is not kept.

    Raises Refused where it is malformed or holds what the model cannot.
    """
    document = _parse(source, limits)
    place = Place(language=_language(document), depth=limits.xml_depth)
    if not isinstance(document, dict) or not isinstance(document.get("data", {}), dict):
        raise unexpected(place)
    for key in document.keys() - {"$schema", "meta", "data", "errors"}:
        raise unexpected(place.at(key))
    artefacts: list[Artefact] = []
    stubs = set()
    for key, held in document.get("data", {}).items():
        if key not in CONTAINERS or not isinstance(held, list):
            raise unexpected(place.at(key))
        codec = CODECS[CONTAINERS[key]]
        for index, entry in enumerate(held):
            artefact = codec.read(entry, place.at(key).at(index))
            artefacts.append(artefact)
            if entry.get("isExternalReference") is True:
                stubs.add(artefact.ref)
    return StructureMessage(artefacts=tuple(artefacts), stubs=frozenset(stubs))


def write_20(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-JSON 2.0. Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing."""
    data: dict[str, list[Any]] = {}
    for key, artefact_class in CONTAINERS.items():
        held = [entry for entry in message.artefacts if entry.ref.artefact is artefact_class]
        if held:
            data[key] = [_write(entry, entry.ref in message.stubs) for entry in held]
    document = {"meta": _meta(header), "data": data}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"U+{ord(text[error.start]):04X}") from error


def _write(artefact: Artefact, stub: bool) -> dict[str, Any]:
    codec = CODECS[artefact.ref.artefact]
    if stub:
        bare = replace(artefact, about=About(names=artefact.about.names))
        written = codec.write(bare)
        named = {key: written[key] for key in _NAMING if key in written}
        return named | {"isExternalReference": True}
    if isinstance(artefact, DataConstraint):
        check_constraint(artefact)
    return dict(codec.write(artefact))


def _meta(header: Header) -> dict[str, Any]:
    prepared = header.prepared or datetime.now(UTC)
    if prepared.tzinfo is None:
        prepared = prepared.replace(tzinfo=UTC)
    meta: dict[str, Any] = {
        "schema": _SCHEMA,
        "id": header.id or "STRUCTURES",
        "test": header.test,
        "prepared": prepared.isoformat(),
        "sender": {"id": header.sender or "unknown"},
    }
    if header.receivers:
        meta["receivers"] = [{"id": receiver} for receiver in header.receivers]
    if header.names:
        meta |= {"name": header.names.texts[0][1], "names": dict(header.names)}
    return meta


def _language(document: Any) -> str:
    """The language of texts that do not say theirs: the first of the message, else English."""
    match document:
        case {"meta": {"contentLanguages": [str(language), *_]}}:
            return language
    return "en"


def _parse(source: bytes, limits: Limits) -> Any:
    if len(source) > limits.message_bytes:
        raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("MESSAGE_ENCODING", encoding="UTF-8") from error
    if not text.strip():
        raise refuse("MESSAGE_EMPTY")
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise refuse("JSON_MALFORMED", reason=str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are distinct and whose texts any format can carry."""
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise refuse("JSON_MALFORMED", reason=f"{twice} twice")
    for key, value in pairs:
        for text in (key, *(value if isinstance(value, list) else (value,))):
            if isinstance(text, str) and ILLEGAL_CHARACTER.search(text):
                raise refuse("JSON_MALFORMED", reason=f"{key}: a character no text may hold")
    return made


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
