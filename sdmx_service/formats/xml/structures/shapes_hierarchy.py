"""Hierarchies and their associations in SDMX-ML 3."""

from __future__ import annotations

from sdmx_service.formats.xml.structures.building import identified, item, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Element, Shape
from sdmx_service.formats.xml.structures.parts import ID, boolean, show_boolean
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass


def hierarchy_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shapes of hierarchies and of what they are used for."""
    if dialect.is_21:
        return {}
    level = item(
        dialect,
        model.Level,
        Element("str:CodingFormat", "coding_format", dialect.text_format()),
        Element("str:Level", "level", None),
    )
    code = identified(
        dialect,
        model.HierarchicalCode,
        Element("str:Code", "code", dialect.reference(_A.CODELIST, item=True)),
        Element("str:HierarchicalCode", "codes", None, tuple),
        Element("str:Level", "level", ID),
        attributes=(
            Attribute("validFrom", "about.valid_from"),
            Attribute("validTo", "about.valid_to"),
        ),
    )
    hierarchy = (
        Element("str:Level", "level", bind(level, dialect.names)),
        Element("str:HierarchicalCode", "codes", bind(code, dialect.names), tuple),
    )
    formal = Attribute("hasFormalLevels", "has_formal_levels", boolean, show_boolean)
    association = (
        Element("str:LinkedHierarchy", "hierarchy", dialect.reference(_A.HIERARCHY), needed=True),
        Element("str:LinkedObject", "linked", dialect.reference(), needed=True),
        Element("str:ContextObject", "context", dialect.reference()),
    )
    return {
        _A.HIERARCHY: maintainable(dialect, _A.HIERARCHY, model.Hierarchy, hierarchy, (formal,)),
        _A.HIERARCHY_ASSOCIATION: maintainable(
            dialect, _A.HIERARCHY_ASSOCIATION, model.HierarchyAssociation, association
        ),
    }
