"""How artefacts are named: classes, references, URNs and versions.

No lookup and no reading of structures happens here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class ArtefactClass(StrEnum):
    """The class part of an SDMX 3.0 URN; the value is the name used in the URN."""

    AGENCY_SCHEME = "AgencyScheme"
    CATEGORISATION = "Categorisation"
    CATEGORY_SCHEME = "CategoryScheme"
    CODELIST = "Codelist"
    CONCEPT_SCHEME = "ConceptScheme"
    DATA_CONSTRAINT = "DataConstraint"
    DATA_CONSUMER_SCHEME = "DataConsumerScheme"
    DATA_PROVIDER_SCHEME = "DataProviderScheme"
    DATA_STRUCTURE = "DataStructure"
    DATAFLOW = "Dataflow"
    PROVISION_AGREEMENT = "ProvisionAgreement"


PACKAGES: dict[ArtefactClass, str] = {
    ArtefactClass.AGENCY_SCHEME: "base",
    ArtefactClass.CATEGORISATION: "categoryscheme",
    ArtefactClass.CATEGORY_SCHEME: "categoryscheme",
    ArtefactClass.CODELIST: "codelist",
    ArtefactClass.CONCEPT_SCHEME: "conceptscheme",
    ArtefactClass.DATA_CONSTRAINT: "registry",
    ArtefactClass.DATA_CONSUMER_SCHEME: "base",
    ArtefactClass.DATA_PROVIDER_SCHEME: "base",
    ArtefactClass.DATA_STRUCTURE: "datastructure",
    ArtefactClass.DATAFLOW: "datastructure",
    ArtefactClass.PROVISION_AGREEMENT: "registry",
}
"""URN package of each class (SDMX 3.0 technical notes, URN structure)."""

ITEM_CLASSES: dict[ArtefactClass, str] = {
    ArtefactClass.AGENCY_SCHEME: "Agency",
    ArtefactClass.CATEGORY_SCHEME: "Category",
    ArtefactClass.CODELIST: "Code",
    ArtefactClass.CONCEPT_SCHEME: "Concept",
    ArtefactClass.DATA_CONSUMER_SCHEME: "DataConsumer",
    ArtefactClass.DATA_PROVIDER_SCHEME: "DataProvider",
}
"""Class name of the items of each item scheme, as it stands in an item's URN."""

UNVERSIONED: frozenset[ArtefactClass] = frozenset(
    {
        ArtefactClass.AGENCY_SCHEME,
        ArtefactClass.DATA_CONSUMER_SCHEME,
        ArtefactClass.DATA_PROVIDER_SCHEME,
    }
)
"""Organisation schemes: no version in SDMX 3.0, always 1.0 in SDMX 2.1."""

_URN = re.compile(
    r"^urn:sdmx:org\.sdmx\.infomodel\.(?P<package>[a-z]+)\.(?P<class>[A-Za-z]+)"
    r"=(?P<agency>[^:()]+):(?P<id>[^:()]+)(?:\((?P<version>[^()]*)\))?(?:\.(?P<item>[^:()]+))?$"
)
_SHORT = re.compile(r"^(?P<agency>[^:(),\s]+):(?P<id>[^:(),\s]+)(?:\((?P<version>[^()]*)\))?$")
_ITEM_TO_SCHEME = {name: scheme for scheme, name in ITEM_CLASSES.items()}
# SDMX 2.1 names two classes otherwise.
_CLASSES_OF_21 = {
    "DataStructureDefinition": ArtefactClass.DATA_STRUCTURE,
    "ContentConstraint": ArtefactClass.DATA_CONSTRAINT,
}


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A maintainable artefact, or one item of it, by name; version None = unversioned or any."""

    artefact: ArtefactClass
    agency: str
    id: str
    version: str | None = None
    item: str | None = None

    @property
    def maintainable(self) -> Ref:
        """The same reference without its item."""
        return replace(self, item=None)

    @property
    def short(self) -> str:
        """``AGENCY:ID(VERSION)``, the form of SDMX-CSV and of messages to people."""
        return f"{self.agency}:{self.id}" + (f"({self.version})" if self.version else "")

    @property
    def urn(self) -> str:
        """The URN of the artefact or item (SDMX 3.0 form)."""
        class_name = ITEM_CLASSES[self.artefact] if self.item else self.artefact.value
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
    artefact = _CLASSES_OF_21.get(name) or _ITEM_TO_SCHEME.get(name) or ArtefactClass(name)
    if (name in _ITEM_TO_SCHEME) != (match["item"] is not None):
        raise ValueError(urn)
    if artefact in UNVERSIONED:
        version = None
    return Ref(artefact, match["agency"], match["id"], version, match["item"])


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
