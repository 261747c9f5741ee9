"""Every format the hub writes, by the id that ``media`` offers it under."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sdmx_service.formats.arrow import write_arrow
from sdmx_service.formats.base import DataWriter, SchemaWriter, StructureWriter
from sdmx_service.formats.csv.write import write_csv_10, write_csv_20, write_csv_21
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.json.schema_write import write_json_schema_20, write_json_schema_21
from sdmx_service.formats.json.write import write_json_10, write_json_20, write_json_21
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
    PARQUET,
    SCHEMA_JSON_20,
    SCHEMA_JSON_21,
    SCHEMA_XML_21,
    SCHEMA_XML_30,
    SCHEMA_XML_31,
    STRUCTURE_JSON_10,
    STRUCTURE_JSON_20,
    STRUCTURE_JSON_21,
    STRUCTURE_ML_21,
    STRUCTURE_ML_30,
    STRUCTURE_ML_31,
    STRUCTURE_SPECIFIC_21,
    STRUCTURE_SPECIFIC_TIME_SERIES_21,
    XLSX,
)
from sdmx_service.formats.parquet import write_parquet
from sdmx_service.formats.structures.availability import nameless, with_reference_period
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.formats.xml.ml_generic_write import write_generic, write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_30,
    write_specific_31,
    write_specific_time_series,
)
from sdmx_service.formats.xml.schema_write import write_xsd_21, write_xsd_30, write_xsd_31
from sdmx_service.model.structures import DataConstraint

DATA_WRITERS: Mapping[str, DataWriter] = {
    GENERIC_21.format: write_generic,
    GENERIC_TIME_SERIES_21.format: write_generic_time_series,
    STRUCTURE_SPECIFIC_21.format: write_specific_21,
    STRUCTURE_SPECIFIC_TIME_SERIES_21.format: write_specific_time_series,
    DATA_ML_30.format: write_specific_30,
    DATA_ML_31.format: write_specific_31,
    CSV_10.format: write_csv_10,
    CSV_20.format: write_csv_20,
    CSV_21.format: write_csv_21,
    JSON_10.format: write_json_10,
    JSON_20.format: write_json_20,
    JSON_21.format: write_json_21,
    PARQUET.format: write_parquet,
    ARROW.format: write_arrow,
    XLSX.format: write_xlsx,
}
QUICK_FORMATS = frozenset(DATA_WRITERS) - {XLSX.format}
"""Those that make a thousand rows in a few milliseconds."""

STRUCTURE_WRITERS: Mapping[str, StructureWriter] = {
    STRUCTURE_ML_21.format: xml_structures.write_21,
    STRUCTURE_ML_30.format: xml_structures.write_30,
    STRUCTURE_ML_31.format: xml_structures.write_31,
    STRUCTURE_JSON_10.format: json_structures.write_10,
    STRUCTURE_JSON_20.format: json_structures.write_20,
    STRUCTURE_JSON_21.format: json_structures.write_21,
}

AVAILABILITY_FORMS: Mapping[str, Callable[[DataConstraint], DataConstraint]] = {
    STRUCTURE_ML_21.format: with_reference_period,
    STRUCTURE_ML_31.format: nameless,
    STRUCTURE_JSON_10.format: with_reference_period,
    STRUCTURE_JSON_21.format: nameless,
}
"""What an answer that says what is there has to leave out in a format; the others hold it all."""

SCHEMA_WRITERS: Mapping[str, SchemaWriter] = {
    SCHEMA_XML_21.format: write_xsd_21,
    SCHEMA_XML_30.format: write_xsd_30,
    SCHEMA_XML_31.format: write_xsd_31,
    SCHEMA_JSON_20.format: write_json_schema_20,
    SCHEMA_JSON_21.format: write_json_schema_21,
}
