"""Bad structure messages over HTTP: each artefact's problem with its URN and its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.formats.xml.pretty import indented
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Category,
    CategoryScheme,
    Code,
    CodelistExtension,
    Dataflow,
    DataStructure,
    Dimension,
    StructureMessage,
)
from tests.conftest import Running, running
from tests.e2e.test_data_follows_structure import (
    AGENCY,
    CONCEPTS,
    about,
    codes,
    flow,
    of,
    ref,
    structure,
)

LIST = codes("CL_TEST", "1.0.0", "A", "B")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("bad") / "data") as hub:
        hub.keys[AGENCY] = hub.hub.credentials.add(f"AGENCY_{AGENCY}")
        yield hub


def body(*artefacts: object) -> bytes:
    message = StructureMessage(artefacts=artefacts)  # type: ignore[arg-type]
    return indented(xml_structures.write_30(Header(id="T", sender="T"), message))


def post(hub: Running, content: bytes) -> httpx.Response:
    with hub.client(AGENCY) as client:
        return client.post("/sdmx/v2/structure", content=content)


@dataclass(frozen=True)
class Told:
    """A problem of an answer: of which artefact, its code by HTTP, its text."""

    urn: str
    text: str


def told(answer: httpx.Response) -> list[Told]:
    root = etree.fromstring(answer.content)
    found = []
    for result in root.iter("{*}SubmissionResult"):
        urn = next(result.iter("{*}MaintainableObject")).text or ""
        for text in result.iter("{*}Text"):
            if text.get("{http://www.w3.org/XML/1998/namespace}lang") == "en":
                found.append(Told(urn, text.text or ""))
    return found


def line_of(content: bytes, mark: str, nth: int = 0) -> int:
    """The line of the nth element that has this in it."""
    lines = [number for number, line in enumerate(content.decode().splitlines(), 1) if mark in line]
    return lines[nth]


def extending(name: str, other: str) -> object:
    extension = CodelistExtension(codelist=ref(Class.CODELIST, other))
    return replace(codes(name, "1.0.0", "A"), extensions=(extension,))


MISSING_CONCEPT = structure(
    "1.0.0",
    dimensions=(Dimension(id="AREA", concept=of("NOWHERE")),),
    attributes=(),
)
TWICE = replace(LIST, items=(*LIST.items, Code(id="A", about=about("again"))))
CYCLE = replace(
    LIST,
    items=(
        Code(id="A", parent="B", about=about("A")),
        Code(id="B", parent="A", about=about("B")),
    ),
)
CATEGORIES = CategoryScheme(
    ref=ref(Class.CATEGORY_SCHEME, "CAS"),
    about=about("CAS"),
    items=(Category(id="P", about=about("P")), Category(id="P", about=about("P"))),
)
CASES = {
    "a list that extends itself": ((extending("CL_1", "CL_1"),), "circle", 'id="CL_1"', 0),
    "at a distance": (
        (extending("CL_1", "CL_2"), extending("CL_2", "CL_3"), extending("CL_3", "CL_1")),
        "CL_2",
        'id="CL_1"',
        0,
    ),
    "a missing concept": ((CONCEPTS, MISSING_CONCEPT), "NOWHERE", 'id="DSD"', 0),
    "a code twice": ((TWICE,), "A", ' id="A"', 1),
    "a category twice": ((CATEGORIES,), "P", ' id="P"', 1),
    "a circle of parents": ((CYCLE,), "A", ' id="A"', 0),
    "what is not there": ((flow("1.0.0", "9.0.0"),), "DSD", 'id="DF"', 0),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_fault_is_told_with_urn_and_line(hub: Running, case: str) -> None:
    artefacts, word, mark, nth = CASES[case]
    content = body(*artefacts)
    answer = post(hub, content)
    assert answer.status_code == 409, answer.text
    found = [one for one in told(answer) if word.lower() in one.text.lower()]
    assert found, told(answer)
    assert any(one.urn.startswith("urn:sdmx:") and AGENCY in one.urn for one in found)
    expected = f"Line {line_of(content, mark, nth)})"
    assert any(one.text.endswith(expected) for one in found), (expected, found)


def test_versions_backwards_and_others_agencies(hub: Running) -> None:
    assert post(hub, body(codes("CL_V", "1.1.0", "A"))).status_code == 201
    back = post(hub, body(codes("CL_V", "1.0.9", "A")))
    assert back.status_code == 409
    assert "1.1.0" in told(back)[0].text
    assert "CL_V(1.0.9)" in told(back)[0].urn
    others = replace(LIST, ref=replace(LIST.ref, agency="MAGHREB.TN"))
    content = body(codes("CL_V", "1.2.0", "A"), others)
    answer = post(hub, content)
    assert answer.status_code == 403
    assert f"Line {line_of(content, 'MAGHREB.TN')})" in [one.text for one in told(answer)][1]


def test_json_has_no_lines(hub: Running) -> None:
    message = StructureMessage(artefacts=(TWICE,))
    answer = post(hub, json_structures.write_20(Header(id="T", sender="T"), message))
    assert answer.status_code == 409
    assert "Line" not in told(answer)[0].text
    assert "CL_TEST" in told(answer)[0].urn


def test_unknown_elements_are_named_with_their_line(hub: Running) -> None:
    content = (
        body(LIST)
        .replace(b"<str:Code ", b"<str:Kode ", 1)
        .replace(b"</str:Code>", b"</str:Kode>", 1)
    )
    answer = post(hub, content)
    assert answer.status_code == 400
    assert "Kode" in answer.text
    assert str(line_of(content, "<str:Kode")) in answer.text


def test_50_megabytes(hub: Running) -> None:
    code = b'<str:Code id="C%07d"><com:Name xml:lang="en">' + b"x" * 120 + b"</com:Name></str:Code>"
    content = body(LIST)
    start = content.index(b"<str:Code ")
    filler = b"".join(code % number for number in range(300_000))
    large = content[:start] + filler + content[start:]
    assert len(large) > 50 * 1024**2
    answer = post(hub, large)
    assert answer.status_code == 413
    assert post(hub, content).status_code == 201


def test_nothing_of_all_this_is_kept(hub: Running) -> None:
    names = {entry.ref.id for entry in hub.hub.registry.artefacts if entry.ref.agency == AGENCY}
    assert names <= {"CL_V", "CL_TEST"}
    assert not any(isinstance(one, Dataflow | DataStructure) and one.ref.agency == AGENCY
                   for one in hub.hub.registry.artefacts)  # fmt: skip
