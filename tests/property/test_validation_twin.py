"""The vectorised checks agree with a twin that looks at one row after the other."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE, layout_of
from sdmx_service.model.message import Action, DataBatch, StructureUse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.regions import CubeRegion, MemberSelection
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    DataConstraint,
    DataStructure,
    Dimension,
    Measure,
    Representation,
    TextFormat,
)
from sdmx_service.model.time import fits_frequency, parse_period
from sdmx_service.validation.check import check
from sdmx_service.validation.context import context_of

CONCEPT = Ref(ArtefactClass.CONCEPT_SCHEME, "TEST", "CONCEPTS", "1.0", "ANY")
DIMENSIONS = ("FREQ", "REF_AREA", "SEX")
COLUMNS = (*DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "COMMENT")
CODES = {
    "FREQ": ("A", "Q", "M"),
    "REF_AREA": ("MA", "DZ", "TN"),
    "SEX": ("F", "M", "_T"),
    "OBS_STATUS": ("A", "E"),
}
VALUES = {
    "FREQ": ("A", "Q", "QX", None),
    "REF_AREA": ("MA", "DZ", "TN", "ma", None),
    "SEX": ("F", "M", "_T", "", None),
    "TIME_PERIOD": ("2020", "2020-A1", "2020-Q1", "2020-M01", "2020-13", "2019-W53", None),
    "OBS_VALUE": ("1", "-1", "1.25", "1e400", "NaN", "nan", "12,5", "+.5", "101", "", None),
    "OBS_STATUS": ("A", "E", "?", None),
    "COMMENT": ("short", "much too long", None),
}
NEEDED = {
    **dict.fromkeys((*DIMENSIONS, "TIME_PERIOD"), "KEY_INCOMPLETE"),
    "OBS_VALUE": "MEASURE_MISSING",
    "OBS_STATUS": "ATTRIBUTE_MANDATORY",
}
"""What no observation may leave empty, and what is said where one does."""
OBSERVATION = AttributeRelationship(level=AttachmentLevel.OBSERVATION)
STRUCTURE = DataStructure(
    ref=Ref(ArtefactClass.DATA_STRUCTURE, "TEST", "TWIN", "1.0"),
    dimensions=tuple(Dimension(id=name, concept=CONCEPT) for name in DIMENSIONS),
    time_dimension=Dimension(id="TIME_PERIOD", concept=CONCEPT),
    measures=(
        Measure(
            id="OBS_VALUE",
            concept=CONCEPT,
            mandatory=True,
            representation=Representation(
                text_format=TextFormat(
                    data_type="Double", min_value="0", max_value="100", decimals=1
                )
            ),
        ),
    ),
    attributes=(
        Attribute(id="OBS_STATUS", concept=CONCEPT, relationship=OBSERVATION, mandatory=True),
        Attribute(
            id="COMMENT",
            concept=CONCEPT,
            relationship=OBSERVATION,
            representation=Representation(text_format=TextFormat(max_length=8)),
        ),
    ),
)
LAYOUT = layout_of(STRUCTURE)
CODELISTS = {
    component: Codelist(
        ref=Ref(ArtefactClass.CODELIST, "TEST", f"CL_{component}", "1.0"),
        items=tuple(Code(id=code) for code in codes),
    )
    for component, codes in CODES.items()
}

Row = dict[str, str | None]
Found = tuple[str, int, str | None]

rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in COLUMNS}),
    min_size=1,
    max_size=12,
)


@st.composite
def selections(draw: st.DrawFn) -> MemberSelection:
    component = draw(st.sampled_from(["FREQ", "REF_AREA", "SEX", "OBS_STATUS", "TIME_PERIOD"]))
    possible = ("2020", "2020-01", "2020-Q1") if component == "TIME_PERIOD" else CODES[component]
    values = draw(st.lists(st.sampled_from(possible), max_size=3))
    return MemberSelection(component=component, values=tuple(values), include=draw(st.booleans()))


regions = st.builds(
    CubeRegion, include=st.booleans(), members=st.lists(selections(), max_size=3).map(tuple)
)
constraints = st.lists(
    st.tuples(
        st.sampled_from(
            ["CONSTRAINT_DATA_STRUCTURE", "CONSTRAINT_DATAFLOW", "CONSTRAINT_AGREEMENT"]
        ),
        st.builds(
            DataConstraint,
            ref=st.just(Ref(ArtefactClass.DATA_CONSTRAINT, "TEST", "RULE", "1.0")),
            cube_regions=st.lists(regions, max_size=3).map(tuple),
        ),
    ),
    max_size=2,
)


@settings(max_examples=50, deadline=None)
@given(rows, constraints, st.sampled_from(Action), st.booleans())
def test_agrees_with_its_twin(
    given_rows: list[Row],
    given_constraints: list[tuple[str, DataConstraint]],
    action: Action,
    shared: bool,
) -> None:
    collector = ProblemCollector(samples=10_000)
    context = context_of(STRUCTURE, CODELISTS, {}, given_constraints)
    check(_batch(given_rows, action, shared), context, collector)
    report = collector.report()
    found = Counter(
        (problem.code, problem.location.line, problem.location.component)
        for entry in report.problems
        for problem in entry.samples
    )
    expected = Counter(
        problem
        for line, row in enumerate(given_rows, 1)
        for problem in _twin(row, line, given_constraints, action)
    )
    # Which component stands for a constraint is presentation; that it is broken is the rule.
    assert _without_place(found) == _without_place(expected)
    assert report.errors == expected.total()


def _without_place(problems: Counter[Found]) -> Counter[Found]:
    reduced: Counter[Found] = Counter()
    for (code, line, component), count in problems.items():
        reduced[code, line, None if code.startswith("CONSTRAINT") else component] += count
    return reduced


def _batch(given_rows: list[Row], action: Action, shared: bool) -> DataBatch:
    """``shared``: dictionaries hold values that no row has, as a reader's may."""
    columns = []
    for field in LAYOUT.schema():
        if field.name == LINE:
            columns.append(pa.array(range(1, len(given_rows) + 1), pa.int64()))
            continue
        cells = [row[field.name] for row in given_rows]
        if shared and pa.types.is_dictionary(field.type):
            known = [value for value in VALUES[field.name] if value is not None]
            indices = [None if cell is None else known.index(cell) for cell in cells]
            columns.append(
                pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(known))
            )
        else:
            columns.append(pa.array(cells, pa.string()).cast(field.type))
    return DataBatch(
        dataset=0,
        structure=StructureUse(declared=STRUCTURE.ref, data_structure=STRUCTURE, layout=LAYOUT),
        action=action,
        declared_action="Merge",
        rows=pa.RecordBatch.from_arrays(columns, schema=LAYOUT.schema()),
    )


def _twin(
    row: Row, line: int, given_constraints: list[tuple[str, DataConstraint]], action: Action
) -> Iterator[Found]:
    delete = action is Action.DELETE
    parts = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "COMMENT")
    observation = not delete and any(row[name] is not None for name in parts)
    if observation:
        yield from ((code, line, name) for name, code in NEEDED.items() if row[name] is None)
    for name, codes in CODES.items():
        if row[name] is not None and row[name] not in codes and (name in DIMENSIONS or not delete):
            yield "CODE_UNKNOWN", line, name
    for code, constraint in given_constraints:
        if not delete or code == "CONSTRAINT_AGREEMENT":
            yield from [(code, line, None)] * _broken(row, constraint, delete)
    yield from ((code, line, "TIME_PERIOD") for code in _period_problems(row))
    if not delete:
        yield from ((code, line, "OBS_VALUE") for code in _value_problems(row["OBS_VALUE"]))
        if len(row["COMMENT"] or "") > 8:
            yield "VALUE_FACET", line, "COMMENT"


def _broken(row: Row, constraint: DataConstraint, delete: bool) -> int:
    included = [region for region in constraint.cube_regions if region.include]
    excluded = [region for region in constraint.cube_regions if not region.include]
    outside = included and not any(
        all(_holds(row, member, delete, True) for member in region.members) for region in included
    )
    inside = sum(
        bool(region.members) and all(_holds(row, one, delete, False) for one in region.members)
        for region in excluded
    )
    return int(bool(outside)) + inside


def _holds(row: Row, member: MemberSelection, delete: bool, unsaid: bool) -> bool:
    value = row[member.component]
    if value is None or (delete and member.component == "OBS_STATUS"):
        return unsaid
    values = member.values
    if member.component == "TIME_PERIOD":
        value = _period(value)
        if value is None:
            return unsaid
        values = tuple(parse_period(one).text for one in values)
    elif value not in CODES[member.component]:
        return unsaid
    return (not values or value in values) == member.include


def _period(text: str) -> str | None:
    try:
        return parse_period(text).text
    except ValueError:
        return None


def _period_problems(row: Row) -> Iterator[str]:
    time, frequency = row["TIME_PERIOD"], row["FREQ"]
    if time is None:
        return
    if _period(time) is None:
        yield "TIME_FORMAT"
    elif frequency in CODES["FREQ"] and not fits_frequency(parse_period(time), frequency):
        yield "TIME_FREQUENCY"


def _value_problems(text: str | None) -> Iterator[str]:
    if text is None or text == "NaN":
        return
    number = float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else None
    if number is None or math.isinf(number):
        yield "VALUE_NOT_NUMBER"
        return
    yield from ["VALUE_FACET"] * ((number < 0) + (number > 100))
    if len(text.partition(".")[2]) > 1:
        yield "VALUE_FACET"
