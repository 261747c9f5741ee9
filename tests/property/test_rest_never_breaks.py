"""Whatever stands in a URL, the readers answer with a query or refuse by a named problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdmx_service.formats.media import V1_DATA, V2_DATA
from sdmx_service.formats.negotiate import negotiate
from sdmx_service.model.catalogue import CATALOGUE
from sdmx_service.model.problem import Refused
from sdmx_service.rest import v1, v2
from sdmx_service.rest.data_parameters import PARAMETERS

READERS = [
    v1.data_query, v1.availability_query, v1.structure_query, v1.schema_query,
    v2.data_query, v2.availability_query, v2.structure_query, v2.schema_query,
]  # fmt: skip

# Arbitrary text, and text close enough to the grammar to get past the first check.
_WORDS = st.sampled_from(
    [
        "A", "all", "*", "~", "+", "latest", "dataflow", "codelist", "structure", "1.0", "2.3+.1",
        "A..B", "A.*,B", "%2B", "%5B", "%", "%C3%A9",
        "\ud800", "\x00", "é", "c[X]", "c[TIME_PERIOD]", "ge:2020+le:2021", "2020-W53", "--07-01",
        "2020-01-01/P1Y", "2020-01-01/P99999999999D", "9999-12-31T23:59:59-14:00", "0000", "",
    ]
)  # fmt: skip
_PIECES = st.lists(_WORDS, max_size=4).map("".join) | st.text(max_size=12)
_NAMES = st.sampled_from(
    sorted(PARAMETERS | {"references", "mode", "lang", "c[X]", "c[TIME_PERIOD]"})
)
_QUERIES = st.lists(st.tuples(_NAMES | _PIECES, _PIECES).map("=".join), max_size=3).map("&".join)


@pytest.mark.parametrize("read", READERS, ids=lambda read: f"{read.__module__}.{read.__name__}")
@settings(max_examples=50, deadline=None)
@given(parts=st.lists(_PIECES, max_size=6), query=_QUERIES | st.text(max_size=30))
@example(parts=["F"], query="startPeriod=9999-W53")
@example(parts=["F"], query="endPeriod=2020-01-01/P1" + "0" * 5000 + "D")
@example(parts=["dataflow"], query="updatedAfter=9999-12-31T23:59:59-14:00")
@example(parts=["dataflow"], query="asOf=2020-01-01T00:00:00%2B99:99")
def test_readers_refuse_or_answer(
    read: Callable[[Sequence[str], str], object], parts: list[str], query: str
) -> None:
    problem = None
    try:
        assert read(parts, query) is not None
    except Refused as refused:
        problem = refused.problem
    assert problem is None or problem.code in CATALOGUE


_MEDIA = st.sampled_from(
    [
        "*/*", "text/*", "text/html", "text/csv", "application/xml", "application/json", ";q=0",
        "application/vnd.sdmx.data+csv", ";version=1.0", ";version=2.0.0+", ";version=++",
        ";labels=both", ";labels=", '"', ",", ";", " ", ";q=0.5", ";q=٣", ";version=٣", "\\",
    ]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(
    accept=st.lists(_MEDIA, max_size=8).map("".join) | st.text(max_size=20),
    word=st.none() | st.sampled_from(["csv", "json", "xml", "structure"]) | st.text(max_size=8),
    version=st.none() | st.text(max_size=5),
)
def test_negotiation_refuses_or_picks_an_offer(
    accept: str, word: str | None, version: str | None
) -> None:
    for offered in (V1_DATA, V2_DATA):
        chosen, code = None, "NOT_ACCEPTABLE"
        try:
            chosen = negotiate(accept, word, offered, offered[0], version)
        except Refused as refused:
            code = refused.problem.code
        assert code == "NOT_ACCEPTABLE"
        if chosen is not None:
            assert chosen.offer in offered
            assert "charset" not in chosen.content_type
