"""Two providers who send the same key: who wins, and where the loser is to be found.

With structures of this test's own, whose data structure has no dimension for the source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sdmx_service.formats.media import STRUCTURE_ML_30
from sdmx_service.formats.table import STRUCTURE_WRITERS
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    Artefact,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
    Representation,
    StructureMessage,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText
from tests.conftest import Running, running

PROVIDERS = {"FIRST": ("national", "1"), "SECOND": ("public", "2"), "THIRD": ("public", "3")}
V2 = "/sdmx/v2/data"
FLOW = f"{V2}/dataflow/TEST/DF/1.0.0"


def _about(name: str, **annotations: str) -> About:
    notes = tuple(Annotation(type=kind, title=title) for kind, title in annotations.items())
    return About(names=LocalisedText.of({"en": name}), annotations=notes)


def _ref(artefact: ArtefactClass, name: str, version: str | None = "1.0.0") -> Ref:
    return Ref(artefact, "TEST", name, version)


def _concept(name: str) -> Ref:
    return Ref(ArtefactClass.CONCEPT_SCHEME, "TEST", "CS", "1.0.0", name)


def _artefacts() -> Iterator[Artefact]:
    names = ("AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "TITLE")
    concepts = tuple(Concept(id=name, about=_about(name)) for name in names)
    yield ConceptScheme(
        ref=_ref(ArtefactClass.CONCEPT_SCHEME, "CS"), about=_about("CS"), items=concepts
    )
    structure, flow = _ref(ArtefactClass.DATA_STRUCTURE, "DSD"), _ref(ArtefactClass.DATAFLOW, "DF")
    time = Representation(text_format=TextFormat(data_type="ObservationalTimePeriod"))
    of_observation = AttributeRelationship(level=AttachmentLevel.OBSERVATION)
    of_series = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=("AREA",))
    yield DataStructure(
        ref=structure,
        about=_about("DSD"),
        dimensions=(Dimension(id="AREA", concept=_concept("AREA")),),
        time_dimension=Dimension(
            id="TIME_PERIOD", concept=_concept("TIME_PERIOD"), representation=time
        ),
        measures=(Measure(id="OBS_VALUE", concept=_concept("OBS_VALUE")),),
        attributes=(
            Attribute(id="OBS_STATUS", concept=_concept("OBS_STATUS"), relationship=of_observation),
            Attribute(id="TITLE", concept=_concept("TITLE"), relationship=of_series),
        ),
    )
    yield Dataflow(ref=flow, about=_about("DF"), structure=structure)
    providers = tuple(Organisation(id=n, about=_about(n, COUNTRY=n[:2])) for n in PROVIDERS)
    scheme = _ref(ArtefactClass.DATA_PROVIDER_SCHEME, "DATA_PROVIDERS", None)
    yield OrganisationScheme(ref=scheme, about=_about("providers"), items=providers)
    for name, (tier, rank) in PROVIDERS.items():
        yield ProvisionAgreement(
            ref=_ref(ArtefactClass.PROVISION_AGREEMENT, f"PA_{name}"),
            about=_about(name, SHARING_TIER=tier, PRECEDENCE=rank),
            dataflow=flow,
            data_provider=Ref(scheme.artefact, "TEST", "DATA_PROVIDERS", None, name),
        )


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    folder = tmp_path / "structures"
    folder.mkdir()
    header = Header(id="TEST", prepared=datetime(2026, 1, 1, tzinfo=UTC), sender="TEST")
    message = StructureMessage(artefacts=tuple(_artefacts()))
    (folder / "all.xml").write_bytes(STRUCTURE_WRITERS[STRUCTURE_ML_30.format](header, message))
    engine = request.param
    with running(
        tmp_path / "data", principals=tuple(PROVIDERS), structures=(folder,), engine=engine
    ) as started:
        yield started


def _send(hub: Running, provider: str, *rows: str, columns: str = "OBS_VALUE,TITLE") -> None:
    text = [f"STRUCTURE,STRUCTURE_ID,ACTION,AREA,TIME_PERIOD,{columns}".removesuffix(",")]
    text += [f"dataflow,TEST:DF(1.0.0),{row}" for row in rows]
    answer = hub.push(provider, "\n".join(text).encode())
    assert answer.status_code == 201, answer.text


def _figures(answer: httpx.Response) -> dict[tuple[str, str], tuple[str, str]]:
    if answer.status_code == 204:
        return {}
    assert answer.status_code == 200, answer.text
    rows = csv.DictReader(io.StringIO(answer.text))
    return {(r["AREA"], r["TIME_PERIOD"]): (r["OBS_VALUE"], r["TITLE"]) for r in rows}


def _read(hub: Running, principal: str | None, path: str = FLOW) -> dict[str, str]:
    with hub.client(principal) as client:
        found = _figures(client.get(path, params={"format": "csvdata"}))
    return {
        f"{area} {period}": f"{value} {title}" for (area, period), (value, title) in found.items()
    }


both_engines = pytest.mark.parametrize("hub", ["memory", "duckdb"], indirect=True)


@both_engines
def test_the_best_of_those_that_a_reader_sees_wins_key_by_key(hub: Running) -> None:
    _send(hub, "THIRD", "R,X,2020,30,third", "R,X,2021,31,third", "R,Y,2020,33,third")
    _send(hub, "FIRST", "R,X,2020,10,first")
    _send(hub, "SECOND", "R,X,2020,20,second", "R,X,2021,21,second")
    assert _read(hub, "FIRST") == {
        "X 2020": "10 second", "X 2021": "21 second", "Y 2020": "33 third",
    }  # fmt: skip
    for reader in (None, "SECOND", "THIRD"):
        assert _read(hub, reader) == {
            "X 2020": "20 second", "X 2021": "21 second", "Y 2020": "33 third",
        }  # fmt: skip


@both_engines
def test_the_loser_is_kept_and_found_by_its_agreement(hub: Running) -> None:
    for provider, value in (("FIRST", "10"), ("SECOND", "20"), ("THIRD", "30")):
        _send(hub, provider, f"R,X,2020,{value},{provider}")

    def agreement(name: str, reader: str | None) -> dict[str, str]:
        return _read(hub, reader, f"{V2}/provisionagreement/TEST/PA_{name}/1.0.0")

    assert agreement("THIRD", None) == {"X 2020": "30 THIRD"}
    assert agreement("SECOND", "FIRST") == {"X 2020": "20 SECOND"}
    assert agreement("FIRST", "FIRST") == {"X 2020": "10 FIRST"}
    assert agreement("FIRST", None) == agreement("FIRST", "SECOND") == {}
    with hub.client(Accept="application/vnd.sdmx.data+csv;version=1.0.0") as client:
        third = client.get("/sdmx/v1/data/TEST,DF,1.0.0/all/THIRD")
        hidden = client.get("/sdmx/v1/data/TEST,DF,1.0.0/all/FIRST")
    assert _figures(third) == {("X", "2020"): ("30", "THIRD")}
    assert hidden.status_code == 404


@both_engines
def test_the_next_best_returns_where_the_winner_deletes(hub: Running) -> None:
    _send(hub, "THIRD", "R,X,2020,30,third")
    _send(hub, "SECOND", "R,X,2020,20,second")
    assert _read(hub, None) == {"X 2020": "20 second"}
    _send(hub, "SECOND", "D,X,2020", columns="")
    assert _read(hub, None) == {"X 2020": "30 third"}


@both_engines
def test_what_an_invisible_winner_does_changes_nothing_for_others(hub: Running) -> None:
    _send(hub, "SECOND", "R,X,2020,20,second")
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    _send(hub, "FIRST", "R,X,2020,10,first", "R,Z,2020,11,first")
    changed = f"{FLOW}?updatedAfter={since}&format=csvdata"
    with hub.client() as public, hub.client("FIRST") as first:
        assert public.get(changed).status_code == 204
        assert set(_figures(first.get(changed))) == {("X", "2020"), ("Z", "2020")}
        found = [public.get(f"{FLOW}/{area}?format=csvdata") for area in ("Z", "NONE")]
    assert [answer.status_code for answer in found] == [204, 204]
    assert dict(found[0].headers).keys() == dict(found[1].headers).keys()
