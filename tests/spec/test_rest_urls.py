"""What a URL asks for: v1 and its v2 twin, side by side. Rendered into the manual."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sdmx_service.model.query import (
    ArtefactSelection,
    AvailabilityMode,
    AvailabilityQuery,
    ComponentFilter,
    Context,
    DataQuery,
    Detail,
    Operator,
    References,
    StructureQuery,
    Term,
)
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.rest import v1, v2
from sdmx_service.rest.querystring import read_extensions


def _data(version: str, url: str) -> DataQuery:
    path, _, query = url.partition("?")
    parts = path.split("/")[1:]
    return {"v1": v1, "v2": v2}[version].data_query(parts, query)


def _availability(version: str, url: str) -> AvailabilityQuery:
    path, _, query = url.partition("?")
    return {"v1": v1, "v2": v2}[version].availability_query(path.split("/"), query)


def _structure(version: str, url: str) -> StructureQuery:
    path, _, query = url.partition("?")
    parts = path.split("/")
    if version == "v1":
        return v1.structure_query(parts, query)
    return v2.structure_query(parts[1:], query)


# What it asks for | v1 | v2
DATA_TWINS = [
    ("a whole dataflow", "data/MIG", "data/dataflow/*/MIG/~"),
    ("its agency named", "data/MAGHREB,MIG", "data/dataflow/MAGHREB/MIG/~"),
    ("one version", "data/MAGHREB,MIG,1.0", "data/dataflow/MAGHREB/MIG/1.0/*"),
    ("the latest version", "data/all,MIG,latest/all/all", "data/dataflow/*/MIG/~/*"),
    ("a series", "data/M,MIG/A.MA.FR", "data/dataflow/M/MIG/~/A.MA.FR"),
    ("any code in a position", "data/M,MIG/A..FR", "data/dataflow/M/MIG/~/A.*.FR"),
    ("a slash too many", "data/M,MIG/A..FR/", "data/dataflow/M/MIG/~/A.*.FR/"),
    ("years", "data/M,F?startPeriod=2010&endPeriod=2020",
     "data/dataflow/M/F/~?c[TIME_PERIOD]=ge:2010+le:2020"),
    ("from a quarter on", "data/M,F?startPeriod=2010-Q1",
     "data/dataflow/M/F/~/*?c%5BTIME_PERIOD%5D=ge:2010-Q1"),
    ("up to a day", "data/M,F?endPeriod=2010-01-31",
     "data/dataflow/M/F/~?c%5BTIME_PERIOD%5D=le%3A2010-01-31"),
    ("values alone", "data/M,F?detail=dataonly",
     "data/dataflow/M/F/~?attributes=none&measures=all"),
    ("series keys alone", "data/M,F?detail=serieskeysonly",
     "data/dataflow/M/F/~?attributes=none&measures=none"),
    ("series without observations", "data/M,F?detail=nodata",
     "data/dataflow/M/F/~?attributes=dataset,series&measures=none"),
    ("everything", "data/M,F?detail=full", "data/dataflow/M/F/~?attributes=dsd&measures=all"),
    ("the last two observations", "data/M,F?lastNObservations=2",
     "data/dataflow/M/F/~?lastNObservations=2"),
    ("what changed", "data/M,F?updatedAfter=2024-01-01T02:00:00%2B02:00",
     "data/dataflow/M/F/~?updatedAfter=2024-01-01T00:00:00Z"),
    ("every version", "data/M,F?includeHistory=true", "data/dataflow/M/F/~?includeHistory=1"),
    ("flat", "data/M,F?dimensionAtObservation=AllDimensions",
     "data/dataflow/M/F/~?dimensionAtObservation=AllDimensions"),
    ("by another dimension", "data/M,F?dimensionAtObservation=SEX",
     "data/dataflow/M/F/~?dimensionAtObservation=SEX"),
    ("a representation by name", "data/M,F?format=csvdata&lang=fr",
     "data/dataflow/M/F/~?lang=ar&compression=gzip"),
]  # fmt: skip

# What it asks for | v1 | v2
AVAILABILITY_TWINS = [
    ("a whole dataflow", "MIG", "dataflow/*/MIG/~"),
    ("of an agency, a version", "M,MIG,1.0/all/all/all", "dataflow/M/MIG/1.0/*/*"),
    ("of a key", "M,MIG/A..FR", "dataflow/M/MIG/~/A.*.FR"),
    ("one component", "M,MIG/A..FR/all/SEX", "dataflow/M/MIG/~/A.*.FR/SEX"),
    ("several components", "M,MIG/all/all/SEX+AGE", "dataflow/M/MIG/~/*/SEX,AGE"),
    ("of years", "M,F?startPeriod=2010&endPeriod=2020",
     "dataflow/M/F/~?c[TIME_PERIOD]=ge:2010+le:2020"),
    ("exactly", "M,F?mode=exact", "dataflow/M/F/~"),
    ("what could still be asked for", "M,F?mode=available", "dataflow/M/F/~?mode=available"),
    ("with a kind of artefacts", "M,F?references=codelist", "dataflow/M/F/~?references=codelist"),
    ("with all", "M,F?references=all",
     "dataflow/M/F/~?references=dataflow,all"),
    ("with nothing", "M,F?references=none", "dataflow/M/F/~"),
    ("of what changed", "M,F?updatedAfter=2024-01-01T00:00:00Z",
     "dataflow/M/F/~?updatedAfter=2024-01-01T00:00:00Z"),
]  # fmt: skip

STRUCTURE_TWINS = [
    ("every structure", "structure", "structure"),
    ("every structure in every version", "structure/all/all/all", "structure/*/*/*/*"),
    ("every codelist", "codelist", "structure/codelist/*/*/~"),
    ("one codelist", "codelist/SDMX/CL_FREQ/2.1", "structure/codelist/SDMX/CL_FREQ/2.1"),
    ("two agencies", "dataflow/A+B.C", "structure/dataflow/A,B.C"),
    ("two versions", "dataflow/A/F/1.0+2.0", "structure/dataflow/A/F/1.0,2.0/*"),
    ("two ids", "dataflow/A/F+G/latest", "structure/dataflow/A/F,G/~"),
    ("items", "codelist/A/CL/1.0/X+Y", "structure/codelist/A/CL/1.0/X,Y"),
    ("a data structure and its lists", "datastructure/A/D?references=children",
     "structure/datastructure/A/D?references=children"),
    ("a dataflow and its codelists", "dataflow/A/F?references=codelist",
     "structure/dataflow/A/F?references=codelist"),
    ("names only", "categoryscheme?detail=allstubs", "structure/categoryscheme?detail=allstubs"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "first", "second"), DATA_TWINS, ids=lambda text: text)
def test_a_data_url_means_the_same_in_both_versions(asked: str, first: str, second: str) -> None:
    assert _data("v1", first) == _data("v2", second), asked


@pytest.mark.parametrize(("asked", "first", "second"), AVAILABILITY_TWINS, ids=lambda text: text)
def test_an_availability_url_means_the_same_in_both_versions(
    asked: str, first: str, second: str
) -> None:
    assert _availability("v1", first) == _availability("v2", second), asked


@pytest.mark.parametrize(("asked", "first", "second"), STRUCTURE_TWINS, ids=lambda text: text)
def test_a_structure_url_means_the_same_in_both_versions(
    asked: str, first: str, second: str
) -> None:
    assert _structure("v1", first) == _structure("v2", second), asked


def test_content_constraints_are_those_on_data_and_those_on_metadata() -> None:
    both = [_structure("v2", f"structure/{kind}constraint/A") for kind in ("data", "metadata")]
    classes = tuple(query.classes[0] for query in both)
    assert _structure("v1", "contentconstraint/A") == replace(both[0], classes=classes)


# What clients write | what the standard does
CAPITALS = [
    ("datastructure/ALL/DSD_X", "datastructure/all/DSD_X"),
    ("datastructure/All/ALL/ALL", "datastructure/all/all/all"),
    ("codelist/MA+ALL/CL/Latest/ALL", "codelist/all/CL/latest/all"),
    ("dataflow/ESTAT/LATEST/LATEST", "dataflow/ESTAT/LATEST/latest"),
]


@pytest.mark.parametrize(("written", "meant"), CAPITALS)
def test_wildcards_of_v1_may_be_in_capitals(written: str, meant: str) -> None:
    assert _structure("v1", written) == _structure("v1", meant)


def test_wildcards_of_v1_in_capitals_where_data_are_asked_for() -> None:
    meant = "ALL,ALL,LATEST/ALL/ALL?startPeriod=2010"
    assert _data("v1", f"data/{meant}") == _data("v1", f"data/{meant.replace('ALL', 'all')}")
    assert _data("v1", "data/M,F/all/ALL,INSEE").providers == ("INSEE",)
    assert _availability("v1", "M,F/ALL/ALL/ALL") == _availability("v1", "M,F/all/all/all")
    assert v1.schema_query(["dataflow", "M", "F", "LATEST"], "") == v1.schema_query(
        ["dataflow", "M", "F"], ""
    )
    assert _data("v1", "data/M,F/ALL.B").keys == ((frozenset({"ALL"}), frozenset({"B"})),)


def test_a_v1_url_in_full() -> None:
    url = (
        "data/MAGHREB,MIG,1.0/A.MA+DZ..F/INSEE+MA,HCP?startPeriod=2010&endPeriod=2020-Q4"
        "&firstNObservations=1&lastNObservations=3&dimensionAtObservation=TIME_PERIOD"
    )
    assert _data("v1", url) == DataQuery(
        context=Context.DATAFLOW,
        artefacts=ArtefactSelection(agencies=("MAGHREB",), ids=("MIG",), versions=("1.0",)),
        keys=((frozenset({"A"}), frozenset({"MA", "DZ"}), None, frozenset({"F"})),),
        providers=("INSEE", "MA,HCP"),
        start_period="2010",
        end_period="2020-Q4",
        first_observations=1,
        last_observations=3,
        dimension_at_observation="TIME_PERIOD",
    )


def test_a_v2_url_in_full() -> None:
    url = (
        "data/provisionagreement/A,B/*/1.0,2.0.0-draft/A.*,M.MA?c[SEX]=F,ne:M+ne:_T"
        "&attributes=OBS_STATUS,series&measures=OBS_VALUE&offset=10&limit=5"
        "&updatedAfter=2024-01-01T00:00:00&asOf=2024-06-01T00:00:00.5Z"
    )
    assert _data("v2", url) == DataQuery(
        context=Context.PROVISION_AGREEMENT,
        artefacts=ArtefactSelection(agencies=("A", "B"), versions=("1.0", "2.0.0-draft")),
        keys=((frozenset({"A"}), None), (frozenset({"M"}), frozenset({"MA"}))),
        filters=(
            ComponentFilter(
                "SEX",
                (
                    (Term(Operator.EQ, "F"),),
                    (Term(Operator.NE, "M"), Term(Operator.NE, "_T")),
                ),
            ),
        ),
        attributes=("OBS_STATUS", "series"),
        measures=("OBS_VALUE",),
        offset=10,
        limit=5,
        updated_after=datetime(2024, 1, 1, tzinfo=UTC),
        as_of=datetime(2024, 6, 1, 0, 0, 0, 500_000, tzinfo=UTC),
    )


def test_an_availability_url_in_full() -> None:
    url = (
        "provisionagreement/A/B/1.0/A.*,M/SEX,AREA?c[SEX]=F&updatedAfter=2024-01-01T00:00:00Z"
        "&mode=available&references=datastructure,conceptscheme&reportingYearStartDay=--07-01"
    )
    assert _availability("v2", url) == AvailabilityQuery(
        data=DataQuery(
            context=Context.PROVISION_AGREEMENT,
            artefacts=ArtefactSelection(agencies=("A",), ids=("B",), versions=("1.0",)),
            keys=((frozenset({"A"}), None), (frozenset({"M"}),)),
            filters=(ComponentFilter("SEX", ((Term(Operator.EQ, "F"),),)),),
            updated_after=datetime(2024, 1, 1, tzinfo=UTC),
            reporting_year_start=(7, 1),
        ),
        components=("SEX", "AREA"),
        mode=AvailabilityMode.AVAILABLE,
        references=(ArtefactClass.DATA_STRUCTURE, ArtefactClass.CONCEPT_SCHEME),
    )


def test_a_structure_url_in_full() -> None:
    url = (
        "structure/categoryscheme/A/CS/1+.0.0/X.Y?detail=raw&references=ancestors,codelist,dataflow"
    )
    assert _structure("v2", url) == StructureQuery(
        classes=(ArtefactClass.CATEGORY_SCHEME,),
        artefacts=ArtefactSelection(agencies=("A",), ids=("CS",), versions=("1+.0.0",)),
        items=("X.Y",),
        detail=Detail.RAW,
        references=References.ANCESTORS,
        reference_classes=(
            ArtefactClass.CODELIST,
            ArtefactClass.GEOGRAPHIC_CODELIST,
            ArtefactClass.GEO_GRID_CODELIST,
            ArtefactClass.DATAFLOW,
        ),
    )


def test_an_organisation_scheme_of_v1_is_four_classes() -> None:
    assert set(_structure("v1", "organisationscheme/SDMX").classes) == {
        ArtefactClass.AGENCY_SCHEME,
        ArtefactClass.DATA_CONSUMER_SCHEME,
        ArtefactClass.DATA_PROVIDER_SCHEME,
        ArtefactClass.ORGANISATION_UNIT_SCHEME,
    }


# Filter | alternatives, each a list of terms
FILTERS = [
    ("A", [["eq:A"]]),
    ("A,B", [["eq:A"], ["eq:B"]]),
    ("A%2CB", [["eq:A"], ["eq:B"]]),
    ("ne:A+ne:B", [["ne:A", "ne:B"]]),
    ("ne:A%2Bne:B", [["ne:A", "ne:B"]]),
    ("A,B+C", [["eq:A"], ["eq:B", "eq:C"]]),
    ("ge:1+le:3,ge:7+le:9", [["ge:1", "le:3"], ["ge:7", "le:9"]]),
    ("co:x,nc:y,sw:z,ew:w,lt:1,gt:2",
     [["co:x"], ["nc:y"], ["sw:z"], ["ew:w"], ["lt:1"], ["gt:2"]]),
    ("eq:en:text", [["eq:en:text"]]),
    ("12:30", [["eq:12:30"]]),
    ("a%20b", [["eq:a b"]]),
    ("ge:2020-01-01T00:00:00%2B01:00+lt:5", [["ge:2020-01-01T00:00:00+01:00", "lt:5"]]),
    ("2020-01-01T00:00:00.5+01:00+12:30", [["eq:2020-01-01T00:00:00.5+01:00", "eq:12:30"]]),
    ("2020-01-01T00:00:00Z+ne:B", [["eq:2020-01-01T00:00:00Z", "ne:B"]]),
    ("%D8%A3", [["eq:أ"]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FILTERS, ids=[text for text, _ in FILTERS])
def test_component_filters(text: str, expected: list[list[str]]) -> None:
    query = _data("v2", f"data?c[X]={text}")
    assert [
        [f"{term.operator}:{term.value}" for term in terms] for terms in query.filters[0].any_of
    ] == expected


def test_time_filters_that_are_no_plain_limits_stay_filters() -> None:
    query = _data("v2", "data?c[TIME_PERIOD]=ge:2000+le:2005,2010&c[SEX]=F")
    assert [entry.component for entry in query.filters] == ["TIME_PERIOD", "SEX"]
    assert query.start_period is query.end_period is None
    both = _data("v2", "data?c[TIME_PERIOD]=ge:2000&startPeriod=1990")
    assert both.start_period == "1990"
    assert [entry.component for entry in both.filters] == ["TIME_PERIOD"]


# Sort | its terms, a minus before what descends
SORTS = [
    ("TIME_PERIOD", ["TIME_PERIOD"]),
    ("TIME_PERIOD:asc", ["TIME_PERIOD"]),
    ("TIME_PERIOD:desc+SEX", ["-TIME_PERIOD", "SEX"]),
    ("SEX%2BAGE%3Adesc", ["SEX", "-AGE"]),
    ("*", ["*"]),
    ("*:desc", ["-*"]),
    ("series_key:desc+TIME_PERIOD", ["-series_key", "TIME_PERIOD"]),
]


@pytest.mark.parametrize(("text", "expected"), SORTS)
def test_sorting(text: str, expected: list[str]) -> None:
    found = _data("v2", f"data?sort={text}").sort
    assert [f"{'-' * term.descending}{term.component}" for term in found] == expected


def test_the_reporting_year_of_the_calendar_is_as_good_as_none() -> None:
    assert _data("v2", "data?reportingYearStartDay=--01-01") == _data("v2", "data")
    assert _data("v2", "data?reportingYearStartDay=--07-01").reporting_year_start == (7, 1)


VERSIONS = (
    "1 1.0 1.2.3 1.2.3-draft + +.0.0 1+.0.0 1.+.0 1.0+.0 1.2.+ 1.2.3+ 1+.2.3 1.2+.3 "
    "~ ~.0 0~.0 ~.0.0 0~.0.0 1.~ 1.~.0 1.2.~ 1~.2 1~.2.3 1.2~ 1.2~.3 1.2.3~ "
    "* *.0 *.0.0 1.* 1.*.0 1.2.* 1*.2 1*.2.3 1.2* 1.2*.3 1.2.3*"
)


@pytest.mark.parametrize("text", VERSIONS.split())
def test_version_expressions_of_the_standard_are_taken(text: str) -> None:
    assert v2.check_version(text) == text


def test_the_representation_asked_for_is_read_apart() -> None:
    query = "startPeriod=2000&format=csvdata&formatVersion=2.0.0&lang=fr&c[X]=A&junk=1"
    assert read_extensions(query) == {"format": "csvdata", "formatVersion": "2.0.0", "lang": "fr"}
