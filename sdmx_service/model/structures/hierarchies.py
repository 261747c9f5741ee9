"""Hierarchies over codes of any lists, and what they are used for."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About
from sdmx_service.model.structures.representation import TextFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a hierarchy and the one below it."""

    id: str
    about: About = About()
    coding_format: TextFormat | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchicalCode:
    """A code in its place; ``about`` has its validity, ``level`` the path of its level."""

    id: str
    code: Ref
    about: About = About()
    codes: tuple[HierarchicalCode, ...] = ()
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    ref: Ref
    about: About = About()
    has_formal_levels: bool = False
    level: Level | None = None
    codes: tuple[HierarchicalCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchyAssociation:
    """``hierarchy`` orders what ``linked`` is (a dimension, a code list), within ``context``; only
    a stub may leave them out."""

    ref: Ref
    hierarchy: Ref | None = None
    linked: Ref | None = None
    context: Ref | None = None
    about: About = About()
