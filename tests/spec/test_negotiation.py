"""Which representation a request gets, by Accept header and by ``format=``."""

from __future__ import annotations

import pytest

from sdmx_service.formats.media import (
    ARROW,
    CSV_10,
    CSV_20,
    CSV_21,
    DATA_ML_30,
    DATA_ML_31,
    GENERIC_21,
    GENERIC_TIME_SERIES_21,
    JSON_10,
    JSON_20,
    JSON_21,
    OFFERS,
    PARQUET,
    STRUCTURE_JSON_10,
    STRUCTURE_JSON_20,
    STRUCTURE_JSON_21,
    STRUCTURE_ML_21,
    STRUCTURE_ML_30,
    STRUCTURE_ML_31,
    STRUCTURE_SPECIFIC_21,
    STRUCTURE_SPECIFIC_TIME_SERIES_21,
    V1_DATA,
    V1_STRUCTURE,
    V2_DATA,
    V2_STRUCTURE,
    XLSX,
    Offer,
    parse_media_type,
)
from sdmx_service.formats.negotiate import covers_version, negotiate
from sdmx_service.model.problem import Refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
S = "application/vnd.sdmx."

# Accept | v1 gets | v2 gets
ACCEPT: list[tuple[str | None, Offer | None, Offer | None]] = [
    (None, GENERIC_21, JSON_21),
    ("", GENERIC_21, JSON_21),
    ("*/*", GENERIC_21, JSON_21),
    ("application/*", GENERIC_21, JSON_21),
    (BROWSER, GENERIC_21, JSON_21),
    ("text/html", GENERIC_21, JSON_21),
    (f"text/html,{S}data+csv;q=0.1", CSV_21, CSV_21),
    ("application/xml", GENERIC_21, DATA_ML_31),
    ("text/xml", GENERIC_21, DATA_ML_31),
    ("application/json", JSON_10, JSON_21),
    ("text/csv", CSV_10, CSV_21),
    ("TEXT/CSV; charset=utf-8", CSV_10, CSV_21),
    (f"{S}genericdata+xml;version=2.1", GENERIC_21, GENERIC_21),
    (f"{S}genericdata+xml", GENERIC_21, GENERIC_21),
    (f"{S}structurespecificdata+xml; version=2.1", STRUCTURE_SPECIFIC_21, STRUCTURE_SPECIFIC_21),
    (f'{S}structurespecificdata+xml; version="2.1"', STRUCTURE_SPECIFIC_21, STRUCTURE_SPECIFIC_21),
    (f"{S}data+csv", CSV_21, CSV_21),
    (f"{S}data+csv;version=1.0", CSV_10, CSV_10),
    (f"{S}data+csv;version=1.0.0", CSV_10, CSV_10),
    (f"{S}data+csv;version=2", CSV_20, CSV_20),
    (f"{S}data+csv;version=1.0.0+", CSV_10, CSV_10),
    (f"{S}data+csv;version=2.1.0", CSV_21, CSV_21),
    (f"{S}data+csv;version=2.1", CSV_21, CSV_21),
    (f"{S}data+csv;version=1+.0.0", CSV_21, CSV_21),
    (f"{S}data+csv;version=3+.0.0", None, None),
    (f"{S}data+json;version=1.0.0", JSON_10, JSON_10),
    (f"{S}data+json;version=2.0.0", JSON_20, JSON_20),
    (f"{S}data+json;version=2+.0.0", JSON_21, JSON_21),
    (f"{S}data+json;version=2.1.0, {S}data+json;version=2.0.0;q=0.9", JSON_21, JSON_21),
    (f"{S}data+xml;version=3.0.0", DATA_ML_30, DATA_ML_30),
    (f"{S}data+xml;version=3.1.0", DATA_ML_31, DATA_ML_31),
    (f"{S}data+xml;version=3+.0.0", DATA_ML_31, DATA_ML_31),
    (f"{S}data+xml", DATA_ML_31, DATA_ML_31),
    (f"{S}data+xml;version=2.1", None, None),
    (f"{S}generictimeseriesdata+xml;version=2.1", GENERIC_TIME_SERIES_21, GENERIC_TIME_SERIES_21),
    (
        f"{S}structurespecifictimeseriesdata+xml;version=2.1",
        STRUCTURE_SPECIFIC_TIME_SERIES_21,
        STRUCTURE_SPECIFIC_TIME_SERIES_21,
    ),
    (f"{S}structure+xml;version=2.1", None, None),
    (f"{S}data+xml;version=9.0.0, */*;q=0.1", GENERIC_21, JSON_21),
    (f"{S}data+json;q=0.5, {S}data+csv;version=1.0.0", CSV_10, CSV_10),
    (f"{S}data+json, {S}data+csv;version=1.0.0", CSV_10, CSV_10),
    (f"{S}data+json, {S}data+csv", JSON_21, JSON_21),
    (f"{S}data+csv, {S}data+json", CSV_21, CSV_21),
    ("application/json;q=0, */*", GENERIC_21, CSV_21),
    ("image/gif, *; q=.2, */*; q=.2", GENERIC_21, JSON_21),
    ("image/png", None, None),
    ("*/*;q=0", None, None),
    ("nonsense", None, None),
    ("application/vnd.apache.parquet", PARQUET, PARQUET),
    ("application/vnd.apache.arrow.stream, */*;q=0.5", ARROW, ARROW),
    (XLSX.media_type, XLSX, XLSX),
    ("nonsense, text/csv", CSV_10, CSV_21),
    ("text/csv;q=7, application/json;q=0.2", JSON_10, JSON_21),
]

STRUCTURE_ACCEPT: list[tuple[str | None, Offer | None, Offer | None]] = [
    (None, STRUCTURE_ML_21, STRUCTURE_JSON_21),
    (BROWSER, STRUCTURE_ML_21, STRUCTURE_JSON_21),
    ("application/xml", STRUCTURE_ML_21, STRUCTURE_ML_30),
    (f"{S}structure+xml", STRUCTURE_ML_31, STRUCTURE_ML_31),
    (f"{S}structure+xml;version=2.1", STRUCTURE_ML_21, STRUCTURE_ML_21),
    (f"{S}structure+xml;version=3.0", STRUCTURE_ML_30, STRUCTURE_ML_30),
    (f"{S}structure+json;version=2.0.0", STRUCTURE_JSON_20, STRUCTURE_JSON_20),
    (f"{S}structure+json;version=1.0.0", STRUCTURE_JSON_10, STRUCTURE_JSON_10),
    (f"{S}structure+json", STRUCTURE_JSON_21, STRUCTURE_JSON_21),
    ("text/csv", None, None),
]

# format= | formatVersion= | v1 gets | v2 gets
FORMAT: list[tuple[str, str | None, Offer | None, Offer | None]] = [
    ("csvdata", None, CSV_10, CSV_21),
    ("csvdata", "2.1.0", CSV_21, CSV_21),
    ("csvdata", "2.0.0", CSV_20, CSV_20),
    ("csvdata", "1.0", CSV_10, CSV_10),
    ("csvdata", "9.0", None, None),
    ("csvfile", None, CSV_10, CSV_21),
    ("csvfilewithlabels", None, CSV_10, CSV_21),
    ("csv", None, CSV_10, CSV_21),
    ("csv;timeFormat=normalized", None, CSV_10, CSV_21),
    ("csv;timeFormat=iso", None, None, None),
    ("csv;labels=name", None, CSV_20, CSV_21),
    ("csv;keys=series", None, CSV_20, CSV_21),
    ("csv;labels=all", None, None, None),
    ("jsondata", None, JSON_10, JSON_21),
    ("jsondata", "2.0.0", JSON_20, JSON_20),
    ("json", None, JSON_10, JSON_21),
    ("genericdata", "2.1", GENERIC_21, GENERIC_21),
    ("structurespecificdata", None, STRUCTURE_SPECIFIC_21, STRUCTURE_SPECIFIC_21),
    ("xml", None, GENERIC_21, DATA_ML_31),
    ("parquet", None, PARQUET, PARQUET),
    ("arrow", None, ARROW, ARROW),
    ("xlsx", None, XLSX, XLSX),
    ("excel", None, XLSX, XLSX),
    ("generictimeseriesdata", None, GENERIC_TIME_SERIES_21, GENERIC_TIME_SERIES_21),
    (
        "structurespecifictimeseriesdata",
        None,
        STRUCTURE_SPECIFIC_TIME_SERIES_21,
        STRUCTURE_SPECIFIC_TIME_SERIES_21,
    ),
    ("structure", None, None, None),
    ("sdmx-3.0", None, None, None),
    ("", None, None, None),
]


def _choose(
    accept: str | None,
    word: str | None,
    offered: tuple[Offer, ...],
    version: str | None = None,
) -> Offer | None:
    try:
        return negotiate(accept, word, offered, offered[0], version).offer
    except Refused as refused:
        problem = refused.problem
    assert problem.code == "NOT_ACCEPTABLE"
    assert "found" in problem.arguments
    return None


@pytest.mark.parametrize(("accept", "first", "second"), ACCEPT)
def test_data_by_accept(accept: str | None, first: Offer | None, second: Offer | None) -> None:
    assert _choose(accept, None, V1_DATA) == first
    assert _choose(accept, None, V2_DATA) == second


@pytest.mark.parametrize(("accept", "first", "second"), STRUCTURE_ACCEPT)
def test_structures_by_accept(
    accept: str | None, first: Offer | None, second: Offer | None
) -> None:
    assert _choose(accept, None, V1_STRUCTURE) == first
    assert _choose(accept, None, V2_STRUCTURE) == second


@pytest.mark.parametrize(("word", "version", "first", "second"), FORMAT)
def test_data_by_format_whatever_the_header_says(
    word: str, version: str | None, first: Offer | None, second: Offer | None
) -> None:
    for accept in (None, "image/png", f"{S}data+json"):
        assert _choose(accept, word, V1_DATA, version) == first
        assert _choose(accept, word, V2_DATA, version) == second


def test_structures_by_format() -> None:
    assert _choose(None, "structure", V1_STRUCTURE) == STRUCTURE_ML_21
    assert _choose(None, "structure", V2_STRUCTURE) == STRUCTURE_ML_30
    assert _choose(None, "structure", V2_STRUCTURE, "2.1") == STRUCTURE_ML_21
    assert _choose(None, "jsonstructure", V1_STRUCTURE) == STRUCTURE_JSON_20
    assert _choose(None, "jsondata", V1_STRUCTURE) is None


# Accept | Content-Type of the answer
PARAMETERS = [
    (f"{S}data+csv;version=1.0.0", f"{S}data+csv;version=1.0.0"),
    (f"{S}data+csv;version=1.0.0;labels=both", f"{S}data+csv;version=1.0.0;labels=both"),
    (f"{S}data+csv;version=1.0.0;labels=name, */*;q=0.1", f"{S}data+json;version=2.1.0"),
    (f"{S}data+csv;version=1.0.0;keys=obs, */*;q=0.1", f"{S}data+json;version=2.1.0"),
    (f"{S}data+csv; labels=name ; keys=both; timeFormat=original",
     f"{S}data+csv;version=2.1.0;labels=name;keys=both"),
    (f"{S}data+csv;version=2.0.0;timeFormat=normalized",
     f"{S}data+csv;version=2.0.0;timeFormat=normalized"),
    ("text/csv;LABELS=both", f"{S}data+csv;version=2.1.0;labels=both"),
    ("text/csv;labels=id;keys=none;timeformat=original", f"{S}data+csv;version=2.1.0"),
    (f"{S}data+json;labels=both", f"{S}data+json;version=2.1.0"),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "content_type"), PARAMETERS)
def test_csv_parameters_come_back_in_the_content_type(accept: str, content_type: str) -> None:
    assert negotiate(accept, None, V2_DATA, JSON_21).content_type == content_type


def test_labels_of_a_format_word() -> None:
    chosen = negotiate(None, "csvfilewithlabels", V1_DATA, GENERIC_21)
    assert (chosen.labels, chosen.keys, chosen.time_format) == ("both", None, "original")
    chosen = negotiate(None, None, V2_DATA, JSON_21)
    assert (chosen.labels, chosen.keys, chosen.time_format) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "version", "covered"),
    [
        ("2.1", (2, 1, 0), True),
        ("2.1.0", (2, 1, 0), True),
        ("2", (2, 1, 0), False),
        ("3.0.0+", (3, 0, 4), True),
        ("3.0.0+", (3, 1, 0), False),
        ("2.3+.1", (2, 4, 0), True),
        ("2.3+.1", (2, 3, 0), False),
        ("2.3+.1", (3, 3, 1), False),
        ("2+.0.0", (3, 0, 0), True),
        ("*", (9, 9, 9), True),
        ("2.0-x", (2, 0, 0), False),
        ("", (2, 0, 0), False),
    ],
)
def test_version_ranges(text: str, version: tuple[int, int, int], covered: bool) -> None:
    assert covers_version(text, version) is covered


def test_the_table_of_offers_is_sound() -> None:
    assert set(V1_DATA) == set(V2_DATA)
    assert set(V1_STRUCTURE) == set(V2_STRUCTURE)
    assert len({offer.format for offer in OFFERS}) == len(OFFERS) == 26
    assert len({offer.media_type for offer in OFFERS}) == 26
    sdmx = [offer for offer in OFFERS if offer.media_type.startswith(S)]
    assert all("version" in parse_media_type(offer.media_type).parameters for offer in sdmx)
