"""Flows, agreements and categorisations in SDMX-ML."""

from __future__ import annotations

from sdmx_service.formats.structures.classes_21 import Agreement
from sdmx_service.formats.xml.structures.building import maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Element, Part, Shape, Wrapper
from sdmx_service.formats.xml.structures.parts import ID
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass


def flow_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shapes of what links data and metadata to structures, providers and categories."""
    plain: dict[ArtefactClass, tuple[type, tuple[Part, ...]]] = {
        _A.CATEGORISATION: (model.Categorisation, _categorisation(dialect)),
        _A.DATAFLOW: (model.Dataflow, _dataflow(dialect)),
        _A.METADATAFLOW: (model.Metadataflow, _metadataflow(dialect)),
    }
    if dialect.is_21:
        plain[_A.PROVISION_AGREEMENT] = (Agreement, _agreement(dialect))
    else:
        plain |= {
            _A.PROVISION_AGREEMENT: (model.ProvisionAgreement, _provision_agreement(dialect)),
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
    return (
        Element("str:Dataflow", "dataflow", dataflow),
        Element("str:DataProvider", "data_provider", provider),
    )


def _agreement(dialect: Dialect) -> tuple[Element, ...]:
    usage = dialect.reference((_A.DATAFLOW, _A.METADATAFLOW))
    provider = dialect.reference(_A.DATA_PROVIDER_SCHEME, item=True)
    return (
        Element("str:StructureUsage", "usage", usage),
        Element("str:DataProvider", "data_provider", provider),
    )


def _metadata_provision_agreement(dialect: Dialect) -> tuple[Element, ...]:
    flow = dialect.reference(_A.METADATAFLOW)
    provider = dialect.reference(_A.METADATA_PROVIDER_SCHEME, item=True)
    return (
        Element("str:Metadataflow", "metadataflow", flow),
        Element("str:MetadataProvider", "metadata_provider", provider),
        _TARGETS,
    )
