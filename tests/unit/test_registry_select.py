"""Structure queries on a registry small enough to know the answers by heart."""

import random

import pytest
from small_registry import (
    AGENCIES,
    AREA,
    ARTEFACTS,
    BY_NSO,
    CATEGORIES,
    CONCEPTS,
    FLOW,
    PROVIDERS,
    SEX,
    SEX_DRAFT,
    SEX_OLD,
    STRUCTURE,
    SUB_LIST,
    ref,
)

from sdmx_service.model.problem import Refused
from sdmx_service.model.query import ArtefactSelection, Detail, References, StructureQuery
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.registry.registry import Registry

REGISTRY = Registry(ARTEFACTS)


def ask(artefact, *ids, versions=("~",), **rest):
    message = REGISTRY.select(
        StructureQuery(
            classes=(artefact,) if artefact else (),
            artefacts=ArtefactSelection(ids=ids, versions=versions),
            **rest,
        )
    )
    return {entry.ref: entry for entry in message.artefacts}, message


def ids(found):
    return {entry.id for entry in found}


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (("~",), [SEX_DRAFT]),
        (("+",), [SEX]),
        (("*",), [SEX_OLD, SEX, SEX_DRAFT]),
        (("1.0.0",), [SEX_OLD]),
        (("1.0.0", "+"), [SEX_OLD, SEX]),
        (("4.0.0",), []),
    ],
)
def test_versions(versions, expected):
    found, _ = ask(Class.CODELIST, "CL_SEX", versions=versions)
    assert list(found.values()) == expected


def test_a_malformed_version_is_refused():
    with pytest.raises(Refused):
        ask(Class.CODELIST, "CL_SEX", versions=("++",))


def test_agencies_and_ids_are_lists():
    query = StructureQuery(artefacts=ArtefactSelection(agencies=("AG.SUB", "NONE")))
    assert [entry.ref for entry in REGISTRY.select(query).artefacts] == [SUB_LIST.ref]
    found, _ = ask(Class.CODELIST, "CL_AREA", "CL_STATUS")
    assert ids(found) == {"CL_AREA", "CL_STATUS"}


def test_an_unversioned_scheme_is_found_by_the_version_of_21():
    found, _ = ask(Class.DATA_PROVIDER_SCHEME, "DATA_PROVIDERS", versions=("1.0",))
    assert list(found) == [PROVIDERS.ref]


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (References.NONE, {"DF"}),
        (References.CHILDREN, {"DF", "DSD"}),
        (
            References.DESCENDANTS,
            {"DF", "DSD", "CS", "CL_AREA", "CL_SEX", "CL_STATUS", "CL_UNUSED"},
        ),
        (References.PARENTS, {"DF", "CAT", "DC_DF", "PA_DF_NSO", "PA_DF_INT"}),
        (
            References.PARENTS_AND_SIBLINGS,
            {"DF", "CAT", "DC_DF", "PA_DF_NSO", "PA_DF_INT", "CAS", "DATA_PROVIDERS"},
        ),
        (References.ANCESTORS, {"DF", "CAT", "DC_DF", "PA_DF_NSO", "PA_DF_INT", "DC_PA"}),
        (
            References.ALL,
            {"DF", "CAT", "DC_DF", "PA_DF_NSO", "PA_DF_INT", "CAS", "DATA_PROVIDERS", "DSD", "CS"}
            | {"CL_AREA", "CL_SEX", "CL_STATUS", "CL_UNUSED"},
        ),
    ],
)
def test_references_of_a_dataflow(references, expected):
    found, message = ask(Class.DATAFLOW, "DF", references=references)
    assert ids(found) == expected
    assert len(found) == len(message.artefacts)


def test_a_concrete_class_reaches_any_distance():
    found, _ = ask(Class.DATAFLOW, "DF", reference_classes=(Class.CODELIST,))
    assert ids(found) == {"DF", "CL_AREA", "CL_SEX", "CL_STATUS", "CL_UNUSED"}


def test_a_wildcard_reference_is_followed_to_the_latest():
    found, _ = ask(Class.DATAFLOW, "DF_OTHER", references=References.CHILDREN)
    assert STRUCTURE.ref in found


def test_a_sub_agency_leads_to_its_scheme():
    found, _ = ask(Class.CODELIST, "CL_OWN", references=References.CHILDREN)
    assert AGENCIES.ref in found


def test_items_make_a_partial_scheme():
    found, _ = ask(Class.CODELIST, "CL_AREA", items=("X1",))
    scheme = found[AREA.ref]
    assert [code.id for code in scheme.items] == ["X1"]
    assert scheme.is_partial


def test_a_nested_category_comes_with_its_ancestors():
    found, _ = ask(Class.CATEGORY_SCHEME, items=("P.R",))
    (top,) = found[CATEGORIES.ref].items
    assert (top.id, [category.id for category in top.categories]) == ("P", ["R"])


def test_schemes_without_the_item_are_no_answer():
    found, _ = ask(None, items=("X1",))
    assert list(found) == [AREA.ref]


def test_stubs():
    found, message = ask(
        Class.DATAFLOW, "DF", references=References.DESCENDANTS, detail=Detail.REFERENCE_STUBS
    )
    assert message.stubs == set(found) - {FLOW.ref}
    assert found[FLOW.ref] == FLOW
    assert found[AREA.ref].items == ()
    assert found[AREA.ref].about.names
    assert not found[AREA.ref].about.descriptions
    assert found[STRUCTURE.ref].dimensions == ()


def test_complete_stubs_keep_descriptions_and_annotations():
    found, message = ask(Class.PROVISION_AGREEMENT, detail=Detail.ALL_COMPLETE_STUBS)
    assert message.stubs == set(found)
    assert found[BY_NSO.ref].about == BY_NSO.about


def partial(artefact, *wanted, references=References.ALL):
    return ask(artefact, *wanted, references=references, detail=Detail.REFERENCE_PARTIAL)[0]


def items(artefact):
    return [item.id for item in artefact.items]


def test_partial_lists_hold_what_constraints_leave_and_its_parents():
    of_flow = partial(Class.DATAFLOW, "DF")
    assert items(of_flow[AREA.ref]) == ["_T", "X", "X1", "Y"]
    assert of_flow[AREA.ref].is_partial
    of_agreement = partial(
        Class.PROVISION_AGREEMENT, "PA_DF_NSO", references=References.DESCENDANTS
    )
    assert items(of_agreement[AREA.ref]) == ["_T", "X", "X1"]


def test_a_list_in_full_use_is_not_partial():
    found = partial(Class.DATAFLOW, "DF")
    assert found[SEX_OLD.ref] == SEX_OLD


def test_partial_concepts_drop_the_lists_only_they_named():
    found = partial(Class.DATAFLOW, "DF")
    assert "UNUSED" not in items(found[CONCEPTS.ref])
    assert "CL_UNUSED" not in ids(found)
    assert ids(found) >= {"CL_AREA", "CL_SEX", "CL_STATUS"}


def test_partial_schemes_of_categories_providers_and_agencies():
    found = partial(Class.DATAFLOW, "DF")
    (top,) = found[CATEGORIES.ref].items
    assert [category.id for category in top.categories] == ["Q"]
    assert items(found[PROVIDERS.ref]) == ["NSO", "INT"]
    assert items(partial(Class.CODELIST, "CL_OWN")[AGENCIES.ref]) == ["SUB"]


def test_partial_concepts_of_a_code_list_are_those_that_use_it():
    found = partial(Class.CODELIST, "CL_STATUS", references=References.PARENTS)
    assert items(found[CONCEPTS.ref]) == ["STATUS"]


def test_what_was_asked_for_is_never_partial():
    found = partial(Class.CODELIST, "CL_AREA")
    assert found[AREA.ref] == AREA


def test_the_order_does_not_depend_on_the_order_of_loading():
    shuffled = list(ARTEFACTS)
    random.Random(1).shuffle(shuffled)
    query = StructureQuery(references=References.ALL)
    assert Registry(shuffled).select(query) == REGISTRY.select(query)


def test_get_understands_versions():
    assert REGISTRY.get(ref(Class.CODELIST, "CL_SEX", None)) == SEX_DRAFT
    assert REGISTRY.get(ref(Class.CODELIST, "CL_SEX", "latest")) == SEX_DRAFT
    assert REGISTRY.get(ref(Class.CODELIST, "CL_SEX", "+")) == SEX
    assert REGISTRY.get(ref(Class.CODELIST, "CL_SEX", "1.0.+")) == SEX_OLD
    assert REGISTRY.get(ref(Class.CODELIST, "CL_SEX", "3.0.0")) is None
    assert REGISTRY.get(ref(Class.CODELIST, "CL_NONE")) is None
    assert REGISTRY.get(ref(Class.DATA_PROVIDER_SCHEME, "DATA_PROVIDERS", "1.0")) == PROVIDERS
