"""Code lists that extend others: what they inherit, and where it is shown."""

from dataclasses import replace

import pytest
from small_registry import AREA, ARTEFACTS, FLOW, STRUCTURE, named, ref
from test_registry_check import faults

from sdmx_service.model.query import ArtefactSelection, Detail, References, StructureQuery
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    Cascade,
    Code,
    Codelist,
    CodelistExtension,
    CodeSelection,
    GeoFeatureSetCode,
    GeographicCodelist,
    MemberValue,
    Representation,
)
from sdmx_service.registry.extensions import resolved
from sdmx_service.registry.index import index_of
from sdmx_service.registry.registry import Registry


def codes(id_, *entries, extends=()):
    """A list; ``A<B`` is a code A under B."""
    items = []
    for entry in entries:
        code, _, parent = entry.partition("<")
        items.append(Code(id=code, parent=parent or None, about=named(f"{code} of {id_}")))
    return Codelist(
        ref=ref(Class.CODELIST, id_), about=named(id_), items=tuple(items), extensions=extends
    )


def extension(codelist, prefix=None, include=None, *members):
    selection = CodeSelection(include=include, members=members) if members else None
    return CodelistExtension(codelist=codelist.ref, prefix=prefix, selection=selection)


INDICATOR = codes("CL_INDICATOR", "A", "E", "F")
SERIES = codes("CL_SERIES", "A", "B", "C<B", "D<C", "E9<D")


def shown(codelist, *others):
    found = resolved(index_of((codelist, *others)), codelist)
    assert found.extensions == ()
    return [f"{code.id}<{code.parent}" if code.parent else code.id for code in found.items]


def test_the_later_reference_wins_and_the_own_code_above_all():
    two = codes("CL_TWO", "Z", extends=(extension(INDICATOR), extension(SERIES)))
    index = index_of((two, INDICATOR, SERIES))
    names = {code.id: code.about.names.get("en") for code in index.whole(two.ref).items}
    assert names["A"] == "A of CL_SERIES"
    assert list(names) == ["A", "E", "F", "B", "C", "D", "E9", "Z"]
    own = codes("CL_TWO", "A", extends=two.extensions)
    index = index_of((own, INDICATOR, SERIES))
    assert index.whole(own.ref).items[0].about.names.get("en") == "A of CL_TWO"


def test_the_prefix_is_of_parents_too():
    prefixed = codes("CL_P", "A", extends=(extension(SERIES, "SER_"),))
    assert shown(prefixed, SERIES) == ["SER_A", "SER_B", "SER_C<SER_B", "SER_D<SER_C",
                                       "SER_E9<SER_D", "A"]  # fmt: skip


@pytest.mark.parametrize(
    ("include", "member", "expected"),
    [
        (True, MemberValue(value="C"), ["C"]),
        (False, MemberValue(value="C"), ["A", "B", "D", "E9<D"]),
        (True, MemberValue(value="%9"), ["E9"]),
        (True, MemberValue(value="%"), ["A", "B", "C<B", "D<C", "E9<D"]),
        (True, MemberValue(value="B", cascade=Cascade.YES), ["B", "C<B", "D<C", "E9<D"]),
        (True, MemberValue(value="B", cascade=Cascade.BELOW), ["C", "D<C", "E9<D"]),
        (False, MemberValue(value="C", cascade=Cascade.YES), ["A", "B"]),
        (True, MemberValue(value="NONE"), []),
    ],
)
def test_selections(include, member, expected):
    chosen = codes("CL_C", extends=(extension(SERIES, None, include, member),))
    assert shown(chosen, SERIES) == expected


def test_a_parent_replaced_by_another_reference_is_left_out():
    over = codes("CL_O", "B", extends=(extension(SERIES),))
    assert shown(over, SERIES) == ["A", "B", "C", "D<C", "E9<D"]
    under = codes("CL_U", "N<C", extends=(extension(SERIES),))
    assert shown(under, SERIES)[-1] == "N<C"


def test_at_any_distance():
    middle = codes("CL_M", "M", extends=(extension(SERIES, "X", True, MemberValue(value="A")),))
    top = codes("CL_T", "T", extends=(extension(middle, "Y"),))
    assert shown(top, middle, SERIES) == ["YXA", "YM", "T"]


def test_a_list_that_extends_itself_ends_and_is_named():
    one = codes("CL_1", "A", extends=(extension(codes("CL_2")),))
    two = codes("CL_2", "B", extends=(extension(one),))
    registry = Registry((one, two))
    assert registry.cycle_through(one.ref) == (one.ref, two.ref)
    assert shown(one, two) == ["A", "B"]
    itself = codes("CL_3", "A", extends=(extension(codes("CL_3")),))
    assert Registry((itself,)).cycle_through(itself.ref) == (itself.ref,)
    assert shown(itself) == ["A"]


GEO = GeographicCodelist(
    ref=ref(Class.GEOGRAPHIC_CODELIST, "CL_GEO"),
    about=named("geo"),
    items=(GeoFeatureSetCode(id="G1", value="x", about=named("G1")),),
)
WIDE_AREA = replace(AREA, extensions=(extension(SERIES, "S_"), extension(GEO)))
REGISTRY = Registry(
    (WIDE_AREA, SERIES, GEO, *(entry for entry in ARTEFACTS if entry.ref != AREA.ref))
)


def test_codes_of_a_geographic_list_are_inherited_without_places():
    inherited = REGISTRY.structure_context(FLOW.ref).codelists["AREA"].items
    assert [code.id for code in inherited][:6] == ["S_A", "S_B", "S_C", "S_D", "S_E9", "G1"]
    assert {type(code) for code in inherited} == {Code}


def test_a_geographic_list_is_a_code_list_of_data():
    area = replace(STRUCTURE.dimensions[0], representation=Representation(enumeration=GEO.ref))
    structure = replace(STRUCTURE, dimensions=(area, *STRUCTURE.dimensions[1:]))
    others = (entry for entry in ARTEFACTS if entry.ref != STRUCTURE.ref)
    registry = Registry((structure, GEO, *others))
    assert [code.id for code in registry.structure_context(FLOW.ref).codelists["AREA"].items] == [
        "G1"
    ]


def asked(detail, references=References.NONE, id_="CL_AREA", class_=Class.CODELIST):
    query = StructureQuery(
        classes=(class_,),
        artefacts=ArtefactSelection(ids=(id_,)),
        detail=detail,
        references=references,
    )
    return {entry.ref.id: entry for entry in REGISTRY.select(query).artefacts}


def test_full_is_resolved_and_repeats_no_inherited_list():
    found = asked(Detail.FULL, References.DESCENDANTS)
    assert set(found) == {"CL_AREA"}
    assert found["CL_AREA"].extensions == ()
    assert "S_C" in {code.id for code in found["CL_AREA"].items}
    below = asked(Detail.FULL, References.DESCENDANTS, "DF", Class.DATAFLOW)
    assert "CL_AREA" in below
    assert "CL_SERIES" not in below


def test_raw_keeps_extensions_and_the_lists_they_name():
    found = asked(Detail.RAW, References.CHILDREN)
    assert found["CL_AREA"] == WIDE_AREA
    assert {"CL_SERIES", "CL_GEO"} <= set(found)


def test_who_extends_a_list_is_its_parent():
    assert "CL_AREA" in asked(Detail.FULL, References.PARENTS, "CL_SERIES")


def test_a_partial_list_holds_inherited_codes():
    below = asked(Detail.REFERENCE_PARTIAL, References.DESCENDANTS, "DF", Class.DATAFLOW)
    kept = {code.id for code in below["CL_AREA"].items}
    assert {"S_A", "X1", "Y"} <= kept
    assert "_Z" not in kept
    assert "CL_SERIES" not in below


def test_a_schema_holds_inherited_codes():
    schema = REGISTRY.data_schema(FLOW.ref, None, deletion=False)
    assert "S_E9" in schema.codes["AREA"]


def test_an_inherited_code_may_be_a_parent():
    code = Code(id="N", parent="S_C", about=named("N"))
    under = replace(AREA, items=(*AREA.items, code), extensions=(extension(SERIES, "S_"),))
    assert "PARENT_UNKNOWN" not in faults(under, SERIES)
    assert "PARENT_UNKNOWN" in faults(replace(under, extensions=()), SERIES)
