"""Which texts are values of which SDMX data type."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sdmx_service.model.structures import TextFormat
from sdmx_service.validation.data_types import wrong_type
from sdmx_service.validation.numbers import read_numbers, wrong_integers
from sdmx_service.validation.values import findings

RIGHT = {
    "Alpha": ["abc", ""],
    "AlphaNumeric": ["a1"],
    "Numeric": ["007"],
    "Boolean": ["true", "false", "1", "0"],
    "URI": ["https://example.org/a?b=c", "urn:x"],
    "GregorianYear": ["2020"],
    "GregorianYearMonth": ["2020-02"],
    "GregorianDay": ["2020-02-29"],
    "GregorianTimePeriod": ["2020", "2020-02", "2020-02-29"],
    "DateTime": ["2020-02-29T23:59:59", "2020-02-29T23:59:59.5+01:00", "2020-02-29T00:00:00Z"],
    "ReportingYear": ["2020-A1"],
    "ReportingWeek": ["2020-W53"],
    "ReportingTrimester": ["2020-T3"],
    "ReportingTimePeriod": ["2020-S2", "2020-D366", "2020-M12"],
    "TimeRange": ["2020-01-01/P1Y", "2020-01-01T00:00:00/PT1H"],
    "ObservationalTimePeriod": ["2020", "2020-Q1", "2020-T1", "2020-01-01/P3M"],
    "Month": ["--02"],
    "MonthDay": ["--02-29"],
    "Day": ["---31"],
    "Time": ["09:30:00"],
    "Duration": ["P1Y", "P1DT2H", "-P3M"],
    "String": ["anything\n"],
    "XHTML": ["<p>as it is</p>"],
}
WRONG = {
    "Alpha": ["a1"],
    "Numeric": ["1.5"],
    "Boolean": ["True", "yes", ""],
    "URI": ["a b"],
    "GregorianYear": ["2020-A1", "٢٠٢٠", "20"],
    "GregorianYearMonth": ["2020-13", "2020-M01"],
    "GregorianDay": ["2021-02-29", "2020-02-29\n"],
    "DateTime": ["2020-02-29", "2021-02-29T00:00:00", "2020-01-01T24:00:00", "2020-01-01T9:00:00"],
    "ReportingYear": ["2020"],
    "ReportingWeek": ["2021-W53", "2020-W00"],
    "ReportingTimePeriod": ["2020", "2021-D366"],
    "TimeRange": ["2020-01-01", "2020-01-01/P", "2020-01-01/P9999Y"],
    "ObservationalTimePeriod": ["2020-Q5", "yesterday", ""],
    "Duration": ["P", "P1YT", "1Y"],
}


@pytest.mark.parametrize("data_type", RIGHT)
def test_values_of_the_type(data_type: str) -> None:
    assert not wrong_type(pa.array([*RIGHT[data_type], None]), data_type).any()


@pytest.mark.parametrize("data_type", WRONG)
def test_values_of_another_type(data_type: str) -> None:
    assert wrong_type(pa.array(WRONG[data_type]), data_type).all()


def test_an_unknown_type_takes_any_text() -> None:
    assert not wrong_type(pa.array(["x"]), "GeospatialInformation").any()
    assert not wrong_type(pa.array(["x"]), None).any()


def test_numbers_are_read_beside_what_is_none() -> None:
    numbers, wrong = read_numbers(pa.array(["1", "x", None, "NaN", "1e3", "1e999", "inf", "+2"]))
    assert wrong.tolist() == [False, True, False, False, False, True, True, False]
    assert numbers[[0, 4, 7]].tolist() == [1.0, 1000.0, 2.0]


def test_integers_are_exact_at_the_ends_of_their_range() -> None:
    texts = pa.array([str(2**63 - 1), str(2**63), str(-(2**63)), str(-(2**63) - 1), None])
    numbers, _ = read_numbers(texts)
    wrong = wrong_integers(texts, numbers, "Long")
    assert wrong.tolist() == [False, True, False, True, False]
    assert not wrong_integers(texts, numbers, "BigInteger").any()


@pytest.mark.parametrize(
    ("text_format", "text", "facet"),
    [
        (TextFormat(data_type="String", min_length=2), "a", "minLength"),
        (TextFormat(data_type="String", pattern="[A-Z]{2}"), "ABC", "pattern"),
        (TextFormat(data_type="String", pattern="A|B"), "AB", "pattern"),
        (TextFormat(data_type="Decimal", decimals=0), "1.0", "decimals"),
        (TextFormat(data_type="ExclusiveValueRange", max_value="1"), "1", "maxValue"),
        (TextFormat(data_type="Integer", min_value="10"), "9", "minValue"),
    ],
)
def test_facets(text_format: TextFormat, text: str, facet: str) -> None:
    found = [
        (code, arguments.get("facet"))
        for code, arguments, wrong in findings(pa.array([text]), text_format)
        if wrong.any()
    ]
    assert found == [("VALUE_FACET", facet)]


def test_no_facet_is_held_against_nothing() -> None:
    text_format = TextFormat(data_type="Double", min_value="1", max_value="2", min_length=1)
    wrong = [mask for _, _, mask in findings(pa.array([None], pa.string()), text_format)]
    assert not np.any(wrong)
