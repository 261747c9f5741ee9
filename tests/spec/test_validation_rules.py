"""Every rule of the table holds, alone and among many right rows."""

from __future__ import annotations

import pyarrow as pa
import pytest
from validation_rules import CODES, RIGHT, RULES, Rule

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE, layout_of
from sdmx_service.model.message import DataBatch, StructureUse
from sdmx_service.model.problem import Problem
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    CubeRegion,
    DataConstraint,
    DataStructure,
    Dimension,
    Measure,
    MemberSelection,
    Representation,
    TextFormat,
    TimeRange,
)
from sdmx_service.validation.check import check
from sdmx_service.validation.context import CheckContext, context_of


def _ref(artefact: ArtefactClass, identifier: str) -> Ref:
    return Ref(artefact, "TEST", identifier, "1.0")


CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "TEST", "CONCEPTS", "1.0", "ANY")
OBSERVATION = AttributeRelationship(level=AttachmentLevel.OBSERVATION)


def _format(data_type: str, **facets: object) -> Representation:
    return Representation(text_format=TextFormat(data_type=data_type, **facets))


def _attribute(identifier: str, representation: Representation | None = None) -> Attribute:
    return Attribute(
        id=identifier, concept=CONCEPT, relationship=OBSERVATION, representation=representation
    )


STRUCTURE = DataStructure(
    ref=_ref(ArtefactClass.DATA_STRUCTURE, "LABOUR"),
    dimensions=tuple(Dimension(id=one, concept=CONCEPT) for one in ("FREQ", "REF_AREA", "SEX")),
    time_dimension=Dimension(id="TIME_PERIOD", concept=CONCEPT),
    measures=(
        Measure(
            id="OBS_VALUE",
            concept=CONCEPT,
            mandatory=True,
            representation=_format("Double", min_value="0", max_value="1000000", decimals=2),
        ),
        Measure(id="PERSONS", concept=CONCEPT),
    ),
    attributes=(
        Attribute(
            id="UNIT_MEASURE",
            concept=CONCEPT,
            mandatory=True,
            relationship=AttributeRelationship(
                level=AttachmentLevel.DIMENSIONS, dimensions=("REF_AREA",)
            ),
        ),
        Attribute(id="OBS_STATUS", concept=CONCEPT, mandatory=True, relationship=OBSERVATION),
        _attribute("COMMENT", _format("String", max_length=10)),
        _attribute("UPDATED", _format("DateTime")),
        _attribute("FINAL", _format("Boolean")),
        _attribute("FLAGS", Representation(min_occurs=2, max_occurs=3)),
        _attribute("NOTE", _format("String", max_length=10, is_multilingual=True)),
    ),
)
CODELISTS = {
    component: Codelist(
        ref=_ref(ArtefactClass.CODELIST, name), items=tuple(Code(id=code) for code in codes)
    )
    for component, (name, codes) in CODES.items()
}


def _constraint(name: str, *regions: CubeRegion) -> tuple[str, DataConstraint]:
    reference = _ref(ArtefactClass.DATA_CONSTRAINT, f"{name}_RULE")
    return f"CONSTRAINT_{name}", DataConstraint(ref=reference, cube_regions=regions)


def _take(component: str, *values: str, include: bool = True) -> MemberSelection:
    return MemberSelection(component=component, values=values, include=include)


FREQUENCIES = _take("FREQ", "A", "Q", "OA")
CONSTRAINTS = (
    _constraint(
        "DATA_STRUCTURE",
        CubeRegion(include=False, members=(_take("REF_AREA", "TN"), _take("SEX", "M"))),
    ),
    _constraint(
        "DATAFLOW",
        CubeRegion(members=(FREQUENCIES, _take("SEX", "_T", "F"))),
        CubeRegion(members=(FREQUENCIES, _take("REF_AREA", "012", include=False))),
        CubeRegion(include=False, members=(_take("FLAGS", "X"),)),
    ),
    _constraint(
        "AGREEMENT",
        CubeRegion(
            members=(
                _take("REF_AREA", "DZ", include=False),
                MemberSelection(
                    component="TIME_PERIOD",
                    time_range=TimeRange(start="1990", end="2030", end_inclusive=False),
                ),
            )
        ),
    ),
)


@pytest.fixture(scope="module")
def context() -> CheckContext:
    return context_of(STRUCTURE, CODELISTS, {"PERSONS": _format("Integer")}, CONSTRAINTS)


def _batch(rule: Rule, before: int, after: int) -> DataBatch:
    layout = layout_of(STRUCTURE)
    row = {**RIGHT, **rule.given}
    columns = [
        pa.array(
            [RIGHT[field.name]] * before + [row[field.name]] + [RIGHT[field.name]] * after,
            pa.string(),
        ).cast(field.type)
        if field.name != LINE
        else pa.array(range(10, 11 + before + after), pa.int64())
        for field in layout.schema()
    ]
    use = StructureUse(
        declared=_ref(ArtefactClass.DATAFLOW, "FLOW"), data_structure=STRUCTURE, layout=layout
    )
    return DataBatch(
        dataset=2,
        structure=use,
        action=rule.action,
        declared_action=None,
        rows=pa.RecordBatch.from_arrays(columns, schema=layout.schema()),
    )


def _problems(batch: DataBatch, context: CheckContext) -> list[Problem]:
    collector = ProblemCollector()
    check(batch, context, collector)
    report = collector.report()
    assert all(entry.count == len(entry.samples) for entry in report.problems)
    return [problem for entry in report.problems for problem in entry.samples]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
@pytest.mark.parametrize("before", [0, 3])
def test_rule(rule: Rule, before: int, context: CheckContext) -> None:
    problems = _problems(_batch(rule, before, before), context)
    found = tuple((problem.code, problem.location.component) for problem in problems)
    assert found == rule.problems
    for problem in problems:
        assert (problem.location.dataset, problem.location.line) == (3, 10 + before)
        assert rule.arguments.items() <= problem.arguments.items()


@pytest.mark.parametrize("component", ["OBS_STATUS", "COMMENT", "PERSONS"])
@pytest.mark.parametrize("taken", [True, False])
def test_what_is_missing_on_purpose_is_held_against_no_constraint(
    component: str, taken: bool
) -> None:
    """As nothing given is: it is no value that a region could take or forbid."""
    members = (_take(component, RIGHT[component] or "", include=taken),)
    context = context_of(
        STRUCTURE, CODELISTS, {}, (_constraint("DATAFLOW", CubeRegion(members=members)),)
    )
    other = {"OBS_STATUS": "E", "COMMENT": "other", "PERSONS": "8"}[component]
    for value, fits in ((RIGHT[component], taken), (other, not taken), ("#N/A", True)):
        problems = _problems(_batch(Rule("", {component: value}), 1, 1), context)
        found = {problem.location.line for problem in problems} & {11}
        assert found == (set() if fits else {11}), (value, problems)


def test_a_problem_says_where_it_is(context: CheckContext) -> None:
    rule = Rule("", {"SEX": "X", "REF_AREA": "012"})
    (problem,) = _problems(_batch(rule, 0, 0), context)
    assert problem.location.series_key == "A.012.X"
    assert problem.location.period == "2020"
