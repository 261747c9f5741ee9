"""Which versions an expression picks."""

import pytest

from sdmx_service.model.problem import Refused
from sdmx_service.model.versions import is_stable, is_version, pick

VERSIONS = [
    "1.0",
    "2.1",
    "1.0.0",
    "1.2.0",
    "1.2.3",
    "1.10.0",
    "2.0.0-draft",
    "2.0.0",
    "3.0.0-a",
    "0.9.0",
]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (None, ["3.0.0-a"]),
        ("~", ["3.0.0-a"]),
        ("latest", ["3.0.0-a"]),
        ("+", ["2.0.0"]),
        ("+.0.0", ["2.0.0"]),
        ("1.+.0", ["1.10.0"]),
        ("1.2.+", ["1.2.3"]),
        ("1.2.3", ["1.2.3"]),
        ("9.9.9", []),
        ("~.0", ["2.1"]),
        ("~.0.0", ["3.0.0-a"]),
        ("1.~", ["1.0"]),
        ("1.~.0", ["1.10.0"]),
        ("1.2.~", ["1.2.3"]),
        ("2.0+.0", ["2.0.0"]),
        ("2+.1.0", []),
        ("1.2.0*", ["1.2.0", "1.2.3"]),
        ("2.*.0", ["2.0.0-draft", "2.0.0"]),
        ("*.0", ["1.0", "2.1"]),
    ],
)
def test_an_expression_picks(expression, expected):
    assert list(pick(expression, VERSIONS)) == expected


def test_all_come_oldest_first_and_numbers_are_compared_as_numbers():
    found = pick("*", VERSIONS)
    assert len(found) == len(VERSIONS)
    assert found.index("1.2.3") < found.index("1.10.0")
    assert found.index("2.0.0-draft") < found.index("2.0.0")


@pytest.mark.parametrize("expression", ["", "~", "+", "*", "1.0", "latest", "all"])
def test_what_has_no_version_answers(expression):
    assert pick(expression, [None]) == (None,)


def test_what_has_no_version_has_no_other():
    assert pick("2.0", [None]) == ()


@pytest.mark.parametrize(
    "expression", ["+.2.3", "1.~.3", "*.2", "+.0", "2.3+", "3.2+.1+", "x", "1..~", "1.2.3.~", "1~"]
)
def test_what_has_no_reading_is_refused(expression):
    with pytest.raises(Refused) as caught:
        pick(expression, VERSIONS)
    assert caught.value.problem.code == "QUERY_SYNTAX"


def test_kinds_of_version():
    assert is_version("1.0.0-draft")
    assert is_version("2")
    assert not is_version("1.x")
    assert is_stable("1.0.0")
    assert not is_stable("0.1.0")
    assert not is_stable("1.0")
