"""Every format says the same: one set of logical messages, rendered in each, read to one result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import pytest

from sdmx_service.model.columns import LINE, layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.values import cell_of, value_of
from tests.messages_of_tests import XML_BEGIN, XML_END, Outcome, generic, in_version, read, xml
from tests.structures_of_tests import SMALL

Row = dict[str, str]
Render = Callable[[list["Said"]], bytes]
LAYOUT = layout_of(SMALL)


@dataclass(frozen=True)
class Said:
    """A data set of a logical message."""

    action: str  # Merge, Replace, Delete
    rows: list[Row]


def observation(period: str, value: str | None, **more: str) -> Row:
    key = {"FREQ": "A", "REF_AREA": "MA", "INDICATOR": "EMIG", "TIME_PERIOD": period}
    return key | ({} if value is None else {"OBS_VALUE": value}) | more


MESSAGES: dict[str, list[Said]] = {
    "observations": [
        Said("Merge", [observation("2020", "12.50"), observation("2021", "1e5", OBS_STATUS="P")])
    ],
    "missing values": [
        Said("Merge", [observation("2020", None, OBS_STATUS="M"), observation("2021", "NaN")])
    ],
    "replace": [Said("Replace", [observation("2020-Q1", "1")])],
    "delete with wildcards": [
        Said("Delete", [{"REF_AREA": "MA"}, {"FREQ": "A", "TIME_PERIOD": "2020"}])
    ],
    "delete one value": [Said("Delete", [observation("2020", "-")])],
    "attribute-only rows": [
        Said(
            "Merge",
            [
                {"REF_AREA": "MA", "INDICATOR": "EMIG", "SOURCE_GROUP": "census"},
                {"FREQ": "A", "REF_AREA": "MA", "INDICATOR": "EMIG", "UNIT": "PS"},
                {"REF_AREA": "DZ", "CONTACT": "someone"},
            ],
        )
    ],
    "attribute of the data set alone": [Said("Merge", [{"COMPILER": "MA_HCP"}])],
    "several data sets": [
        Said("Merge", [observation("2020", "1"), observation("2021", "2")]),
        Said("Delete", [observation("2019", None)]),
        Said("Merge", [observation("2022", "3")]),
    ],
    "unicode": [
        Said("Merge", [observation("2020", "1", COMMENT="المغرب « à l’étranger » ⵣ 𝔘", UNIT="€")])
    ],
    "characters with a meaning": [
        Said("Merge", [observation("2020", "1", COMMENT="a < b & \"c\", 'd'; e: f|g", UNIT="x;y")])
    ],
    "attributes at every level": [
        Said(
            "Merge",
            [
                observation(
                    "2020", "1", COMPILER="C", SOURCE_GROUP="G", CONTACT="N", UNIT="U", COMMENT="O"
                )
            ],
        )
    ],
}


def as_csv_2(said: list[Said], separator: str = ",", comma: bool = False) -> bytes:
    words = {"Merge": "M", "Replace": "R", "Delete": "D"}
    begin = [["STRUCTURE", "STRUCTURE_ID", "ACTION", *reversed(LAYOUT.columns)]]
    lines = begin + [
        ["dataflow", "TEST:SMALL(1.0)", words[item.action]]
        + [_with_comma(row, name, comma) for name in reversed(LAYOUT.columns)]
        for item in said
        for row in item.rows
    ]
    return _csv(lines, separator)


def _with_comma(row: Row, name: str, comma: bool) -> str:
    text = row.get(name, "")
    return text.replace(".", ",") if comma and name == "OBS_VALUE" else text


def as_csv_2_semicolon(said: list[Said]) -> bytes:
    return b"\xef\xbb\xbf" + as_csv_2(said, ";", comma=True)


def as_csv_2_tab_crlf(said: list[Said]) -> bytes:
    return as_csv_2(said, "\t").replace(b"\n", b"\r\n")


def as_csv_1(said: list[Said]) -> bytes:
    lines = [["DATAFLOW", *LAYOUT.columns]]
    lines += [
        ["TEST:SMALL(1.0)", *(row.get(name, "") for name in LAYOUT.columns)]
        for item in said
        for row in item.rows
    ]
    return _csv(lines, ",")


def _csv(lines: list[list[str]], separator: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


XML_HEADER = (
    "<m:Header><m:ID>M1</m:ID><m:Test>true</m:Test><m:Prepared>2024-05-06</m:Prepared>"
    '<m:Sender id="MA_HCP"/><m:Receiver id="HUB"/>'
    '<m:Structure structureID="S1" dimensionAtObservation="{at}"><c:Structure>'
    '<Ref agencyID="TEST" id="SMALL" version="1.0"/></c:Structure></m:Structure></m:Header>'
)


def _xml(said: list[Said], body: Callable[[list[Row]], str], at: str) -> str:
    sets = "\n".join(
        f'<m:DataSet ss:structureRef="S1" ss:action="{item.action}"{_of_dataset(item.rows)}>\n'
        f"{body(item.rows)}\n</m:DataSet>"
        for item in said
    )
    return XML_BEGIN + XML_HEADER.format(at=at) + sets + XML_END


def _of_dataset(rows: list[Row]) -> str:
    given = {row["COMPILER"] for row in rows if "COMPILER" in row}
    return "".join(f" COMPILER={quoteattr(value)}" for value in given)


def _attributes(row: Row, names: tuple[str, ...]) -> str:
    return "".join(f" {name}={quoteattr(row[name])}" for name in names if name in row)


def as_xml_series(said: list[Said]) -> bytes:
    return _xml(said, _series, "TIME_PERIOD").encode()


OF_SERIES = (*LAYOUT.dimensions, *LAYOUT.series_attributes)
OF_OBSERVATION = ("TIME_PERIOD", *LAYOUT.measures, *LAYOUT.observation_attributes)


def _series(rows: list[Row]) -> str:
    parts = []
    for row in rows:
        observation = _attributes(row, OF_OBSERVATION)
        inner = f"<Obs{observation}/>" if observation else ""
        if inner or _attributes(row, OF_SERIES):
            parts.append(f"<Series{_attributes(row, OF_SERIES)}>{inner}</Series>")
    return "\n".join(parts)


def as_xml_flat(said: list[Said]) -> bytes:
    names = OF_SERIES + OF_OBSERVATION

    def body(rows: list[Row]) -> str:
        given = [_attributes(row, names) for row in rows]
        return "\n".join(f"<Obs{text}></Obs>" for text in given if text)

    return _xml(said, body, "AllDimensions").encode()


def as_xml_cross_sectional(said: list[Said]) -> bytes:
    """REF_AREA at the observation, time at the series."""
    of_series = ("FREQ", "INDICATOR", "TIME_PERIOD", "SOURCE_GROUP", "UNIT")
    of_observation = ("REF_AREA", "OBS_VALUE", "CONTACT", *LAYOUT.observation_attributes)

    def body(rows: list[Row]) -> str:
        return "\n".join(
            f"<Series{_attributes(row, of_series)}>"
            f"<Obs{_attributes(row, of_observation)}/></Series>"
            for row in rows
            if set(row) - {"COMPILER"}
        )

    return _xml(said, body, "REF_AREA").encode()


def of_version(render: Render, version: str) -> Render:
    """The same message in SDMX-ML 3.x: other namespaces, references as URNs."""

    def rendered(said: list[Said]) -> bytes:
        return in_version(render(said), version)

    rendered.__name__ = f"{render.__name__}_{version}"
    return rendered


def _generic(said: list[Said], body: Callable[[list[Row]], str], at: str, root: str) -> bytes:
    def attributes(item: Said) -> str:
        given: Row = {}
        for row in item.rows:
            given |= _some(row, ("COMPILER",))
        return _wrapped("Attributes", given)

    sets = "\n".join(
        f'<m:DataSet structureRef="S1" action="{item.action}">{attributes(item)}\n'
        f"{body(item.rows)}\n</m:DataSet>"
        for item in said
    )
    begin = XML_BEGIN.replace("xmlns:ss", "xmlns:g").replace("structurespecific", "generic")
    text = begin + XML_HEADER.format(at=at) + sets + XML_END
    return text.replace("StructureSpecificData", root).encode()


def _wrapped(element: str, row: Row) -> str:
    """Values in their element; nothing where there are none."""
    values = "".join(f"<g:Value id={quoteattr(k)} value={quoteattr(v)}/>" for k, v in row.items())
    return f"<g:{element}>{values}</g:{element}>" if values else ""


def _some(row: Row, names: tuple[str, ...]) -> Row:
    return {name: row[name] for name in names if name in row}


def _value_and_attributes(row: Row, names: tuple[str, ...]) -> str:
    value = f"<g:ObsValue value={quoteattr(row['OBS_VALUE'])}/>" if "OBS_VALUE" in row else ""
    return value + _wrapped("Attributes", _some(row, names))


def _generic_series(rows: list[Row], key: tuple[str, ...], at: str) -> str:
    """Series whose attributes of dimensions stand where these are, on the series or below."""
    below = (*LAYOUT.observation_attributes, *(("CONTACT",) if at == "REF_AREA" else ()))
    above = tuple(name for name in LAYOUT.series_attributes if name not in below)
    parts = []
    for row in rows:
        head = _wrapped("SeriesKey", _some(row, key)) + _wrapped("Attributes", _some(row, above))
        inner = ""
        if at in row:
            dimension = f"<g:ObsDimension value={quoteattr(row[at])}/>"
            inner = f"<g:Obs>{dimension}{_value_and_attributes(row, below)}</g:Obs>"
        if head or inner:
            parts.append(f"<g:Series>{head}{inner}</g:Series>")
    return "\n".join(parts)


def as_generic_series(said: list[Said]) -> bytes:
    def body(rows: list[Row]) -> str:
        return _generic_series(rows, LAYOUT.dimensions, "TIME_PERIOD")

    return _generic(said, body, "TIME_PERIOD", "GenericData")


def as_generic_time_series(said: list[Said]) -> bytes:
    text = as_generic_series(said).replace(b"GenericData", b"GenericTimeSeriesData")
    return text.replace(b' dimensionAtObservation="TIME_PERIOD"', b"")


def as_generic_flat(said: list[Said]) -> bytes:
    def body(rows: list[Row]) -> str:
        attributes = LAYOUT.series_attributes + LAYOUT.observation_attributes
        return "\n".join(
            f"<g:Obs>{_wrapped('ObsKey', _some(row, LAYOUT.key))}"
            f"{_value_and_attributes(row, attributes)}</g:Obs>"
            for row in rows
            if set(row) - {"COMPILER"}
        )

    return _generic(said, body, "AllDimensions", "GenericData")


def as_generic_cross_sectional(said: list[Said]) -> bytes:
    def body(rows: list[Row]) -> str:
        return _generic_series(rows, ("FREQ", "INDICATOR", "TIME_PERIOD"), "REF_AREA")

    return _generic(said, body, "REF_AREA", "GenericData")


def as_xml_utf_16(said: list[Said]) -> bytes:
    return _xml(said, _series, "TIME_PERIOD").replace("UTF-8", "UTF-16").encode("utf-16")


def as_xml_with_bom(said: list[Said]) -> bytes:
    return b"\xef\xbb\xbf" + as_xml_series(said)


def as_json(said: list[Said]) -> bytes:
    """Flat, structures last, a data set's action after its rows."""
    sets, structures = [], []
    for number, item in enumerate(said):
        places: dict[str, dict[str, int]] = {name: {} for name in LAYOUT.key}
        rows = [row for row in item.rows if set(row) - {"COMPILER"}]
        whole = [row for row in rows if set(LAYOUT.key) <= set(row)]
        sets.append(
            {
                "observations": {
                    _json_key(row, places): _json_values(row, OBSERVED) for row in whole
                },
                "dimensionGroupAttributes": {
                    _json_key(row, places): _json_values(row, ABOVE)
                    for row in rows
                    if row not in whole
                },
                "attributes": [next((r["COMPILER"] for r in item.rows if "COMPILER" in r), None)],
                "structure": number,
                "action": item.action,
            }
        )
        structures.append(_json_structure(places))
    return json.dumps(
        {
            "$schema": "https://json.sdmx.org/2.1/sdmx-json-data-schema.json",
            "data": {"dataSets": sets, "structures": structures},
            "meta": {"id": "M1", "test": True, "sender": {"id": "MA_HCP"}},
        }
    ).encode()


ABOVE = tuple(name for name in LAYOUT.series_attributes)
OBSERVED = (*LAYOUT.measures, *ABOVE, *LAYOUT.observation_attributes)


def _json_key(row: Row, places: dict[str, dict[str, int]]) -> str:
    return ":".join(
        str(places[name].setdefault(row[name], len(places[name]))) if name in row else ""
        for name in LAYOUT.key
    )


def _json_values(row: Row, names: tuple[str, ...]) -> list[str | None]:
    return [row.get(name) for name in names]


def _json_structure(places: dict[str, dict[str, int]]) -> dict[str, object]:
    def listed(names: tuple[str, ...]) -> list[dict[str, object]]:
        return [{"id": name} for name in names]

    dimensions = [
        {"id": name, "keyPosition": place, "values": [{"value": text} for text in places[name]]}
        for place, name in enumerate(LAYOUT.key)
    ]
    return {
        "links": [{"urn": f"{URN}=TEST:SMALL(1.0)", "rel": "dataflow"}],
        "dimensions": {"observation": dimensions},
        "measures": {"observation": listed(LAYOUT.measures)},
        "attributes": {
            "dataSet": listed(("COMPILER",)),
            "dimensionGroup": listed(ABOVE),
            "observation": listed((*ABOVE, *LAYOUT.observation_attributes)),
        },
    }


URN = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow"


WITH_ACTIONS = [
    as_json,
    as_csv_2,
    as_csv_2_semicolon,
    as_csv_2_tab_crlf,
    as_xml_series,
    as_xml_flat,
    as_xml_cross_sectional,
    as_xml_utf_16,
    as_xml_with_bom,
    *(
        of_version(render, version)
        for version in ("v3_0", "v3_1")
        for render in (as_xml_series, as_xml_flat, as_xml_cross_sectional)
    ),
    as_generic_series,
    as_generic_time_series,
    as_generic_flat,
    as_generic_cross_sectional,
]


@pytest.mark.parametrize("render", WITH_ACTIONS, ids=lambda render: render.__name__)
@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("batch_rows", [1, 65536])
def test_a_message_is_read_to_its_rows(
    name: str, render: Callable[[list[Said]], bytes], batch_rows: int
) -> None:
    said = MESSAGES[name]
    outcome = read(render(said), Limits(batch_rows=batch_rows))
    assert outcome.refused is None
    assert not outcome.report.problems
    assert without_lines(outcome) == [
        {"dataset": number, "action": item.action} | row
        for number, item in enumerate(said)
        for row in item.rows
    ]
    assert all(batch.rows.num_rows <= batch_rows for batch in outcome.batches)


@pytest.mark.parametrize("name", MESSAGES)
def test_csv_1_knows_no_action(name: str) -> None:
    rows = [row for item in MESSAGES[name] for row in item.rows]
    outcome = read(as_csv_1(MESSAGES[name]))
    assert outcome.message is not None
    assert outcome.message.format == "sdmx-csv-1.0"
    assert without_lines(outcome) == [{"dataset": 0, "action": "Merge"} | row for row in rows]
    assert {batch.declared_action for batch in outcome.batches} == {None}


@pytest.mark.parametrize(
    "render", [as_csv_2, as_xml_series, as_xml_flat, as_generic_series, as_generic_flat]
)
def test_rows_know_their_lines(render: Callable[[list[Said]], bytes]) -> None:
    rows = [observation(str(year), "1", COMMENT="two\nlines") for year in range(2000, 2005)]
    data = render([Said("Merge", rows)])
    outcome = read(data)
    if render is as_csv_2:
        assert [row[LINE] for row in outcome.rows] == [2, 4, 6, 8, 10]
        assert outcome.rows[0]["COMMENT"] == "two\nlines"
    else:
        assert [row[LINE] for row in outcome.rows] == [4, 5, 6, 7, 8]


def test_generic_data_beside_values() -> None:
    """What is no value is passed over, whatever the order; what is wrong is named by its line."""
    annotations = '<c:Annotations><c:Annotation id="1"><g:Value/></c:Annotation></c:Annotations>'
    outcome = read(
        generic(
            f'<m:DataSet structureRef="S1">{annotations}<g:DataProvider><Ref id="P"/>'
            f"</g:DataProvider>\n<g:Group type='SIBLING'>{annotations}<g:GroupKey>"
            '<g:Value value="MA" id="REF_AREA"/></g:GroupKey><g:Attributes>'
            '<g:Value id="SOURCE_GROUP" value="census"/></g:Attributes></g:Group>\n'
            f'<g:Series>{annotations}<g:SeriesKey><g:Value id="FREQ" value="A"/></g:SeriesKey>\n'
            f'<g:Obs>{annotations}<g:ObsDimension id="TIME_PERIOD" value="2020"/>\n'
            '<g:ObsValue value="1"/><g:Attributes><g:Value id="FOREIGN" value="1"/>'
            '<g:Value id="EMBARGO_TIME" value="2030"/></g:Attributes></g:Obs></g:Series>'
            "</m:DataSet>"
        )
    )
    assert outcome.refused is None
    said = {"dataset": 0, "action": "Merge"}
    assert outcome.rows == [
        said | {"REF_AREA": "MA", "SOURCE_GROUP": "census", LINE: 5},
        said | {"FREQ": "A", "TIME_PERIOD": "2020", "OBS_VALUE": "1", LINE: 7},
    ]
    assert outcome.codes == {"COMPONENT_UNKNOWN": 1, "EMBARGO_UNSUPPORTED": 1}
    lines = {sample.location.line for one in outcome.report.problems for sample in one.samples}
    assert lines == {7}


VALUES = "<Value>a</Value>\n<Value>b</Value>"


@pytest.mark.parametrize("window_bytes", [0, 4096])
def test_components_of_several_values_at_every_level(window_bytes: int) -> None:
    text = (
        f'<m:DataSet ss:structureRef="S1">\n<Atts><Comp id="COMPILER">{VALUES}</Comp></Atts>\n'
        f'<Group REF_AREA="MA"><Comp id="SOURCE_GROUP">{VALUES}</Comp></Group>\n'
        f'<Series FREQ="A">\n<Comp id="UNIT">{VALUES}</Comp>\n<Obs TIME_PERIOD="2020"/>\n'
        '<Obs TIME_PERIOD="2021"><Comp id="COMMENT"><Value><c:Text xml:lang="fr">x</c:Text>'
        '<c:Text>y</c:Text></Value></Comp><Comp id="FOREIGN"/></Obs></Series></m:DataSet>'
    )
    outcome = read(in_version(xml(text), "v3_1"), Limits(batch_rows=2), window_bytes)
    assert outcome.refused is None
    both = cell_of(("a", "b"))
    series = {"FREQ": "A", "UNIT": both}
    comment = value_of({"en": "y", "fr": "x"})
    assert without_lines(outcome) == [
        {"dataset": 0, "action": "Merge"} | row
        for row in (
            {"COMPILER": both},
            {"REF_AREA": "MA", "SOURCE_GROUP": both},
            series | {"TIME_PERIOD": "2020"},
            series | {"TIME_PERIOD": "2021", "COMMENT": comment},
        )
    ]
    assert outcome.codes == {"COMPONENT_UNKNOWN": 1}
    refused = read(xml(text), Limits(), window_bytes).refused
    assert refused is not None
    assert (refused.code, refused.location.line) == ("XML_ELEMENT_UNEXPECTED", 5)


@pytest.mark.parametrize(("action", "found"), [("Delete", "-"), ("Merge", None)])
def test_a_component_without_values_names_what_a_delete_takes(
    action: str, found: str | None
) -> None:
    text = (
        f'<m:DataSet ss:structureRef="S1" ss:action="{action}"><Obs TIME_PERIOD="2020">'
        '<Comp id="COMMENT"/></Obs></m:DataSet>'
    )
    (row,) = read(in_version(xml(text), "v3_1")).rows
    assert row.get("COMMENT") == found


def test_one_text_of_a_plain_component_has_no_language() -> None:
    text = (
        '<m:DataSet ss:structureRef="S1"><Obs TIME_PERIOD="2020"><Comp id="COMMENT"><Value>'
        '<c:Text xml:lang="fr">vu</c:Text></Value></Comp></Obs></m:DataSet>'
    )
    (row,) = read(in_version(xml(text), "v3_0")).rows
    assert row["COMMENT"] == "vu"


def without_lines(outcome: Outcome) -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if name != LINE} for row in outcome.rows]
