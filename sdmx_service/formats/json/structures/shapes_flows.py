"""Flows, agreements, categorisations, metadata structures and hierarchies in SDMX-JSON."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.building import maintainable, silent
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Nest, Part, Place
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    INTEGER,
    TEXT,
    any_reference,
    identified,
    item,
    listed,
    reference,
    unwritten,
)
from sdmx_service.formats.json.structures.representation import represented, text_format
from sdmx_service.formats.structures.classes_21 import Agreement
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_TARGETS = Member("targets", "targets", TEXT, many=True, distinct=True)


def flow_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codecs of what links data and metadata to structures, providers and categories."""
    plain: dict[ArtefactClass, tuple[type[Any], tuple[Part, ...]]] = {
        _A.CATEGORISATION: (model.Categorisation, _categorisation(dialect)),
        _A.DATAFLOW: (model.Dataflow, _dataflow(dialect)),
        _A.METADATAFLOW: (model.Metadataflow, _metadataflow(dialect)),
    }
    if dialect.is_10:
        plain[_A.PROVISION_AGREEMENT] = (Agreement, _AGREEMENT)
    else:
        plain |= {
            _A.PROVISION_AGREEMENT: (model.ProvisionAgreement, _AGREED),
            _A.METADATA_STRUCTURE: (model.MetadataStructure, _metadata_structure(dialect)),
            _A.METADATA_PROVISION_AGREEMENT: (model.MetadataProvisionAgreement, _METADATA_AGREED),
            _A.HIERARCHY: (model.Hierarchy, _hierarchy(dialect)),
            _A.HIERARCHY_ASSOCIATION: (model.HierarchyAssociation, _ASSOCIATION),
        }
    codecs = {
        artefact: maintainable(dialect, artefact, kind, *parts)
        for artefact, (kind, parts) in plain.items()
    }
    if not dialect.is_10:  # FMR says so of classes that are never partial
        codecs[_A.HIERARCHY] = silent(codecs[_A.HIERARCHY], "isPartial")
    return codecs


def _categorisation(dialect: Dialect) -> tuple[Member, ...]:
    return (
        Member("source", "source", any_reference(dialect)),
        Member("target", "target", reference(_A.CATEGORY_SCHEME, item=True)),
    )


_METADATA_AGREED = (
    Member("metadataflow", "metadataflow", reference(_A.METADATAFLOW)),
    Member(
        "metadataProvider", "metadata_provider", reference(_A.METADATA_PROVIDER_SCHEME, item=True)
    ),
    _TARGETS,
)
_PROVIDER = Member("dataProvider", "data_provider", reference(_A.DATA_PROVIDER_SCHEME, item=True))
_AGREED = (Member("dataflow", "dataflow", reference(_A.DATAFLOW)), _PROVIDER)
_AGREEMENT = (
    Member("structureUsage", "usage", reference((_A.DATAFLOW, _A.METADATAFLOW))),
    _PROVIDER,
)
_ASSOCIATION = (
    Member("linkedHierarchy", "hierarchy", reference(_A.HIERARCHY)),
    Member("linkedObject", "linked", reference()),
    Member("contextObject", "context", reference()),
)


def _dataflow(dialect: Dialect) -> tuple[Part, ...]:
    structure = Member("structure", "structure", reference(_A.DATA_STRUCTURE))
    dimensions = Member("dimensionConstraint", "dimensions", TEXT, many=True)
    return (structure, dimensions) if dialect.is_21 else (structure,)


def _metadataflow(dialect: Dialect) -> tuple[Part, ...]:
    structure = Member("structure", "structure", reference(_A.METADATA_STRUCTURE))
    return (structure,) if dialect.is_10 else (structure, _TARGETS)


def _read_occurrences(value: Any, _place: Place) -> Any:
    if value != "unbounded" and type(value) is not int:
        raise ValueError(value)
    return value


def metadata_attribute(dialect: Dialect) -> Codec:
    """What metadata say of one concept, with the attributes below it."""
    concept = reference(_A.CONCEPT_SCHEME, item=True)
    occurrences = Codec(_read_occurrences, lambda value: value)
    return identified(
        dialect,
        model.MetadataAttribute,
        Member("conceptIdentity", "concept", concept),
        represented(dialect, "localRepresentation", "representation", enumerable=(_A.CODELIST,)),
        Member("minOccurs", "min_occurs", INTEGER),
        Member("maxOccurs", "max_occurs", occurrences),
        Member("isPresentational", "is_presentational", BOOLEAN, shown=bool),
        Member("metadataAttributes", "attributes", None, many=True),
    )


def _metadata_structure(dialect: Dialect) -> tuple[Part, ...]:
    attributes = Member("metadataAttributes", "attributes", metadata_attribute(dialect), many=True)
    within = Nest("metadataAttributeList", (*listed(dialect, "attribute_list"), attributes))
    return (Nest("metadataStructureComponents", (within,)),)


def _hierarchy(dialect: Dialect) -> tuple[Part, ...]:
    level = item(
        dialect,
        model.Level,
        Member("codingFormat", "coding_format", text_format(dialect)),
        Member("level", "level", None),
    )
    code = identified(
        dialect,
        model.HierarchicalCode,
        Member("code", "code", reference(_A.CODELIST, item=True)),
        Member("hierarchicalCodes", "codes", None, many=True),
        Member("level", "level", TEXT),
        Member("validFrom", "about.valid_from", TEXT),
        Member("validTo", "about.valid_to", TEXT),
    )
    return (
        Member("hasFormalLevels", "has_formal_levels", BOOLEAN),
        Member("leveled", "has_formal_levels", BOOLEAN, shown=unwritten),
        Member("level", "level", level),
        Member("hierarchicalCodes", "codes", code, many=True),
    )
