"""An independent oracle: what pysdmx's query builders write is read back as what they meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pysdmx.api.dc.query import (
    DateTimeFilter,
    LogicalOperator,
    MultiFilter,
    Operator,
    SortBy,
    TextFilter,
)
from pysdmx.api.qb import (
    ApiVersion,
    AvailabilityMode,
    DataContext,
    SchemaContext,
    StructureReference,
    StructureType,
)
from pysdmx.api.qb import AvailabilityQuery as WrittenAvailability
from pysdmx.api.qb import DataQuery as Written
from pysdmx.api.qb import SchemaQuery as WrittenSchema
from pysdmx.api.qb import StructureQuery as WrittenStructure
from pysdmx.api.qb.structure import StructureDetail
from pysdmx.errors import Invalid

from sdmx_service.model.query import (
    ArtefactSelection,
    AvailabilityQuery,
    Context,
    DataQuery,
    SchemaQuery,
    SortTerm,
    StructureQuery,
)
from sdmx_service.model.query import AvailabilityMode as ModeRead
from sdmx_service.model.query import Detail as DetailRead
from sdmx_service.model.query import Operator as OperatorRead
from sdmx_service.model.query import References as ReferencesRead
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.rest import v1, v2
from sdmx_service.rest.availability_parameters import REFERENCES
from sdmx_service.rest.resources import V1_TYPES, V2_TYPES

V1 = [version for version in ApiVersion if version < ApiVersion.V2_0_0]
V2 = [version for version in ApiVersion if version >= ApiVersion.V2_0_0]
FORMS = [False, True]


def _read_data(url: str, version: ApiVersion) -> DataQuery:
    path, _, query = url.partition("?")
    return (v1 if version in V1 else v2).data_query(path.split("/")[2:], query)


def _read_structure(url: str, version: ApiVersion) -> StructureQuery:
    path, _, query = url.partition("?")
    parts = path.split("/")
    if version in V1:
        return v1.structure_query(parts[1:], query)
    return v2.structure_query(parts[2:], query)


def _selection(
    agencies: tuple[str, ...], ids: tuple[str, ...], versions: tuple[str, ...]
) -> ArtefactSelection:
    return ArtefactSelection(agencies=agencies, ids=ids, versions=versions)


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_data_by_key(version: ApiVersion, short: bool) -> None:
    wildcard = "" if version in V1 else "*"
    written = Written(
        DataContext.DATAFLOW,
        "MAGHREB.LABOUR",
        "MIG",
        "1.0",
        f"A.{wildcard}.FR",
        updated_after=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        first_n_obs=1,
        last_n_obs=2,
        obs_dimension="AllDimensions",
        attributes="none",
        include_history=True,
    )
    assert _read_data(written.get_url(version, short), version) == DataQuery(
        context=Context.DATAFLOW,
        artefacts=ArtefactSelection(agencies=("MAGHREB.LABOUR",), ids=("MIG",), versions=("1.0",)),
        keys=((frozenset({"A"}), None, frozenset({"FR"})),),
        first_observations=1,
        last_observations=2,
        dimension_at_observation="AllDimensions",
        attributes=("none",),
        measures=("all",),
        updated_after=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        include_history=True,
    )


@pytest.mark.parametrize("version", V1)
@pytest.mark.parametrize("short", FORMS)
def test_v1_defaults_are_the_latest_version_and_everything(
    version: ApiVersion, short: bool
) -> None:
    written = Written(DataContext.DATAFLOW, "*", "MIG")
    assert _read_data(written.get_url(version, short), version) == DataQuery(
        artefacts=ArtefactSelection(ids=("MIG",), versions=("~",))
    )


@pytest.mark.parametrize("version", V2)
@pytest.mark.parametrize("short", FORMS)
def test_v2_defaults_are_everything(version: ApiVersion, short: bool) -> None:
    assert _read_data(Written().get_url(version, short), version) == DataQuery(context=Context.ANY)


@pytest.mark.parametrize("version", V2)
@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("context", list(DataContext))
def test_v2_lists(version: ApiVersion, short: bool, context: DataContext) -> None:
    written = Written(
        context,
        ["A", "B.C"],
        ["X", "Y"],
        ["1.0", "2.0.0"],
        ["A.*", "M.FR"],
        attributes=["series", "OBS_STATUS"],
        measures=["M1", "M2"],
    )
    query = _read_data(written.get_url(version, short), version)
    assert query.context.value == context.value
    assert query.artefacts == _selection(("A", "B.C"), ("X", "Y"), ("1.0", "2.0.0"))
    assert query.keys == ((frozenset({"A"}), None), (frozenset({"M"}), frozenset({"FR"})))
    assert (query.attributes, query.measures) == (("series", "OBS_STATUS"), ("M1", "M2"))


@pytest.mark.parametrize("version", [entry for entry in V2 if entry >= ApiVersion.V2_2_0])
@pytest.mark.parametrize("short", FORMS)
def test_v2_paging_and_time_travel(version: ApiVersion, short: bool) -> None:
    at = datetime(2024, 1, 2, tzinfo=UTC)
    query = _read_data(Written(offset=5, limit=7, as_of=at).get_url(version, short), version)
    assert (query.offset, query.limit, query.as_of) == (5, 7, at)


FILTERS = [
    (Operator.EQUALS, "A", [[(OperatorRead.EQ, "A")]]),
    (Operator.NOT_EQUALS, "A", [[(OperatorRead.NE, "A")]]),
    (Operator.LESS_THAN, "1", [[(OperatorRead.LT, "1")]]),
    (Operator.LESS_THAN_OR_EQUAL, "1", [[(OperatorRead.LE, "1")]]),
    (Operator.GREATER_THAN, "1", [[(OperatorRead.GT, "1")]]),
    (Operator.GREATER_THAN_OR_EQUAL, "1", [[(OperatorRead.GE, "1")]]),
    (Operator.LIKE, "%a%", [[(OperatorRead.CONTAINS, "a")]]),
    (Operator.LIKE, "a%", [[(OperatorRead.STARTS_WITH, "a")]]),
    (Operator.LIKE, "%a", [[(OperatorRead.ENDS_WITH, "a")]]),
    (Operator.NOT_LIKE, "%a%", [[(OperatorRead.CONTAINS_NOT, "a")]]),
    (Operator.IN, ["A", "B"], [[(OperatorRead.EQ, "A")], [(OperatorRead.EQ, "B")]]),
    (Operator.BETWEEN, ["1", "2"], [[(OperatorRead.GE, "1"), (OperatorRead.LE, "2")]]),
]


@pytest.mark.parametrize(("operator", "value", "meant"), FILTERS)
@pytest.mark.parametrize("version", V2)
def test_v2_filters(
    operator: Operator,
    value: str | list[str],
    meant: list[list[tuple[OperatorRead, str]]],
    version: ApiVersion,
) -> None:
    written = Written(components=TextFilter("SEX", operator, value))
    (read,) = _read_data(written.get_url(version), version).filters
    assert read.component == "SEX"
    assert [[(term.operator, term.value) for term in terms] for terms in read.any_of] == meant


@pytest.mark.parametrize("version", V2)
def test_v2_filters_on_instants_with_an_offset(version: ApiVersion) -> None:
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    several = MultiFilter(
        [
            DateTimeFilter("TIME_PERIOD", Operator.GREATER_THAN, first),
            DateTimeFilter("TIME_PERIOD", Operator.LESS_THAN, last),
            TextFilter("SEX", Operator.EQUALS, "F"),
        ],
        LogicalOperator.AND,
    )
    time, sex = _read_data(Written(components=several).get_url(version), version).filters
    assert [term.value for term in time.any_of[0]] == [first.isoformat(), last.isoformat()]
    assert (sex.component, len(time.any_of)) == ("SEX", 1)
    between = DateTimeFilter("TIME_PERIOD", Operator.BETWEEN, [first, last])
    query = _read_data(Written(components=between).get_url(version), version)
    assert (query.start_period, query.end_period) == (first.isoformat(), last.isoformat())


def _built(version: ApiVersion) -> list[StructureType]:
    types = V1_TYPES if version in V1 else V2_TYPES
    return [entry for entry in StructureType if types.get(entry.value)]


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_structures_of_every_type_and_detail(version: ApiVersion, short: bool) -> None:
    read = 0
    for kind in _built(version):
        for detail in StructureDetail:
            written = WrittenStructure(kind, "A.B", "X", "1.0", detail=detail)
            try:
                url = written.get_url(version, short)
            except Invalid:  # this version of the standard has no such type or detail
                continue
            query = _read_structure(url, version)
            types = V1_TYPES if version in V1 else V2_TYPES
            assert query.classes == types[kind.value]
            assert query.artefacts == _selection(("A.B",), ("X",), ("1.0",))
            assert query.detail is DetailRead(detail.value)
            read += 1
    assert read >= 20


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_structures_with_every_kind_of_references(version: ApiVersion, short: bool) -> None:
    read = 0
    types = V1_TYPES if version in V1 else V2_TYPES
    for references in StructureReference:
        named = references.is_artefact_type()
        if named and not types.get(references.value):
            continue
        written = WrittenStructure(StructureType.DATAFLOW, "A", "X", references=references)
        try:
            url = written.get_url(version, short)
        except Invalid:  # this version of the standard has no such word
            continue
        query = _read_structure(url, version)
        assert query.reference_classes == (types[references.value] if named else ())
        assert query.references is ReferencesRead("none" if named else references.value)
        read += 1
    assert read >= 15


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", [v for v in ApiVersion if v >= ApiVersion.V1_3_0])
def test_structures_with_lists_and_items(version: ApiVersion, short: bool) -> None:
    written = WrittenStructure(
        StructureType.CODELIST, ["A", "B"], ["X", "Y"], ["1.0", "2.0"], ["I", "J"]
    )
    query = _read_structure(written.get_url(version, short), version)
    assert query == StructureQuery(
        classes=(
            ArtefactClass.CODELIST,
            ArtefactClass.GEOGRAPHIC_CODELIST,
            ArtefactClass.GEO_GRID_CODELIST,
        ),
        artefacts=_selection(("A", "B"), ("X", "Y"), ("1.0", "2.0")),
        items=("I", "J"),
    )


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_structures_by_default_are_the_latest_of_all(version: ApiVersion, short: bool) -> None:
    assert _read_structure(WrittenStructure().get_url(version, short), version) == StructureQuery()


@pytest.mark.parametrize("version", [entry for entry in V2 if entry >= ApiVersion.V2_2_0])
@pytest.mark.parametrize("short", FORMS)
def test_v2_order_and_reporting_year(version: ApiVersion, short: bool) -> None:
    written = Written(
        sort=[SortBy("TIME_PERIOD", "desc"), SortBy("SEX")],
        reporting_year_start_day="--07-01",
        obs_dimension="SEX",
    )
    query = _read_data(written.get_url(version, short), version)
    assert query.sort == (SortTerm("TIME_PERIOD", descending=True), SortTerm("SEX"))
    assert query.reporting_year_start == (7, 1)
    assert query.dimension_at_observation == "SEX"
    for word in ("*", "series_key"):
        written = Written(sort=[SortBy(word, "desc")])
        query = _read_data(written.get_url(version, short), version)
        assert query.sort == (SortTerm(word, descending=True),)


def _read_availability(url: str, version: ApiVersion) -> AvailabilityQuery:
    path, _, query = url.partition("?")
    return (v1 if version in V1 else v2).availability_query(path.split("/")[2:], query)


@pytest.mark.parametrize("mode", list(AvailabilityMode))
@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_availability(version: ApiVersion, short: bool, mode: AvailabilityMode) -> None:
    wildcard = "" if version in V1 else "*"
    written = WrittenAvailability(
        DataContext.DATAFLOW,
        "MAGHREB",
        "MIG",
        "1.0",
        f"A.{wildcard}.FR",
        updated_after=datetime(2024, 1, 2, tzinfo=UTC),
        references=StructureReference.CODELIST,
        mode=mode,
    )
    assert _read_availability(written.get_url(version, short), version) == AvailabilityQuery(
        data=DataQuery(
            artefacts=_selection(("MAGHREB",), ("MIG",), ("1.0",)),
            keys=((frozenset({"A"}), None, frozenset({"FR"})),),
            updated_after=datetime(2024, 1, 2, tzinfo=UTC),
        ),
        mode=ModeRead(mode.value),
        references=V2_TYPES["codelist"],
    )


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
def test_availability_with_every_kind_of_references(version: ApiVersion, short: bool) -> None:
    read = 0
    for references in StructureReference:
        written = WrittenAvailability(DataContext.DATAFLOW, "A", "X", references=references)
        try:
            url = written.get_url(version, short)
        except Invalid:  # availability has no such word
            continue
        found = set(_read_availability(url, version).references)
        every = {one for classes in REFERENCES.values() for one in classes}
        word = references.value
        assert found == {"none": set(), "all": every}.get(word, set(REFERENCES.get(word, ())))
        read += 1
    assert read == (7 if version in V1 else 8)


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", V2)
def test_v2_availability_in_full(version: ApiVersion, short: bool) -> None:
    written = WrittenAvailability(
        DataContext.PROVISION_AGREEMENT,
        ["A", "B"],
        "X",
        ["1.0", "2.0"],
        ["A.*", "M.FR"],
        ["SEX", "AGE"],
        components=TextFilter("SEX", Operator.EQUALS, "F"),
        references=[StructureReference.CODELIST, StructureReference.DATAFLOW],
        reporting_year_start_day="--04-01" if version >= ApiVersion.V2_2_0 else None,
    )
    query = _read_availability(written.get_url(version, short), version)
    assert query.data.context is Context.PROVISION_AGREEMENT
    assert query.data.artefacts == _selection(("A", "B"), ("X",), ("1.0", "2.0"))
    assert query.data.keys == ((frozenset({"A"}), None), (frozenset({"M"}), frozenset({"FR"})))
    assert [entry.component for entry in query.data.filters] == ["SEX"]
    assert query.components == ("SEX", "AGE")
    assert query.references == (*V2_TYPES["codelist"], ArtefactClass.DATAFLOW)
    expected = (4, 1) if version >= ApiVersion.V2_2_0 else None
    assert query.data.reporting_year_start == expected


def _read_schema(url: str, version: ApiVersion) -> SchemaQuery:
    path, _, query = url.partition("?")
    return (v1 if version in V1 else v2).schema_query(path.split("/")[2:], query)


@pytest.mark.parametrize("short", FORMS)
@pytest.mark.parametrize("version", list(ApiVersion))
@pytest.mark.parametrize(
    "context",
    [SchemaContext.DATAFLOW, SchemaContext.DATA_STRUCTURE, SchemaContext.PROVISION_AGREEMENT],
)
def test_schemas(context: SchemaContext, version: ApiVersion, short: bool) -> None:
    new = version >= ApiVersion.V2_2_0
    written = WrittenSchema(
        context,
        "A.B",
        "X",
        "1.0",
        obs_dimension="SEX",
        explicit=version in V1,
        deletion=new,
        as_of=datetime(2024, 1, 2, tzinfo=UTC) if new else None,
    )
    assert _read_schema(written.get_url(version, short), version) == SchemaQuery(
        context=Context(context.value),
        artefacts=_selection(("A.B",), ("X",), ("1.0",)),
        dimension_at_observation="SEX",
        explicit_measure=version in V1,
        deletion=new,
        as_of=datetime(2024, 1, 2, tzinfo=UTC) if new else None,
    )
    latest = WrittenSchema(context, "A", "X").get_url(version, short)
    assert _read_schema(latest, version).artefacts == _selection(("A",), ("X",), ("~",))
