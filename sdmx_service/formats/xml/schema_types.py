"""XML Schema types of components: codes as enumerations, formats by their data types."""

from __future__ import annotations

from collections.abc import Mapping

from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import TextFormat

_COMMON = (
    "Alpha",
    "AlphaNumeric",
    "Numeric",
    "BasicTimePeriod",
    "GregorianTimePeriod",
    "ObservationalTimePeriod",
    "ReportingDay",
    "ReportingMonth",
    "ReportingQuarter",
    "ReportingSemester",
    "ReportingTimePeriod",
    "ReportingTrimester",
    "ReportingWeek",
    "ReportingYear",
    "StandardTimePeriod",
    "TimeRange",
)
_TYPES: Mapping[str, str] = {
    "BigInteger": "xs:integer",
    "Boolean": "xs:boolean",
    "Count": "xs:integer",
    "DateTime": "xs:dateTime",
    "Day": "xs:gDay",
    "Decimal": "xs:decimal",
    "Double": "xs:double",
    "Duration": "xs:duration",
    "ExclusiveValueRange": "xs:decimal",
    "Float": "xs:float",
    "GregorianDay": "xs:date",
    "GregorianYear": "xs:gYear",
    "GregorianYearMonth": "xs:gYearMonth",
    "InclusiveValueRange": "xs:decimal",
    "Incremental": "xs:decimal",
    "Integer": "xs:int",
    "Long": "xs:long",
    "Month": "xs:gMonth",
    "MonthDay": "xs:gMonthDay",
    "Short": "xs:short",
    "Time": "xs:time",
    "URI": "xs:anyURI",
    **{name: f"common:{name}Type" for name in _COMMON},
}
"""Data type of SDMX → type of XML Schema; text where there is none. Source: SDMX 2.1 section 3A."""

_NUMBERS = frozenset(
    {"xs:integer", "xs:decimal", "xs:double", "xs:float", "xs:int", "xs:long", "xs:short"}
)
_NONE = '<xs:pattern value="[a-[a]]"/>'
"""Matches nothing: a restriction without enumerations would take every text."""


def type_of(schema: DataSchema, component: str) -> str:
    """The name of the type of a component's values."""
    if simple_type(schema, component):
        return escaped_text(f"{component}.Values")
    return _basic(schema, component)


def simple_type(schema: DataSchema, component: str) -> str:
    """The definition of a component's own type; empty where a type of the standard will do."""
    if component in schema.codes:
        codes = schema.codes[component]
        facets = "".join(f'<xs:enumeration value="{escaped_text(code)}"/>' for code in codes)
        return _restriction(component, "xs:string", facets or _NONE)
    base = _basic(schema, component)
    facets = _facets(schema.formats.get(component, TextFormat()), base)
    return _restriction(component, base, facets) if facets else ""


def _restriction(component: str, base: str, facets: str) -> str:
    return (
        f'<xs:simpleType name="{escaped_text(component)}.Values">'
        f'<xs:restriction base="{base}">{facets}</xs:restriction></xs:simpleType>'
    )


def _basic(schema: DataSchema, component: str) -> str:
    if component == schema.layout.time:
        # What the official types have here; the format narrows it where the type is one of them.
        time = schema.formats.get(component, TextFormat()).data_type
        return f"common:{time}Type" if time in _COMMON else "common:ObservationalTimePeriodType"
    found = schema.formats.get(component, TextFormat()).data_type
    return _TYPES.get(found or "", "xs:string")


def _facets(form: TextFormat, base: str) -> str:
    """Limits of a format, where its type has such facets; unions of types have none."""
    if base == "xs:string":
        limits: dict[str, int | str | None] = {
            "minLength": form.min_length,
            "maxLength": form.max_length,
        }
    elif base in _NUMBERS:
        exclusive = form.data_type == "ExclusiveValueRange"
        side = "Exclusive" if exclusive else "Inclusive"
        limits = {f"min{side}": form.min_value, f"max{side}": form.max_value}
        if base == "xs:decimal":
            limits["fractionDigits"] = form.decimals
    else:
        return ""
    return "".join(
        f'<xs:{name} value="{escaped_text(str(value))}"/>'
        for name, value in limits.items()
        if value is not None
    ) + (f'<xs:pattern value="{escaped_text(form.pattern)}"/>' if form.pattern else "")
