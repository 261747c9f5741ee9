"""Data and the structures they were sent by, as those change: over HTTP, end to end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    CodelistExtension,
    Concept,
    ConceptScheme,
    CubeRegion,
    DataConstraint,
    Dataflow,
    DataKey,
    DataKeySet,
    DataStructure,
    Dimension,
    Measure,
    MemberSelection,
    ProvisionAgreement,
    Representation,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText
from tests.conftest import Running, running
from tests.e2e.test_maintenance import problems

AGENCY = "MAGHREB.MA"
PROVIDER = Ref(Class.DATA_PROVIDER_SCHEME, "MAGHREB", "DATA_PROVIDERS", None, "MA_CNSS")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as hub:
        hub.keys[AGENCY] = hub.hub.credentials.add(f"AGENCY_{AGENCY}")
        yield hub


def about(text: str, **annotations: str) -> About:
    return About(
        names=LocalisedText.of({"fr": text, "en": text, "ar": text}),
        annotations=tuple(Annotation(type=key, title=one) for key, one in annotations.items()),
    )


def ref(artefact: Class, id_: str, version: str = "1.0.0", item: str | None = None) -> Ref:
    return Ref(artefact, AGENCY, id_, version, item)


def codes(id_: str, version: str, *names: str) -> Codelist:
    items = tuple(Code(id=name, about=about(name)) for name in names)
    return Codelist(ref=ref(Class.CODELIST, id_, version), about=about(id_), items=items)


CONCEPTS = ConceptScheme(
    ref=ref(Class.CONCEPT_SCHEME, "CS"),
    about=about("CS"),
    items=tuple(
        Concept(id=name, about=about(name))
        for name in ("AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "STATUS", "NOTE", "COUNT")
    ),
)


def of(name: str) -> Ref:
    return ref(Class.CONCEPT_SCHEME, "CS", item=name)


def coded(codelist: Ref) -> Representation:
    return Representation(enumeration=codelist)


AREA = codes("CL_AREA", "1.0.0", "MA", "DZ", "TN")
SEX = codes("CL_SEX", "1.0.0-draft", "F", "M", "_T")
STATUS = codes("CL_STATUS", "1.0.0-draft", "A", "M")
OBSERVATION = AttributeRelationship(level=AttachmentLevel.OBSERVATION)


def structure(version: str, **changes: object) -> DataStructure:
    built = DataStructure(
        ref=ref(Class.DATA_STRUCTURE, "DSD", version),
        about=about("DSD"),
        dimensions=(
            Dimension(
                id="AREA",
                concept=of("AREA"),
                representation=coded(replace(AREA.ref, version="1.0+.0")),
            ),
            Dimension(id="SEX", concept=of("SEX"), representation=coded(SEX.ref)),
        ),
        time_dimension=Dimension(id="TIME_PERIOD", concept=of("TIME_PERIOD")),
        measures=(Measure(id="OBS_VALUE", concept=of("OBS_VALUE")),),
        attributes=(
            Attribute(
                id="STATUS",
                concept=of("STATUS"),
                relationship=OBSERVATION,
                representation=coded(STATUS.ref),
            ),
        ),
    )
    return replace(built, **changes)  # type: ignore[arg-type]


def flow(version: str, of_structure: str) -> Dataflow:
    return Dataflow(
        ref=ref(Class.DATAFLOW, "DF", version),
        about=about("DF"),
        structure=ref(Class.DATA_STRUCTURE, "DSD", of_structure),
    )


AGREEMENT = ProvisionAgreement(
    ref=ref(Class.PROVISION_AGREEMENT, "PA"),
    about=about("PA", SHARING_TIER="public"),
    dataflow=ref(Class.DATAFLOW, "DF"),
    data_provider=PROVIDER,
)
NOTE = Attribute(id="NOTE", concept=of("NOTE"), relationship=OBSERVATION)
WIDER = structure("1.1.0", attributes=(NOTE, *structure("1.0.0").attributes))
FIRST = (CONCEPTS, AREA, SEX, STATUS, structure("1.0.0"), flow("1.0.0", "1.0.0"), AGREEMENT)


def post(hub: Running, *artefacts: object, action: str = "Replace") -> httpx.Response:
    message = StructureMessage(artefacts=artefacts)  # type: ignore[arg-type]
    body = xml_structures.write_30(Header(id="T", sender="T"), message)
    with hub.client(AGENCY, Action=action) as client:
        return client.post("/sdmx/v2/structure", content=body)


def push(hub: Running, version: str, *lines: str, columns: str = "", **more: str) -> httpx.Response:
    head = "STRUCTURE,STRUCTURE_ID,ACTION,AREA,SEX,TIME_PERIOD,OBS_VALUE,STATUS" + columns
    rows = "".join(f"dataflow,{AGENCY}:DF({version}),M,{line}\n" for line in lines)
    return hub.push("MA_CNSS", f"{head}\n{rows}".encode(), **more)


def rows(hub: Running, version: str, query: str = "") -> list[dict[str, str]]:
    path = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/{version}?format=csvdata{query}"
    with hub.client() as client:
        answer = client.get(path)
    assert answer.status_code in (200, 204), answer.text
    found = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    return [
        {name: text for name, text in row.items() if "STRUCTURE" not in name and name != "ACTION"}
        for row in found
    ]


def said(answer: httpx.Response) -> str:
    return " | ".join(problems(answer))


@pytest.fixture
def filled(hub: Running) -> Running:
    answer = post(hub, *FIRST)
    assert answer.status_code == 201, said(answer)
    sent = push(hub, "1.0.0", "MA,F,2020,1,A", "MA,M,2020,2,A", "DZ,F,2020,3,M")
    assert sent.status_code == 201, sent.text
    return hub


@pytest.mark.parametrize("following", ["version", "wildcard"])
def test_a_new_minor_version_applies_without_a_reload(hub: Running, following: str) -> None:
    by = "1.0.0" if following == "version" else "1.0+.0"
    first = [entry for entry in FIRST if not isinstance(entry, Dataflow)]
    assert post(hub, *first, flow("1.0.0", by)).status_code == 201
    assert push(hub, "1.0.0", "MA,F,2020,1,A").status_code == 201
    new = "1.1.0" if following == "version" else "1.0.0"
    change = (WIDER, flow("1.1.0", "1.1.0")) if following == "version" else (WIDER,)
    answer = post(hub, *change)
    assert answer.status_code == 201, said(answer)
    old = {"AREA": "MA", "SEX": "F", "TIME_PERIOD": "2020", "OBS_VALUE": "1", "STATUS": "A"}
    assert rows(hub, new) == [{**old, "NOTE": ""}]
    assert push(hub, new, "MA,F,2021,2,A,new", columns=",NOTE").status_code == 201
    assert [row["NOTE"] for row in rows(hub, new)] == ["", "new"]
    if following == "version":
        assert [row["TIME_PERIOD"] for row in rows(hub, "1.0.0")] == ["2020", "2021"]
        assert "NOTE" not in rows(hub, "1.0.0")[0]
        assert push(hub, "1.0.0", "MA,F,2021,5,A").status_code == 201
    assert [row["NOTE"] for row in rows(hub, new)] == ["", "new"]


def test_other_formats_and_contexts_follow_too(filled: Running) -> None:
    assert post(filled, WIDER, flow("1.1.0", "1.1.0")).status_code == 201
    push(filled, "1.1.0", "TN,F,2021,2,A,new", columns=",NOTE")
    with filled.client() as client:
        for path in (
            f"/sdmx/v2/data/dataflow/{AGENCY}/DF/1.1.0?format=jsondata",
            f"/sdmx/v2/data/datastructure/{AGENCY}/DSD/1.1.0?format=jsondata",
            f"/sdmx/v2/data/provisionagreement/{AGENCY}/PA/1.0.0?format=jsondata",
            f"/sdmx/v1/data/{AGENCY},DF,1.1.0",
            f"/sdmx/v1/data/{AGENCY},DF,1.0.0",
        ):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "TN" in answer.text


def test_availability_knows_versions_and_inherited_codes(hub: Running) -> None:
    base = codes("CL_BASE", "1.0.0", "MA", "DZ")
    extension = CodelistExtension(codelist=base.ref, prefix="X_")
    wide = replace(AREA, extensions=(extension,))
    newer = replace(AGREEMENT, ref=replace(AGREEMENT.ref, version="1.1.0"))
    rest = [entry for entry in FIRST if entry not in (AREA, AGREEMENT)]
    answer = post(hub, base, wide, *rest, newer)
    assert answer.status_code == 201, said(answer)
    assert push(hub, "1.0.0", "X_MA,F,2020,1,A").status_code == 201
    path = f"/sdmx/v2/availability/dataflow/{AGENCY}/DF/1.0.0?references="
    with hub.client() as client:
        found = client.get(f"{path}codelist,dataproviderscheme").json()["data"]
    lists = {entry["id"]: [code["id"] for code in entry["codes"]] for entry in found["codelists"]}
    assert lists["CL_AREA"] == ["X_MA"]
    (scheme,) = found["dataProviderSchemes"]
    assert [entry["id"] for entry in scheme["dataProviders"]] == ["MA_CNSS"]


def test_a_new_code_is_accepted_from_then_on(filled: Running) -> None:
    assert push(filled, "1.0.0", "LY,F,2020,4,A").status_code == 422
    assert post(filled, codes("CL_AREA", "1.1.0", "MA", "DZ", "TN", "LY")).status_code == 201
    assert push(filled, "1.0.0", "LY,F,2020,4,A").status_code == 201
    assert [row["AREA"] for row in rows(filled, "1.0.0")] == ["DZ", "LY", "MA", "MA"]


def test_a_code_in_use_is_not_removed(filled: Running) -> None:
    answer = post(filled, replace(SEX, items=SEX.items[1:]))
    assert answer.status_code == 409
    told = said(answer)
    assert f"2 rows stored under {AGENCY}:PA(1.0.0)" in told
    assert "SEX F" in told
    assert "MA.F 2020" in told
    assert "DZ.F 2020" in told
    assert post(filled, replace(SEX, items=SEX.items[:2])).status_code == 200
    with filled.client(AGENCY) as client:
        path = f"/sdmx/v2/structure/codelist/{AGENCY}/CL_SEX/1.0.0-draft"
        assert client.delete(f"{path}/F").status_code == 409
        assert client.delete(path).status_code == 409
    assert len(rows(filled, "1.0.0")) == 3


def test_what_waits_for_release_counts_and_the_past_does_not(filled: Running) -> None:
    waiting = push(filled, "1.0.0", "MA,_T,2020,9,A", releaseAt="2099-01-01T00:00:00Z")
    assert waiting.status_code == 201
    answer = post(filled, replace(SEX, items=SEX.items[:2]))
    assert answer.status_code == 409
    assert "1 rows stored" in said(answer)
    assert "_T 2020" not in said(answer)
    body = (
        "STRUCTURE,STRUCTURE_ID,ACTION,AREA,SEX,TIME_PERIOD,OBS_VALUE\n"
        f"dataflow,{AGENCY}:DF(1.0.0),D,,M,,\n"
    )
    assert filled.push("MA_CNSS", body.encode()).status_code == 201
    left = replace(SEX, items=(SEX.items[0], SEX.items[2]))
    assert post(filled, left).status_code == 200


def test_keys_only_of_what_the_maintainer_reads(hub: Running) -> None:
    hidden = replace(AGREEMENT, about=about("PA", SHARING_TIER="own"))
    assert post(hub, *FIRST[:-1], hidden).status_code == 201
    assert push(hub, "1.0.0", "MA,F,2020,1,A").status_code == 201
    told = said(post(hub, replace(SEX, items=SEX.items[1:])))
    assert "1 rows stored" in told
    assert "MA.F" not in told


def test_an_attribute_with_values_is_not_removed(hub: Running) -> None:
    draft = structure("1.0.0-draft", attributes=(*structure("1.0.0").attributes, NOTE))
    artefacts = (*FIRST[:4], draft, flow("1.0.0", "1.0.0-draft"), AGREEMENT)
    assert post(hub, *artefacts).status_code == 201
    assert push(hub, "1.0.0", "MA,F,2020,1,A").status_code == 201
    assert post(hub, structure("1.0.0-draft")).status_code == 200
    assert post(hub, draft).status_code == 200
    assert push(hub, "1.0.0", "MA,F,2020,1,A,text", columns=",NOTE").status_code == 201
    answer = post(hub, structure("1.0.0-draft"))
    assert (answer.status_code, "NOTE" in said(answer)) == (409, True)
    other = replace(draft, dimensions=draft.dimensions[:1])
    answer = post(hub, other)
    assert (answer.status_code, "1 rows stored" in said(answer)) == (409, True)
    count = Measure(id="COUNT", concept=of("COUNT"))
    assert post(hub, replace(draft, measures=(*draft.measures, count))).status_code == 200
    assert rows(hub, "1.0.0")[0]["NOTE"] == "text"


def excluding(area: str, sex: str) -> DataConstraint:
    members = (
        MemberSelection(component="AREA", values=(area,)),
        MemberSelection(component="SEX", values=(sex,)),
    )
    return DataConstraint(
        ref=ref(Class.DATA_CONSTRAINT, "CN", "1.0.0-draft"),
        about=about("CN"),
        attachment=(ref(Class.DATAFLOW, "DF"),),
        cube_regions=(CubeRegion(include=False, members=members),),
    )


def test_a_constraint_that_excludes_stored_keys_is_refused(filled: Running) -> None:
    answer = post(filled, excluding("DZ", "F"))
    assert answer.status_code == 409
    assert "1 rows stored" in said(answer)
    assert "DZ.F 2020" in said(answer)
    assert post(filled, excluding("DZ", "M")).status_code == 201
    assert post(filled, excluding("MA", "M")).status_code == 409


def key(area: str, sex: str, **validity: str) -> DataKey:
    members = (("AREA", area), ("SEX", sex))
    return DataKey(
        members=tuple(MemberSelection(component=name, values=(one,)) for name, one in members),
        **validity,  # type: ignore[arg-type]
    )


def test_key_sets_and_validity_bind_what_is_sent(filled: Running) -> None:
    keys = (key("MA", "F"), key("MA", "M"), key("DZ", "F", valid_to="2020"))
    constraint = replace(excluding("DZ", "F"), cube_regions=(), key_sets=(DataKeySet(keys=keys),))
    assert post(filled, constraint).status_code == 201
    assert push(filled, "1.0.0", "MA,F,2021,1,A", "DZ,F,2019,1,A").status_code == 201
    late = push(filled, "1.0.0", "DZ,F,2021,1,A", "DZ,M,2019,1,A")
    assert late.status_code == 422
    (problem,) = late.json()["report"]["problems"]
    assert (problem["code"], problem["count"]) == ("CONSTRAINT_DATAFLOW", 2)


def test_agreements_and_flows_with_data_are_not_deleted(hub: Running) -> None:
    legacy = replace(AGREEMENT, ref=ref(Class.PROVISION_AGREEMENT, "PA", "1.0"))
    df = replace(flow("1.0", "1.0.0"))
    legacy = replace(legacy, dataflow=df.ref)
    assert post(hub, *FIRST[:5], df, legacy).status_code == 201
    assert push(hub, "1.0", "MA,F,2020,1,A").status_code == 201
    for gone in ((legacy,), (legacy, df)):
        answer = post(hub, *gone, action="Delete")
        assert answer.status_code == 409
        assert "1 rows stored" in said(answer)
    second = structure("2.0.0", dimensions=structure("1.0.0").dimensions[:1])
    answer = post(hub, second, flow("1.0", "2.0.0"))
    assert answer.status_code == 409
    assert "DSD(1.0.0)" in said(answer)
    assert post(hub, WIDER, flow("1.0", "1.1.0")).status_code == 207
    assert rows(hub, "1.0")[0]["NOTE"] == ""


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "data") as hub:
        hub.keys[AGENCY] = hub.hub.credentials.add(f"AGENCY_{AGENCY}")
        post(hub, *FIRST)
        push(hub, "1.0.0", "MA,F,2020,1,A")
        post(hub, WIDER, flow("1.1.0", "1.1.0"))
        push(hub, "1.1.0", "MA,F,2021,2,A,new", columns=",NOTE")
        before = rows(hub, "1.1.0"), rows(hub, "1.0.0")
        assert len(before[0]) == 2
    with running(tmp_path / "data") as hub:
        assert (rows(hub, "1.1.0"), rows(hub, "1.0.0")) == before
