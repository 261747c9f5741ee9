"""Real messages and the standard's own examples are read to the rows that stand in them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import StructureUse
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    DataStructure,
    Representation,
    TextFormat,
)
from sdmx_service.model.values import texts_of, values_of
from tests.messages_of_tests import Outcome, rows_of
from tests.structures_of_tests import attribute, data_structure

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is absent"),
]


def structure(
    dimensions: Iterable[str], attributes: Iterable[str], measures: Iterable[str] = ("OBS_VALUE",)
) -> DataStructure:
    coded = ("ATTR_1", "ATTR_2")
    items = [
        attribute(name, AttachmentLevel.OBSERVATION, coded=name in coded) for name in attributes
    ]
    return data_structure("SAMPLE", dimensions, items, measures)


def read_sample(name: str, made_up: DataStructure) -> Outcome:
    def resolve(ref: Ref) -> StructureUse:
        return StructureUse(declared=ref, data_structure=made_up, layout=layout_of(made_up))

    problems, outcome = ProblemCollector(), Outcome()
    source = io.BytesIO((SAMPLES / name).read_bytes())
    outcome.message = read_data(source, resolve, problems, Limits())
    for batch in outcome.message.batches:
        outcome.batches.append(batch)
        outcome.rows += rows_of(batch)
    outcome.report = problems.report()
    return outcome


# The standard's examples call the time dimension DIM_3: to the reader any dimension is one.
NA_MAIN = structure(
    ("DIM_1", "DIM_2", "DIM_3"),
    ("ATTR_1", "ATTR_2", "ATTR_3", "UPDATED"),
    ("OBS_VALUE", "OBS_VALUE1", "OBS_VALUE2", "MEAS_1"),
)
OF_CSV: dict[str, list[dict[str, str]]] = {
    "example-01": [
        {"DIM_1": "A", "DIM_3": "2014-01", "OBS_VALUE": "12.4", "ATTR_1": "N", "ATTR_2": "Y"},
        {"DIM_2": "B", "DIM_3": "2014-02", "OBS_VALUE": "10.8", "ATTR_1": "Y"},
    ],
    "example-02": [
        {"OBS_VALUE1": "12.4", "OBS_VALUE2": "12.5", "ATTR_1": "X;Y", "DIM_1": "A"},
        {"OBS_VALUE1": "10.8", "OBS_VALUE2": "10.9", "ATTR_1": "X;Z", "DIM_1": "A"},
    ],
    "example-03": [{"OBS_VALUE1": "12.4", "ATTR_1": "N"}, {"OBS_VALUE1": "10.8", "ATTR_1": "Y"}],
    "example-04": [
        {"DIM_1": "A", "DIM_3": "2014-01", "OBS_VALUE": "12.4", "ATTR_1": "N"},
        {"DIM_1": "A", "DIM_3": "2014-02", "OBS_VALUE": "10.8", "ATTR_1": "Y"},
    ],
    "example-05": [
        {"DIM_2": "B", "ATTR_2": "Y", "ATTR_3": "Normal, special and other values"},
        {"DIM_2": "B", "DIM_3": "2014-02-01", "ATTR_1": "Y"},
    ],
    "example-06": [
        {"DIM_1": "A", "DIM_2": "B", "DIM_3": "2014-01", "OBS_VALUE": "12.4", "ATTR_1": "Y"},
        {"DIM_1": "A", "OBS_VALUE": "10.8", "ATTR_2": "Normal, special and other values"},
    ],
    "example-07": [{"ATTR_2": "M, N & O;P & Q"}, {"ATTR_3": "A;C"}],
    "example-08": [{"dataset": 0}, {"dataset": 1, "ATTR_1": 'en:Value "X";fr:Valeur "X"'}],
    "example-09A": [{"dataset": 0}, {"dataset": 1}, {"dataset": 2, "OBS_VALUE": "11.2"}],
    "example-10": [{"action": "Merge", "dataset": 0}, {"action": "Replace", "dataset": 1}],
    "example-11": [{"OBS_VALUE": "12.4"}, {"OBS_VALUE": "10.8"}],
    "example-12": [{"DIM_2": "B", "ATTR_1": "N"}, {"DIM_3": "2014-02", "ATTR_1": "Y"}],
    "example-13": [{"MEAS_1": "12.4", "ATTR_1": "N"}, {"DIM_2": "B", "ATTR_2": "Y"}],
    "example-15": [
        {"ATTR_1": '<p>This is some "xhtml" with a line\nbreak</p>', "_line": 2},
        {"ATTR_1": '<p>This is some other "xhtml"</p>', "_line": 4},
    ],
    "example-16": [{"action": "Delete", "OBS_VALUE": "-"}, {"action": "Delete", "ATTR_3": "-"}],
    "example-17": [{"DIM_2": "A", "OBS_VALUE": "-"}, {"DIM_2": "B", "ATTR_3": "-"}],
    "example-18": [{"DIM_2": "A"}, {"DIM_2": "B", "DIM_3": "C"}],
    "example-19A": [{"action": "Delete", "dataset": 0, "_line": 2}],
    "example-19B": [{"action": "Delete", "dataset": 0, "_line": 2}],
}


@pytest.mark.parametrize("name", OF_CSV)
def test_csv_examples_of_the_standard(name: str) -> None:
    outcome = read_sample(f"sdmx30/csv/{name}.csv", NA_MAIN)
    assert not outcome.report.problems
    assert len(outcome.rows) == len(OF_CSV[name])
    for row, expected in zip(outcome.rows, OF_CSV[name], strict=True):
        assert expected.items() <= row.items()


def test_components_of_metadata_are_named() -> None:
    outcome = read_sample("sdmx30/csv/example-14.csv", NA_MAIN)
    assert outcome.codes == {"COMPONENT_UNKNOWN": 3}


def test_eurostat_time_series() -> None:
    made_up = structure(("freq", "unit", "na_item", "geo"), ())
    outcome = read_sample("eurostat/NAMA_10_GDP-ss.xml", made_up)
    assert not outcome.report.problems
    assert outcome.message is not None
    assert outcome.message.header.sender == "ESTAT"
    assert outcome.rows[0] == {
        "dataset": 0,
        "action": "Merge",
        "freq": "A",
        "unit": "CP_MEUR",
        "na_item": "B1GQ",
        "geo": "LU",
        "TIME_PERIOD": "2012",
        "OBS_VALUE": "46526.2",
        "_line": 18,
    }


EXR = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX")
OF_EXR = ("TIME_FORMAT", "COLLECTION", "DECIMALS", "TITLE", "TITLE_COMPL", "UNIT", "UNIT_MULT",
          "SOURCE_AGENCY", "SOURCE_PUB", "OBS_STATUS")  # fmt: skip


def test_sdmx_ml_30() -> None:
    outcome = read_sample("sdmx30/xml/ECB_EXR0.xml", structure(EXR, OF_EXR))
    assert not outcome.report.problems
    assert outcome.message is not None
    assert outcome.message.format == "sdmx-ml-3.0-structure-specific"
    assert outcome.message.header.id == "IREF411123"
    assert outcome.batches[0].declared_action == "Information"
    assert outcome.batches[0].structure.declared.short == "ECB:EXR(1.0)"
    first = outcome.rows[0]
    assert (first["CURRENCY"], first["TIME_PERIOD"], first["OBS_STATUS"]) == ("CAD", "1999", "A")
    assert first["OBS_VALUE"] == "1.583993822393823"


def test_sdmx_ml_30_with_values_and_languages() -> None:
    made_up = structure(EXR, OF_EXR)
    languages = Representation(
        max_occurs="unbounded", text_format=TextFormat(data_type="String", is_multilingual=True)
    )
    attributes = tuple(
        replace(one, representation=languages) if one.id == "TITLE" else one
        for one in made_up.attributes
    )
    outcome = read_sample("sdmx30/xml/ECB_EXR_CA.xml", replace(made_up, attributes=attributes))
    assert not outcome.report.problems
    assert [values_of(row["OBS_STATUS"]) for row in outcome.rows] == [
        ("A", "F"),
        ("J", "U", "N"),
        ("A",),
    ]
    assert {values_of(row["SOURCE_AGENCY"]) for row in outcome.rows} == {("4F0", "4D0", "CZ2")}
    titles = [texts_of(value) for value in values_of(outcome.rows[2]["TITLE"])]
    assert titles[0] == {"en": "Some English Text", "fr": "Quelques textes en anglais"}
    assert titles[1]["en"] == "Additional English Text where lang defaults to en"


def test_a_message_that_is_only_a_footer_has_no_rows() -> None:
    outcome = read_sample("eurostat/footer.xml", structure(EXR, ()))
    assert outcome.message is not None
    assert outcome.message.format == "sdmx-ml-2.1-generic"
    assert outcome.message.header.sender == "ESTAT"
    assert not outcome.rows


def test_explicit_measures_of_cross_sectional_data() -> None:
    made_up = structure(
        ("FREQ", "COUNTRY", "SEX", "DEMO"), ("OBS_STATUS", "UNIT_MEASURE", "UNIT_MULT")
    )
    outcome = read_sample("eurostat/demography_xs.xml", made_up)
    assert not outcome.report.problems
    assert outcome.rows[0]["DEMO"] == "TFRNSI"
    assert outcome.rows[0]["TIME_PERIOD"] == "2007"
    assert {row["DEMO"] for row in outcome.rows} >= {"TFRNSI", "LBIRTHST", "DEATHST"}


def test_eurostat_csv_2_with_names() -> None:
    dimensions = ("freq", "unit", "sex", "age", "citizen", "geo")
    made_up = structure(dimensions, ("OBS_FLAG", "CONF_STATUS"))
    outcome = read_sample("eurostat/employment_by_citizenship.sdmx-csv.csv", made_up)
    assert not outcome.report.problems
    assert len(outcome.rows) > 10
    assert {row["freq"] for row in outcome.rows} == {"A"}
    assert all(row["TIME_PERIOD"].isdigit() for row in outcome.rows)


def test_eurostat_csv_1_has_a_column_of_its_own() -> None:
    dimensions = ("freq", "reason", "citizen", "duration", "unit", "geo")
    made_up = structure(dimensions, ("OBS_FLAG", "CONF_STATUS"))
    outcome = read_sample("eurostat/migration_permits_issued.sdmx-csv.csv", made_up)
    assert outcome.codes == {"COMPONENT_UNKNOWN": 1}
    assert outcome.rows[0]["OBS_VALUE"] == "37816"


def test_ilostat_csv_1() -> None:
    text = (SAMPLES / "ilo/data-DF_UNE_DEAP_SEX_AGE_RT.sdmx-csv.csv").read_text(encoding="utf-8")
    names = text.partition("\n")[0].strip().split(",")[1:]
    dimensions = ("REF_AREA", "FREQ", "MEASURE", "SEX", "AGE")
    attributes = [name for name in names if name not in (*dimensions, "TIME_PERIOD", "OBS_VALUE")]
    made_up = structure(dimensions, attributes)
    outcome = read_sample("ilo/data-DF_UNE_DEAP_SEX_AGE_RT.sdmx-csv.csv", made_up)
    assert not outcome.report.problems
    assert outcome.rows[0]["OBS_VALUE"] == "8.9"
    assert outcome.rows[0]["SOURCE"] == "LFS - Labour Force Survey"


EXR_IN_JSON = structure(
    ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX"),
    ("TIME_FORMAT", "OBS_STATUS", "TITLE"),
)


@pytest.mark.parametrize("name", ["exr-time-series", "exr-cross-section", "exr-flat"])
def test_json_examples_of_the_standard(name: str) -> None:
    outcome = read_sample(f"sdmx30/json/{name}.json", EXR_IN_JSON)
    assert not outcome.report.problems
    assert outcome.message is not None
    assert outcome.message.format == "sdmx-json-2.0"
    assert outcome.message.header.sender in ("ECB", "IMF")
    found = {(row["CURRENCY"], row["TIME_PERIOD"]): row for row in outcome.rows}
    assert len(found) == len(outcome.rows) == 4
    (first,) = [row for row in outcome.rows if row["OBS_VALUE"] == "1.5931"]
    assert first["FREQ"] == "D"
    assert (first["CURRENCY"], first["CURRENCY_DENOM"]) == ("NZD", "EUR")
    assert {row["OBS_VALUE"] for row in outcome.rows} == {"1.5931", "1.5925", "40.3426", "40.3"}


def test_a_json_example_whose_places_name_nothing_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read_sample("sdmx30/json/exr-action-delete.json", EXR_IN_JSON)
    assert caught.value.problem.code == "JSON_MALFORMED"
    assert "OBS_STATUS" in str(caught.value.problem.arguments["reason"])


def test_json_texts_in_languages_and_lists_of_the_standard() -> None:
    several = Representation(max_occurs="unbounded")
    by_language = Representation(text_format=TextFormat(is_multilingual=True))
    names = ("UNIT_MEASURE", "UNIT_MULT", "BASE_PER", "PREF_SCALE", "DECIMALS", "CONTACT_EMAIL",
             "SOURCE", "SERIES_COMMENT", "OBS_STATUS")  # fmt: skip
    made_up = structure(("FREQ", "REF_AREA"), names)
    kinds = {"SOURCE": several, "SERIES_COMMENT": by_language}
    attributes = tuple(replace(a, representation=kinds.get(a.id)) for a in made_up.attributes)
    outcome = read_sample("sdmx30/json/agri.json", replace(made_up, attributes=attributes))
    assert outcome.codes == {"EMBARGO_UNSUPPORTED": 1}
    sources = [values_of(row["SOURCE"]) for row in outcome.rows if "SOURCE" in row]
    assert ("MAFF_Agricultural Statistics_2015", "Other sources") in sources
    comments = [texts_of(row["SERIES_COMMENT"]) for row in outcome.rows if "SERIES_COMMENT" in row]
    assert comments[0]["en"] == "Comment for Annual data for Banteay Meanchey"
    assert "km" in comments[0]
    assert any(row.get("OBS_VALUE") == "350.154" for row in outcome.rows)
