"""URLs that are refused, the problem each one gets and the parameter it names."""

from __future__ import annotations

import pytest

from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.problem import Problem, Refused
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.rest import v1, v2
from sdmx_service.rest.resources import (
    V1_RESOURCES,
    V1_TYPES,
    V2_RESOURCES,
    V2_TYPES,
    ResourceKind,
)

# URL after /data | problem | parameter
V1_DATA = [
    ("", "QUERY_SYNTAX", "flowRef"),
    ("/", "QUERY_SYNTAX", "flowRef"),
    ("/A,B,1.0,X", "QUERY_SYNTAX", "flowRef"),
    ("/A,B,1.0.0-x", "QUERY_SYNTAX", "flowRef"),
    ("/A,F!", "QUERY_SYNTAX", "flowRef"),
    ("/1A,F", "QUERY_SYNTAX", "flowRef"),
    ("/A%2FB", "QUERY_SYNTAX", "flowRef"),
    ("/F%", "QUERY_SYNTAX", "flowRef"),
    ("/%FF", "QUERY_SYNTAX", "flowRef"),
    ("/F%00", "QUERY_SYNTAX", "flowRef"),
    ("/F%2520", "QUERY_SYNTAX", "flowRef"),
    ("/F/A.B+.C", "QUERY_SYNTAX", "key"),
    ("/F/A.*.C", "QUERY_SYNTAX", "key"),
    ("/F//P", "QUERY_SYNTAX", "key"),
    ("/F/all/A,B,C", "QUERY_SYNTAX", "providerRef"),
    ("/F/all/A,", "QUERY_SYNTAX", "providerRef"),
    ("/F/all/all/X", "QUERY_SYNTAX", "path"),
    ("/F?startPeriod=yesterday", "QUERY_PERIOD", "startPeriod"),
    ("/F?endPeriod=2020-13", "QUERY_PERIOD", "endPeriod"),
    ("/F?endPeriod=2020-S|", "QUERY_PERIOD", "endPeriod"),
    ("/F?endPeriod=", "QUERY_PERIOD", "endPeriod"),
    ("/F?endPeriod=%D9%A2%D9%A0%D9%A2%D9%A0", "QUERY_PERIOD", "endPeriod"),
    ("/F?startPeriod=2020-01-01/P999999999D", "QUERY_PERIOD", "startPeriod"),
    ("/F?detail=some", "QUERY_SYNTAX", "detail"),
    ("/F?detail=full&detail=full", "QUERY_SYNTAX", "detail"),
    ("/F?detail=full&measures=all", "QUERY_SYNTAX", "detail"),
    ("/F?startperiod=2020", "QUERY_PARAMETER_UNKNOWN", "startperiod"),
]

V2_DATA = [
    ("/codelist", "QUERY_SYNTAX", "context"),
    ("/all", "QUERY_SYNTAX", "context"),
    ("/dataflow/A+B", "QUERY_SYNTAX", "agencyID"),
    ("/dataflow/A,,B", "QUERY_SYNTAX", "agencyID"),
    ("/dataflow/A/F F", "QUERY_SYNTAX", "resourceID"),
    ("/dataflow/A/F/latest", "QUERY_SYNTAX", "version"),
    ("/dataflow/A/F/1.0/A+B.C", "QUERY_SYNTAX", "key"),
    ("/dataflow/A/F/1.0/A*.C", "QUERY_SYNTAX", "key"),
    ("/dataflow/A/F/1.0/A.C,", "QUERY_SYNTAX", "key"),
    ("/dataflow/A/F/1.0/A%20.C", "QUERY_SYNTAX", "key"),
    ("/dataflow/A/F/1.0/*/X", "QUERY_SYNTAX", "path"),
    ("?c[X]=", "QUERY_SYNTAX", "c[X]"),
    ("?c[X]=A,", "QUERY_SYNTAX", "c[X]"),
    ("?c[X]=A++B", "QUERY_SYNTAX", "c[X]"),
    ("?c[X]=zz:A", "QUERY_SYNTAX", "c[X]"),
    ("?c[X]=ge:", "QUERY_SYNTAX", "c[X]"),
    ("?c[X]=A&c%5BX%5D=B", "QUERY_SYNTAX", "c[X]"),
    ("?c=A", "QUERY_SYNTAX", "c"),
    ("?c[]=A", "QUERY_SYNTAX", "c"),
    ("?c[TIME_PERIOD]=ge:X", "QUERY_PERIOD", "c[TIME_PERIOD]"),
    ("?firstNObservations=0", "QUERY_SYNTAX", "firstNObservations"),
    ("?lastNObservations=-1", "QUERY_SYNTAX", "lastNObservations"),
    ("?lastNObservations=1e3", "QUERY_SYNTAX", "lastNObservations"),
    ("?offset=x", "QUERY_SYNTAX", "offset"),
    ("?limit=0", "QUERY_SYNTAX", "limit"),
    ("?limit=99999999999999999999", "QUERY_SYNTAX", "limit"),
    ("?includeHistory=yes", "QUERY_SYNTAX", "includeHistory"),
    ("?updatedAfter=2020-01-01", "QUERY_SYNTAX", "updatedAfter"),
    ("?updatedAfter=2020-02-30T00:00:00", "QUERY_SYNTAX", "updatedAfter"),
    ("?asOf=0001-01-01T00:00:00%2B10:00", "QUERY_SYNTAX", "asOf"),
    ("?asOf=2020-01-01T00:00:00Z&updatedAfter=2021-01-01T00:00:00Z", "QUERY_AS_OF", "asOf"),
    ("?attributes=none,obs", "QUERY_SYNTAX", "attributes"),
    ("?attributes=", "QUERY_SYNTAX", "attributes"),
    ("?attributes=CONTACT.", "QUERY_SYNTAX", "attributes"),
    ("?attributes=CONTACT..NAME", "QUERY_SYNTAX", "attributes"),
    ("?measures=CONTACT.NAME", "QUERY_SYNTAX", "measures"),
    ("?sort=", "QUERY_SYNTAX", "sort"),
    ("?sort=A,B", "QUERY_SYNTAX", "sort"),
    ("?sort=A+", "QUERY_SYNTAX", "sort"),
    ("?sort=A:up", "QUERY_SYNTAX", "sort"),
    ("?sort=A:asc:desc", "QUERY_SYNTAX", "sort"),
    ("?sort=**", "QUERY_SYNTAX", "sort"),
    ("?reportingYearStartDay=07-01", "QUERY_SYNTAX", "reportingYearStartDay"),
    ("?reportingYearStartDay=--02-29", "QUERY_SYNTAX", "reportingYearStartDay"),
    ("?reportingYearStartDay=--13-01", "QUERY_SYNTAX", "reportingYearStartDay"),
    ("?dimensionAtObservation=A B", "QUERY_SYNTAX", "dimensionAtObservation"),
    ("?dimensionAtObservation=", "QUERY_SYNTAX", "dimensionAtObservation"),
    ("?token=1", "QUERY_PARAMETER_UNKNOWN", "token"),
    ("?detail=%", "QUERY_SYNTAX", "detail"),
]

V1_STRUCTURE = [
    ("", "PATH_UNKNOWN", "resource"),
    ("/valuelist", "PATH_UNKNOWN", "resource"),
    ("/namealiasscheme/all", "NO_RESULTS", None),
    ("/codelist/A,B", "QUERY_SYNTAX", "agencyID"),
    ("/codelist/A/C/1.0.0-x", "QUERY_SYNTAX", "version"),
    ("/codelist/A/C/1.0/X/Y", "QUERY_SYNTAX", "path"),
    ("/dataflow/A/F/1.0/X", "QUERY_SYNTAX", "itemID"),
    ("/structure/A/F/1.0/X", "QUERY_SYNTAX", "itemID"),
    ("/codelist?detail=most", "QUERY_SYNTAX", "detail"),
    ("/codelist?references=valuelist", "QUERY_SYNTAX", "references"),
    ("/codelist?startPeriod=2000", "QUERY_PARAMETER_UNKNOWN", "startPeriod"),
]

V2_STRUCTURE = [
    ("/contentconstraint", "PATH_UNKNOWN", "artefactType"),
    ("/codelist,dataflow", "PATH_UNKNOWN", "artefactType"),
    ("/codelist/A/C/2.3+", "QUERY_SYNTAX", "version"),
    ("/codelist/A/C/~/X+Y", "QUERY_SYNTAX", "itemID"),
    ("/*/A/C/~/X", "QUERY_SYNTAX", "itemID"),
    ("/codelist?references=", "QUERY_SYNTAX", "references"),
    ("/codelist?asOf=2020-01-01", "QUERY_SYNTAX", "asOf"),
    ("/codelist?c[X]=A", "QUERY_PARAMETER_UNKNOWN", "c[X]"),
]

V1_AVAILABILITY = [
    ("", "QUERY_SYNTAX", "flowRef"),
    ("/F/all/all/SEX,AGE", "QUERY_SYNTAX", "componentID"),
    ("/F/all/all/SEX/X", "QUERY_SYNTAX", "path"),
    ("/F?mode=some", "QUERY_SYNTAX", "mode"),
    ("/F?references=children", "QUERY_SYNTAX", "references"),
    ("/F?references=none,all,x", "QUERY_SYNTAX", "references"),
    ("/F?startPeriod=x", "QUERY_PERIOD", "startPeriod"),
    ("/F?detail=full", "QUERY_PARAMETER_UNKNOWN", "detail"),
]

V2_AVAILABILITY = [
    ("", "QUERY_SYNTAX", "context"),
    ("/*/A/F", "QUERY_SYNTAX", "context"),
    ("/dataflow/A/F/1.0/*/SEX+AGE", "QUERY_SYNTAX", "componentID"),
    ("/dataflow/A/F/1.0/*/SEX/X", "QUERY_SYNTAX", "path"),
    ("/dataflow?references=codelist,none", "QUERY_SYNTAX", "references"),
    ("/dataflow?references=", "QUERY_SYNTAX", "references"),
    ("/dataflow?asOf=2020-01-01T00:00:00Z", "QUERY_PARAMETER_UNKNOWN", "asOf"),
    ("/dataflow?limit=5", "QUERY_PARAMETER_UNKNOWN", "limit"),
    ("/dataflow?reportingYearStartDay=x", "QUERY_SYNTAX", "reportingYearStartDay"),
]

VERSIONS = (
    "+.2.3 1.~.3 *.2 +.0 2.3+ 3.2+.1+ 1.2.3.4 1.2.3.~ all 1+ v1 1. .1 1..2 -1 1.0-x 1.2.3- 1,,2"
)

READERS = {
    "v1 data": v1.data_query,
    "v2 data": v2.data_query,
    "v1 availability": v1.availability_query,
    "v2 availability": v2.availability_query,
    "v1 structure": v1.structure_query,
    "v2 structure": v2.structure_query,
}
TABLES = (V1_DATA, V2_DATA, V1_AVAILABILITY, V2_AVAILABILITY, V1_STRUCTURE, V2_STRUCTURE)
CASES = [(name, *row) for name, table in zip(READERS, TABLES, strict=True) for row in table]


def _problem(reader: str, url: str) -> Problem:
    path, _, query = url.partition("?")
    with pytest.raises(Refused) as refused:
        READERS[reader](path.split("/")[1:], query)
    return refused.value.problem


@pytest.mark.parametrize(("reader", "url", "code", "parameter"), CASES)
def test_what_is_refused_says_why_and_where(
    reader: str, url: str, code: str, parameter: str
) -> None:
    problem = _problem(reader, url)
    assert (problem.code, problem.location.parameter) == (code, parameter)
    assert problem.code in CATALOGUE


@pytest.mark.parametrize("text", VERSIONS.split())
def test_version_expressions_that_say_nothing_are_refused(text: str) -> None:
    problem = _problem("v2 data", f"/dataflow/A/F/{text}")
    assert (problem.code, problem.location.parameter) == ("QUERY_SYNTAX", "version")


def test_every_resource_has_a_kind_and_no_type_is_lost() -> None:
    assert all(V1_RESOURCES[word] is ResourceKind.STRUCTURE for word in V1_TYPES)
    assert set(V1_RESOURCES.values()) == set(ResourceKind) - {ResourceKind.REGISTRATION}
    assert set(V2_RESOURCES.values()) == set(ResourceKind)
    known = {entry for classes in V2_TYPES.values() for entry in classes}
    assert known == set(ArtefactClass) - {ArtefactClass.ATTACHMENT_CONSTRAINT}
    assert len(V1_TYPES) == 29
    assert len(V2_TYPES) == 34
