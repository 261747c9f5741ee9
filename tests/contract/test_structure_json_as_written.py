"""SDMX-JSON as others write it: versions mixed, names of another version, members of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.structures import (
    Annotation,
    Codelist,
    ConstraintRole,
    DataConstraint,
    DataStructure,
    Link,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText
from tests.property.test_structure_round_trip import EVERY_FORMAT, assert_valid_json

HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
SCHEMA = "https://example.org/schemas/{}/sdmx-json-structure-schema.json"
CODELIST: dict[str, Any] = {
    "id": "CL",
    "agencyID": "MA",
    "version": "1.0.0",
    "name": "Codes",
    "codes": [{"id": "A", "name": "a"}, {"id": "B-C", "name": "b"}],
}
CONCEPT = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=MA:CS(1.0).{}"


def message(version: str, **data: Any) -> bytes:
    return json.dumps({"meta": {"schema": SCHEMA.format(version)}, "data": data}).encode()


def read(text: bytes) -> StructureMessage:
    return json_structures.read(text, Limits())


def refused(text: bytes) -> tuple[str, Any]:
    with pytest.raises(Refused) as caught:
        read(text)
    return caught.value.problem.code, caught.value.problem.arguments.get("found")


# FMR says 1.0 where it writes 2.0, and has names of its own.

VALUES = {**CODELIST, "isPartial": False, "valueItems": [{"id": "€", "name": "euro"}]}
del VALUES["codes"]
AGREED = {
    "id": "PA",
    "agencyID": "MA",
    "version": "1.0",
    "name": "Agreement",
    "dataflow": "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=MA:DF(1.0)",
    "dataProvider": "urn:sdmx:org.sdmx.infomodel.base.DataProvider=MA:DATA_PROVIDERS(1.0).P",
}


def test_a_message_that_says_10_is_read_as_what_it_is() -> None:
    found = read(message("1.0", valuelists=[VALUES], provisionAgreements=[AGREED])).artefacts
    assert [one.ref.short for one in found] == ["MA:CL(1.0.0)", "MA:PA(1.0)"]
    assert read(message("1.0", provisionAgreements=[AGREED])).artefacts == found[1:]


def test_a_fault_of_a_message_that_says_10_is_named_as_in_20() -> None:
    wrong = {**VALUES, "nonsense": 1}
    assert refused(message("1.0", valuelists=[wrong])) == (
        "JSON_MEMBER_UNEXPECTED",
        "valuelists/0/nonsense",
    )


def test_what_only_an_item_scheme_can_be_no_value_list_is() -> None:
    whole = {**VALUES, "isPartial": True}
    assert refused(message("2.0", valueLists=[whole]))[1] == "valueLists/0/isPartial"


def components(version_of_names: str) -> dict[str, Any]:
    """A data structure with the names that 1.0 has, in what else is 2.0."""
    old = version_of_names == "1.0"
    attribute: dict[str, Any] = {
        "id": "NOTE",
        "conceptIdentity": CONCEPT.format("NOTE"),
        "attributeRelationship": {"observation": {}},
        "assignmentStatus" if old else "usage": "Mandatory" if old else "mandatory",
        "localRepresentation": {
            "textFormat" if old else "format": {"textType" if old else "dataType": "String"}
        },
    }
    time = {
        "id": "TIME_PERIOD",
        "conceptIdentity": CONCEPT.format("TIME_PERIOD"),
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }
    sex = {"id": "SEX", "conceptIdentity": CONCEPT.format("SEX")}
    value = {"id": "OBS_VALUE", "conceptIdentity": CONCEPT.format("OBS_VALUE")}
    times = {"timeDimensions": [time]} if old else {"timeDimension": time}
    measures = {"primaryMeasure": value} if old else {"measures": [value]}
    return {
        "id": "DSD",
        "agencyID": "MA",
        "version": "1.0",
        "name": "Structure",
        "dataStructureComponents": {
            "dimensionList": {"id": "DimensionDescriptor", "dimensions": [sex], **times},
            "attributeList": {"id": "AttributeDescriptor", "attributes": [attribute]},
            "measureList": {"id": "MeasureDescriptor", **measures},
        },
    }


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1"])
def test_names_of_another_version_say_the_same(version: str) -> None:
    (plain,) = read(message("2.0", dataStructures=[components("2.0")])).artefacts
    assert isinstance(plain, DataStructure)
    assert plain.attributes[0].mandatory
    assert read(message(version, dataStructures=[components("1.0")])).artefacts == (plain,)


def test_an_empty_array_says_nothing() -> None:
    structure = components("2.0")
    structure["dataStructureComponents"]["groups"] = []
    assert len(read(message("2.0", dataStructures=[structure])).artefacts) == 1
    structure["dataStructureComponents"]["groups"] = [{"id": "G", "groupDimensions": []}]
    code, found = refused(message("2.0", dataStructures=[structure]))
    assert (code, found) == (
        "STRUCTURE_INCOMPLETE",
        "dataStructures/0/dataStructureComponents/groups/0",
    )


def test_two_names_that_say_different_things_are_refused() -> None:
    both = components("2.0")
    attribute = both["dataStructureComponents"]["attributeList"]["attributes"][0]
    assert len(read(message("2.0", dataStructures=[both])).artefacts) == 1
    attribute["assignmentStatus"] = "Mandatory"
    assert len(read(message("2.0", dataStructures=[both])).artefacts) == 1
    attribute["assignmentStatus"] = "Conditional"
    assert str(refused(message("2.0", dataStructures=[both]))[1]).endswith("/assignmentStatus")


def test_a_role_in_small_letters_is_one() -> None:
    constraint = {
        "id": "DC",
        "agencyID": "MA",
        "version": "1.0",
        "name": "There",
        "type": "actual",
        "cubeRegions": [{"isIncluded": False, "keyValues": [{"id": "SEX", "values": ["F"]}]}],
    }
    (found,) = read(message("2.0", dataConstraints=[constraint])).artefacts
    assert isinstance(found, DataConstraint)
    assert (found.role, found.cube_regions[0].include) == (ConstraintRole.ACTUAL, False)


# Links of annotations, which only SDMX-JSON has.

FULL: dict[str, Any] = {
    "href": "https://example.org/d",
    "rel": "describedby",
    "urn": "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=MA:CL(1.0)",
    "uri": "https://example.org/page",
    "title": "Page",
    "titles": {"en": "Page", "fr": "La page"},
    "type": "text/html",
    "hreflang": "fr",
}


def with_links(*links: dict[str, Any]) -> dict[str, Any]:
    return {**CODELIST, "annotations": [{"type": "T", "links": list(links)}]}


def test_links_of_annotations_are_kept_and_written_back() -> None:
    plain = [{"href": "https://example.org/", "rel": "self"}]
    french = {"href": "https://example.org/fr", "hreflang": "fr"}
    source = message("2.0", codelists=[with_links(*plain, french, FULL)])
    (note,) = read(source).artefacts[0].about.annotations
    assert (note.url, dict(note.urls)) == ("https://example.org/", {"fr": "https://example.org/fr"})
    (link,) = note.links
    assert (link.relation, link.language, link.uri) == ("describedby", "fr", FULL["uri"])
    assert dict(link.titles) == FULL["titles"]
    for name in ("json 1.0", "json 2.0", "json 2.1"):
        write, read_again = EVERY_FORMAT[name]
        text = write(HEADER, read(source))
        assert_valid_json(text, name.removeprefix("json "))
        assert read_again(text, Limits()) == read(source)


@pytest.mark.parametrize("name", ["xml 2.1", "xml 3.0", "xml 3.1"])
def test_links_of_annotations_are_refused_by_name_in_xml(name: str) -> None:
    with pytest.raises(Refused) as caught:
        EVERY_FORMAT[name][0](HEADER, read(message("2.0", codelists=[with_links(FULL)])))
    assert caught.value.problem.arguments["found"] == "Annotation.links"


def test_a_link_may_say_of_a_self_what_no_address_can() -> None:
    link = {"rel": "self", "type": "code", "urn": FULL["urn"]}
    (note,) = read(message("2.0", codelists=[with_links(link)])).artefacts[0].about.annotations
    assert note.links == (Link(relation="self", type="code", urn=FULL["urn"]),)


@pytest.mark.parametrize(
    "link", [{"rel": 1, "href": "x"}, {"rel": "a", "href": "x", "more": "y"}, {"titles": 3}, []]
)
def test_what_is_no_link_is_refused(link: Any) -> None:
    code, found = refused(message("2.0", codelists=[with_links(link)]))
    assert (code, str(found)[:25]) == ("JSON_MEMBER_UNEXPECTED", "codelists/0/annotations/0")


def test_titles_need_no_language() -> None:
    link = {"rel": "a", "href": "x", "title": "Page"}
    (note,) = read(message("2.0", codelists=[with_links(link)])).artefacts[0].about.annotations
    assert note.links[0].titles == LocalisedText.of({"en": "Page"})


# Members that begin with x-.

EXTENDED = {
    **CODELIST,
    "x-origin": {"system": "fmr", "rank": [1, 2.5, None]},
    "names": {"en": "Codes", "x-klingon": "Ngoq"},
    "annotations": [{"type": "T", "x-note": True}],
    "codes": [{"id": "A", "name": "a"}, {"id": "B-C", "name": "b", "x-colour/a": "red"}],
}


def extended(**more: Any) -> bytes:
    return message("2.1", codelists=[{**EXTENDED, **more}], **{"x-all": 1})


def test_members_of_their_own_are_annotations_of_every_format() -> None:
    first = read(extended())
    notes = {note.id: note.title for note in first.artefacts[0].about.annotations if note.id}
    assert notes == {
        "/x-origin": '{"system": "fmr", "rank": [1, 2.5, null]}',
        "/annotations/0/x-note": "true",
        "/codes/B-C/x-colour~1a": '"red"',
    }
    assert dict(first.artefacts[0].about.names) == EXTENDED["names"]
    for name, (write, read_again) in EVERY_FORMAT.items():
        assert read_again(write(HEADER, first), Limits()) == first, name


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_members_of_their_own_are_written_back_in_their_places(version: str) -> None:
    around = xml_structures.read(xml_structures.write_30(HEADER, read(extended())), Limits())
    text = EVERY_FORMAT[f"json {version}"][0](HEADER, around)
    assert_valid_json(text, version)
    (written,) = json.loads(text)["data"]["codelists"]
    assert written["x-origin"] == EXTENDED["x-origin"]
    assert written["codes"][1]["x-colour/a"] == "red"
    assert written["annotations"] == [{"type": "T", "x-note": True}]


def test_a_member_whose_place_is_gone_stays_an_annotation() -> None:
    message_ = read(extended())
    (codelist,) = message_.artefacts
    assert isinstance(codelist, Codelist)
    fewer = Codelist(ref=codelist.ref, about=codelist.about, items=codelist.items[:1])
    text = json_structures.write_21(HEADER, StructureMessage(artefacts=(fewer,)))
    assert_valid_json(text, "2.1")
    (written,) = json.loads(text)["data"]["codelists"]
    assert [note.get("id") for note in written["annotations"]] == [None, "/codes/B-C/x-colour~1a"]
    (again,) = read(text).artefacts
    assert set(again.about.annotations) == set(codelist.about.annotations)


@pytest.mark.parametrize("title", ["no JSON", None, "1"])
@pytest.mark.parametrize("place", ["", "/", "/codes/A", "/codes/Z/x-a", "x-a", "/codes/A/id", None])
def test_an_annotation_that_is_no_member_stays_one(place: str | None, title: str | None) -> None:
    note = Annotation(type="SDMX_JSON_EXTENSION", id=place, title=title)
    first = read(message("2.0", codelists=[CODELIST]))
    about = first.artefacts[0].about
    noted = replace(first.artefacts[0], about=replace(about, annotations=(note,)))
    whole = StructureMessage(artefacts=(noted,))
    assert read(json_structures.write_21(HEADER, whole)) == whole


def test_deep_members_are_refused() -> None:
    deep: Any = 1
    for _ in range(80):
        deep = [deep]
    assert refused(extended(codes=[{"id": "A", "name": "a", "more": deep}]))[0] == "JSON_MALFORMED"
