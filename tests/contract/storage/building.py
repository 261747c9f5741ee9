"""A small data structure, and short ways to send rows and to read what is stored."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from sdmx_service.access.gate import (
    AgreementPolicy,
    AuthorisedQuery,
    Selection,
    Tier,
    authorise,
)
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.model.columns import LINE, SERIES, AttributeColumn, Layout
from sdmx_service.model.message import Action, DataBatch, Slice, StructureUse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import DataStructure
from sdmx_service.model.submission import Submission, Verdict
from sdmx_service.storage.base import Stage, Store, WriteTransaction

REF = Ref(ArtefactClass.DATA_STRUCTURE, "TEST", "CUBE", "1.0.0")
LAYOUT = Layout(
    data_structure=REF,
    dimensions=("AREA", "SEX"),
    time="TIME_PERIOD",
    measures=("OBS_VALUE", "SHARE"),
    attributes=(
        AttributeColumn("OBS_STATUS", (), True, True),
        AttributeColumn("CONF_STATUS", (), True, False),
        AttributeColumn("TITLE", ("AREA", "SEX"), False, True),
        AttributeColumn("UNIT", ("AREA",), False, False),
        AttributeColumn("SOURCE", (), False, False),
    ),
)
START = datetime(2026, 1, 1, tzinfo=UTC)
A, B = "TEST:A(1.0)", "TEST:B(1.0)"
POLICIES = (
    AgreementPolicy(agreement=A, provider="PA", country="MA", tier=Tier.PUBLIC, rank=0),
    AgreementPolicy(agreement=B, provider="PB", country="DZ", tier=Tier.NATIONAL, rank=1),
)
PROVIDER_A = Principal(id="PA", kind=PrincipalKind.PROVIDER, provider="PA", country="MA")
PROVIDER_B = Principal(id="PB", kind=PrincipalKind.PROVIDER, provider="PB", country="DZ")
PUBLIC = Principal(id="anonymous", kind=PrincipalKind.ANONYMOUS)
Row = dict[str, str]


def day(number: float) -> datetime:
    """The instant that many days after the tests' first."""
    return START + timedelta(days=number)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def batch(
    rows: Sequence[Row],
    action: Action = Action.MERGE,
    *,
    dataset: int = 0,
    layout: Layout = LAYOUT,
    line: int = 1,
) -> DataBatch:
    """Rows with the components they give; lines count from ``line``."""
    columns = {
        name: pa.array([row.get(name) for row in rows], pa.string()) for name in layout.columns
    }
    schema = layout.schema()
    arrays = [
        columns[field.name].dictionary_encode().cast(field.type)
        if pa.types.is_dictionary(field.type)
        else columns[field.name]
        for field in schema
        if field.name != LINE
    ]
    arrays.append(pa.array(range(line, line + len(rows)), pa.int64()))
    use = StructureUse(
        declared=layout.data_structure,
        data_structure=DataStructure(ref=layout.data_structure),
        layout=layout,
    )
    return DataBatch(
        dataset=dataset,
        structure=use,
        action=action,
        declared_action=None,
        rows=pa.RecordBatch.from_arrays(arrays, schema=schema),
    )


def obs(area: str, sex: str, period: str | None, value: str | None = None, **more: str) -> Row:
    """A row of the small data structure; ``*`` leaves a dimension out."""
    row = {"AREA": area, "SEX": sex, "TIME_PERIOD": period, "OBS_VALUE": value, **more}
    return {name: text for name, text in row.items() if text not in (None, "*")}


@dataclass(frozen=True)
class Send:
    """One submission: ``rows`` (or data sets) applied at ``release``, or at once."""

    at: float
    rows: list[Row]
    agreement: str = A
    action: Action = Action.MERGE
    release: float | None = None
    more: tuple[tuple[Action, list[Row]], ...] = ()


def submission(number: int, name: str | None = None, principal: str = "PA") -> Submission:
    return Submission(
        id=name or f"s{number}",
        number=number,
        principal=principal,
        agreements=(A,),
        verdict=Verdict.ACCEPTED,
        received_at=START,
        published_at=START,
        release_at=None,
        format="csv",
        message_sha256="",
        message_bytes=0,
        report="{}",
        observations=0,
    )


def staged(store: Store, step: Send) -> Stage:
    stage = store.stage(LAYOUT)
    line = 1
    for number, (action, rows) in enumerate([(step.action, step.rows), *step.more]):
        stage.add(batch(rows, action, dataset=number, line=line))
        line += len(rows)
    return stage


def send(store: Store, clock: Clock, step: Send) -> int:
    """Apply one submission; the count that ``apply`` gives."""
    clock.now = day(step.at)
    stage = staged(store, step)
    with store.write() as transaction:
        count = send_within(transaction, stage, step)
        transaction.record(submission(transaction.number))
    stage.close()
    return count


def send_within(transaction: WriteTransaction, stage: Stage, step: Send) -> int:
    at = day(step.at if step.release is None else step.release)
    return transaction.apply(stage, step.agreement, transaction.number, at, now=day(step.at))


def query(
    at: float,
    principal: Principal = PROVIDER_B,
    *,
    now: float = 100,
    policies: Iterable[AgreementPolicy] = POLICIES,
    layout: Layout = LAYOUT,
    since: float | None = None,
    **selection: Any,
) -> AuthorisedQuery:
    wanted = Selection(at=day(at), updated_after=None if since is None else day(since), **selection)
    return authorise(principal, layout, wanted, policies, now=day(now))


@dataclass(frozen=True)
class Answer:
    """A slice as plain values, nulls left out."""

    action: str
    valid_from: datetime | None
    valid_to: datetime | None
    dataset: dict[str, str]
    series: list[Row]
    rows: list[Row]


def answer(part: Slice) -> Answer:
    """Walk a slice, checking its shape."""
    layout = part.layout
    assert part.series.schema.equals(layout.series_schema())
    series = part.series.to_pylist()
    rows, last = [], -1
    for piece in part.observations:
        assert piece.schema.equals(layout.observation_schema())
        for row in piece.to_pylist():
            assert part.alternating or row[SERIES] >= last
            last = row.pop(SERIES)
            key = {name: series[last][name] for name in layout.dimensions}
            rows.append(_given({**key, **row}))
    part.observations.close()  # type: ignore[attr-defined]
    return Answer(
        part.action.value,
        part.valid_from,
        part.valid_to,
        dict(part.dataset_attributes),
        [_given(row) for row in series],
        rows,
    )


def read(store: Store | WriteTransaction, asked: AuthorisedQuery) -> list[Answer]:
    """The answers of a query; asked again, of what is kept of the first time, they are the same."""
    found = [answer(part) for part in store.scan(asked)]
    # Another thread reads while something is committed: the second time it may see more.
    alone = threading.current_thread() is threading.main_thread()
    if alone and hasattr(store, "scan_kept"):
        assert [answer(part) for part in store.scan(asked)] == found
        kept = store.scan_kept(asked)
        assert kept is None or [answer(part) for part in kept] == found
    return found


def _given(row: dict[str, Any]) -> Row:
    return {name: text for name, text in row.items() if text is not None}
