"""Which version a change asks for."""

from dataclasses import replace

import pytest
from small_registry import AREA, CATEGORIES, FLOW, STRUCTURE, codes, named, ref

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import AttachmentLevel as Level_
from sdmx_service.model.structures import Attribute, AttributeRelationship, Code, Dimension
from sdmx_service.registry.merging import merged, without_item
from sdmx_service.registry.semver import Level, changes, forerunner, level_of, next_version, rise

CONCEPT = STRUCTURE.dimensions[0].concept
OPTIONAL = Attribute(
    id="NEW", concept=CONCEPT, relationship=AttributeRelationship(level=Level_.OBSERVATION)
)
MOVED = replace(AREA, items=(*AREA.items[:2], replace(AREA.items[2], parent="_T"), *AREA.items[3:]))
CASES = {
    "words": (AREA, replace(AREA, about=named("other")), Level.PATCH),
    "order of codes": (AREA, replace(AREA, items=AREA.items[::-1]), Level.PATCH),
    "code added": (AREA, replace(AREA, items=(*AREA.items, Code(id="N"))), Level.MINOR),
    "code removed": (AREA, replace(AREA, items=AREA.items[:-1]), Level.MAJOR),
    "code moved": (AREA, MOVED, Level.MAJOR),
    "attribute added": (
        STRUCTURE,
        replace(STRUCTURE, attributes=(*STRUCTURE.attributes, OPTIONAL)),
        Level.MINOR,
    ),
    "mandatory attribute added": (
        STRUCTURE,
        replace(STRUCTURE, attributes=(*STRUCTURE.attributes, replace(OPTIONAL, mandatory=True))),
        Level.MAJOR,
    ),
    "dimension added": (
        STRUCTURE,
        replace(
            STRUCTURE, dimensions=(*STRUCTURE.dimensions, Dimension(id="NEW", concept=CONCEPT))
        ),
        Level.MAJOR,
    ),
    "dimensions in another order": (
        STRUCTURE,
        replace(STRUCTURE, dimensions=STRUCTURE.dimensions[::-1]),
        Level.MAJOR,
    ),
    "later minor structure": (
        FLOW,
        replace(FLOW, structure=replace(FLOW.structure, version="1.4.0")),
        Level.MINOR,
    ),
    "other structure": (
        FLOW,
        replace(FLOW, structure=ref(Class.DATA_STRUCTURE, "OTHER")),
        Level.MAJOR,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_levels(case):
    old, new, level = CASES[case]
    assert level_of(changes(old, old)) is None
    assert level_of(changes(old, new)) is level
    assert level_of(changes(old, replace(new, ref=replace(new.ref, version="9.0.0")))) is level


def test_changes_say_where():
    (change,) = changes(AREA, replace(AREA, items=AREA.items[:-1]))
    assert (change.kind, change.path) == ("removed", "_Z")


def test_versions_that_follow():
    assert [next_version("1.2.3", level) for level in Level] == ["1.2.4", "1.3.0", "2.0.0"]
    assert rise("1.2.3", "1.2.4") is Level.PATCH
    assert rise("1.2.3", "1.10.0") is Level.MINOR
    assert rise("1.2.3", "2.0.0") is Level.MAJOR
    assert rise("1.2.3", "1.2.3") is rise("1.2.3", "1.1.9") is None
    held = [None, "1.0", "1.0.0", "1.10.0", "1.9.0", "2.0.0-draft", "3.0.0"]
    assert forerunner("1.11.0", held) == "1.10.0"
    assert forerunner("2.0.0", held) == "3.0.0"
    assert forerunner("1.0.0", ["0.9.0", "1.0"]) is None


def test_a_part_is_laid_over():
    old = codes("CL_X", ("A", None), ("B", None), ("C", None))
    part = codes(
        "CL_X", ("Z", None), ("B", "A"), ("N", None), ("M", None), ("A", None), ("O", None)
    )
    found = merged(old, replace(part, is_partial=True))
    assert [code.id for code in found.items] == ["A", "O", "B", "N", "M", "C", "Z"]
    assert found.items[2].parent == "A"
    assert not found.is_partial


def test_an_item_goes():
    left = without_item(AREA, "X")
    assert [(code.id, code.parent) for code in left.items] == [
        (code.id, None if code.parent == "X" else code.parent)
        for code in AREA.items
        if code.id != "X"
    ]
    assert without_item(AREA, "NONE") is None
    category = CATEGORIES.items[0]
    assert category not in without_item(CATEGORIES, category.id).items
    if category.categories:
        nested = without_item(CATEGORIES, f"{category.id}.{category.categories[0].id}")
        assert nested.items[0].categories == category.categories[1:]
