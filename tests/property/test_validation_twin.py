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
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    CubeRegion,
    DataConstraint,
    DataKey,
    DataKeySet,
    DataStructure,
    Dimension,
    Measure,
    MemberSelection,
    Representation,
    SelectedValue,
    TextFormat,
    TimeRange,
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


LIMITS = (("2020", None), (None, "2019"), ("2020-Q1", "2020-Q2"))
ranges = st.builds(
    TimeRange,
    start=st.sampled_from([None, "2020"]),
    start_inclusive=st.booleans(),
    end=st.sampled_from([None, "2020-Q2"]),
    end_inclusive=st.booleans(),
)


@st.composite
def selections(draw: st.DrawFn) -> MemberSelection:
    component = draw(st.sampled_from(["FREQ", "REF_AREA", "SEX", "OBS_STATUS", "TIME_PERIOD"]))
    possible = ("2020", "2020-01", "2020-Q1") if component == "TIME_PERIOD" else CODES[component]
    values = draw(st.lists(st.sampled_from(possible), max_size=3))
    dated = draw(st.sets(st.sampled_from(possible), max_size=2)) & set(values)
    limited = component == "TIME_PERIOD" and draw(st.booleans())
    start, end = draw(st.sampled_from(LIMITS)) if draw(st.booleans()) else (None, None)
    return MemberSelection(
        component=component,
        values=tuple(values),
        include=draw(st.booleans()),
        time_range=draw(ranges) if limited else None,
        details=tuple(draw(details(value)) for value in sorted(dated)),
        valid_from=start,
        valid_to=end,
    )


def details(value: str) -> st.SearchStrategy[SelectedValue]:
    return st.sampled_from(LIMITS).map(
        lambda limits: SelectedValue(value=value, valid_from=limits[0], valid_to=limits[1])
    )


@st.composite
def plain_keys(draw: st.DrawFn) -> DataKey:
    names = draw(st.lists(st.sampled_from(["REF_AREA", "SEX", "TIME_PERIOD"]), unique=True))
    possible = {**CODES, "TIME_PERIOD": ("2020", "2020-A1", "2020-Q1")}
    return DataKey(
        members=tuple(
            MemberSelection(component=name, values=(draw(st.sampled_from(possible[name])),))
            for name in names
        )
    )


@st.composite
def other_keys(draw: st.DrawFn) -> DataKey:
    start, end = draw(st.sampled_from([(None, None), *LIMITS]))
    members = draw(st.lists(selections(), max_size=2))
    return DataKey(members=tuple(members), valid_from=start, valid_to=end)


regions = st.builds(
    CubeRegion, include=st.booleans(), members=st.lists(selections(), max_size=3).map(tuple)
)
key_sets = st.builds(
    DataKeySet,
    include=st.booleans(),
    keys=st.lists(plain_keys() | other_keys(), max_size=4).map(tuple),
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
            key_sets=st.lists(key_sets, max_size=2).map(tuple),
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
    included = [region.members for region in constraint.cube_regions if region.include]
    excluded = [[region.members] for region in constraint.cube_regions if not region.include]
    for key_set in constraint.key_sets:
        keys = [key.selections for key in key_set.keys]
        if key_set.include:
            included += keys
        else:
            excluded.append(keys)
    outside = included and not any(
        all(_holds(row, member, delete, True) for member in members) for members in included
    )
    inside = sum(
        any(
            bool(members) and all(_holds(row, one, delete, False) for one in members)
            for members in alternatives
        )
        for alternatives in excluded
    )
    return int(bool(outside)) + inside


def _holds(row: Row, member: MemberSelection, delete: bool, unsaid: bool) -> bool:
    value = row[member.component]
    if value is None or (delete and member.component == "OBS_STATUS"):
        return unsaid
    timed = member.component == "TIME_PERIOD"
    if timed:
        value = _period(value)
    if value is None or (not timed and value not in CODES[member.component]):
        return unsaid
    inside = (not member.values and member.time_range is None) or (
        timed and member.time_range is not None and _in_range(value, member.time_range)
    )
    period = _period(row["TIME_PERIOD"] or "")
    named = _named_in_time(value, member, period, timed)
    if named is None and not inside:
        return unsaid
    inside = inside or bool(named)
    if member.is_dated:
        if period is None:
            return unsaid
        validity = TimeRange(start=member.valid_from, end=member.valid_to)
        inside = inside and _in_range(period, validity)
    return inside == member.include


def _named_in_time(
    value: str, member: MemberSelection, period: str | None, timed: bool
) -> bool | None:
    """Whether the value is named for data of the period; None where that would say."""
    found: bool | None = False
    for one in member.selected:
        if value != (parse_period(one.value).text if timed else one.value):
            continue
        if not one.is_dated:
            return True
        if period is None:
            found = None
        elif _in_range(period, TimeRange(start=one.valid_from, end=one.valid_to)):
            return True
    return found


def _in_range(text: str, limits: TimeRange) -> bool:
    period = parse_period(text)
    if limits.start is not None:
        start = parse_period(limits.start)
        if period.start < start.start or (not limits.start_inclusive and period.start <= start.end):
            return False
    if limits.end is not None:
        end = parse_period(limits.end)
        if period.end > end.end or (not limits.end_inclusive and period.end >= end.start):
            return False
    return True


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
