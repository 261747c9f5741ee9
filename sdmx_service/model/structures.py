"""The SDMX 3.0 information model of structures, as values.

One class per artefact, frozen; what all share stands in ``About`` and in ``ref``.
No parsing and no resolving of references happens here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sdmx_service.model.refs import Ref
from sdmx_service.model.regions import CubeRegion
from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What is said beside the model: ``type`` names the kind, the rest is free."""

    type: str | None = None
    id: str | None = None
    title: str | None = None
    url: str | None = None
    value: str | None = None
    text: LocalisedText = LocalisedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Names, descriptions, annotations and validity: what every artefact and item may carry.

    ``valid_from`` and ``valid_to`` are the text of the message, on maintainable artefacts only.
    """

    names: LocalisedText = LocalisedText()
    descriptions: LocalisedText = LocalisedText()
    annotations: tuple[Annotation, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None

    def annotation(self, kind: str) -> Annotation | None:
        """The first annotation of this type, or None."""
        return next((note for note in self.annotations if note.type == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """How an uncoded component is written (SDMX TextFormat; ``data_type`` is its textType)."""

    data_type: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_value: str | None = None
    max_value: str | None = None
    start_value: str | None = None
    end_value: str | None = None
    interval: str | None = None
    decimals: int | None = None
    pattern: str | None = None
    is_sequence: bool | None = None
    is_multilingual: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A code list, or a format; with neither, what the concept says applies.

    With both, the format is that of the codes. ``min_occurs`` as SDMX 3.0 gives it; components of
    several values are not held.
    """

    enumeration: Ref | None = None
    text_format: TextFormat | None = None
    min_occurs: int | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    id: str
    about: About = About()
    parent: str | None = None
    core_representation: Representation | None = None


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
class Contact:
    id: str | None = None
    names: LocalisedText = LocalisedText()
    departments: LocalisedText = LocalisedText()
    roles: LocalisedText = LocalisedText()
    telephones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An agency, data provider or data consumer, by the scheme it stands in."""

    id: str
    about: About = About()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationScheme:
    """An agency, data provider or data consumer scheme; ``ref.artefact`` says which."""

    ref: Ref
    about: About = About()
    items: tuple[Organisation, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    id: str
    concept: Ref
    about: About = About()
    representation: Representation | None = None
    roles: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    id: str
    dimensions: tuple[str, ...]
    about: About = About()


class AttachmentLevel(StrEnum):
    """What an attribute is attached to (SDMX 3.0 AttributeRelationship)."""

    DATAFLOW = "dataflow"
    GROUP = "group"
    DIMENSIONS = "dimensions"
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRelationship:
    level: AttachmentLevel
    dimensions: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    id: str
    concept: Ref
    relationship: AttributeRelationship
    about: About = About()
    representation: Representation | None = None
    mandatory: bool = False
    roles: tuple[Ref, ...] = ()
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    id: str
    concept: Ref
    about: About = About()
    representation: Representation | None = None
    mandatory: bool = False
    roles: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStructure:
    """A data structure definition; the time dimension stands apart from the others."""

    ref: Ref
    about: About = About()
    dimensions: tuple[Dimension, ...] = ()
    time_dimension: Dimension | None = None
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataflow:
    ref: Ref
    structure: Ref
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionAgreement:
    """Who sends which dataflow; ``data_provider`` is an item of a data provider scheme."""

    ref: Ref
    dataflow: Ref
    data_provider: Ref
    about: About = About()


class ConstraintRole(StrEnum):
    ALLOWED = "Allowed"
    ACTUAL = "Actual"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConstraint:
    """What may be (allowed) or is (actual) reported for the artefacts it is attached to."""

    ref: Ref
    about: About = About()
    role: ConstraintRole = ConstraintRole.ALLOWED
    attachment: tuple[Ref, ...] = ()
    cube_regions: tuple[CubeRegion, ...] = ()


ItemScheme = Codelist | ConceptScheme | CategoryScheme | OrganisationScheme
Artefact = (
    ItemScheme | Categorisation | DataStructure | Dataflow | ProvisionAgreement | DataConstraint
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureMessage:
    """Artefacts that travel together; ``stubs`` names those of which only the name is given."""

    artefacts: tuple[Artefact, ...] = ()
    stubs: frozenset[Ref] = field(default_factory=frozenset)
