"""Flows, agreements, categorisations and metadata structures in SDMX-ML."""

from __future__ import annotations

from sdmx_service.formats.xml.structures.building import identified, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Element, Part, Shape, Wrapper
from sdmx_service.formats.xml.structures.parts import ID, boolean, integer, show_true
from sdmx_service.formats.xml.structures.structure_parts import occurrences, representation
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass


def flow_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shapes of what links data and metadata to structures, providers and categories."""
    plain: dict[ArtefactClass, tuple[type, tuple[Part, ...]]] = {
        _A.CATEGORISATION: (model.Categorisation, _categorisation(dialect)),
        _A.DATAFLOW: (model.Dataflow, _dataflow(dialect)),
        _A.METADATAFLOW: (model.Metadataflow, _metadataflow(dialect)),
        _A.PROVISION_AGREEMENT: (model.ProvisionAgreement, _provision_agreement(dialect)),
    }
    if not dialect.is_21:
        plain |= {
            _A.METADATA_STRUCTURE: (model.MetadataStructure, _metadata_structure(dialect)),
            _A.METADATA_PROVISION_AGREEMENT: (
                model.MetadataProvisionAgreement,
                _metadata_provision_agreement(dialect),
            ),
        }
    return {
        artefact: maintainable(dialect, artefact, kind, parts)
        for artefact, (kind, parts) in plain.items()
    }


def _categorisation(dialect: Dialect) -> tuple[Element, ...]:
    category = dialect.reference(_A.CATEGORY_SCHEME, item=True)
    return (
        Element("str:Source", "source", dialect.reference()),
        Element("str:Target", "target", category),
    )


def _dataflow(dialect: Dialect) -> tuple[Part, ...]:
    structure = Element("str:Structure", "structure", dialect.reference(_A.DATA_STRUCTURE))
    if not dialect.is_31:
        return (structure,)
    dimensions = Element("str:Dimension", "dimensions", ID, tuple)
    return (structure, Wrapper("str:DimensionConstraint", (dimensions,)))


def _metadataflow(dialect: Dialect) -> tuple[Part, ...]:
    structure = Element("str:Structure", "structure", dialect.reference(_A.METADATA_STRUCTURE))
    return (structure,) if dialect.is_21 else (structure, _TARGETS)


_TARGETS = Element("str:Target", "targets", ID, tuple)


def _provision_agreement(dialect: Dialect) -> tuple[Element, ...]:
    dataflow = dialect.reference(_A.DATAFLOW)
    provider = dialect.reference(_A.DATA_PROVIDER_SCHEME, item=True)
    tag = "str:StructureUsage" if dialect.is_21 else "str:Dataflow"
    return (
        Element(tag, "dataflow", dataflow, needed=True),
        Element("str:DataProvider", "data_provider", provider, needed=True),
    )


def _metadata_provision_agreement(dialect: Dialect) -> tuple[Element, ...]:
    flow = dialect.reference(_A.METADATAFLOW)
    provider = dialect.reference(_A.METADATA_PROVIDER_SCHEME, item=True)
    return (
        Element("str:Metadataflow", "metadataflow", flow, needed=True),
        Element("str:MetadataProvider", "metadata_provider", provider, needed=True),
        _TARGETS,
    )


def _metadata_structure(dialect: Dialect) -> tuple[Part, ...]:
    concept = dialect.reference(_A.CONCEPT_SCHEME, item=True)
    local = representation(dialect, (_A.CODELIST,))
    attribute = identified(
        dialect,
        model.MetadataAttribute,
        Element("str:ConceptIdentity", "concept", concept),
        Element("str:LocalRepresentation", "representation", local),
        Element("str:MetadataAttribute", "attributes", None, tuple),
        attributes=(
            Attribute("minOccurs", "min_occurs", integer, str),
            Attribute("maxOccurs", "max_occurs", occurrences, str),
            Attribute("isPresentational", "is_presentational", boolean, show_true),
        ),
    )
    each = Element("str:MetadataAttribute", "attributes", bind(attribute, dialect.names), tuple)
    within = Wrapper("str:MetadataAttributeList", (each,), frozenset({"id", "urn"}))
    return (Wrapper("str:MetadataStructureComponents", (within,)),)
