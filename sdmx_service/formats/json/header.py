"""What an SDMX-JSON data message says before its observations: ``meta``, and of each data set."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sdmx_service.formats.json.components import Object, Writing, links, localised
from sdmx_service.formats.json.dialect import Dialect
from sdmx_service.model.message import Action, Header, WriteOptions


def encoded(value: Any) -> bytes:
    """JSON as short as it can be, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def begin_message(header: Header, options: WriteOptions, dialect: Dialect) -> bytes:
    """The message up to ``data``: an object left open."""
    begin = {"$schema": dialect.schema} if dialect.root_schema else {}
    return encoded(begin | {"meta": _meta(header, options, dialect)})[:-1]


def _meta(header: Header, options: WriteOptions, dialect: Dialect) -> Object:
    meta: Object = {} if dialect.root_schema else {"schema": dialect.schema}
    meta |= {
        "id": header.id or "UNNAMED",
        "test": header.test,
        "prepared": (header.prepared or datetime.now(UTC)).isoformat(),
        "contentLanguages": [language.lower() for language in options.languages],
        **localised("name", header.names, options),
        "sender": {"id": header.sender or "UNKNOWN"},
    }
    if header.receivers:
        meta["receivers"] = [{"id": receiver} for receiver in header.receivers]
    return meta


def begin_dataset(number: int, writing: Writing, header: Header) -> bytes:
    """A data set up to its attributes: an object left open."""
    data = writing.dataset.slice
    words = {Action.MERGE: writing.dialect.merge}
    result: Object = {} if writing.dialect.one_structure else {"structure": number}
    result |= {
        "links": links(writing.context.usage),
        "action": words.get(data.action, data.action.value),
    }
    if data.valid_from:
        result["validFrom"] = data.valid_from.isoformat()
    if data.valid_to:
        result["validTo"] = data.valid_to.isoformat()
    if header.sources:
        result["annotations"] = [0]
    return encoded(result)[:-1]
