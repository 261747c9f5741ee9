"""Structures made ready for checking, and what is found over a whole message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import Action, DataBatch, StructureUse
from sdmx_service.model.problem import Location, Severity
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.regions import CubeRegion, MemberSelection, TimeRange
from sdmx_service.model.structures import (
    ConstraintRole,
    DataConstraint,
    DataStructure,
    Dimension,
    Representation,
    TextFormat,
)
from sdmx_service.validation.actions import warn_of_actions
from sdmx_service.validation.check import check
from sdmx_service.validation.context import context_of
from sdmx_service.validation.keys import (
    report_conflicts,
    report_duplicates,
    report_missing_attributes,
    report_pending,
)

CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "TEST", "CONCEPTS", "1.0", "ANY")
STRUCTURE = DataStructure(
    ref=Ref(ArtefactClass.DATA_STRUCTURE, "TEST", "SMALL", "1.0"),
    dimensions=(Dimension(id="AREA", concept=CONCEPT),),
)


def _constraint(*members: MemberSelection, role: ConstraintRole, include: bool) -> DataConstraint:
    return DataConstraint(
        ref=Ref(ArtefactClass.DATA_CONSTRAINT, "TEST", "RULE", "1.0"),
        role=role,
        cube_regions=(CubeRegion(members=members, include=include),),
    )


def _batch(areas: pa.Array, dataset: int = 0, declared: str | None = "Merge") -> DataBatch:
    layout = layout_of(STRUCTURE)
    rows = pa.RecordBatch.from_arrays(
        [areas, pa.array(range(1, len(areas) + 1), pa.int64())], schema=layout.schema()
    )
    use = StructureUse(declared=STRUCTURE.ref, data_structure=STRUCTURE, layout=layout)
    return DataBatch(
        dataset=dataset, structure=use, action=Action.MERGE, declared_action=declared, rows=rows
    )


def _areas(*codes: str | None) -> pa.Array:
    return pa.array(codes, pa.string()).dictionary_encode()


def test_actual_constraints_forbid_nothing() -> None:
    selection = MemberSelection(component="AREA", values=("MA",))
    actual = _constraint(selection, role=ConstraintRole.ACTUAL, include=True)
    assert context_of(STRUCTURE, {}, {}, [("CONSTRAINT_DATAFLOW", actual)]).constraints == ()


@pytest.mark.parametrize("component", ["AREA", "NO_LONGER_THERE"])
def test_a_constraint_on_what_is_not_in_the_structure_is_passed_over(component: str) -> None:
    selection = MemberSelection(component=component, values=("DZ",))
    allowed = _constraint(selection, role=ConstraintRole.ALLOWED, include=True)
    context = context_of(STRUCTURE, {}, {}, [("CONSTRAINT_DATAFLOW", allowed)])
    problems = ProblemCollector()
    check(_batch(_areas("MA")), context, problems)
    assert problems.fatal is (component == "AREA")


def test_an_exclude_region_without_members_forbids_nothing() -> None:
    empty = _constraint(role=ConstraintRole.ALLOWED, include=False)
    context = context_of(STRUCTURE, {}, {}, [("CONSTRAINT_DATAFLOW", empty)])
    problems = ProblemCollector()
    check(_batch(_areas("MA")), context, problems)
    assert not problems.fatal


def test_limits_and_patterns_that_cannot_be_read_are_named() -> None:
    selection = MemberSelection(component="AREA", time_range=TimeRange(start="some day"))
    constraint = _constraint(selection, role=ConstraintRole.ALLOWED, include=True)
    with pytest.raises(ValueError, match="some day"):
        context_of(STRUCTURE, {}, {}, [("CONSTRAINT_DATAFLOW", constraint)])
    format_ = Representation(text_format=TextFormat(data_type="String", pattern="("))
    with pytest.raises(ValueError, match=r"\("):
        context_of(STRUCTURE, {}, {"AREA": format_}, [])


def test_an_uncoded_dimension_keeps_its_format() -> None:
    format_ = Representation(text_format=TextFormat(data_type="Integer"))
    problems = ProblemCollector()
    check(
        _batch(_areas("7", "x", None)), context_of(STRUCTURE, {}, {"AREA": format_}, []), problems
    )
    (entry,) = problems.report().problems
    assert (entry.code, entry.count, entry.samples[0].location.line) == ("VALUE_NOT_NUMBER", 1, 2)


def test_nulls_inside_a_dictionary_are_nulls() -> None:
    dictionary = pa.array(["MA", None], pa.string())
    areas = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), dictionary)
    selection = MemberSelection(component="AREA", values=("DZ",))
    allowed = _constraint(selection, role=ConstraintRole.ALLOWED, include=True)
    context = context_of(STRUCTURE, {}, {}, [("CONSTRAINT_DATAFLOW", allowed)])
    problems = ProblemCollector()
    check(_batch(areas), context, problems)
    assert problems.report().errors == 1


def test_an_empty_batch_has_no_problem() -> None:
    problems = ProblemCollector()
    check(_batch(_areas()), context_of(STRUCTURE, {}, {}, []), problems)
    assert problems.report().problems == ()


@pytest.mark.parametrize("declared", ["Append", "Information", "A", "I", "append", None])
def test_actions_taken_as_merge_are_said_once_a_data_set(declared: str | None) -> None:
    batches = [
        _batch(_areas("MA"), 0, declared),
        _batch(_areas("MA"), 0, declared),
        _batch(_areas("MA"), 1, "Replace"),
        _batch(_areas("MA"), 2, declared),
    ]
    problems = ProblemCollector()
    assert list(warn_of_actions(batches, problems)) == batches
    (entry,) = problems.report().problems
    assert (entry.code, entry.severity, entry.count) == (
        "ACTION_TAKEN_AS_MERGE",
        Severity.WARNING,
        2,
    )
    assert [sample.location.dataset for sample in entry.samples] == [1, 3]


@dataclass(frozen=True)
class Record:
    series_key: str = "A.MA"
    line: int | None = 7
    period: str | None = "2020"
    component: str | None = "UNIT"
    other_line: int | None = 3
    value: str | None = "PS"
    other: str | None = "PT"
    release: datetime | None = datetime(2030, 1, 1, 9, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("report", "code", "arguments"),
    [
        (report_duplicates, "KEY_DUPLICATE", {"line": 3}),
        (report_conflicts, "ATTRIBUTE_CONFLICT", {"value": "PS", "other": "PT"}),
        (report_missing_attributes, "ATTRIBUTE_MANDATORY", {"component": "UNIT"}),
        (report_pending, "PENDING_EMBARGO", {"release": "2030-01-01T08:00:00Z"}),
    ],
)
def test_findings_over_a_message(report, code: str, arguments: dict[str, str | int]) -> None:
    problems = ProblemCollector()
    report(problems, 0, [])
    report(problems, 41, [Record()])
    (entry,) = problems.report().problems
    assert (entry.code, entry.count) == (code, 41)
    assert entry.samples[0].arguments == arguments
    assert entry.samples[0].location == Location(
        line=7, series_key="A.MA", period="2020", component="UNIT"
    )


def test_samples_are_made_only_as_far_as_they_are_kept() -> None:
    made: list[int] = []

    def records() -> Iterator[Record]:
        for line in range(1000):
            made.append(line)
            yield Record(line=line, release=datetime(2030, 1, 1, tzinfo=UTC))

    report_pending(ProblemCollector(samples=3), 1000, records())
    assert len(made) == 3
