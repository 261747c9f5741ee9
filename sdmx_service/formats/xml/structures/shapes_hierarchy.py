"""Hierarchies and their associations in SDMX-ML 3, hierarchical code lists in 2.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from sdmx_service.formats.structures.classes_21 import (
    HierarchicalCodelist,
    IncludedCodelist,
    InnerHierarchy,
    PlacedCode,
)
from sdmx_service.formats.xml.structures.building import identified, item, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Codec, Element, Put, Shape
from sdmx_service.formats.xml.structures.parts import ID, boolean, show_boolean, show_true
from sdmx_service.formats.xml.structures.text import attribute_text
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass


def hierarchy_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shapes of hierarchies and of what they are used for."""
    level = _level(dialect)
    if dialect.is_21:
        return {_A.HIERARCHY: _hierarchical_codelist(dialect, level)}
    code = identified(
        dialect,
        model.HierarchicalCode,
        Element("str:Code", "code", dialect.reference(_A.CODELIST, item=True)),
        Element("str:HierarchicalCode", "codes", None, tuple),
        Element("str:Level", "level", ID),
        attributes=_VALIDITY,
    )
    hierarchy = (
        Element("str:Level", "level", level),
        Element("str:HierarchicalCode", "codes", bind(code, dialect.names), tuple),
    )
    formal = Attribute("hasFormalLevels", "has_formal_levels", boolean, show_boolean)
    association = (
        Element("str:LinkedHierarchy", "hierarchy", dialect.reference(_A.HIERARCHY)),
        Element("str:LinkedObject", "linked", dialect.reference()),
        Element("str:ContextObject", "context", dialect.reference()),
    )
    return {
        _A.HIERARCHY: maintainable(dialect, _A.HIERARCHY, model.Hierarchy, hierarchy, (formal,)),
        _A.HIERARCHY_ASSOCIATION: maintainable(
            dialect, _A.HIERARCHY_ASSOCIATION, model.HierarchyAssociation, association
        ),
    }


def check_hierarchy(hierarchy: model.Hierarchy) -> None:
    """Refuse the same id twice in one hierarchy: of codes, which only SDMX 2.1 allows at several
    places, or of levels."""
    parts = (("HierarchicalCode", _ids(hierarchy.codes)), ("Level", _levels(hierarchy.level)))
    for part, names in parts:
        counts = Counter(names)
        twice = next((name for name, count in counts.items() if count > 1), None)
        if twice is not None:
            found = f"Hierarchy {hierarchy.ref.short} {part} {twice}"
            raise refuse("FORMAT_CANNOT_CARRY", found=found)


def _levels(level: model.Level | None) -> Iterator[str]:
    while level is not None:
        yield level.id
        level = level.level


def _ids(codes: Iterable[model.HierarchicalCode]) -> Iterator[str]:
    for code in codes:
        yield code.id
        yield from _ids(code.codes)


_VALIDITY = (
    Attribute("validFrom", "about.valid_from"),
    Attribute("validTo", "about.valid_to"),
)


def _level(dialect: Dialect) -> Codec:
    coding = Element("str:CodingFormat", "coding_format", dialect.text_format())
    return bind(
        item(dialect, model.Level, coding, Element("str:Level", "level", None)), dialect.names
    )


def _hierarchical_codelist(dialect: Dialect, level: Codec) -> Shape:
    code = identified(
        dialect,
        PlacedCode,
        Element("str:Code", "code", dialect.reference(_A.CODELIST, item=True)),
        Element("str:CodelistAliasRef", "alias", ID),
        Element("str:CodeID", "code_id", dialect.local),
        Element("str:HierarchicalCode", "codes", None, tuple),
        Element("str:Level", "level", dialect.local),
        attributes=_VALIDITY,
    )
    code = replace(code, ignored={**(code.ignored or {}), "version": "1.0"})
    inner = item(
        dialect,
        InnerHierarchy,
        Element("str:HierarchicalCode", "codes", bind(code, dialect.names), tuple),
        Element("str:Level", "level", level),
        attributes=(Attribute("leveled", "is_leveled", boolean, show_true),),
    )
    parts = (
        Element("str:IncludedCodelist", "included", _included(dialect), tuple),
        Element("str:Hierarchy", "hierarchies", bind(inner, dialect.names), tuple),
    )
    return maintainable(dialect, _A.HIERARCHY, HierarchicalCodelist, parts)


def _included(dialect: Dialect) -> Codec:
    """A reference that says by which name it is meant."""
    reference = dialect.reference(_A.CODELIST)

    def read(element: etree._Element) -> IncludedCodelist:
        alias = element.get("alias")
        element.attrib.pop("alias", "")
        return IncludedCodelist(codelist=reference.read(element), alias=alias)

    def write(put: Put, tag: str, value: IncludedCodelist) -> None:
        alias = "" if value.alias is None else f' alias="{attribute_text(value.alias)}"'
        written: list[str] = []
        reference.write(written.append, tag, value.codelist)
        put("".join(written).replace(f"<{tag}>", f"<{tag}{alias}>", 1))

    return Codec(read, write)
