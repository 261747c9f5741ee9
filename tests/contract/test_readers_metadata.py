"""Metadata attributes as others may send them: in Metadata elements, by paths, once too often."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sdmx_service.formats.recognise import read_data
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import StructureUse
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import MetadataStructure
from sdmx_service.registry.index import index_of
from sdmx_service.registry.reference_metadata import repeated_paths
from tests.facts import context_of
from tests.facts_metadata import (
    ATTRIBUTES,
    MSD,
    OF_AREA,
    USAGES,
    expanded,
    metadata_attribute,
    usage,
)
from tests.messages_of_tests import rows_of

TREE = MetadataStructure(
    ref=MSD,
    attributes=(*ATTRIBUTES, metadata_attribute("TEAM", metadata_attribute("LEAD"), most=9)),
)
USING = replace(
    context_of().data_structure, metadata=MSD, metadata_usages=(*USAGES, usage("TEAM", OF_AREA))
)
STRUCTURE = expanded(USING, TREE)
KEY = {"FREQ": "A", "AREA": "MA", "SECTOR": "s"}
Row = dict[str, object]


def resolve(ref: Ref) -> StructureUse:
    repeated = repeated_paths(index_of([USING, TREE]), USING)
    layout = layout_of(STRUCTURE)
    return StructureUse(declared=ref, data_structure=STRUCTURE, layout=layout, repeated=repeated)


def read(text: str, rows: int = 3) -> tuple[list[Row], list[tuple[str, str | None]]]:
    """Rows, without line and data set, and what is told of them: code and component."""
    problems = ProblemCollector()
    message = read_data(io.BytesIO(text.encode()), resolve, problems, Limits(batch_rows=rows))
    found = [_plain(row) for batch in message.batches for row in rows_of(batch)]
    told = [sample for one in problems.report().problems for sample in one.samples]
    return found, [(one.code, one.location.component) for one in told]


def _plain(row: Row) -> Row:
    return {name: text for name, text in row.items() if name not in ("dataset", "action", "_line")}


def xml(inside: str, version: str = "v3_1", action: str = "Replace") -> str:
    base = f"http://www.sdmx.org/resources/sdmxml/schemas/{version}/"
    urn = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=T:DF(1.0)"
    return f"""<m:StructureSpecificData xmlns:m="{base}message" xmlns:c="{base}common"
 xmlns:s="{base}data/structurespecific" xmlns:md="{base}metadata/generic"><m:Header><m:ID>M</m:ID>
<m:Test>false</m:Test><m:Prepared>2024-01-01T00:00:00Z</m:Prepared><m:Sender id="P1"/>
<m:Structure structureID="S" namespace="urn:x" dimensionAtObservation="TIME_PERIOD">
<c:StructureUsage>{urn}</c:StructureUsage></m:Structure></m:Header>
<m:DataSet s:structureRef="S" s:action="{action}">{inside}</m:DataSet></m:StructureSpecificData>"""


def attribute(name: str, *inside: str) -> str:
    return f'<md:Attribute id="{name}">{"".join(inside)}</md:Attribute>'


def value(text: str) -> str:
    return f"<md:Value>{text}</md:Value>"


def text(language: str, said: str) -> str:
    return f'<c:Text xml:lang="{language}">{said}</c:Text>'


SET = """<c:Annotations><c:Annotation><c:AnnotationTitle>t</c:AnnotationTitle></c:Annotation>
</c:Annotations><c:Name xml:lang="en">A set</c:Name><md:Metadataflow>urn:x</md:Metadataflow>
<md:Target>urn:y</md:Target>"""
SERIES = '<Series FREQ="A" AREA="MA" SECTOR="s" UNIT="A">'
CONTACT = attribute("CONTACT", attribute("NAME", value("Ann")), attribute("KIND", value("A")))
OF_OBS = attribute("QUALITY", value("A")) + attribute("QUALITY", value("B_1"))
REMARK = attribute("REMARKED", text("fr", "vu"), text("ar", "شوهد"))


@pytest.mark.parametrize(("version", "before"), [("v3_1", ""), ("v3_0", SET)])
@pytest.mark.parametrize("rows", [1, 65536])
def test_metadata_elements_stand_for_what_they_stand_in(
    version: str, before: str, rows: int
) -> None:
    obs = f'<Obs TIME_PERIOD="2020" OBS_VALUE="1"><Metadata>{before}{OF_OBS}</Metadata></Obs>'
    more = '<Obs TIME_PERIOD="2021" OBS_VALUE="2"/>'
    series = f"{SERIES}{obs}{more}<Metadata>{before}{CONTACT}{REMARK}</Metadata></Series>"
    alone = f'<Series FREQ="A" AREA="DZ" SECTOR="s"><Metadata>{CONTACT}</Metadata></Series>'
    dataset = f"<Metadata>{before}{attribute('LICENCE', value('CC BY'))}</Metadata>"
    found, told = read(xml(series + alone + dataset, version), rows)
    assert told == []
    above = {**KEY, "UNIT": "A"}
    assert found == [
        {**above, "TIME_PERIOD": "2020", "OBS_VALUE": "1", "QUALITY": "A\x1fB_1"},
        {**above, "TIME_PERIOD": "2021", "OBS_VALUE": "2"},
        {**KEY, "CONTACT.NAME": "Ann", "CONTACT.KIND": "A", "REMARKED": "ar\x1dشوهد\x1efr\x1dvu"},
        {"FREQ": "A", "AREA": "DZ", "SECTOR": "s", "CONTACT.NAME": "Ann", "CONTACT.KIND": "A"},
        {"LICENCE": "CC BY"},
    ]


def test_an_attribute_without_a_value_names_in_a_delete_what_goes() -> None:
    group = '<Group SECTOR="s"><Metadata>{}</Metadata></Group>'
    both = attribute("METHOD") + attribute("CONTACT", attribute("NAME"))
    found, told = read(xml(group.format(both), action="Delete"))
    assert told == []
    assert found == [{"SECTOR": "s", "METHOD": "-", "CONTACT.NAME": "-"}]
    found, _ = read(xml(group.format(both)))
    assert found == [{"SECTOR": "s"}]


@pytest.mark.parametrize(
    "inside",
    [
        f"{SERIES}<Metadata><md:Other/></Metadata></Series>",
        f"{SERIES}<Metadata>{value('x')}</Metadata></Series>",
        f"{SERIES}<Metadata>{attribute('METHOD', '<c:StructuredText/>')}</Metadata></Series>",
        f"{SERIES}<Metadata>{attribute('METHOD', value('<c:Text/>'))}</Metadata></Series>",
        f'{SERIES}<Obs TIME_PERIOD="2020"/><Metadata/><Obs TIME_PERIOD="2021"/></Series>',
    ],
    ids=["unknown", "a value of nothing", "markup", "a text in a value", "rows behind it"],
)
def test_what_a_metadata_element_cannot_hold_is_refused_by_name(inside: str) -> None:
    with pytest.raises(Refused) as caught:
        read(xml(inside))
    assert caught.value.problem.code == "XML_ELEMENT_UNEXPECTED"


def test_sdmx_21_has_no_metadata_elements() -> None:
    message = xml(f"{SERIES}<Metadata/></Series>", "v2_1")
    usage_21 = '<c:StructureUsage><Ref agencyID="T" id="DF" version="1.0"/></c:StructureUsage>'
    begin, end = message.index("<c:StructureUsage>"), message.index("</m:Structure>")
    with pytest.raises(Refused) as caught:
        read(message[:begin] + usage_21 + message[end:])
    assert caught.value.problem.code == "XML_ELEMENT_UNEXPECTED"


def csv(head: str, cells: str) -> str:
    return f"STRUCTURE[;],STRUCTURE_ID,FREQ,AREA,SECTOR,{head}\ndataflow,T:DF(1.0),A,MA,s,{cells}\n"


def in_json(*components: dict[str, object], values: list[object]) -> str:
    urn = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=T:DF(1.0)"
    dimensions = [{"id": name, "values": [{"value": text}]} for name, text in KEY.items()]
    structure = {
        "links": [{"urn": urn}],
        "dimensions": {"series": dimensions},
        "attributes": {"series": components},
    }
    series = {"0:0:0": {"attributes": values}}
    return json.dumps({"data": {"dataSets": [{"series": series}], "structures": [structure]}})


def test_csv_and_json_may_name_the_path_in_other_ways() -> None:
    for message in (
        csv("CONTACT.NAME", "Ann"),
        csv("CONTACT[].NAME", "Ann"),
        csv("CONTACT.NAME: Its name", "Ann"),
        in_json({"id": "CONTACT.NAME"}, values=["Ann"]),
    ):
        found, told = read(message)
        assert told == []
        assert found == [{**KEY, "CONTACT.NAME": "Ann"}]


def _repeated() -> Iterator[str]:
    yield csv("TEAM[].LEAD[]", "Eve;Max")
    yield csv("TEAM.LEAD", "Eve")
    yield in_json({"id": "TEAM.LEAD"}, values=["Eve"])
    lead = attribute("TEAM", attribute("LEAD", value("Eve")))
    yield xml(f"{SERIES}<Metadata>{lead}{lead}</Metadata></Series>")
    yield xml('<Atts AREA="MA" TEAM.LEAD="Eve"/>')


@pytest.mark.parametrize(
    "message", list(_repeated()), ids=["csv", "plain", "json", "element", "atts"]
)
def test_what_stands_below_what_repeats_is_told_by_name(message: str) -> None:
    _, told = read(message)
    assert told == [("METADATA_REPEATED", "TEAM.LEAD")]
