"""``referencepartial``, class by class: which items are in use, by whom."""

from dataclasses import replace

import pytest
from small_registry import AREA, ARTEFACTS, CONCEPTS, PROVIDERS, SEX, STATUS, named, of, ref

from sdmx_service.model.query import ArtefactSelection, Detail, References, StructureQuery
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    HierarchicalCode,
    Hierarchy,
    ItemMap,
    ItemSchemeMap,
    MappedRepresentation,
    MetadataAttribute,
    Metadataflow,
    MetadataProvisionAgreement,
    MetadataStructure,
    Organisation,
    OrganisationScheme,
    RepresentationMap,
    SourceValue,
    TransformationScheme,
    ValueItem,
    ValueList,
    ValueMapping,
    VtlMapping,
    VtlMappingScheme,
)
from sdmx_service.registry.registry import Registry


def item(scheme, id_):
    return replace(scheme.ref, item=id_)


HIERARCHY = Hierarchy(
    ref=ref(Class.HIERARCHY, "H"),
    about=named("H"),
    codes=(
        HierarchicalCode(
            id="1",
            code=item(AREA, "X1"),
            codes=(HierarchicalCode(id="2", code=item(STATUS, "M")),),
        ),
    ),
)
VALUES = ValueList(
    ref=ref(Class.VALUE_LIST, "VL"), about=named("VL"), items=(ValueItem(id="%"), ValueItem(id="€"))
)
MAP = RepresentationMap(
    ref=ref(Class.REPRESENTATION_MAP, "RM"),
    about=named("RM"),
    sources=(MappedRepresentation(codelist=AREA.ref), MappedRepresentation(codelist=VALUES.ref)),
    targets=(MappedRepresentation(codelist=SEX.ref),),
    mappings=(
        ValueMapping(
            sources=(
                SourceValue(value="_.", is_regular_expression=True),
                SourceValue(value="%"),
            ),
            targets=("F",),
        ),
    ),
)
PROVIDER_MAP = ItemSchemeMap(
    ref=ref(Class.ORGANISATION_SCHEME_MAP, "OM"),
    about=named("OM"),
    source=PROVIDERS.ref,
    target=ref(Class.DATA_CONSUMER_SCHEME, "DATA_CONSUMERS", None),
    maps=(ItemMap(source=SourceValue(value="NSO"), target="C1"),),
)
CONSUMERS = OrganisationScheme(
    ref=PROVIDER_MAP.target,
    about=named("consumers"),
    items=tuple(Organisation(id=name, about=named(name)) for name in ("C1", "C2")),
)
REPORTERS = OrganisationScheme(
    ref=ref(Class.METADATA_PROVIDER_SCHEME, "METADATA_PROVIDERS", None),
    about=named("reporters"),
    items=tuple(Organisation(id=name, about=named(name)) for name in ("M1", "M2")),
)
METADATA = MetadataStructure(
    ref=ref(Class.METADATA_STRUCTURE, "MSD"),
    about=named("MSD"),
    attributes=(MetadataAttribute(id="NOTE", concept=of("UNUSED")),),
)
METADATA_FLOW = Metadataflow(
    ref=ref(Class.METADATAFLOW, "MF"), about=named("MF"), structure=METADATA.ref
)
METADATA_AGREEMENT = MetadataProvisionAgreement(
    ref=ref(Class.METADATA_PROVISION_AGREEMENT, "MPA"),
    about=named("MPA"),
    metadataflow=METADATA_FLOW.ref,
    metadata_provider=item(REPORTERS, "M2"),
)
VTL = VtlMappingScheme(
    ref=ref(Class.VTL_MAPPING_SCHEME, "VTL"),
    about=named("VTL"),
    items=(VtlMapping(id="V", alias="v", concept=of("STATUS")),),
)
RUN = TransformationScheme(
    ref=ref(Class.TRANSFORMATION_SCHEME, "TS"), about=named("TS"), mapping_scheme=VTL.ref
)
REGISTRY = Registry(
    (*ARTEFACTS, HIERARCHY, VALUES, MAP, PROVIDER_MAP, CONSUMERS, REPORTERS, METADATA,
     METADATA_FLOW, METADATA_AGREEMENT, VTL, RUN)
)  # fmt: skip


def below(artefact):
    query = StructureQuery(
        classes=(artefact.ref.artefact,),
        artefacts=ArtefactSelection(ids=(artefact.ref.id,)),
        detail=Detail.REFERENCE_PARTIAL,
        references=References.DESCENDANTS,
    )
    found = REGISTRY.select(query).artefacts
    return {
        entry.ref.id: [one.id for one in entry.items] for entry in found if hasattr(entry, "items")
    }


@pytest.mark.parametrize(
    ("asked", "items"),
    [
        (HIERARCHY, {"CL_AREA": ["_T", "X", "X1"], "CL_STATUS": ["M"]}),
        (MAP, {"CL_AREA": ["_T", "_Z"], "VL": ["%", "€"], "CL_SEX": ["F"]}),
        (PROVIDER_MAP, {"DATA_PROVIDERS": ["NSO"], "DATA_CONSUMERS": ["C1"]}),
        (METADATA, {"CS": ["UNUSED"], "CL_UNUSED": ["A"]}),
        (METADATA_AGREEMENT, {"METADATA_PROVIDERS": ["M2"], "CS": ["UNUSED"]}),
        (RUN, {"VTL": ["V"], "CS": ["STATUS"], "CL_STATUS": ["A", "M"]}),
    ],
)
def test_items_in_use(asked, items):
    found = below(asked)
    assert {id_: found.get(id_) for id_ in items} == items
    # What only concepts left out refer to is left out.
    if "CS" in items and "CL_AREA" not in items:
        assert "CL_AREA" not in found


def test_what_is_reduced_says_so():
    query = StructureQuery(
        classes=(Class.HIERARCHY,),
        artefacts=ArtefactSelection(ids=("H",)),
        detail=Detail.REFERENCE_PARTIAL,
        references=References.CHILDREN,
    )
    partial = {
        one.ref: getattr(one, "is_partial", None) for one in REGISTRY.select(query).artefacts
    }
    assert partial[AREA.ref] is True
    assert partial[HIERARCHY.ref] is None
    assert CONCEPTS.ref not in partial
