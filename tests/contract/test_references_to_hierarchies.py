"""References of SDMX 2.1 to a hierarchy in a hierarchical code list lead to what it became."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Categorisation, Process, StructureMessage
from tests.conftest import running
from tests.contract.test_structures_of_21 import AROUND, HEADER, HIERARCHIES, message, named, read
from tests.contract.test_structures_only_of_21 import TAGGED
from tests.property.test_structure_round_trip import assert_valid_json, assert_valid_xml

URN = "urn:sdmx:org.sdmx.infomodel.codelist.Hierarchy=MA:HCL(1.0).WORLD"
BY_REF = (
    '<Ref id="WORLD" agencyID="MA" maintainableParentID="HCL" maintainableParentVersion="1.0" '
    'class="Hierarchy" package="codelist"/>'
)
BY_URN = f"<URN>{URN}</URN>"
WORLD = Ref(ArtefactClass.HIERARCHY, "MA", "HCL_WORLD", "1.0")
START = "<str:HierarchicalCodelists>"


def filed(by: str, beside: str = "") -> str:
    return TAGGED.format("C", named("Filed"), by) + beside


def process(by: str) -> str:
    return (
        f'<str:Processes><str:Process id="P" agencyID="MA" version="1.0">{named("Work")}'
        f'<str:ProcessStep id="S">{named("Step")}<str:Input><str:ObjectReference>{by}'
        "</str:ObjectReference></str:Input></str:ProcessStep></str:Process></str:Processes>"
    )


def together(by: str) -> bytes:
    begun = HIERARCHIES.replace(START.encode(), f"{filed(by)}{START}".encode())
    end = b"</str:HierarchicalCodelists>"
    return begun.replace(end, end + process(by).encode())


@pytest.mark.parametrize("by", [BY_REF, BY_URN, BY_REF + BY_URN], ids=["Ref", "URN", "both"])
def test_it_leads_to_the_hierarchy_of_the_message(by: str) -> None:
    assert_valid_xml(together(by), "2.1")
    first = read(together(by))
    found = {type(one): one for one in first.artefacts}
    source, step = found[Categorisation], found[Process]
    assert isinstance(source, Categorisation)
    assert isinstance(step, Process)
    assert source.source == step.steps[0].inputs[0].object == WORLD
    written = xml_structures.write_21(HEADER, first)
    assert_valid_xml(written, "2.1")
    assert written.count(b'maintainableParentID="HCL"') == 2
    assert set(read(written).artefacts) == set(first.artefacts)
    for write, read_other in AROUND.values():
        assert set(read_other(write(HEADER, first), Limits()).artefacts) == set(first.artefacts)


def test_json_10_names_it_by_its_urn_of_21() -> None:
    write, read_json = AROUND["json 1.0"]
    text = write(HEADER, read(together(BY_REF)))
    assert_valid_json(text, "1.0")
    assert text.count(URN.encode()) >= 2
    lost = text.replace(URN.encode(), URN.replace("WORLD", "MOON").encode())
    with pytest.raises(Refused) as caught:
        read_json(lost, Limits())
    assert caught.value.problem.code == "STRUCTURE_REFERENCE_MALFORMED"


@pytest.mark.parametrize("by", [BY_REF, BY_URN], ids=["Ref", "URN"])
def test_it_leads_to_a_hierarchy_known_elsewhere_or_is_refused(by: str) -> None:
    alone = message(filed(by))
    known = read(HIERARCHIES).artefacts
    (found,) = read_structures(alone, Limits(), known).artefacts
    assert isinstance(found, Categorisation)
    assert found.source == WORLD
    for artefacts in ((), known[1:]):
        with pytest.raises(Refused) as caught:
            read_structures(alone, Limits(), artefacts)
        problem = caught.value.problem
        assert problem.code == "STRUCTURE_REFERENCE_MALFORMED"
        assert problem.arguments["found"] == "Hierarchy MA:HCL(1.0).WORLD"


def test_a_hierarchy_without_its_list_is_named_as_itself() -> None:
    found = next(one for one in read(together(BY_REF)).artefacts if isinstance(one, Categorisation))
    written = xml_structures.write_21(HEADER, StructureMessage(artefacts=(found,)))
    assert b'id="HCL_WORLD" version="1.0" class="HierarchicalCodelist"' in written
    assert read(written).artefacts == (found,)


@pytest.mark.parametrize("name", ["xml 3.0", "xml 3.1", "json 2.0", "json 2.1"])
def test_messages_of_sdmx_3_do_not_name_it_so(name: str) -> None:
    write, read_other = AROUND[name]
    text = write(HEADER, read(together(BY_REF)))
    with pytest.raises(Refused):
        read_other(text.replace(WORLD.urn.encode(), URN.encode()), Limits())


def test_a_hub_knows_the_hierarchies_it_keeps(tmp_path: Path) -> None:
    ours = {
        b'agencyID="MA"': b'agencyID="MAGHREB"',
        b'id="CL_AREA" agencyID="MAGHREB" version="1.0"': (
            b'id="CL_AREA" agencyID="MAGHREB" version="1.0.0"'
        ),
        b'"AFRICA"': b'"MAGHREB"',
        b'"A" maintainableParentID="CS" agencyID="MAGHREB" maintainableParentVersion="1.0"': (
            b'"STOCK" maintainableParentID="CAS_LMS" agencyID="MAGHREB" '
            b'maintainableParentVersion="1.0.0"'
        ),
    }
    sent = [HIERARCHIES, message(filed(BY_REF))]
    for old, new in ours.items():
        sent = [text.replace(old, new) for text in sent]
    with running(tmp_path / "data") as hub:
        hub.keys["AGENCY_MAGHREB"] = hub.hub.credentials.add("AGENCY_MAGHREB")
        with hub.client("AGENCY_MAGHREB") as client:
            for text in sent:
                answer = client.post("/sdmx/v2/structure", content=text)
                assert answer.status_code == 201, answer.text
            found = client.get("/sdmx/v1/categorisation/MAGHREB/C/1.0?references=children")
    assert b'maintainableParentID="HCL"' in found.content
    assert b'<str:Hierarchy id="WORLD"' in found.content
