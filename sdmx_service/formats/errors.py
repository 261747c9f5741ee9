"""SDMX error messages: codes and texts → SDMX-ML 2.1 or 3.0, SDMX-JSON 2.0.

Which code and which texts a problem has is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

ERROR_XML_TYPE = "application/xml"
ERROR_JSON_TYPE = "application/json"
"""Content-Type of the two: the standard names none for errors."""

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"
_NAMESPACES = {"2.1": f"{_SCHEMAS}/v2_1", "3.0": f"{_SCHEMAS}/v3_0"}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold, and half a surrogate pair, which UTF-8 cannot.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One error: its code (SDMX's in v1, HTTP's in v2) and its text by language, best first."""

    code: int
    texts: Mapping[str, str]


def error_message_xml(entries: Sequence[ErrorEntry], version: str = "2.1") -> bytes:
    """A message:Error of SDMX-ML 2.1 or 3.0; at least one entry, each with a text."""
    message, common = (f"{_NAMESPACES[version]}/{name}" for name in ("message", "common"))
    root = etree.Element(f"{{{message}}}Error", nsmap={"message": message, "common": common})
    for entry in entries:
        error = etree.SubElement(root, f"{{{message}}}ErrorMessage", code=str(entry.code))
        for language, text in entry.texts.items():
            element = etree.SubElement(error, f"{{{common}}}Text", {_LANGUAGE: language})
            element.text = _clean(text)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def error_message_json(entries: Sequence[ErrorEntry]) -> bytes:
    """An SDMX-JSON 2.0 message of errors alone; at least one entry, each with a text."""
    errors = [_json_error(entry) for entry in entries]
    return json.dumps({"errors": errors}, ensure_ascii=False).encode()


def _json_error(entry: ErrorEntry) -> dict[str, object]:
    titles = {language: _clean(text) for language, text in entry.texts.items()}
    return {"code": entry.code, "title": next(iter(titles.values())), "titles": titles}


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)
