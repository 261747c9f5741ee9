"""Content constraints of SDMX 2.1 on metadata and on sets: read, written back, refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Annotation,
    Artefact,
    AttachmentConstraint,
    Categorisation,
    ConstraintRole,
    DataConstraint,
    MetadataConstraint,
    StructureMessage,
)
from sdmx_service.registry.content import artefact_of, content_of
from tests.conftest import Running, running
from tests.contract.test_structures_of_21 import AROUND, HEADER, message, named, read, ref
from tests.contract.test_structures_only_of_21 import TAGGED
from tests.property.test_structure_round_trip import (
    FORMATS_SINCE_30,
    assert_valid_json,
    assert_valid_xml,
)

MSD = f"<str:MetadataStructure>{ref('MSD', 'MetadataStructure', 'metadatastructure')}"
MSD += "</str:MetadataStructure>"
AGREEMENT = f"<str:ProvisionAgreement>{ref('PA', 'ProvisionAgreement', 'registry')}"
AGREEMENT += "</str:ProvisionAgreement>"
SET = (
    '<com:DataProvider><Ref id="P" maintainableParentID="DATA_PROVIDERS" agencyID="MA" '
    'maintainableParentVersion="1.0" class="DataProvider" package="base"/></com:DataProvider>'
    "<com:ID>LAST_YEAR</com:ID>"
)
DATA_SET = f"<str:DataSet>{SET}</str:DataSet>"
METADATA_SET = f"<str:MetadataSet>{SET}</str:MetadataSet>"
KEY = '<com:KeyValue id="SEX"><com:Value>F</com:Value></com:KeyValue>'
WORD = '<com:KeyValue id="WORD"><com:Value>word</com:Value></com:KeyValue>'
ABOUT = (
    f'<com:KeyValue id="KEYS"><com:DataKey>{KEY}</com:DataKey></com:KeyValue>'
    f'<com:KeyValue id="SET"><com:DataSet>{SET}</com:DataSet></com:KeyValue>'
    f'<com:KeyValue id="FLOW"><com:Object>{ref("DF", "Dataflow", "datastructure")}</com:Object>'
    f"</com:KeyValue>{WORD}"
)
TIMES = (
    '<com:KeyValue id="TIMES"><com:TimeRange><com:AfterPeriod isInclusive="true">2010'
    "</com:AfterPeriod></com:TimeRange></com:KeyValue>"
)
QUALITY = '<com:Attribute id="CONTACT.NAME"><com:Value>INS</com:Value></com:Attribute>'


def region(content: str, report: str = "MSD", target: str = "TARGET") -> str:
    return (
        f'<str:MetadataTargetRegion include="true" report="{report}" metadataTarget="{target}">'
        f"{content}</str:MetadataTargetRegion>"
    )


KEYS = (
    '<str:MetadataKeySet isIncluded="false"><str:Key report="LONG" metadataTarget="ANY">'
    f"{ABOUT}</str:Key></str:MetadataKeySet>"
)
EXCLUDED = region(QUALITY, "LONG").replace('include="true"', 'include="false"')
DATA_KEYS = f'<str:DataKeySet isIncluded="true"><str:Key>{KEY}</str:Key></str:DataKeySet>'


def constraint(attached: str, content: str, kind: str = "Content", more: str = "") -> str:
    role = ' type="Allowed"' if kind == "Content" else ""
    within = f"<str:ConstraintAttachment>{attached}</str:ConstraintAttachment>" if attached else ""
    return (
        f'<str:Constraints><str:{kind}Constraint id="CC" agencyID="MA" version="1.0"{role}>'
        f"{more}{named('Constraint')}{within}{content}</str:{kind}Constraint></str:Constraints>"
    )


MESSAGES = {
    "region": constraint(MSD, region(QUALITY)),
    "region of a report": constraint(MSD, region(QUALITY, "LONG", "ANY")),
    "regions": constraint(MSD, region(QUALITY) + EXCLUDED),
    "targets": constraint(MSD, region(ABOUT + TIMES + QUALITY)),
    "keys": constraint(AGREEMENT, KEYS),
    "metadata set": constraint(METADATA_SET, region(QUALITY, "LONG")),
    "data set": constraint(DATA_SET, DATA_KEYS),
    "attachment": constraint(DATA_SET * 2, DATA_KEYS + KEYS, "Attachment"),
    "attachment to metadata": constraint(METADATA_SET * 2, KEYS, "Attachment"),
}
REFUSED = {
    "targets": "MetadataTargetRegion.targets",
    "keys": "MetadataConstraint.key_sets",
    "metadata set": "MetadataConstraint.metadata_sets",
    "data set": "DataConstraint.data_sets",
    "attachment": "AttachmentConstraint",
    "attachment to metadata": "AttachmentConstraint",
}
"""What SDMX 3 has no place for, by its name."""


def artefact(name: str) -> Artefact:
    (found,) = read(message(MESSAGES[name])).artefacts
    return found


@pytest.mark.parametrize("name", MESSAGES)
def test_what_was_read_is_written_back_and_kept(name: str) -> None:
    text = message(MESSAGES[name])
    assert_valid_xml(text, "2.1")
    first = read(text)
    written = xml_structures.write_21(HEADER, first)
    assert_valid_xml(written, "2.1")
    assert read(written) == first
    for tag in (b"MetadataKeySet", b"MetadataTargetRegion", b"com:DataKey", b"com:Object"):
        assert written.count(tag) == text.count(tag)
    write, read_json = AROUND["json 1.0"]
    assert_valid_json(write(HEADER, first), "1.0")
    assert read_json(write(HEADER, first), Limits()) == first
    assert artefact_of(content_of(first.artefacts[0])) == first.artefacts[0]


@pytest.mark.parametrize("name", FORMATS_SINCE_30)
@pytest.mark.parametrize("case", MESSAGES)
def test_formats_of_sdmx_3_carry_it_or_refuse_it_by_name(case: str, name: str) -> None:
    write, read_other = FORMATS_SINCE_30[name]
    first = StructureMessage(artefacts=(artefact(case),))
    if case not in REFUSED:
        language, _, version = name.partition(" ")
        text = write(HEADER, first)
        (assert_valid_xml if language == "xml" else assert_valid_json)(text, version)
        assert read_other(text, Limits()) == first
        return
    with pytest.raises(Refused) as caught:
        write(HEADER, first)
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"
    assert str(caught.value.problem.arguments["found"]).startswith(REFUSED[case])


def test_what_it_is_in_the_model() -> None:
    plain, told, full = (artefact(name) for name in ("region", "region of a report", "targets"))
    assert isinstance(plain, MetadataConstraint)
    assert isinstance(told, MetadataConstraint)
    assert isinstance(full, MetadataConstraint)
    assert plain.about.annotations == ()
    note = Annotation(type="METADATA_TARGET_REGION", id="LONG", title="ANY")
    assert told == replace(plain, about=replace(plain.about, annotations=(note,)))
    assert plain.regions[0].components[0].values == ("INS",)
    targets = {one.component: one for one in full.regions[0].targets}
    assert targets["FLOW"].objects == (Ref(ArtefactClass.DATAFLOW, "MA", "DF", "1.0"),)
    assert targets["KEYS"].data_keys[0].members[0].values == ("F",)
    assert targets["SET"].data_sets[0].id == "LAST_YEAR"
    assert targets["TIMES"].time_range is not None
    keys = artefact("keys")
    assert isinstance(keys, MetadataConstraint)
    assert keys.attachment[0].artefact is ArtefactClass.METADATA_PROVISION_AGREEMENT
    assert (keys.key_sets[0].include, keys.key_sets[0].keys[0].report) == (False, "LONG")
    assert isinstance(artefact("data set"), DataConstraint)
    on_sets = artefact("attachment")
    assert isinstance(on_sets, AttachmentConstraint)
    assert len(on_sets.data_sets) == 2


@pytest.mark.parametrize(
    ("attached", "content", "found"),
    [
        (MSD, DATA_KEYS, "DataKeySet"),
        (MSD + AGREEMENT.replace("ProvisionAgreement", "Dataflow"), "", "Dataflow"),
        (DATA_SET, KEYS, "DataSet"),
    ],
    ids=["keys of data", "two kinds", "data set"],
)
def test_data_and_metadata_are_not_mixed(attached: str, content: str, found: str) -> None:
    with pytest.raises(Refused) as caught:
        read(message(constraint(attached, content)))
    assert caught.value.problem.code == "XML_ELEMENT_UNEXPECTED"
    assert caught.value.problem.arguments["found"] == found


def test_what_nothing_tells_from_a_constraint_on_data_says_so() -> None:
    agreement = Ref(ArtefactClass.METADATA_PROVISION_AGREEMENT, "MA", "PA", "1.0")
    name = Ref(ArtefactClass.METADATA_CONSTRAINT, "MA", "CC", "1.0")
    held = MetadataConstraint(ref=name, attachment=(agreement,), role=ConstraintRole.ACTUAL)
    first = StructureMessage(artefacts=(held,))
    stub = StructureMessage(artefacts=(MetadataConstraint(ref=name),), stubs=frozenset({name}))
    for sent in (first, stub):
        text = xml_structures.write_21(HEADER, sent)
        assert_valid_xml(text, "2.1")
        assert read(text) == sent
        write, read_json = AROUND["json 1.0"]
        assert_valid_json(write(HEADER, sent), "1.0")
        assert read_json(write(HEADER, sent), Limits()) == sent


def test_a_region_of_no_known_report_is_refused_in_21() -> None:
    told = artefact("region")
    assert isinstance(told, MetadataConstraint)
    flow = replace(told.attachment[0], artefact=ArtefactClass.METADATAFLOW)
    for write in (xml_structures.write_21, AROUND["json 1.0"][0]):
        with pytest.raises(Refused) as caught:
            write(HEADER, StructureMessage(artefacts=(replace(told, attachment=(flow,)),)))
        assert caught.value.problem.arguments["found"] == "MetadataTargetRegion MA:CC(1.0)"


@pytest.mark.parametrize("name", ["region", "data set"])
def test_a_reference_leads_to_the_class_it_became(name: str) -> None:
    filed = TAGGED.format("C", named("Filed"), ref("CC", "ContentConstraint", "registry"))
    first = read(message(filed + MESSAGES[name]))
    held, source = sorted(first.artefacts, key=lambda one: isinstance(one, Categorisation))
    assert isinstance(source, Categorisation)
    assert source.source == held.ref
    written = xml_structures.write_21(HEADER, first)
    assert_valid_xml(written, "2.1")
    assert b'class="ContentConstraint"' in written
    assert set(read(written).artefacts) == set(first.artefacts)


def test_a_reference_leads_elsewhere_only_where_the_message_has_not_what_it_names() -> None:
    filed = TAGGED.format("C", named("Filed"), ref("CC", "ContentConstraint", "registry"))
    known = (artefact("region"),)
    for sent, kind in (("", "METADATA_CONSTRAINT"), (MESSAGES["data set"], "DATA_CONSTRAINT")):
        found = read_structures(message(filed + sent), Limits(), known).artefacts
        (source,) = (one for one in found if isinstance(one, Categorisation))
        assert source.source.artefact is ArtefactClass[kind]


def test_several_files_are_refused_where_one_may_stand() -> None:
    name = Ref(ArtefactClass.DATA_CONSTRAINT, "MA", "CC", "1.0")
    several = DataConstraint(ref=name, files=("https://a.org", "https://b.org"))
    for write in (xml_structures.write_21, AROUND["json 1.0"][0]):
        with pytest.raises(Refused) as caught:
            write(HEADER, StructureMessage(artefacts=(several,)))
        assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as hub:
        hub.keys["AGENCY_MAGHREB"] = hub.hub.credentials.add("AGENCY_MAGHREB")
        yield hub


def test_a_hub_keeps_it_and_v1_finds_it(hub: Running) -> None:
    provider = SET.replace('id="P"', 'id="MA_CNSS"')
    sent = constraint(METADATA_SET.replace(SET, provider), KEYS.replace(ABOUT, WORD))
    with hub.client("AGENCY_MAGHREB") as client:
        ours = message(sent.replace('agencyID="MA"', 'agencyID="MAGHREB"'))
        answer = client.post("/sdmx/v2/structure", content=ours)
        assert answer.status_code == 201, answer.text
    with hub.client(Accept="application/vnd.sdmx.structure+xml;version=2.1") as client:
        for word in ("contentconstraint", "allowedconstraint"):
            found = client.get(f"/sdmx/v1/{word}/MAGHREB/CC/1.0")
            assert found.status_code == 200
            assert b"MetadataKeySet" in found.content
        assert client.get("/sdmx/v1/actualconstraint/MAGHREB/CC/1.0").status_code == 404
