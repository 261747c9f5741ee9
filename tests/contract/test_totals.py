"""The regional total over time, on every engine: pending inputs, masks, deletions, restores."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from sdmx_service.access.principal import ANONYMOUS
from sdmx_service.model.cache import Cache
from sdmx_service.model.limits import Limits
from sdmx_service.model.query import ArtefactSelection, DataQuery
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    AttachmentLevel,
    AttributeRelationship,
    DataStructure,
    MetadataAttribute,
    MetadataAttributeUsage,
    MetadataStructure,
)
from sdmx_service.model.submission import Verdict
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.published import PublishedRegistry
from sdmx_service.registry.seed import seed
from sdmx_service.service.data import query_data
from sdmx_service.service.flat import flat_rows
from sdmx_service.service.hub import Clock, Hub
from sdmx_service.service.submit import Incoming, Outcome, submit
from sdmx_service.storage.base import Store
from sdmx_service.storage.blobs import BlobStore
from sdmx_service.storage.bulk import BulkStore
from sdmx_service.storage.credentials import Credentials
from sdmx_service.storage.duckdb import DuckDBStore
from sdmx_service.storage.memory import MemoryStore
from sdmx_service.storage.memory.structures import MemoryStructures
from tests.conftest import STRUCTURES

START = datetime(2030, 1, 1, tzinfo=UTC)
FLOW = Ref(ArtefactClass.DATAFLOW, "MAGHREB", "DF_MIG_STOCK_POP", "1.0.0")
HEADER = (
    "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,DATA_SOURCE,INDICATOR,CITIZENSHIP,BIRTH_PLACE,"
    "SEX,AGE,EDUCATION_LEV,ACTIVITY,OCCUPATION,STATUS_EMP,TIME_PERIOD"
)
GIVEN = ",OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MEASURE,UNIT_MULT,DECIMALS,REPORTING_ORG"
AGREEMENT = "MAGHREB:PA_DF_MIG_STOCK_POP_INT_UNDESA(1.0.0)"


class _Clock(Clock):
    """A clock that stands where it is put, a microsecond later each time it is read."""

    def __init__(self) -> None:
        super().__init__(START)
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


@dataclass
class Exchange:
    """A hub whose time the test moves, and short ways to send and read."""

    hub: Hub
    clock: _Clock

    def day(self, number: float) -> None:
        self.clock.at = START + timedelta(days=number)

    def send(
        self,
        figures: dict[str, str],
        *,
        release: float | None = None,
        supersede: bool = False,
        status: str = "F",
    ) -> Outcome:
        """Country → figure of 2020 for births in Chad."""
        rows = [
            f"{_key(area, 'R')},{value},E,{status},PS,0,0,INT_UNDESA"
            for area, value in figures.items()
        ]
        return self.post(_body([HEADER + GIVEN, *rows]), release, supersede=supersede)

    def delete(self, area: str, *, release: float | None = None) -> Outcome:
        return self.post(_body([HEADER, _key(area, "D")]), release)

    def post(
        self, body: io.BytesIO, release: float | None = None, *, supersede: bool = False
    ) -> Outcome:
        incoming = Incoming(
            body=body,
            sha256=hashlib.sha256(body.getvalue()).hexdigest(),
            size=len(body.getvalue()),
            release_at=None if release is None else START + timedelta(days=release),
            supersede=supersede,
        )
        outcome = submit(self.hub, self.hub.registry.principal("INT_UNDESA"), incoming)
        assert outcome.submission.verdict is Verdict.ACCEPTED, outcome.submission.report
        return outcome

    def read(
        self, as_of: float | None = None, attributes: tuple[str, ...] = ("dsd",)
    ) -> dict[str, dict[str, str | None]]:
        """What the public sees: country or region → its row."""
        query = DataQuery(
            artefacts=ArtefactSelection(
                agencies=(FLOW.agency,), ids=(FLOW.id,), versions=(FLOW.version,)
            ),
            as_of=None if as_of is None else START + timedelta(days=as_of),
            attributes=attributes,
        )
        answer = query_data(self.hub, ANONYMOUS, query)
        rows: dict[str, dict[str, str | None]] = {}
        for dataset in answer.datasets:
            table = flat_rows([dataset.slice], dataset.slice.layout)
            rows |= {row["REF_AREA"]: row for row in table.to_pylist()}
        return rows

    def total(self, as_of: float | None = None) -> tuple[str | None, str | None] | None:
        """Value and comment of the total, None where there is none."""
        row = self.read(as_of).get("MAGHREB")
        return None if row is None else (row["OBS_VALUE"], row["COMMENT_OBS"])


def _body(lines: list[str]) -> io.BytesIO:
    return io.BytesIO("\n".join(lines).encode())


def _key(area: str, action: str) -> str:
    lead = f"dataprovision,{AGREEMENT},{action}"
    return f"{lead},A5,{area},INT_UNDESA_IMS,POP_MIG,_T,TD,_T,_T,_T,_Z,_Z,_Z,2020"


@pytest.fixture(scope="module")
def registry() -> PublishedRegistry:
    return _published(load_folders(STRUCTURES, Limits()))


def _published(artefacts: Iterable[Artefact]) -> PublishedRegistry:
    structures = MemoryStructures()
    seed(structures, tuple(artefacts), datetime(2026, 1, 1, tzinfo=UTC))
    return PublishedRegistry(structures)


@pytest.fixture(params=["memory", "duckdb"])
def exchange(
    request: pytest.FixtureRequest, registry: PublishedRegistry, tmp_path: Path
) -> Iterator[Exchange]:
    clock = _Clock()
    make: dict[str, Callable[[], MemoryStore | DuckDBStore]] = {
        "memory": lambda: MemoryStore(clock=clock.now),
        "duckdb": lambda: DuckDBStore(tmp_path / "hub.duckdb", clock=clock.now),
    }
    store = make[request.param]()
    yield _exchange(store, registry, clock, tmp_path)
    store.close()


def _exchange(store: Store, registry: PublishedRegistry, clock: _Clock, tmp_path: Path) -> Exchange:
    for structure in registry.current.of_class(ArtefactClass.DATA_STRUCTURE):
        use = registry.current.structure_use(structure.ref)
        assert use is not None
        store.prepare(use.layout)
    hub = Hub(
        store=store,
        published=registry,
        blobs=BlobStore(tmp_path / "messages"),
        bulk=BulkStore(tmp_path / "bulk"),
        credentials=Credentials(tmp_path / "credentials.json"),
        clock=clock,
        limits=Limits(),
        answers=Cache(0, len),
        slices=Cache(0, len),
        sender="MAGHREB",
        sources=LocalisedText.of({"en": "test"}),
        new_id=lambda: uuid4().hex,
    )
    return Exchange(hub, clock)


ALL = {"DZ": "1", "LY": "10", "MA": "100", "MR": "1000", "TN": "10000"}


def test_a_total_follows_its_inputs(exchange: Exchange) -> None:
    exchange.send(ALL)
    assert exchange.total() == ("11111", None)
    exchange.day(1)
    exchange.send({"MA": "200"})
    assert exchange.total() == ("11211", None)
    assert exchange.total(as_of=0.5) == ("11111", None)


def test_a_total_needs_four_and_missing_is_not_zero(exchange: Exchange) -> None:
    exchange.send({area: ALL[area] for area in ("DZ", "LY", "MA")})
    assert exchange.total() is None
    exchange.send({"TN": "0"})
    assert exchange.total() == ("111", "missing: MR")


def _with_metadata(artefact: Artefact) -> Artefact:
    """A contact of every area, where the data structure is that of the totals."""
    if not isinstance(artefact, DataStructure) or artefact.ref.id != "DSD_MIG_STOCK":
        return artefact
    level = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=("REF_AREA",))
    usage = MetadataAttributeUsage(metadata_attribute="CONTACT", relationship=level)
    return replace(artefact, metadata=MSD, metadata_usages=(usage,))


CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "MAGHREB", "CS_LMS", "1.0.0", "COMMENT_OBS")
MSD = Ref(ArtefactClass.METADATA_STRUCTURE, "MAGHREB", "MSD", "1.0.0")


def test_what_reference_metadata_say_of_the_parts_they_do_not_say_of_the_total(
    tmp_path: Path,
) -> None:
    """Not even where all say the same."""
    shipped = load_folders(STRUCTURES, Limits())
    contact = MetadataAttribute(id="CONTACT", concept=CONCEPT)
    metadata = MetadataStructure(ref=MSD, attributes=(contact,))
    published = _published((metadata, *map(_with_metadata, shipped)))
    clock = _Clock()
    exchange = _exchange(MemoryStore(clock=clock.now), published, clock, tmp_path)
    lines = [f"{_key(area, 'M')},{value},E,F,PS,0,0,INT_UNDESA,us" for area, value in ALL.items()]
    exchange.post(_body([f"{HEADER}{GIVEN},CONTACT", *lines]))
    found = exchange.read(attributes=("all",))
    assert {row["CONTACT"] for area, row in found.items() if area != "MAGHREB"} == {"us"}
    assert (found["MAGHREB"]["OBS_VALUE"], found["MAGHREB"]["CONTACT"]) == ("11111", None)


def test_a_deleted_input_is_missing_and_takes_the_total_along(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.delete("LY")
    assert exchange.total() == ("11101", "missing: LY")
    exchange.delete("TN")
    assert exchange.total() is None
    exchange.send({"TN": "20000"})
    assert exchange.total() == ("21101", "missing: LY")


def test_a_confidential_input_is_missing_for_the_public(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "100"}, status="C")
    assert exchange.total() == ("11011", "missing: MA")
    assert exchange.read()["MA"]["OBS_VALUE"] is None
    exchange.send({"MA": "100"})
    assert exchange.total() == ("11111", None)


def test_a_pending_input_counts_from_its_release(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "500"}, release=2)
    assert exchange.total() == ("11111", None)
    exchange.day(3)
    assert exchange.total() == ("11511", None)
    assert exchange.total(as_of=1) == ("11111", None)


@pytest.mark.parametrize("first", [2, 4])
def test_two_pending_inputs_each_count_from_their_release(exchange: Exchange, first: int) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "500"} if first == 2 else {"TN": "50000"}, release=first)
    exchange.send({"TN": "50000"} if first == 2 else {"MA": "500"}, release=6 - first)
    for day, value in ((1, "11111"), (3, "11511"), (5, "51511")):
        exchange.day(day)
        assert exchange.total() == (value, None), day


def test_what_is_published_meanwhile_counts_at_every_pending_release(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "500"}, release=2)
    exchange.send({"TN": "50000"}, release=4)
    exchange.day(1)
    exchange.send({"DZ": "5"})
    for day, value in ((1.5, "11115"), (3, "11515"), (5, "51515")):
        exchange.day(day)
        assert exchange.total() == (value, None), day


def test_a_superseded_release_leaves_no_trace_in_the_total(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "500"}, release=2)
    exchange.send({"MA": "100"}, supersede=True)
    exchange.day(3)
    assert exchange.total() == ("11111", None)


def test_a_pending_total_goes_where_its_input_is_superseded(exchange: Exchange) -> None:
    exchange.send({area: ALL[area] for area in ("DZ", "LY", "MA")})
    exchange.send({"TN": "10000"}, release=2)
    exchange.send({"MR": "1000"}, release=4)
    exchange.send({"TN": "20000"}, release=6, supersede=True)
    for day, total in ((3, None), (5, ("1111", "missing: TN")), (7, ("21111", None))):
        exchange.day(day)
        assert exchange.total() == total, day


def test_a_pending_deletion_takes_the_total_at_its_release(exchange: Exchange) -> None:
    exchange.send({area: ALL[area] for area in ("DZ", "LY", "MA", "TN")})
    exchange.delete("LY", release=2)
    exchange.send({"MA": "200"})
    assert exchange.total() == ("10211", "missing: MR")
    exchange.day(3)
    assert exchange.total() is None


def test_what_is_freed_by_a_release_counts_from_then_on(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "100"}, status="C")
    exchange.send({"MA": "100"}, release=2)
    assert exchange.total() == ("11011", "missing: MA")
    exchange.day(3)
    assert exchange.total() == ("11111", None)


def test_what_a_release_makes_confidential_is_missing_from_then_on(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "100"}, release=2, status="C")
    exchange.day(3)
    assert exchange.total() == ("11011", "missing: MA")


def test_an_unchanged_total_is_not_published_again(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.send({"MA": "500"}, release=2)
    exchange.send({"TN": "50000"}, release=4)
    derived = exchange.hub.store.submissions(("MAGHREB",), limit=9)
    exchange.send({"LY": "10"})
    assert exchange.hub.store.submissions(("MAGHREB",), limit=9) == derived
    exchange.day(5)
    query = replace(_history(), as_of=None)
    answer = query_data(exchange.hub, ANONYMOUS, query)
    values = [
        row["OBS_VALUE"]
        for dataset in answer.datasets
        for row in flat_rows([dataset.slice], dataset.slice.layout).to_pylist()
    ]
    assert values == ["11111", "11511", "51511"]


def _history() -> DataQuery:
    return DataQuery(
        artefacts=ArtefactSelection(agencies=(FLOW.agency,), ids=(FLOW.id,), versions=("1.0.0",)),
        keys=((None, frozenset({"MAGHREB"})),),
        include_history=True,
    )


class _SlowBody(io.BytesIO):
    """A body during whose reading something else is published, and time passes."""

    def __init__(self, text: bytes, meanwhile: Callable[[], None]) -> None:
        super().__init__(text)
        self._meanwhile: Callable[[], None] | None = meanwhile

    def read(self, size: int | None = -1, /) -> bytes:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().read(size)


def test_a_release_that_passes_while_a_message_is_read_opens_at_once(exchange: Exchange) -> None:
    exchange.send(ALL)

    def meanwhile() -> None:
        exchange.day(3)
        exchange.send({"TN": "50000"})

    text = "\n".join([HEADER + GIVEN, f"{_key('MA', 'R')},500,E,F,PS,0,0,INT_UNDESA"])
    body = _SlowBody(text.encode(), meanwhile)
    exchange.post(body, release=2)
    assert exchange.total(as_of=2.5) == ("11111", None)
    assert exchange.total() == ("51511", None)


def test_deleting_a_confidential_figure_frees_no_earlier_version(exchange: Exchange) -> None:
    exchange.send(ALL)
    exchange.day(1)
    exchange.send({"MA": "100"}, status="C")
    exchange.day(2)
    exchange.delete("MA")
    assert exchange.read(as_of=0.5)["MA"]["OBS_VALUE"] is None
    assert exchange.read(as_of=1.5)["MA"]["OBS_VALUE"] is None
    assert "MA" not in exchange.read()
