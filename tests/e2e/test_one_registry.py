"""A request reads one registry: what is maintained in its middle changes nothing for it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest

from sdmx_service.access.principal import ANONYMOUS, Principal, PrincipalKind
from sdmx_service.formats.media import V2_STRUCTURE
from sdmx_service.model.query import AvailabilityQuery, DataQuery, StructureQuery
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    About,
    CubeRegion,
    DataConstraint,
    MemberSelection,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.registry import Registry
from sdmx_service.service.availability import availability, prepare_availability
from sdmx_service.service.bulk import contents, find_file
from sdmx_service.service.data import prepare_data
from sdmx_service.service.hub import Hub
from sdmx_service.service.maintain import maintain
from sdmx_service.service.overview import overview
from sdmx_service.service.structures import structure_answer, write_answer
from sdmx_service.service.submissions import list_submissions
from sdmx_service.service.submit import Incoming, submit
from sdmx_service.web.catalogue import sections
from tests.conftest import DEMO, Running

OPERATOR = Principal(id="operator", kind=PrincipalKind.OPERATOR)
FLOW = Ref(Class.DATAFLOW, "MAGHREB", "DF_MIG_STOCK_WRK", "1.0.0")


@dataclass
class Fickle:
    """Published structures that are all deleted as soon as they were looked at once."""

    registry: Registry
    looks: list[Registry] = field(default_factory=list)

    @property
    def current(self) -> Registry:
        self.looks.append(Registry(()) if self.looks else self.registry)
        return self.looks[-1]


def data(hub: Hub) -> object:
    prepared = prepare_data(hub, hub.registry, ANONYMOUS, DataQuery())
    return [(usage.ref, query.agreements) for usage, query in prepared.queries]


def structures(hub: Hub) -> object:
    query = StructureQuery(classes=(Class.CODELIST,))
    answer = structure_answer(hub, ANONYMOUS, query, V2_STRUCTURE[0].format)
    return write_answer(hub, answer, "identity")


def what_there_is(hub: Hub) -> object:
    query = AvailabilityQuery(data=DataQuery(), references=(Class.CODELIST, Class.DATAFLOW))
    return availability(hub, prepare_availability(hub, ANONYMOUS, query))


def page(hub: Hub) -> object:
    registry = hub.registry
    return sections(registry, overview(hub, registry, ANONYMOUS), ("en",))


def looking_back(hub: Hub) -> object:
    focal = Principal(id="FOCAL_MA", kind=PrincipalKind.FOCAL_POINT, country="MA")
    return list_submissions(hub, focal, limit=50, before=None)


def files(hub: Hub) -> object:
    return [(entry.path, entry.file.sha256) for entry in contents(hub)]


def file(hub: Hub) -> object:
    return find_file(hub, FLOW, f"{FLOW.id}.csv.gz")


USE_CASES = (data, structures, what_there_is, page, looking_back, files, file)


@pytest.mark.parametrize("use_case", USE_CASES)
def test_one_look(demo_hub: Running, use_case: Callable[[Hub], object]) -> None:
    hub = demo_hub.hub
    fickle = Fickle(hub.registry)
    expected = use_case(hub)
    assert expected
    assert use_case(replace(hub, published=fickle)) == expected  # type: ignore[arg-type]
    assert len(fickle.looks) == 1


class Interrupted(io.BytesIO):
    """A message in the middle of whose reading something happens, once."""

    def __init__(self, content: bytes, happens: Callable[[], object]) -> None:
        super().__init__(content)
        self._happens: Callable[[], object] | None = happens

    def readinto(self, buffer: object) -> int:
        self._now()
        return super().readinto(buffer)  # type: ignore[arg-type]

    def read(self, size: int | None = -1) -> bytes:
        self._now()
        return super().read(size)

    def _now(self) -> None:
        if self.tell() and self._happens is not None:
            happens, self._happens = self._happens, None
            happens()


def only(area: str) -> DataConstraint:
    about = About(names=LocalisedText.of({"fr": area, "en": area, "ar": area}))
    return DataConstraint(
        ref=Ref(Class.DATA_CONSTRAINT, "MAGHREB", "CN_TEST", "1.0.0"),
        about=about,
        attachment=(FLOW,),
        cube_regions=(
            CubeRegion(members=(MemberSelection(component="REF_AREA", values=(area,)),)),
        ),
    )


@pytest.mark.parametrize(("area", "verdict"), [("DZ", "rejected"), ("MA", "accepted")])
def test_a_submission_is_checked_by_what_holds_when_it_is_published(
    empty_hub: Running, area: str, verdict: str
) -> None:
    hub, content = empty_hub.hub, (DEMO / "cnss_foreign_employees.csv").read_bytes()
    before, done = hub.registry, []

    def change() -> None:
        done.extend(maintain(hub, OPERATOR, StructureMessage(artefacts=(only(area),))))

    incoming = Incoming(
        body=Interrupted(content, change), sha256=sha256(content).hexdigest(), size=len(content)
    )
    outcome = submit(hub, before.principal("MA_CNSS"), incoming)
    assert [one.became.value for one in done] == ["created"]
    assert outcome.submission.verdict.value == verdict
    assert hub.registry is not before
