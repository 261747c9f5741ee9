"""Values of constraints by wildcard, and named as the lists do that are extended: unions of lists
of which each dataflow uses one (technical notes, Codelist: discriminated unions)."""

from dataclasses import replace

import pytest
from small_registry import ARTEFACTS, FLOW, STRUCTURE, named, ref
from test_registry_check import faults

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Cascade,
    Code,
    Codelist,
    CodelistExtension,
    CubeRegion,
    DataConstraint,
    DataKey,
    DataKeySet,
    MemberSelection,
    Representation,
    SelectedValue,
)
from sdmx_service.registry.constraints import data_schema_of
from sdmx_service.registry.index import index_of


def codes(id_, *entries, extends=()):
    items = tuple(
        Code(id=code, parent=parent or None, about=named(code))
        for code, _, parent in (entry.partition("<") for entry in entries)
    )
    return Codelist(ref=ref(Class.CODELIST, id_), about=named(id_), items=items, extensions=extends)


FOUR = codes("CL_ISIC4", "A", "A01<A", "B")
THREE = codes("CL_ISIC3", "A", "C")
UNION = codes(
    "CL_ACTIVITY",
    "_T",
    extends=(
        CodelistExtension(codelist=FOUR.ref, prefix="ISIC4_"),
        CodelistExtension(codelist=THREE.ref, prefix="ISIC3_"),
    ),
)
AREA = STRUCTURE.dimensions[0]
ACTIVITY = replace(AREA, representation=Representation(enumeration=UNION.ref))
CODED = replace(STRUCTURE, dimensions=(ACTIVITY, *STRUCTURE.dimensions[1:]))
OTHERS = tuple(
    one for one in ARTEFACTS if one.ref != STRUCTURE.ref and not isinstance(one, DataConstraint)
)


def constraint(*members, keys=()):
    regions = (CubeRegion(members=members),) if members else ()
    return DataConstraint(
        ref=ref(Class.DATA_CONSTRAINT, "DC_UNION"),
        about=named("Union"),
        attachment=(FLOW.ref,),
        cube_regions=regions,
        key_sets=tuple(DataKeySet(keys=(key,)) for key in keys),
    )


def selection(*values, remove_prefix=False, cascade=Cascade.NO, include=True):
    details = tuple(SelectedValue(value=value, cascade=cascade) for value in values)
    return MemberSelection(
        component=AREA.id,
        values=values,
        details=details if cascade is not Cascade.NO else (),
        remove_prefix=remove_prefix,
        include=include,
    )


def left(one):
    index = index_of((*OTHERS, CODED, FOUR, THREE, UNION, one))
    return data_schema_of(index, FLOW.ref, None, deletion=False).codes[AREA.id]


@pytest.mark.parametrize(
    ("member", "codes_left"),
    [
        (selection("ISIC4_%"), ("ISIC4_A", "ISIC4_A01", "ISIC4_B")),
        (selection("%_A"), ("ISIC4_A", "ISIC3_A")),
        (selection("ISIC3_%", include=False), ("ISIC4_A", "ISIC4_A01", "ISIC4_B", "_T")),
        (selection("A", remove_prefix=True), ("ISIC4_A", "ISIC3_A")),
        (selection("A0%", "C", remove_prefix=True), ("ISIC4_A01", "ISIC3_C")),
        (selection("_T", "B", remove_prefix=True), ("ISIC4_B", "_T")),
        (
            selection("A", remove_prefix=True, cascade=Cascade.YES),
            ("ISIC4_A", "ISIC4_A01", "ISIC3_A"),
        ),
        (selection("A", remove_prefix=True, cascade=Cascade.BELOW), ("ISIC4_A01",)),
        (selection("A"), ()),
    ],
)
def test_which_codes_are_left(member, codes_left):
    assert left(constraint(member)) == codes_left


def test_keys_name_codes_in_the_same_way():
    key = DataKey(members=(selection("A", remove_prefix=True),))
    assert left(constraint(keys=(key,))) == ("ISIC4_A", "ISIC3_A")
    wild = DataKey(members=(selection("ISIC3_%"),))
    assert left(constraint(keys=(wild,))) == ("ISIC3_A", "ISIC3_C")


def test_a_value_that_names_no_code_is_a_fault():
    known = (CODED, FOUR, THREE, UNION)

    def unknown(*members):
        found = faults(*known, constraint(*members)).get("CODE_UNKNOWN", [])
        return {one["value"] for one in found if one["codelist"] == UNION.ref.short}

    of_others = unknown(selection("_T"))
    assert unknown(selection("ISIC4_%", "_T")) == of_others
    assert unknown(selection("A", remove_prefix=True)) == of_others
    assert unknown(selection("NACE%")) == {"NACE%"} | of_others
    assert unknown(selection("A")) == {"A"} | of_others
    assert unknown(selection("X", remove_prefix=True)) == {"X"} | of_others
