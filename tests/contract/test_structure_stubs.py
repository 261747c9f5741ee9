"""Stubs of what says of what it is: what they may leave out, and in which formats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    About,
    Artefact,
    HierarchyAssociation,
    ItemSchemeMap,
    RepresentationMap,
    StructureMap,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText
from tests.contract.test_structures_of_21 import AROUND, HEADER, STUB, read
from tests.property.test_structure_round_trip import assert_valid_json, assert_valid_xml


def test_a_stub_of_a_structure_set_is_one_where_it_may_be() -> None:
    """SDMX-ML 3 asks of a map, even of its stub, what it maps."""
    stub = read(STUB)
    (found,) = stub.artefacts
    assert isinstance(found, StructureMap)
    assert stub.stubs == {found.ref}
    assert (found.source, found.target) == (None, None)
    assert dict(found.about.names) == {"en": "All maps"}
    for name in ("json 1.0", "json 2.0", "json 2.1"):
        text = AROUND[name][0](HEADER, stub)
        assert_valid_json(text, name.removeprefix("json "))
        assert AROUND[name][1](text, Limits()) == stub
    text = xml_structures.write_21(HEADER, stub)
    assert_valid_xml(text, "2.1")
    assert read(text) == stub
    for name in ("xml 3.0", "xml 3.1"):
        with pytest.raises(Refused) as caught:
            AROUND[name][0](HEADER, stub)
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


@pytest.mark.parametrize("kind", ["CODELIST_MAP", "CONCEPT_SCHEME_MAP", "ASSOCIATION"])
def test_stubs_of_what_has_ends_may_leave_them_out_in_json(kind: str) -> None:
    about = About(names=LocalisedText.of({"en": "Map"}))
    made: Artefact = {
        "CODELIST_MAP": RepresentationMap(ref=_named(Class.REPRESENTATION_MAP), about=about),
        "CONCEPT_SCHEME_MAP": ItemSchemeMap(ref=_named(Class.CONCEPT_SCHEME_MAP), about=about),
        "ASSOCIATION": HierarchyAssociation(ref=_named(Class.HIERARCHY_ASSOCIATION), about=about),
    }[kind]
    stub = StructureMessage(artefacts=(made,), stubs=frozenset({made.ref}))
    for name in ("json 2.0", "json 2.1"):
        text = AROUND[name][0](HEADER, stub)
        assert_valid_json(text, name.removeprefix("json "))
        assert AROUND[name][1](text, Limits()) == stub
    whole = AROUND["json 2.0"][0](HEADER, replace(stub, stubs=frozenset()))
    with pytest.raises(Refused) as caught:
        json_structures.read(whole, Limits())
    assert caught.value.problem.code == "STRUCTURE_INCOMPLETE"
    for name in ("xml 3.0", "xml 3.1"):
        with pytest.raises(Refused) as caught:
            AROUND[name][0](HEADER, stub)
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
    if kind != "ASSOCIATION":
        text = xml_structures.write_21(HEADER, stub)
        assert_valid_xml(text, "2.1")
        assert read(text) == stub
        assert AROUND["json 1.0"][1](AROUND["json 1.0"][0](HEADER, stub), Limits()) == stub


def _named(kind: Class) -> Ref:
    return Ref(kind, "MA", "MAP", "1.0")
