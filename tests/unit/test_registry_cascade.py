"""Values of constraints that stand for the codes below them; code lists that are geographic."""

from __future__ import annotations

import pytest

from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import (
    Cascade,
    Code,
    Codelist,
    CubeRegion,
    DataConstraint,
    GeographicCodelist,
    HierarchyAssociation,
    MemberSelection,
    Metadataflow,
    SelectedValue,
)
from sdmx_service.registry.index import index_of, references
from sdmx_service.registry.selections import with_codes

AREAS = Codelist(
    ref=Ref(ArtefactClass.CODELIST, "MA", "CL_AREA", "1.0"),
    items=(
        Code(id="WORLD"),
        Code(id="AFRICA", parent="WORLD"),
        Code(id="MA", parent="AFRICA"),
        Code(id="FR", parent="WORLD"),
    ),
)


@pytest.mark.parametrize(
    ("cascade", "values"),
    [
        (Cascade.NO, ("AFRICA",)),
        (Cascade.YES, ("AFRICA", "MA")),
        (Cascade.BELOW, ("MA",)),
    ],
)
def test_a_value_stands_for_what_is_below_it(cascade: Cascade, values: tuple[str, ...]) -> None:
    details = (SelectedValue(value="AFRICA", cascade=cascade),)
    member = MemberSelection(component="AREA", values=("AFRICA",), details=details)
    constraint = DataConstraint(
        ref=Ref(ArtefactClass.DATA_CONSTRAINT, "MA", "C", "1.0"),
        cube_regions=(CubeRegion(members=(member,)),),
    )
    (region,) = with_codes(constraint, {"AREA": AREAS}, {}).cube_regions
    assert region.members[0].values == values


def test_a_geographic_list_is_found_by_the_urn_of_a_code_list() -> None:
    ref = Ref(ArtefactClass.GEOGRAPHIC_CODELIST, "MA", "CL_GEO", "1.0")
    assert ref.urn == "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=MA:CL_GEO(1.0)"
    assert index_of([GeographicCodelist(ref=ref)]).find(parse_urn(ref.urn)) == ref


def test_references_are_found_in_any_class() -> None:
    dimension = parse_urn("urn:sdmx:org.sdmx.infomodel.datastructure.Dimension=MA:D(1.0).AREA")
    assert (dimension.artefact, dimension.part) == (ArtefactClass.DATA_STRUCTURE, "Dimension")
    association = HierarchyAssociation(
        ref=Ref(ArtefactClass.HIERARCHY_ASSOCIATION, "MA", "HA", "1.0"),
        hierarchy=Ref(ArtefactClass.HIERARCHY, "MA", "H", "1.0"),
        linked=dimension,
    )
    assert list(references(association)) == [association.hierarchy, dimension]
    flow = Metadataflow(
        ref=Ref(ArtefactClass.METADATAFLOW, "MA", "MF", "1.0"),
        targets=("urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=*:*(*)", AREAS.ref.urn),
    )
    assert list(references(flow)) == [AREAS.ref]
