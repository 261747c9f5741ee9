"""The structure message around the artefacts: ``meta``, ``data``, stubs, and the text itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sdmx_service.formats.json.structures.dialect import JSON_10, JSON_20, JSON_21, Dialect
from sdmx_service.formats.json.structures.engine import Codec, Place, unexpected
from sdmx_service.formats.json.structures.extensions import EXTENSION, put_back, taken_out
from sdmx_service.formats.json.structures.shapes import (
    CONTAINERS,
    OLD_NAMES,
    ONLY_10,
    OTHER_NAMES,
    codecs,
)
from sdmx_service.formats.json.structures.shapes_21 import name_locals
from sdmx_service.formats.json.structures.shapes_constraint import check_constraint
from sdmx_service.formats.model_fields import ILLEGAL_CHARACTER
from sdmx_service.formats.structures.attachment import check_attached
from sdmx_service.formats.structures.availability import (
    AVAILABILITY,
    annotate_counts,
    is_actual,
    read_counts,
)
from sdmx_service.formats.structures.by_kind import by_kind
from sdmx_service.formats.structures.complete import check_complete
from sdmx_service.formats.structures.data_structures import check_lists
from sdmx_service.formats.structures.held import check_held, lead
from sdmx_service.formats.structures.model_21 import from_21, to_21
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import UNVERSIONED, Ref
from sdmx_service.model.structures import (
    Annotation,
    Artefact,
    AttachmentConstraint,
    DataConstraint,
    MetadataConstraint,
    StructureMessage,
)

_DIALECTS = (JSON_20, JSON_21, JSON_10)
_CODECS = {
    dialect.version: {
        kind: codec for kind, codec in codecs(dialect).items() if kind in CONTAINERS.values()
    }
    for dialect in _DIALECTS
}
"""The codecs of the classes that have a place in ``data``, by version."""
_CONTAINED: dict[str, str] = {**CONTAINERS, **OLD_NAMES, **OTHER_NAMES}
_VERSION = re.compile(r"/(?P<version>1\.0|2\.0|2\.1)(?:\.0)?/[^/]*$")


def read(source: bytes, limits: Limits, known: Iterable[Artefact] = ()) -> StructureMessage:
    """Read a structure message of SDMX-JSON 1.0, 2.0 or 2.1; ``meta`` is not kept.

    The version is 1.0 where content constraints are, else that of the schema named, else 2.0;
    what is not of it is read as the version that it is of, as some name another than they write.
    ``known``: hierarchies that the message may refer to by what SDMX 2.1 held them in.
    Raises Refused where the message is malformed or holds what the model cannot.
    """
    document = _parse(source, limits)
    place = Place(language=_language(document), depth=limits.xml_depth)
    if not isinstance(document, dict) or not isinstance(document.get("data", {}), dict):
        raise unexpected(place)
    for key in document.keys() - {"$schema", "meta", "data", "errors"}:
        if key[:2] != "x-":
            raise unexpected(place.at(key))
    data = {key: held for key, held in document.get("data", {}).items() if key[:2] != "x-"}
    said = _version(document)
    extended = b'"x-' in source
    try:
        return _read(data, place, said, extended, known)
    except Refused as refused:
        for other in (dialect.version for dialect in _DIALECTS if dialect.version != said):
            with suppress(Refused):
                return _read(data, place, other, extended, known)
        raise refused


def _read(
    data: dict[str, Any], place: Place, version: str, extended: bool, known: Iterable[Artefact]
) -> StructureMessage:
    codecs_of, is_10 = _CODECS[version], version == JSON_10.version
    artefacts: list[Artefact] = []
    stubs: set[Ref] = set()
    for key, held in data.items():
        codec = codecs_of.get(_CONTAINED.get(key, ""))
        if codec is None or not isinstance(held, list):
            raise unexpected(place.at(key))
        for index, entry in enumerate(held):
            bare, notes = taken_out(entry, place.depth) if extended and not is_10 else (entry, ())
            read = codec.read(bare, place.at(key).at(index))
            noted = _noting(read, (*read.about.annotations, *notes)) if notes else read
            made = from_21(read) if is_10 else (noted,)
            artefacts += made if version == JSON_21.version else map(read_counts, made)
            if entry.get("isExternalReference") is True:
                stubs |= {artefact.ref for artefact in made}
            else:
                check_complete(made)
    if is_10:
        artefacts = [*lead(artefacts, known)]
        check_held(artefacts)
    return StructureMessage(artefacts=tuple(artefacts), stubs=frozenset(stubs))


def _noting(artefact: Artefact, notes: tuple[Annotation, ...]) -> Artefact:
    return replace(artefact, about=replace(artefact.about, annotations=notes))


def _version(document: dict[str, Any]) -> str:
    """The version named, unless there are members that only another one has."""
    members = document.get("data", {}).keys()
    if ONLY_10 & members:
        return JSON_10.version
    meta = document.get("meta")
    named = document.get("$schema") or (meta.get("schema") if isinstance(meta, dict) else None)
    found = _VERSION.search(named) if isinstance(named, str) else None
    said = found["version"] if found is not None else JSON_20.version
    only_since_20 = {_CONTAINED.get(key) for key in members} - _CODECS[JSON_10.version].keys()
    return JSON_20.version if said == JSON_10.version and only_since_20 - {None} else said


def write_10(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-JSON 1.0, which has the information model of SDMX 2.1.

    Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing.
    """
    return _write_message(header, message, JSON_10)


def write_20(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-JSON 2.0. Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing."""
    return _write_message(header, message, JSON_20)


def write_21(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-JSON 2.1, where what is there has no name.

    Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing.
    """
    return _write_message(header, message, JSON_21)


def _write_message(header: Header, message: StructureMessage, dialect: Dialect) -> bytes:
    known = _CODECS[dialect.version]
    artefacts, stubs = to_21(message) if dialect.is_10 else (message.artefacts, message.stubs)
    by_class = by_kind(artefacts, lambda artefact: _kind(artefact, dialect), known)
    old = {kind: name for name, kind in OLD_NAMES.items()} if dialect.is_10 else {}
    data = {
        old.get(kind, key): [_write(one, one.ref in stubs, dialect) for one in held]
        for key, kind in CONTAINERS.items()
        if (held := by_class.get(kind))
    }
    document: dict[str, Any] = {"meta": _meta(header, dialect), "data": data}
    if dialect.is_21:
        document = {"$schema": dialect.schema, **document}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"U+{ord(text[error.start]):04X}") from error


def _kind(artefact: Artefact, dialect: Dialect) -> str:
    return AVAILABILITY if dialect.is_21 and is_actual(artefact) else artefact.ref.artefact


def _write(artefact: Artefact, stub: bool, dialect: Dialect) -> dict[str, Any]:
    codec = _CODECS[dialect.version][_kind(artefact, dialect)]
    check_lists(artefact)
    if isinstance(artefact, AttachmentConstraint):
        check_attached(artefact)
    if isinstance(artefact, DataConstraint | MetadataConstraint):
        check_constraint(artefact, dialect)
    if not dialect.is_21:
        artefact = annotate_counts(artefact)
    written = _in_10(artefact, codec) if dialect.is_10 else _with_extensions(artefact, codec)
    return written | {"isExternalReference": True} if stub else written


def _with_extensions(artefact: Artefact, codec: Codec) -> dict[str, Any]:
    """An artefact with what is no annotation but a member that others have added."""
    notes = artefact.about.annotations
    own = tuple(note for note in notes if note.type != EXTENSION)
    if len(own) == len(notes):
        return dict(codec.write(artefact))
    written = dict(codec.write(_noting(artefact, own)))
    kept = put_back(written, notes)
    if kept == own:
        return written
    written = dict(codec.write(_noting(artefact, kept)))
    put_back(written, notes)
    return written


def _in_10(artefact: Artefact, codec: Codec) -> dict[str, Any]:
    """SDMX-JSON 1.0 says whether a version is final, and names parents by URN."""
    version = artefact.ref.version
    if version is None and artefact.ref.artefact not in UNVERSIONED:
        raise refuse("FORMAT_CANNOT_CARRY", found=artefact.ref.short)
    written = dict(codec.write(artefact))
    if version and _STABLE.fullmatch(version):
        written["isFinal"] = True
    name_locals(artefact, written)
    for key in ("concepts", "organisationUnits"):
        for item in written.get(key, ()):
            if "parent" in item:
                item["parent"] = replace(artefact.ref, item=item["parent"]).urn
    return written


_STABLE = re.compile(r"\d+\.\d+\.\d+")


def _meta(header: Header, dialect: Dialect) -> dict[str, Any]:
    prepared = header.prepared or datetime.now(UTC)
    if prepared.tzinfo is None:
        prepared = prepared.replace(tzinfo=UTC)
    meta: dict[str, Any] = {
        "id": header.id or "STRUCTURES",
        "test": header.test,
        "prepared": prepared.isoformat(),
        "sender": {"id": header.sender or "unknown"},
    }
    if not dialect.is_21:
        meta = {"schema": dialect.schema, **meta}
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
