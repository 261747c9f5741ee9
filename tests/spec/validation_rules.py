"""The rules of validation as a table: a row that is changed in one place, and what is said of it.

``RIGHT`` is a row about which nothing is wrong. Each rule changes cells of it and names the
problems expected, as (code, component).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sdmx_service.model.message import Action

RIGHT: dict[str, str | None] = {
    "FREQ": "A",
    "REF_AREA": "MA",
    "SEX": "_T",
    "TIME_PERIOD": "2020",
    "OBS_VALUE": "12.50",
    "PERSONS": "7",
    "UNIT_MEASURE": "PS",
    "OBS_STATUS": "A",
    "COMMENT": "revised",
    "UPDATED": "2021-03-15T09:00:00Z",
    "FINAL": "true",
    "FLAGS": "B\x1fE",
    "NOTE": "en\x1dseen\x1efr\x1dvu",
}

CODES = {
    "FREQ": ("CL_FREQ", ("A", "Q", "M", "OA")),
    "REF_AREA": ("CL_AREA", ("MA", "DZ", "TN", "012")),
    "SEX": ("CL_SEX", ("_T", "F", "M")),
    "UNIT_MEASURE": ("CL_UNIT_MEASURE", ("PS", "PT")),
    "OBS_STATUS": ("CL_OBS_STATUS", ("A", "E", "O")),
    "FLAGS": ("CL_FLAGS", ("B", "E", "P", "X")),
}
"""Constraints: the data structure excludes TN with M; the dataflow takes FREQ A, Q and OA, and SEX
M only where REF_AREA is not 012 (two regions), and no FLAGS X; the agreement takes 1990 to 2030,
all areas but DZ."""


@dataclass(frozen=True)
class Rule:
    says: str
    given: dict[str, str | None]
    problems: tuple[tuple[str, str | None], ...] = ()
    action: Action = Action.MERGE
    arguments: dict[str, str | int] = field(default_factory=dict)


NOTHING = dict.fromkeys(RIGHT, None)
DELETE, REPLACE = Action.DELETE, Action.REPLACE

RULES = (
    Rule("a right row has no problem", {}),
    Rule("so with Replace", {}, action=REPLACE),
    Rule("so with Delete", {}, action=DELETE),
    # Keys
    Rule("every dimension is needed", {"SEX": None}, (("KEY_INCOMPLETE", "SEX"),)),
    Rule("the period too", {"TIME_PERIOD": None}, (("KEY_INCOMPLETE", "TIME_PERIOD"),)),
    Rule(
        "a row of attributes needs no period", {**NOTHING, "REF_AREA": "MA", "UNIT_MEASURE": "PS"}
    ),
    Rule(
        "but the dimensions its attribute depends on",
        {**NOTHING, "FREQ": "A", "UNIT_MEASURE": "PS"},
        (("KEY_INCOMPLETE", "REF_AREA"),),
    ),
    Rule("Delete takes empty as any", {**NOTHING, "REF_AREA": "MA"}, action=DELETE),
    # Codes
    Rule(
        "codes stand in their list",
        {"SEX": "X"},
        (("CODE_UNKNOWN", "SEX"),),
        arguments={"value": "X", "codelist": "TEST:CL_SEX(1.0)"},
    ),
    Rule("case counts", {"SEX": "f"}, (("CODE_UNKNOWN", "SEX"),)),
    Rule("an empty text is no code", {"SEX": ""}, (("CODE_UNKNOWN", "SEX"),)),
    Rule("leading zeros count", {"REF_AREA": "12"}, (("CODE_UNKNOWN", "REF_AREA"),)),
    Rule("attributes too", {"OBS_STATUS": "Z"}, (("CODE_UNKNOWN", "OBS_STATUS"),)),
    Rule("and above the observation", {"UNIT_MEASURE": "KG"}, (("CODE_UNKNOWN", "UNIT_MEASURE"),)),
    Rule(
        "also without an observation",
        {**NOTHING, "REF_AREA": "MA", "UNIT_MEASURE": "KG"},
        (("CODE_UNKNOWN", "UNIT_MEASURE"),),
    ),
    Rule("Delete has right codes", {"SEX": "X"}, (("CODE_UNKNOWN", "SEX"),), DELETE),
    Rule(
        "what else Delete says does not matter", {"OBS_STATUS": "-", "OBS_VALUE": "-"}, (), DELETE
    ),
    # Constraints
    Rule(
        "an exclude region forbids its combination",
        {"REF_AREA": "TN", "SEX": "M"},
        (("CONSTRAINT_DATA_STRUCTURE", None),),
        arguments={"value": "TN.M", "constraint": "TEST:DATA_STRUCTURE_RULE(1.0)"},
    ),
    Rule("and nothing but it", {"REF_AREA": "TN", "SEX": "F"}),
    Rule(
        "values outside every include region",
        {"FREQ": "M", "TIME_PERIOD": "2020-01"},
        (("CONSTRAINT_DATAFLOW", "FREQ"),),
        arguments={"value": "M", "constraint": "TEST:DATAFLOW_RULE(1.0)"},
    ),
    Rule("one region is enough", {"REF_AREA": "012", "SEX": "F"}),
    Rule(
        "values that no region takes together",
        {"REF_AREA": "012", "SEX": "M"},
        (("CONSTRAINT_DATAFLOW", None),),
        arguments={"value": "A.012.M"},
    ),
    Rule("all but these", {"REF_AREA": "DZ"}, (("CONSTRAINT_AGREEMENT", "REF_AREA"),)),
    Rule("before the range", {"TIME_PERIOD": "1989"}, (("CONSTRAINT_AGREEMENT", "TIME_PERIOD"),)),
    Rule("first of the range", {"TIME_PERIOD": "1990"}),
    Rule(
        "the range's end is not included",
        {"TIME_PERIOD": "2030"},
        (("CONSTRAINT_AGREEMENT", "TIME_PERIOD"),),
    ),
    Rule("last of the range", {"TIME_PERIOD": "2029"}),
    Rule(
        "Delete keeps to the agreement",
        {**NOTHING, "REF_AREA": "DZ"},
        (("CONSTRAINT_AGREEMENT", "REF_AREA"),),
        DELETE,
    ),
    Rule("and to it only", {"REF_AREA": "TN", "SEX": "M"}, action=DELETE),
    # Periods
    Rule("other forms of a period", {"TIME_PERIOD": "2020-A1"}),
    Rule("no period", {"TIME_PERIOD": "202"}, (("TIME_FORMAT", "TIME_PERIOD"),)),
    Rule("no such day", {"TIME_PERIOD": "2021-02-30"}, (("TIME_FORMAT", "TIME_PERIOD"),)),
    Rule("other digits", {"TIME_PERIOD": "٢٠٢٠"}, (("TIME_FORMAT", "TIME_PERIOD"),)),
    Rule(
        "Delete has right periods", {"TIME_PERIOD": "x"}, (("TIME_FORMAT", "TIME_PERIOD"),), DELETE
    ),
    Rule("quarters are quarterly", {"FREQ": "Q", "TIME_PERIOD": "2020-Q4"}),
    Rule(
        "months are not annual",
        {"TIME_PERIOD": "2020-01"},
        (("TIME_FREQUENCY", "TIME_PERIOD"),),
        arguments={"value": "2020-01", "frequency": "A"},
    ),
    Rule("an unknown frequency asks for nothing", {"FREQ": "QX"}, (("CODE_UNKNOWN", "FREQ"),)),
    Rule("irregular takes any", {"FREQ": "OA", "TIME_PERIOD": "2020-01-05"}),
    # Measures
    Rule("no number", {"OBS_VALUE": "12,5"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule(
        "spaces are no part of a number", {"OBS_VALUE": " 12"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)
    ),
    Rule("other digits are none", {"OBS_VALUE": "١٢"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule("an empty text is none", {"OBS_VALUE": ""}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule("NaN is a value", {"OBS_VALUE": "NaN"}),
    Rule(
        "#N/A is a value missing on purpose",
        {"PERSONS": "#N/A", "OBS_STATUS": "#N/A", "UPDATED": "#N/A", "FINAL": "#N/A"},
    ),
    Rule("#N/A is no dimension", {"SEX": "#N/A"}, (("CODE_UNKNOWN", "SEX"),)),
    Rule("nan is not", {"OBS_VALUE": "nan"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule("no infinity", {"OBS_VALUE": "INF"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule("nor what overflows to it", {"OBS_VALUE": "1e999"}, (("VALUE_NOT_NUMBER", "OBS_VALUE"),)),
    Rule("exponents", {"OBS_VALUE": "1.5E+3"}),
    Rule(
        "a lower limit",
        {"OBS_VALUE": "-0.5"},
        (("VALUE_FACET", "OBS_VALUE"),),
        arguments={"value": "-0.5", "facet": "minValue", "limit": "0"},
    ),
    Rule("an upper limit", {"OBS_VALUE": "1000001"}, (("VALUE_FACET", "OBS_VALUE"),)),
    Rule("so many decimals", {"OBS_VALUE": "0.125"}, (("VALUE_FACET", "OBS_VALUE"),)),
    Rule("whole numbers", {"PERSONS": "-2147483648"}),
    Rule(
        "no fractions",
        {"PERSONS": "7.0"},
        (("VALUE_FORMAT", "PERSONS"),),
        arguments={"value": "7.0", "data_type": "Integer"},
    ),
    Rule("leading zeros do not make it greater", {"PERSONS": "0" * 5000 + "2147483647"}),
    Rule("in their range", {"PERSONS": "2147483648"}, (("VALUE_FORMAT", "PERSONS"),)),
    Rule(
        "however they are written",
        {"PERSONS": "0" * 5000 + "2147483648"},
        (("VALUE_FORMAT", "PERSONS"),),
    ),
    Rule("numbers first of all", {"PERSONS": "seven"}, (("VALUE_NOT_NUMBER", "PERSONS"),)),
    Rule("a mandatory measure", {"OBS_VALUE": None}, (("MEASURE_MISSING", "OBS_VALUE"),)),
    Rule("with Replace as well", {"OBS_VALUE": None}, (("MEASURE_MISSING", "OBS_VALUE"),), REPLACE),
    Rule("another is not", {"PERSONS": None}),
    # Attributes
    Rule(
        "mandatory in observations", {"OBS_STATUS": None}, (("ATTRIBUTE_MANDATORY", "OBS_STATUS"),)
    ),
    Rule("above them it may come elsewhere", {"UNIT_MEASURE": None}),
    Rule("a length", {"COMMENT": "more than ten"}, (("VALUE_FACET", "COMMENT"),)),
    Rule("characters, not bytes", {"COMMENT": "مراجعة ١٢٣"}),
    Rule("an instant", {"UPDATED": "2021-03-15"}, (("VALUE_FORMAT", "UPDATED"),)),
    Rule("that exists", {"UPDATED": "2021-02-30T09:00:00"}, (("VALUE_FORMAT", "UPDATED"),)),
    Rule("true or false", {"FINAL": "yes"}, (("VALUE_FORMAT", "FINAL"),)),
    # Several values, several languages: at least 2 and at most 3 flags; notes of 10 characters
    Rule("several values, each a code", {"FLAGS": "B\x1fE\x1fP"}),
    Rule("one of them is none", {"FLAGS": "B\x1fQ"}, (("CODE_UNKNOWN", "FLAGS"),)),
    Rule("one of them is excluded", {"FLAGS": "B\x1fX"}, (("CONSTRAINT_DATAFLOW", "FLAGS"),)),
    Rule("too few", {"FLAGS": "B"}, (("VALUES_COUNT", "FLAGS"),)),
    Rule(
        "too many",
        {"FLAGS": "B\x1fE\x1fP\x1fB"},
        (("VALUES_COUNT", "FLAGS"),),
        arguments={"value": "B; E; P; B", "least": 2, "most": 3},
    ),
    Rule("none at all is none", {"FLAGS": None}),
    Rule(
        "one where one is allowed",
        {"OBS_VALUE": "1\x1f2"},
        (("VALUES_COUNT", "OBS_VALUE"), ("VALUE_NOT_NUMBER", "OBS_VALUE")),
    ),
    Rule(
        "a format holds in each language",
        {"NOTE": "en\x1dmore than ten\x1efr\x1dvu"},
        (("VALUE_FACET", "NOTE"),),
    ),
    Rule("a text may have no language", {"NOTE": "seen"}),
    Rule(
        "languages where they are allowed",
        {"COMMENT": "en\x1da"},
        (("LANGUAGES_UNEXPECTED", "COMMENT"),),
    ),
    # Several problems
    Rule(
        "each cell for itself",
        {"SEX": "X", "OBS_VALUE": "?", "COMMENT": "more than ten"},
        (("CODE_UNKNOWN", "SEX"), ("VALUE_NOT_NUMBER", "OBS_VALUE"), ("VALUE_FACET", "COMMENT")),
    ),
)
