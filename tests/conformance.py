"""What of SDMX REST 1.5.0 and 2.2.2 is there: one table, walked by a test against the running
hub and written to docs/conformance.md by ``python -m tests.conformance``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sdmx_service.formats.negotiate import FORMAT_WORDS
from sdmx_service.model.query import Detail, Operator, References
from sdmx_service.rest.availability_parameters import REFERENCES
from sdmx_service.rest.resources import V1_TYPES, V2_TYPES

PAGE = Path(__file__).parents[1] / "docs" / "conformance.md"
YES, NO, LATER = "yes", "no", "501"
_SDMX = "application/vnd.sdmx."

DATA_PATHS = "tests/spec/test_rest_urls.py::test_a_data_url_means_the_same_in_both_versions"
DATA_VALID = "tests/e2e/test_answers_are_valid.py::test_structure_specific_data"
STRUCTURES = "tests/e2e/test_answers_are_valid.py::test_structures"
ONLY_OF_21 = "tests/contract/test_structures_only_of_21.py::test_a_hub_keeps_it_and_v1_finds_it"
SELECT = "tests/unit/test_registry_select.py::test_references_of_a_dataflow"
ITEMS = "tests/e2e/test_structure_queries.py::test_items"
LISTS = "tests/e2e/test_structure_queries.py::test_lists_in_every_position_of_v2"
SCHEMA = "tests/e2e/test_schema.py::test_paths"
WALK = "tests/spec/test_conformance.py::test_the_hub_answers_as_the_table_says"

QUERIES = "tests/e2e/test_queries.py::"
_CROSSED, _SORTED = (
    "test_a_cross_section_says_what_the_series_say",
    "test_a_table_is_sorted_as_asked",
)

AVAILABILITY = "tests/e2e/test_availability.py::"
_EXACT = "test_exact_is_what_the_data_query_gives"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing the standard has: how it is asked for, and what the hub says.

    ``accept`` None: no such header. ``proof``: the test of more than that it answers.
    """

    api: str
    subject: str
    what: str
    path: str
    verdict: str = YES
    proof: str = WALK
    accept: str | None = None


_D1, _D2 = "data/MAGHREB,DF_MIG_STOCK_POP,1.0.0", "data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"
_KEY = "A5.MA.........."
_A1 = "availableconstraint/MAGHREB,DF_MIG_STOCK_POP,1.0.0"
_A2 = "availability/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"
_S1, _S2 = "codelist/MAGHREB/CL_SEX", "structure/codelist/MAGHREB/CL_SEX"
_X = "schema/dataflow/MAGHREB/DF_WORK_PERMIT"


def rows() -> tuple[Row, ...]:
    """The table, in the order of the page."""
    return (
        *_resources(),
        *_types(),
        *_structure_parameters(),
        *_versions(),
        *_data(),
        *_availability(),
        *_schemas(),
        *_media_types(),
        *_extensions(),
    )


def _resources() -> Iterator[Row]:
    subject = "Resources"
    yield Row("v1", subject, "data", _D1, YES, DATA_VALID)
    yield Row("v2", subject, "data", _D2, YES, DATA_VALID)
    yield Row("v1", subject, "structure", "structure/MAGHREB", YES, STRUCTURES)
    yield Row("v2", subject, "structure", "structure/*/MAGHREB", YES, STRUCTURES)
    yield Row("v1", subject, "schema", _X, YES, SCHEMA)
    yield Row("v2", subject, "schema", _X, YES, SCHEMA)
    yield Row("v1", subject, "availableconstraint", _A1, YES, f"{AVAILABILITY}{_EXACT}")
    yield Row("v2", subject, "availability", _A2, YES, f"{AVAILABILITY}{_EXACT}")
    yield Row("v1", subject, "metadata", "metadata/DF_MIG_STOCK_POP", LATER)
    yield Row("v2", subject, "metadata", "metadata/metadataset/MAGHREB", LATER)
    yield Row("v2", subject, "registration", "registration/provider/MAGHREB", LATER)


def _types() -> Iterator[Row]:
    """As the code says which classes there are; a class without artefacts answers 404, which is
    yes, and so does one that SDMX 3 has no artefacts of."""
    for api, types, prefix in (("v1", V1_TYPES, ""), ("v2", V2_TYPES, "structure/")):
        for word in sorted(types):
            yield Row(api, "Structure types", word, f"{prefix}{word}/all".replace(
                "/all", "/all" if api == "v1" else "/*"), YES,
                ONLY_OF_21 if word == "attachmentconstraint"
                else STRUCTURES if types[word] else WALK)  # fmt: skip


def _structure_parameters() -> Iterator[Row]:
    for api, path in (("v1", _S1), ("v2", _S2)):
        for detail in Detail:
            yield Row(api, "Structures: detail", detail, f"{path}?detail={detail}", YES, STRUCTURES)
        for word in References:
            yield Row(api, "Structures: references", word, f"{path}?references={word}", YES, SELECT)
        types = V1_TYPES if api == "v1" else V2_TYPES
        for word in sorted(types):
            what = f"`{word}` (a type)"
            asked = f"{path}?references={word}"
            yield Row(api, "Structures: references", what, asked, YES, SELECT)
    union = "tests/e2e/test_structure_queries.py::test_several_references_are_the_union"
    several = "references=parents,codelist"
    yield Row("v2", "Structures: references", "several values", f"{_S2}?{several}", YES, union)
    other = "Structures: path"
    v1_lists = LISTS.replace("v2", "v1")
    yield Row("v1", other, "lists of agencies, ids, versions (+)",
              "codelist/MAGHREB+SDMX/CL_SEX+CL_AREA/1.0.0+latest", YES, v1_lists)  # fmt: skip
    yield Row("v2", other, "lists of agencies, ids, versions (,)",
              "structure/codelist/MAGHREB,SDMX/CL_SEX,CL_AREA/1.0.0,~", YES, LISTS)  # fmt: skip
    yield Row("v1", other, "items", f"{_S1}/1.0.0/F+M", YES, ITEMS)
    yield Row("v2", other, "items", f"{_S2}/1.0.0/F,M", YES, ITEMS)
    maintained = "tests/e2e/test_maintenance.py::test_a_draft_is_replaced_and_the_past_is_kept"
    yield Row("v2", other, "asOf", f"{_S2}?asOf=2100-01-01T00:00:00Z", YES, maintained)


def _versions() -> Iterator[Row]:
    proof = "tests/unit/test_versions.py::test_an_expression_picks"
    for text in ("all", "latest", "1.0.0", "1.0.0+latest"):
        yield Row("v1", "Versions", text, f"{_S1}/{text}", YES, proof)
    good = ("*", "~", "+", "1.0.0", "1.+.0", "1.0.+", "1+.0.0", "1.0+.0", "1.0.0+", "1.~.0",
            "1.0.~", "1~.0.0", "~.0.0", "*.0.0", "1.*.0", "1.0.*", "1*.0.0", "1.0*.0", "1.0.0*",
            "1.0.0,~")  # fmt: skip
    for text in good:
        yield Row("v2", "Versions", text, f"{_S2}/{text}", YES, proof)
    for text in ("+.2.3", "+.0", "2.3+", "3.2+.1+"):
        yield Row("v2", "Versions", f"{text} (malformed)", f"{_S2}/{text}", NO, proof)


def _data() -> Iterator[Row]:
    """Parameters of data queries; the same in both versions where both have them."""
    both = ("firstNObservations=1", "lastNObservations=1", "updatedAfter=2020-01-01T00:00:00Z",
            "includeHistory=true", "dimensionAtObservation=TIME_PERIOD",
            "dimensionAtObservation=AllDimensions")  # fmt: skip
    v1 = ("startPeriod=2010", "endPeriod=2018", "startPeriod=2010-Q1", "detail=full",
          "detail=dataonly", "detail=serieskeysonly", "detail=nodata")  # fmt: skip
    v2 = ("attributes=dsd", "attributes=dataset", "attributes=series", "attributes=obs",
          "attributes=all", "attributes=none", "attributes=OBS_STATUS", "measures=all",
          "measures=none", "measures=OBS_VALUE", "offset=1", "limit=1",
          "asOf=2100-01-01T00:00:00Z", "reportingYearStartDay=--01-01")  # fmt: skip
    for api, path, words in (("v1", _D1, (*both, *v1)), ("v2", _D2, (*both, *v2))):
        for word in words:
            yield Row(api, "Data: parameters", word, f"{path}?{word}", YES, DATA_PATHS)
        word = "dimensionAtObservation=SEX"
        yield Row(api, "Data: parameters", word, f"{path}?{word}", YES, f"{QUERIES}{_CROSSED}")
    for word in ("sort=TIME_PERIOD:desc+SEX", "sort=*", "sort=series_key:desc"):
        yield Row("v2", "Data: parameters", word, f"{_D2}?{word}", YES, f"{QUERIES}{_SORTED}")
    by_value = f"{QUERIES}test_a_table_is_sorted_by_values"
    yield Row("v2", "Data: parameters", "sort=OBS_VALUE", f"{_D2}?sort=OBS_VALUE", YES, by_value)
    year = f"{QUERIES}test_a_reporting_year_may_start_on_another_day"
    word = "reportingYearStartDay=--04-01"
    yield Row("v2", "Data: parameters", word, f"{_D2}?{word}", YES, year)
    metadata = "tests/e2e/test_reference_metadata.py::test_each_word_gives_its_attributes"
    yield Row("v2", "Data: parameters", "attributes=msd", f"{_D2}?attributes=msd", YES, metadata)
    subject = "Data: filters c[…]"
    filters = "tests/spec/test_rest_urls.py::test_component_filters"
    for operator in Operator:
        asked = f"{_D2}?c[SEX]={operator}:F"
        yield Row("v2", subject, operator, asked, YES, filters)
    for text in ("c[TIME_PERIOD]=ge:2010+le:2018", "c[SEX]=F,M", "c[OBS_STATUS]=A",
                 "c[OBS_VALUE]=gt:10"):  # fmt: skip
        yield Row("v2", subject, text, f"{_D2}?{text}", YES, filters)
    keys = "Data: path"
    yield Row("v1", keys, "key with wildcards", f"{_D1}/{_KEY}", YES, DATA_PATHS)
    yield Row("v1", keys, "provider", f"{_D1}/all/MAGHREB,INT_UNDESA", YES, DATA_PATHS)
    asked = f"{_D1}/all/MAGHREB,INT_UNDESA+INT_ILO"
    yield Row("v1", keys, "several providers", asked, YES, DATA_PATHS)
    asked = "data/dataflow/MAGHREB,SDMX/DF_MIG_STOCK_POP,DF_MIG_STOCK_WRK/1.0.0,1.0+.0"
    yield Row("v2", keys, "lists and version ranges", asked, YES, DATA_PATHS)
    yield Row("v2", keys, "key with wildcards", f"{_D2}/A5.MA.*", YES, DATA_PATHS)
    yield Row("v2", keys, "several keys", f"{_D2}/A5.MA.*,A5.TN.*", YES, DATA_PATHS)
    for context in ("dataflow/MAGHREB/DF_MIG_STOCK_POP", "datastructure/MAGHREB/DSD_MIG_STOCK",
                    "provisionagreement/MAGHREB/PA_DF_MIG_STOCK_POP_INT_UNDESA", "*"):  # fmt: skip
        what = f"context {context.split('/')[0]}"
        yield Row("v2", keys, what, f"data/{context}", YES, DATA_PATHS)


def _availability() -> Iterator[Row]:
    subject = "Availability"
    available = f"{AVAILABILITY}test_available_is_what_each_dimension_could_still_be_given"
    used = f"{AVAILABILITY}test_references_hold_what_is_used"
    twins = "tests/spec/test_rest_urls.py::test_an_availability_url_means_the_same_in_both_versions"
    for api, path in (("v1", _A1), ("v2", _A2)):
        yield Row(api, subject, "mode=exact", f"{path}?mode=exact", YES, f"{AVAILABILITY}{_EXACT}")
        yield Row(api, subject, "mode=available", f"{path}?mode=available", YES, available)
        for word in ("none", "all", *sorted(REFERENCES)):
            what = f"references={word}"
            yield Row(api, subject, what, f"{path}?{what}", YES, used)
        for word in ("startPeriod=2010", "endPeriod=2018", "updatedAfter=2020-01-01T00:00:00Z"):
            yield Row(api, subject, word, f"{path}?{word}", YES, twins)
    yield Row("v2", subject, "c[SEX]=F", f"{_A2}?c[SEX]=F", YES, f"{AVAILABILITY}{_EXACT}")
    word = "reportingYearStartDay=--04-01"
    yield Row("v2", subject, word, f"{_A2}?{word}", YES, twins)
    alone = f"{AVAILABILITY}test_single_components"
    yield Row("v1", subject, "component", f"{_A1}/all/all/SEX", YES, alone)
    yield Row("v2", subject, "component", f"{_A2}/*/SEX", YES, alone)
    yield Row("v2", subject, "several components", f"{_A2}/*/SEX,REF_AREA", YES, alone)
    yield Row("v2", subject, "context * (not of the standard)", "availability/*", NO, twins)


def _schemas() -> Iterator[Row]:
    contexts = {
        "dataflow": ("DF_WORK_PERMIT", YES),
        "datastructure": ("DSD_PERMIT", YES),
        "provisionagreement": ("PA_DF_WORK_PERMIT_MA_MIEPEEC", YES),
        "metadataflow": ("X", LATER),
        "metadatastructure": ("X", LATER),
    }
    for api in ("v1", "v2"):
        for context, (name, verdict) in contexts.items():
            path = f"schema/{context}/MAGHREB/{name}"
            yield Row(api, "Schema", f"context {context}", path, verdict, SCHEMA)
        at = "dimensionAtObservation=SEX"
        test = "tests/e2e/test_schema.py::test_what_a_dimension_at_the_observation_changes"
        yield Row(api, "Schema", at, f"{_X}?{at}", YES, test)
    yield Row("v1", "Schema", "explicitMeasure", f"{_X}?explicitMeasure=true", YES, SCHEMA)
    deletion = "tests/e2e/test_schema.py::test_deletions_may_leave_out_dimensions"
    yield Row("v2", "Schema", "deletion", f"{_X}?deletion=true", YES, deletion)
    past = "tests/e2e/test_maintenance.py::test_the_schema_of_a_draft_is_kept_as_it_was"
    yield Row("v2", "Schema", "asOf", f"{_X}?asOf=2030-01-01T00:00:00Z", YES, past)


_MEDIA = {
    "structure": ("structure+xml;version=2.1", "structure+xml;version=3.0.0",
                  "structure+xml;version=3.1.0", "structure+json;version=1.0.0",
                  "structure+json;version=2.0.0", "structure+json;version=2.1.0"),
    "data": ("genericdata+xml;version=2.1", "structurespecificdata+xml;version=2.1",
             "generictimeseriesdata+xml;version=2.1",
             "structurespecifictimeseriesdata+xml;version=2.1", "data+xml;version=3.0.0",
             "data+xml;version=3.1.0", "data+json;version=1.0.0", "data+json;version=2.0.0",
             "data+json;version=2.1.0", "data+csv;version=1.0.0", "data+csv;version=2.0.0",
             "data+csv;version=2.1.0", "data+csv;version=2.0.0;labels=both;keys=both",
             "data+csv;version=2.1.0;labels=name;timeFormat=normalized",
             "data+csv;version=1.0.0;timeFormat=normalized"),
    "schema": ("schema+xml;version=2.1", "schema+xml;version=3.0.0", "schema+xml;version=3.1.0",
               "schema+json;version=2.0.0", "schema+json;version=2.1.0",
               "structure+xml;version=2.1", "structure+xml;version=3.0.0",
               "structure+json;version=2.0.0"),
}  # fmt: skip


def _media_types() -> Iterator[Row]:
    paths = {"v1": {"structure": _S1, "data": _D1, "schema": _X},
             "v2": {"structure": _S2, "data": _D2, "schema": _X}}  # fmt: skip
    proof = "tests/spec/test_negotiation.py::test_data_by_accept"
    valid = f"{AVAILABILITY}test_every_form_is_valid"
    for api, path in (("v1", _A1), ("v2", _A2)):
        for name in _MEDIA["structure"]:
            subject = "Media types: availability"
            yield Row(api, subject, name, path, YES, valid, accept=_SDMX + name)
    for api, resources in paths.items():
        for resource, path in resources.items():
            for name in _MEDIA[resource]:
                subject = f"Media types: {resource}"
                yield Row(api, subject, name, path, YES, proof, accept=_SDMX + name)


def _extensions() -> Iterator[Row]:
    subject = "Extensions and headers"
    tests = "tests/e2e/test_conditional.py::"
    for word in sorted(FORMAT_WORDS):
        if word.endswith(("data", "structure", "schema", "parquet", "arrow", "xlsx", "excel")):
            path = _X if word == "schema" else _S2 if word.endswith("structure") else _D2
            missing = "metadata" in word
            yield Row("v2", subject, f"format={word}", f"{path}?format={word}",
                      NO if missing else YES)  # fmt: skip
    for word, verdict in (
        ("gzip", YES),
        ("deflate", YES),
        ("br", YES),
        ("zstd", YES),
        ("compress", NO),
    ):
        what = f"compression={word}"
        test = tests + "test_compression_parameter_wins"
        yield Row("v2", subject, what, f"{_S2}?{what}", verdict, test)
    for word, verdict in (("fr", YES), ("en", YES), ("ar", YES), ("all", YES), ("de", NO)):
        test = tests + "test_lang_parameter_wins"
        yield Row("v2", subject, f"lang={word}", f"{_S2}?lang={word}", verdict, test)
    for what, name in (
        ("ETag, If-None-Match → 304", "test_what_the_client_has_is_not_sent_again"),
        ("Last-Modified, If-Modified-Since → 304", "test_by_instant"),
        ("Vary", "test_vary_names_every_header_that_counts"),
        ("CORS, also on errors", "test_other_sites_may_read_answers_and_errors"),
        ("Accept-Encoding", "test_accept_encoding"),
    ):
        for api, path in (("v1", _S1), ("v2", _S2)):
            yield Row(api, subject, what, path, YES, tests + name)


def page() -> str:
    """The table as Markdown, v1 beside v2."""
    lines = [
        "# Conformance to SDMX REST 1.5.0 and 2.2.2",
        "Generated by `make conformance` from `tests/conformance.py`; "
        "`tests/spec/test_conformance.py` asks the running hub every line. "
        "501: the standard has it, the hub says so and not more; "
        "no: refused (400 or 406); –: not of this version.",
    ]
    subject = ""
    cells: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows():
        cells.setdefault((row.subject, row.what), {})[row.api] = row
    for (group, what), found in sorted(cells.items(), key=lambda item: _place(item[0][0])):
        if group != subject:
            subject = group
            lines += ["", f"## {group}", "| | v1 | v2 | proved by |", "|---|---|---|---|"]
        verdicts = [found[api].verdict if api in found else "–" for api in ("v1", "v2")]
        proof = next(iter(found.values())).proof.replace("tests/", "", 1)
        name = what if "`" in what else f"`{what}`"
        lines.append(f"| {name.replace('|', '')} | {verdicts[0]} | {verdicts[1]} | {proof} |")
    return "\n".join(lines) + "\n"


def _place(subject: str) -> int:
    return [row.subject for row in rows()].index(subject)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
