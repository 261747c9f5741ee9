"""How artefacts are named: classes, references, URNs and versions.

No lookup and no reading of structures happens here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class ArtefactClass(StrEnum):
    """The class part of an SDMX 3.0 URN; the value is the name used in the URN. Attachment
    constraints are of SDMX 2.1 only."""

    AGENCY_SCHEME = "AgencyScheme"
    ATTACHMENT_CONSTRAINT = "AttachmentConstraint"
    CATEGORISATION = "Categorisation"
    CATEGORY_SCHEME = "CategoryScheme"
    CATEGORY_SCHEME_MAP = "CategorySchemeMap"
    CODELIST = "Codelist"
    CONCEPT_SCHEME = "ConceptScheme"
    CONCEPT_SCHEME_MAP = "ConceptSchemeMap"
    CUSTOM_TYPE_SCHEME = "CustomTypeScheme"
    DATA_CONSTRAINT = "DataConstraint"
    DATA_CONSUMER_SCHEME = "DataConsumerScheme"
    DATA_PROVIDER_SCHEME = "DataProviderScheme"
    DATA_STRUCTURE = "DataStructure"
    DATAFLOW = "Dataflow"
    GEO_GRID_CODELIST = "GeoGridCodelist"
    GEOGRAPHIC_CODELIST = "GeographicCodelist"
    HIERARCHY = "Hierarchy"
    HIERARCHY_ASSOCIATION = "HierarchyAssociation"
    METADATA_CONSTRAINT = "MetadataConstraint"
    METADATA_PROVIDER_SCHEME = "MetadataProviderScheme"
    METADATA_PROVISION_AGREEMENT = "MetadataProvisionAgreement"
    METADATA_STRUCTURE = "MetadataStructure"
    METADATAFLOW = "Metadataflow"
    NAME_PERSONALISATION_SCHEME = "NamePersonalisationScheme"
    ORGANISATION_SCHEME_MAP = "OrganisationSchemeMap"
    ORGANISATION_UNIT_SCHEME = "OrganisationUnitScheme"
    PROCESS = "Process"
    PROVISION_AGREEMENT = "ProvisionAgreement"
    REPORTING_TAXONOMY = "ReportingTaxonomy"
    REPORTING_TAXONOMY_MAP = "ReportingTaxonomyMap"
    REPRESENTATION_MAP = "RepresentationMap"
    RULESET_SCHEME = "RulesetScheme"
    STRUCTURE_MAP = "StructureMap"
    TRANSFORMATION_SCHEME = "TransformationScheme"
    USER_DEFINED_OPERATOR_SCHEME = "UserDefinedOperatorScheme"
    VALUE_LIST = "ValueList"
    VTL_MAPPING_SCHEME = "VtlMappingScheme"


PACKAGES: dict[ArtefactClass, str] = {
    ArtefactClass.AGENCY_SCHEME: "base",
    ArtefactClass.ATTACHMENT_CONSTRAINT: "registry",
    ArtefactClass.CATEGORISATION: "categoryscheme",
    ArtefactClass.CATEGORY_SCHEME: "categoryscheme",
    ArtefactClass.CATEGORY_SCHEME_MAP: "structuremapping",
    ArtefactClass.CODELIST: "codelist",
    ArtefactClass.CONCEPT_SCHEME: "conceptscheme",
    ArtefactClass.CONCEPT_SCHEME_MAP: "structuremapping",
    ArtefactClass.CUSTOM_TYPE_SCHEME: "transformation",
    ArtefactClass.DATA_CONSTRAINT: "registry",
    ArtefactClass.DATA_CONSUMER_SCHEME: "base",
    ArtefactClass.DATA_PROVIDER_SCHEME: "base",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
    ArtefactClass.DATAFLOW: "datastructure",
    ArtefactClass.GEO_GRID_CODELIST: "codelist",
    ArtefactClass.GEOGRAPHIC_CODELIST: "codelist",
    ArtefactClass.HIERARCHY: "codelist",
    ArtefactClass.HIERARCHY_ASSOCIATION: "codelist",
    ArtefactClass.METADATA_CONSTRAINT: "registry",
    ArtefactClass.METADATA_PROVIDER_SCHEME: "base",
    ArtefactClass.METADATA_PROVISION_AGREEMENT: "registry",
    ArtefactClass.METADATA_STRUCTURE: "metadatastructure",
    ArtefactClass.METADATAFLOW: "metadatastructure",
    ArtefactClass.NAME_PERSONALISATION_SCHEME: "transformation",
    ArtefactClass.ORGANISATION_SCHEME_MAP: "structuremapping",
    ArtefactClass.ORGANISATION_UNIT_SCHEME: "base",
    ArtefactClass.PROCESS: "process",
    ArtefactClass.PROVISION_AGREEMENT: "registry",
    ArtefactClass.REPORTING_TAXONOMY: "categoryscheme",
    ArtefactClass.REPORTING_TAXONOMY_MAP: "structuremapping",
    ArtefactClass.REPRESENTATION_MAP: "structuremapping",
    ArtefactClass.RULESET_SCHEME: "transformation",
    ArtefactClass.STRUCTURE_MAP: "structuremapping",
    ArtefactClass.TRANSFORMATION_SCHEME: "transformation",
    ArtefactClass.USER_DEFINED_OPERATOR_SCHEME: "transformation",
    ArtefactClass.VALUE_LIST: "codelist",
    ArtefactClass.VTL_MAPPING_SCHEME: "transformation",
}
"""URN package of each class (SDMX 3.0 technical notes, URN structure)."""

ITEM_CLASSES: dict[ArtefactClass, str] = {
    ArtefactClass.AGENCY_SCHEME: "Agency",
    ArtefactClass.CATEGORY_SCHEME: "Category",
    ArtefactClass.CODELIST: "Code",
    ArtefactClass.CONCEPT_SCHEME: "Concept",
    ArtefactClass.CUSTOM_TYPE_SCHEME: "CustomType",
    ArtefactClass.DATA_CONSUMER_SCHEME: "DataConsumer",
    ArtefactClass.DATA_PROVIDER_SCHEME: "DataProvider",
    ArtefactClass.GEO_GRID_CODELIST: "Code",
    ArtefactClass.GEOGRAPHIC_CODELIST: "Code",
    ArtefactClass.METADATA_PROVIDER_SCHEME: "MetadataProvider",
    ArtefactClass.NAME_PERSONALISATION_SCHEME: "NamePersonalisation",
    ArtefactClass.ORGANISATION_UNIT_SCHEME: "OrganisationUnit",
    ArtefactClass.REPORTING_TAXONOMY: "ReportingCategory",
    ArtefactClass.RULESET_SCHEME: "Ruleset",
    ArtefactClass.TRANSFORMATION_SCHEME: "Transformation",
    ArtefactClass.USER_DEFINED_OPERATOR_SCHEME: "UserDefinedOperator",
    ArtefactClass.VALUE_LIST: "ValueItem",
    ArtefactClass.VTL_MAPPING_SCHEME: "VtlMapping",
}
"""Class name of the items of each item scheme, as it stands in an item's URN."""

PART_CLASSES: dict[str, ArtefactClass] = {
    "AttributeDescriptor": ArtefactClass.DATA_STRUCTURE,
    "DataAttribute": ArtefactClass.DATA_STRUCTURE,
    "DatePatternMap": ArtefactClass.STRUCTURE_MAP,
    "Dimension": ArtefactClass.DATA_STRUCTURE,
    "DimensionDescriptor": ArtefactClass.DATA_STRUCTURE,
    "EpochMap": ArtefactClass.STRUCTURE_MAP,
    "FrequencyFormatMapping": ArtefactClass.STRUCTURE_MAP,
    "GroupDimensionDescriptor": ArtefactClass.DATA_STRUCTURE,
    "HierarchicalCode": ArtefactClass.HIERARCHY,
    "Level": ArtefactClass.HIERARCHY,
    "Measure": ArtefactClass.DATA_STRUCTURE,
    "MeasureDescriptor": ArtefactClass.DATA_STRUCTURE,
    "MetadataAttribute": ArtefactClass.METADATA_STRUCTURE,
    "MetadataAttributeDescriptor": ArtefactClass.METADATA_STRUCTURE,
    "ProcessStep": ArtefactClass.PROCESS,
    "TimeDimension": ArtefactClass.DATA_STRUCTURE,
    "Transition": ArtefactClass.PROCESS,
    "VtlCodelistMapping": ArtefactClass.VTL_MAPPING_SCHEME,
    "VtlConceptMapping": ArtefactClass.VTL_MAPPING_SCHEME,
    "VtlDataflowMapping": ArtefactClass.VTL_MAPPING_SCHEME,
}
"""Class names of what stands in an artefact and is no item of a scheme, as in its URN."""

UNVERSIONED: frozenset[ArtefactClass] = frozenset(
    {
        ArtefactClass.AGENCY_SCHEME,
        ArtefactClass.DATA_CONSUMER_SCHEME,
        ArtefactClass.DATA_PROVIDER_SCHEME,
        ArtefactClass.METADATA_PROVIDER_SCHEME,
        ArtefactClass.ORGANISATION_UNIT_SCHEME,
    }
)
"""Organisation schemes: no version in SDMX 3.0, always 1.0 in SDMX 2.1."""

PART_OF_21 = "Hierarchy"
"""Class name of a hierarchy as a part, which SDMX 2.1 has in hierarchical code lists."""

_URN = re.compile(
    r"^urn:sdmx:org\.sdmx\.infomodel\.(?P<package>[a-z]+)\.(?P<class>[A-Za-z]+)"
    r"=(?P<agency>[^:()]+):(?P<id>[^:()]+)(?:\((?P<version>[^()]*)\))?(?:\.(?P<item>[^:()]+))?$"
)
_SHORT = re.compile(r"^(?P<agency>[^:(),\s]+):(?P<id>[^:(),\s]+)(?:\((?P<version>[^()]*)\))?$")
_ITEM_TO_SCHEME = {name: scheme for scheme, name in reversed(ITEM_CLASSES.items())}
_ITEM_TO_SCHEME["Code"] = ArtefactClass.CODELIST
_URN_CLASSES = {
    ArtefactClass.GEO_GRID_CODELIST: "Codelist",
    ArtefactClass.GEOGRAPHIC_CODELIST: "Codelist",
}
"""Geographic code lists and their codes are named as any code list is."""
# SDMX 2.1 names two classes otherwise, and holds two in others that are alone in them.
_CLASSES_OF_21 = {
    "DataStructureDefinition": ArtefactClass.DATA_STRUCTURE,
    "ContentConstraint": ArtefactClass.DATA_CONSTRAINT,
    "HierarchicalCodelist": ArtefactClass.HIERARCHY,
    "StructureSet": ArtefactClass.STRUCTURE_MAP,
}


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A maintainable artefact, or one item of it, by name; version None = unversioned or any.

    ``part``: the class of what ``item`` names where it is no item of a scheme (Dimension).
    """

    artefact: ArtefactClass
    agency: str
    id: str
    version: str | None = None
    item: str | None = None
    part: str | None = None

    @property
    def maintainable(self) -> Ref:
        """The same reference without its item."""
        return replace(self, item=None, part=None)

    @property
    def short(self) -> str:
        """``AGENCY:ID(VERSION)``, the form of SDMX-CSV and of messages to people."""
        return f"{self.agency}:{self.id}" + (f"({self.version})" if self.version else "")

    @property
    def urn(self) -> str:
        """The URN of the artefact or item (SDMX 3.0 form)."""
        class_name = _URN_CLASSES.get(self.artefact, self.artefact.value)
        if self.item:
            class_name = self.part or ITEM_CLASSES[self.artefact]
        prefix = f"urn:sdmx:org.sdmx.infomodel.{PACKAGES[self.artefact]}.{class_name}="
        version = self.version or ("1.0" if self.artefact in UNVERSIONED else None)
        tail = f"({version})" if version else ""
        return f"{prefix}{self.agency}:{self.id}{tail}" + (f".{self.item}" if self.item else "")


def parse_urn(urn: str) -> Ref:
    """Read a URN of SDMX 2.1 or 3.0. Raises ValueError where it is none or of an unknown class."""
    match = _URN.match(urn.strip())
    if match is None:
        raise ValueError(urn)
    name, version = match["class"], match["version"]
    part = name if name in PART_CLASSES else None
    inside = PART_CLASSES.get(name) or _ITEM_TO_SCHEME.get(name)
    artefact = _CLASSES_OF_21.get(name) or inside or ArtefactClass(name)
    if (inside is not None) != (match["item"] is not None):
        raise ValueError(urn)
    if artefact in UNVERSIONED:
        version = None
    return Ref(artefact, match["agency"], match["id"], version, match["item"], part)


def parse_urn_of_21(urn: str) -> Ref:
    """The same where SDMX 2.1 is spoken: there a hierarchy may be a part (``PART_OF_21``)."""
    match = _URN.match(urn.strip())
    if match is None or match["class"] != PART_OF_21 or match["item"] is None:
        return parse_urn(urn)
    name, version = match["id"], match["version"]
    return Ref(ArtefactClass.HIERARCHY, match["agency"], name, version, match["item"], PART_OF_21)


def parse_short(artefact: ArtefactClass, text: str) -> Ref:
    """Read ``AGENCY:ID(VERSION)`` or ``AGENCY:ID``. Raises ValueError where it is neither."""
    match = _SHORT.match(text.strip())
    if match is None:
        raise ValueError(text)
    return Ref(artefact, match["agency"], match["id"], match["version"] or None)


def version_key(version: str | None) -> tuple[tuple[int, ...], int, str]:
    """Sort key of a version: parts by number, and ``x.y.z-ext`` before ``x.y.z``; None first."""
    if version is None:
        return ((), 0, "")
    number, _, extension = version.partition("-")
    parts = tuple(int(part) if part.isdigit() else 0 for part in number.split("."))
    return (parts, 0 if extension else 1, extension)
