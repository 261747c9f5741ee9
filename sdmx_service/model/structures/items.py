"""Schemes of items: code lists of every kind, value lists, concepts, categories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About
from sdmx_service.model.structures.representation import Representation


class Cascade(StrEnum):
    """Whether what stands below a code is meant as well; the last: only what stands below."""

    NO = "false"
    YES = "true"
    BELOW = "excluderoot"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberValue:
    """A code, or several by the wildcard ``%``."""

    value: str
    cascade: Cascade = Cascade.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSelection:
    """Codes taken from an extended list, or all but these."""

    include: bool = True
    members: tuple[MemberValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodelistExtension:
    """Another code list whose codes, or some of them, belong to this one too."""

    codelist: Ref
    prefix: str | None = None
    selection: CodeSelection | None = None

    @property
    def selections(self) -> tuple[CodeSelection, ...]:
        """The selection, if any, as one of none or one."""
        return () if self.selection is None else (self.selection,)

    @property
    def included(self) -> CodeSelection | None:
        """The selection where it includes."""
        return self.selection if self.selection and self.selection.include else None

    @property
    def excluded(self) -> CodeSelection | None:
        """The selection where it excludes."""
        return self.selection if self.selection and not self.selection.include else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    id: str
    about: About = About()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Codelist:
    ref: Ref
    about: About = About()
    items: tuple[Code, ...] = ()
    is_partial: bool = False
    extensions: tuple[CodelistExtension, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoFeatureSetCode:
    """A code whose place is a set of features (``value``, in the notation of SDMX)."""

    id: str
    value: str
    about: About = About()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeographicCodelist:
    ref: Ref
    about: About = About()
    items: tuple[GeoFeatureSetCode, ...] = ()
    is_partial: bool = False
    extensions: tuple[CodelistExtension, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoGridCode:
    """A code whose place is a cell of the grid."""

    id: str
    cell: str
    about: About = About()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoGridCodelist:
    ref: Ref
    grid: str | None = None
    about: About = About()
    items: tuple[GeoGridCode, ...] = ()
    is_partial: bool = False
    extensions: tuple[CodelistExtension, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueItem:
    """A value of a value list; its id is the value itself and may hold any character."""

    id: str
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueList:
    ref: Ref
    about: About = About()
    items: tuple[ValueItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IsoConceptReference:
    """The concept of ISO 11179 that a concept stands for."""

    agency: str
    scheme: str
    concept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    id: str
    about: About = About()
    parent: str | None = None
    core_representation: Representation | None = None
    iso_reference: IsoConceptReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptScheme:
    ref: Ref
    about: About = About()
    items: tuple[Concept, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category; unlike codes, categories are nested."""

    id: str
    about: About = About()
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryScheme:
    ref: Ref
    about: About = About()
    items: tuple[Category, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorisation:
    """``source`` is filed under ``target``, which is a category (its dot path is the item)."""

    ref: Ref
    source: Ref
    target: Ref
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingCategory:
    """What is reported together: ``structures`` or ``flows``, one of the two."""

    id: str
    about: About = About()
    categories: tuple[ReportingCategory, ...] = ()
    structures: tuple[Ref, ...] = ()
    flows: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingTaxonomy:
    ref: Ref
    about: About = About()
    items: tuple[ReportingCategory, ...] = ()
    is_partial: bool = False
