"""Metadata attributes in use as attributes of the data structure: which, where, of what kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import layout_of
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Concept,
    ConceptScheme,
    DataStructure,
    MetadataStructure,
    Representation,
    TextFormat,
)
from sdmx_service.registry.check import check_structures
from sdmx_service.registry.index import index_of
from sdmx_service.registry.reference_metadata import repeated_paths, with_metadata_attributes
from sdmx_service.registry.semver import Level, changes, level_of
from tests.facts import CONCEPT, context_of
from tests.facts_metadata import (
    ATTRIBUTES,
    MSD,
    OF_AREA,
    OF_DATASET,
    OF_GROUP,
    OF_OBSERVATION,
    PATHS,
    USAGES,
    expanded,
    metadata_attribute,
    usage,
)

PLAIN = context_of().data_structure
METADATA = MetadataStructure(ref=MSD, attributes=ATTRIBUTES)
USING = replace(PLAIN, metadata=MSD, metadata_usages=USAGES)


def of(structure: DataStructure) -> dict[str, object]:
    columns = layout_of(structure).attributes
    return {one.id: one for one in columns if one.metadata}


def test_a_usage_brings_what_stands_below_and_the_nearer_one_counts() -> None:
    structure = expanded(USING, METADATA)
    assert structure.attributes[: len(PLAIN.attributes)] == PLAIN.attributes
    layout = layout_of(structure)
    assert layout.metadata_attributes == PATHS
    assert layout.without_metadata() == replace(layout_of(PLAIN))
    columns = {one.id: (one.dimensions, one.observation) for one in layout.attributes}
    assert {name: columns[name] for name in PATHS} == {
        "LICENCE": ((), False),
        "PRODUCED": ((), False),
        "CONTACT.NAME": (("AREA",), False),
        "CONTACT.KIND": (("AREA",), False),
        "METHOD": (("SECTOR",), False),
        "METHOD.NAME": ((), True),
        "QUALITY": ((), True),
        "REMARKED": (("AREA",), False),
    }
    assert layout.multiple == ("PRODUCED", "QUALITY")
    assert layout.multilingual == ("PRODUCED", "REMARKED")
    assert not any(one.mandatory for one in layout.attributes if one.metadata)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_usages_changes_nothing(order: int) -> None:
    turned = replace(USING, metadata_usages=USAGES[::order])
    assert layout_of(expanded(turned, METADATA)) == layout_of(expanded(USING, METADATA))


def test_nothing_is_added_where_nothing_is_used_or_known() -> None:
    assert expanded(PLAIN, METADATA) is PLAIN
    other = replace(METADATA, ref=replace(MSD, id="OTHER"))
    assert expanded(USING, other) is USING
    assert of(expanded(replace(USING, metadata_usages=()), METADATA)) == {}


def test_what_stands_below_what_repeats_has_no_column_but_a_name() -> None:
    deep = metadata_attribute("C", metadata_attribute("D"))
    tree = MetadataStructure(
        ref=MSD,
        attributes=(
            metadata_attribute("A", deep, metadata_attribute("E"), most="unbounded"),
            metadata_attribute("B", metadata_attribute("F", most=5), most=1),
        ),
    )
    used = replace(PLAIN, metadata=MSD, metadata_usages=(usage("A", OF_AREA), usage("B", OF_AREA)))
    assert tuple(of(expanded(used, tree))) == ("B.F",)
    assert repeated_paths(index_of([used, tree]), used) == {"A.C", "A.C.D", "A.E"}
    # Given by itself, what repeats is a list as any.
    alone = replace(tree.attributes[0], attributes=())
    structure = expanded(used, replace(tree, attributes=(alone,)))
    assert layout_of(structure).multiple == ("A",)


def test_a_bare_id_means_the_one_attribute_that_has_it() -> None:
    """SDMX-ML has no place for a path in a usage."""
    used = replace(PLAIN, metadata=MSD, metadata_usages=(usage("KIND", OF_OBSERVATION),))
    assert tuple(of(expanded(used, METADATA))) == ("CONTACT.KIND",)
    unclear = replace(used, metadata_usages=(usage("NAME", OF_OBSERVATION),))
    assert of(expanded(unclear, METADATA)) == {}


def test_the_representation_is_its_own_or_its_concepts() -> None:
    said = Representation(text_format=TextFormat(data_type="Integer", max_value="9"))
    scheme = Ref(ArtefactClass.CONCEPT_SCHEME, "T", "CS", "1.0")
    concepts = ConceptScheme(
        ref=scheme, items=(Concept(id="C", core_representation=said), Concept(id="D"))
    )
    tree = MetadataStructure(
        ref=MSD,
        attributes=(
            metadata_attribute("OF_CONCEPT", most=2),
            replace(metadata_attribute("OF_NOTHING"), concept=replace(CONCEPT, item="D")),
        ),
    )
    names = ("OF_CONCEPT", "OF_NOTHING")
    used = replace(
        PLAIN, metadata=MSD, metadata_usages=tuple(usage(name, OF_AREA) for name in names)
    )
    found = with_metadata_attributes(index_of([used, tree, concepts]), used).attributes[-2:]
    assert [one.representation for one in found] == [
        replace(said, max_occurs=2),
        Representation(),
    ]


@pytest.mark.parametrize(
    ("used", "code"),
    [
        (usage("NONE", OF_DATASET), "REFERENCE_DANGLING"),
        (usage("LICENCE", replace(OF_AREA, dimensions=("NONE",))), "REFERENCE_DANGLING"),
        (usage("LICENCE", replace(OF_GROUP, group="NONE")), "REFERENCE_DANGLING"),
        (usage("COMMENT", OF_DATASET), "COMPONENT_TWICE"),
    ],
    ids=["unknown", "on no dimension", "on no group", "called as a component"],
)
def test_usages_that_are_not_sound_are_told(used: object, code: str) -> None:
    tree = replace(METADATA, attributes=(*ATTRIBUTES, metadata_attribute("COMMENT")))
    for structure, expected in (
        (replace(USING, metadata_usages=(*USAGES, used)), 1),  # type: ignore[arg-type]
        (USING, 0),
    ):
        problems = ProblemCollector()
        check_structures([structure, tree], problems)
        found = [one for one in problems.report().problems if one.code == code]
        told = sum(one.count for one in found)
        before = ProblemCollector()
        check_structures([replace(structure, metadata_usages=()), tree], before)
        known = sum(one.count for one in before.report().problems if one.code == code)
        assert told - known == expected
        assert layout_of(expanded(structure, tree)).metadata_attributes == PATHS


def test_versions() -> None:
    """Metadata may be linked and used by a minor version, and stay as they are."""
    stable = replace(USING, metadata=replace(MSD, version="1.0.0"))
    without = replace(PLAIN, metadata=None, metadata_usages=())
    assert level_of(changes(without, stable)) is Level.MINOR
    assert level_of(changes(stable, without)) is Level.MAJOR
    later = replace(stable, metadata=replace(MSD, version="1.1.0"))
    assert level_of(changes(stable, later)) is Level.MINOR
    other = replace(stable, metadata=replace(MSD, id="OTHER"))
    assert level_of(changes(stable, other)) is Level.MAJOR
    more = replace(stable, metadata_usages=(*USAGES, usage("CONTACT.NAME", OF_OBSERVATION)))
    assert level_of(changes(stable, more)) is Level.MINOR
    moved = replace(stable, metadata_usages=(usage("LICENCE", OF_AREA), *USAGES[1:]))
    assert level_of(changes(stable, moved)) is Level.MAJOR
