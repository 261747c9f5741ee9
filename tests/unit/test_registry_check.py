"""Faults of structures among themselves."""

from dataclasses import replace

from small_registry import (
    AREA,
    ARTEFACTS,
    BY_INT,
    CATEGORIES,
    FILED,
    FLOW,
    ON_FLOW,
    PROVIDERS,
    STRUCTURE,
    agreement,
    codes,
    named,
    ref,
)

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    About,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Category,
    Contact,
    CubeRegion,
    DataKey,
    DataKeySet,
    MemberSelection,
    Organisation,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.check import check_structures


def faults(*changed):
    """Problems of the small registry with these artefacts in place of theirs."""
    refs = {artefact.ref for artefact in changed}
    rest = tuple(artefact for artefact in ARTEFACTS if artefact.ref not in refs)
    problems = ProblemCollector()
    check_structures((*rest, *changed), problems)
    return {
        entry.code: [dict(sample.arguments) for sample in entry.samples]
        for entry in problems.report().problems
    }


def test_sound_structures_have_no_fault():
    assert faults() == {}


def test_the_same_artefact_twice():
    assert faults(AREA, AREA)["ARTEFACT_TWICE"] == [{"artefact": "Codelist=AG:CL_AREA(1.0.0)"}]


def test_dangling_references():
    lost = replace(FLOW, structure=ref(Class.DATA_STRUCTURE, "DSD", "9.0.0"))
    found = faults(lost)["REFERENCE_DANGLING"]
    assert {"found": "DataStructure=AG:DSD(9.0.0)", "artefact": "Dataflow=AG:DF(1.0.0)"} in found


def test_a_reference_to_no_version_dangles():
    lost = replace(FLOW, structure=ref(Class.DATA_STRUCTURE, "DSD", "1.x"))
    found = faults(lost)["REFERENCE_DANGLING"]
    assert "DataStructure=AG:DSD(1.x)" in [entry["found"] for entry in found]


def test_dangling_items():
    nobody = agreement(FLOW, "NOBODY")
    astray = replace(FILED, target=replace(FILED.target, item="P.X"))
    found = {entry["found"] for entry in faults(nobody, astray)["REFERENCE_DANGLING"]}
    assert found == {
        "DataProviderScheme=AG:DATA_PROVIDERS.NOBODY",
        "CategoryScheme=AG:CAS(1.0.0).P.X",
    }


def test_missing_translations_of_artefacts_and_items():
    half = About(names=LocalisedText.of({"fr": "x", "en": "x"}))
    flow = replace(FLOW, about=half)
    scheme = replace(CATEGORIES, items=(*CATEGORIES.items, Category(id="N", about=half)))
    found = faults(flow, scheme)["TRANSLATION_MISSING"]
    assert {"language": "ar", "artefact": "Dataflow=AG:DF(1.0.0)"} in found
    assert {"language": "ar", "artefact": "CategoryScheme=AG:CAS(1.0.0).N"} in found
    assert len(found) == 2


def test_contacts_are_translated_as_well():
    contact = Contact(names=LocalisedText.of({"fr": "x"}))
    scheme = replace(
        PROVIDERS, items=(Organisation(id="INT", about=named("INT"), contacts=(contact,)),)
    )
    found = faults(scheme)["TRANSLATION_MISSING"]
    assert [entry["language"] for entry in found] == ["en", "ar"]


def test_versions():
    found = faults(codes("CL_ODD", version="1.x"), codes("CL_NONE", version=None))
    assert [entry["found"] for entry in found["VERSION_MALFORMED"]] == ["1.x", ""]


def test_items_parents_and_cycles():
    odd = codes(
        "CL_ODD", ("A", "B"), ("B", "A"), ("C", "NONE"), ("D", "A"), ("E", None), ("E", None)
    )
    found = faults(odd)
    assert [entry["item"] for entry in found["PARENT_CYCLE"]] == ["A", "B"]
    assert [entry["item"] for entry in found["PARENT_UNKNOWN"]] == ["C"]
    assert [entry["item"] for entry in found["ITEM_TWICE"]] == ["E"]


def test_components():
    twice = replace(STRUCTURE, dimensions=(*STRUCTURE.dimensions, STRUCTURE.dimensions[0]))
    assert [entry["component"] for entry in faults(twice)["COMPONENT_TWICE"]] == ["AREA"]
    astray = Attribute(
        id="NOTE",
        concept=STRUCTURE.measures[0].concept,
        relationship=AttributeRelationship(
            level=AttachmentLevel.DIMENSIONS, dimensions=("AREA", "NONE")
        ),
    )
    found = faults(replace(STRUCTURE, attributes=(astray,)))["REFERENCE_DANGLING"]
    assert [entry["found"] for entry in found] == ["NONE"]


def test_constraint_values():
    region = CubeRegion(
        members=(
            MemberSelection(component="AREA", values=("X", "QQ")),
            MemberSelection(component="NONE", values=("X",)),
        )
    )
    found = faults(replace(ON_FLOW, cube_regions=(region,)))
    assert found["CODE_UNKNOWN"] == [{"value": "QQ", "codelist": "AG:CL_AREA(1.0.0)"}]
    assert [entry["found"] for entry in found["REFERENCE_DANGLING"]] == ["NONE"]


def test_annotations_that_steer():
    odd = agreement(FLOW, "INT", SHARING_TIER="Public", PRECEDENCE="1st", AGGREGATE_OVER="AREA:X")
    found = [entry["found"] for entry in faults(odd)["RULE_MALFORMED"]]
    assert found == [
        "SHARING_TIER Public",
        "PRECEDENCE 1st",
        "AGGREGATE_OVER AREA:X",
        "AGGREGATE_FROM AGGREGATE_MINIMUM",
    ]


def test_aggregates_name_known_components_and_codes():
    rule = {"AGGREGATE_FROM": "SEX:F>M", "AGGREGATE_MINIMUM": "1", "AGGREGATE_SET": "STATUS=E"}
    odd = agreement(FLOW, "INT", AGGREGATE_OVER="AREA:X,QQ>_T", **rule)
    found = faults(odd)
    assert [entry["value"] for entry in found["CODE_UNKNOWN"]] == ["QQ", "E"]
    none = agreement(FLOW, "INT", **{**rule, "AGGREGATE_SET": "NONE=A"}, AGGREGATE_OVER="AREA:X>Y")
    assert [entry["found"] for entry in faults(none)["RULE_MALFORMED"]] == ["NONE=A"]
    assert BY_INT.ref == odd.ref


def test_countries():
    odd = Organisation(id="ODD", about=named("ODD", COUNTRY="France"))
    scheme = replace(PROVIDERS, items=(*PROVIDERS.items, odd))
    assert faults(scheme)["RULE_MALFORMED"] == [
        {"found": "COUNTRY France", "artefact": "DataProviderScheme=AG:DATA_PROVIDERS.ODD"}
    ]


def test_key_sets_are_looked_at_like_regions():
    wrong = MemberSelection(component="AREA", values=("NOWHERE",))
    lost = MemberSelection(component="LOST", values=("A",))
    keys = DataKeySet(keys=(DataKey(members=(wrong, lost)),))
    found = faults(replace(ON_FLOW, key_sets=(keys,)))
    assert found["CODE_UNKNOWN"] == [{"value": "NOWHERE", "codelist": "AG:CL_AREA(1.0.0)"}]
    assert found["REFERENCE_DANGLING"][0]["found"] == "LOST"


def test_limits_of_time_that_are_no_periods():
    area = MemberSelection(component="AREA", values=("X",), valid_from="soon")
    time = MemberSelection(component="TIME_PERIOD", values=("2020-13",))
    keys = DataKeySet(keys=(DataKey(members=(area,), valid_to="later"),))
    regions = (CubeRegion(members=(area, time)),)
    found = faults(replace(ON_FLOW, cube_regions=regions, key_sets=(keys,)))
    assert {one["found"] for one in found["RULE_MALFORMED"]} == {"soon", "2020-13", "later"}
