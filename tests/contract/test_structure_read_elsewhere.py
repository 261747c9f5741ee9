"""Other software reads our structures, class by class, where it can read the class."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model import structures as model
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.text import LocalisedText

HEADER = Header(id="TEST", sender="MA", prepared=datetime(2025, 1, 2, tzinfo=UTC))
NAMED = model.About(names=LocalisedText.of({"en": "Name"}))


def ref(kind: Class, name: str = "X", version: str | None = "1.0", item: str | None = None) -> Ref:
    return Ref(kind, "MA", name, version, item)


FLOW = ref(Class.DATAFLOW)
STRUCTURE = ref(Class.DATA_STRUCTURE)
ARTEFACTS: dict[str, Any] = {
    "ValueList": model.ValueList(
        ref=ref(Class.VALUE_LIST), about=NAMED, items=(model.ValueItem(id="$"),)
    ),
    "Metadataflow": model.Metadataflow(
        ref=ref(Class.METADATAFLOW),
        about=NAMED,
        structure=ref(Class.METADATA_STRUCTURE),
        targets=(FLOW.urn,),
    ),
    "MetadataStructure": model.MetadataStructure(
        ref=ref(Class.METADATA_STRUCTURE),
        about=NAMED,
        attributes=(model.MetadataAttribute(id="A", concept=ref(Class.CONCEPT_SCHEME, item="A")),),
    ),
    "MetadataProviderScheme": model.OrganisationScheme(
        ref=ref(Class.METADATA_PROVIDER_SCHEME, "METADATA_PROVIDERS", None),
        about=NAMED,
        items=(model.Organisation(id="P", about=NAMED),),
    ),
    "Hierarchy": model.Hierarchy(
        ref=ref(Class.HIERARCHY),
        about=NAMED,
        codes=(model.HierarchicalCode(id="A", code=ref(Class.CODELIST, item="A")),),
    ),
    "HierarchyAssociation": model.HierarchyAssociation(
        ref=ref(Class.HIERARCHY_ASSOCIATION),
        about=NAMED,
        hierarchy=ref(Class.HIERARCHY),
        linked=Ref(Class.DATA_STRUCTURE, "MA", "X", "1.0", "SEX", "Dimension"),
        context=FLOW,
    ),
    "StructureMap": model.StructureMap(
        ref=ref(Class.STRUCTURE_MAP),
        about=NAMED,
        source=STRUCTURE,
        target=ref(Class.DATA_STRUCTURE, "Y"),
        component_maps=(model.ComponentMap(sources=("A",), targets=("B",)),),
        fixed_values=(model.FixedValueMap(target="C", values=("1",)),),
    ),
    "RepresentationMap": model.RepresentationMap(
        ref=ref(Class.REPRESENTATION_MAP),
        about=NAMED,
        sources=(model.MappedRepresentation(codelist=ref(Class.CODELIST)),),
        targets=(model.MappedRepresentation(codelist=ref(Class.CODELIST, "Y")),),
        mappings=(model.ValueMapping(sources=(model.SourceValue(value="A"),), targets=("B",)),),
    ),
    "TransformationScheme": model.TransformationScheme(
        ref=ref(Class.TRANSFORMATION_SCHEME),
        about=NAMED,
        vtl_version="2.0",
        items=(
            model.Transformation(
                id="T", about=NAMED, expression="A + B", result="C", is_persistent=True
            ),
        ),
    ),
    "RulesetScheme": model.RulesetScheme(
        ref=ref(Class.RULESET_SCHEME),
        about=NAMED,
        vtl_version="2.0",
        items=(
            model.Ruleset(
                id="R", about=NAMED, definition="define", type="datapoint", scope="variable"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", ARTEFACTS)
def test_pysdmx(name: str) -> None:
    from pysdmx.io import read_sdmx

    text = xml_structures.write_30(HEADER, model.StructureMessage(artefacts=(ARTEFACTS[name],)))
    (read,) = read_sdmx(io.BytesIO(text), validate=True).structures
    assert read.id == ARTEFACTS[name].ref.id
    assert type(read).__name__ in (name, name.replace("ValueList", "Codelist"))


@pytest.mark.parametrize("name", ["RulesetScheme", "TransformationScheme"])
def test_sdmx1(name: str) -> None:
    import sdmx

    text = xml_structures.write_21(HEADER, model.StructureMessage(artefacts=(ARTEFACTS[name],)))
    assert f"{name} (1): X" in repr(sdmx.read_sdmx(io.BytesIO(text)))
