"""Metadata structures in SDMX-ML: attributes; in 2.1 also targets and reports."""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.formats.structures.classes_21 import (
    MetadataTarget,
    ReportingStructure,
    ReportStructure,
    TargetObject,
)
from sdmx_service.formats.structures.metadata import (
    FIXED_TARGETS,
    IDENTIFIABLE,
    completing,
    is_of_kind,
)
from sdmx_service.formats.xml.structures.building import (
    IGNORED,
    annotable,
    identified,
    listed,
    maintainable,
    named_by_concept,
)
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Choice,
    Codec,
    Element,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import boolean, integer, show_true
from sdmx_service.formats.xml.structures.structure_parts import occurrences, representation
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ITEM_CLASSES, ArtefactClass

_A = ArtefactClass
_ID = Attribute("id", "id")


def metadata_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of a metadata structure."""
    kind = _A.METADATA_STRUCTURE
    if dialect.is_21:
        reports = Wrapper("str:MetadataStructureComponents", (_targets(dialect), _report(dialect)))
        return {kind: maintainable(dialect, kind, ReportingStructure, (reports,))}
    listing = (*listed(dialect, "attribute_list"), _attributes(dialect))
    within = Wrapper("str:MetadataAttributeList", listing, frozenset({"id", "urn"}))
    components = Wrapper("str:MetadataStructureComponents", (within,))
    return {kind: maintainable(dialect, kind, model.MetadataStructure, (components,))}


def _attributes(dialect: Dialect) -> Element:
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
    attribute = replace(attribute, complete=named_by_concept)
    return Element("str:MetadataAttribute", "attributes", bind(attribute, dialect.names), tuple)


def _report(dialect: Dialect) -> Element:
    report = annotable(
        dialect,
        ReportStructure,
        _attributes(dialect),
        Element("str:MetadataTarget", "targets", dialect.local, tuple),
        attributes=(_ID,),
    )
    codec = bind(replace(report, ignored=IGNORED), dialect.names)
    return Element("str:ReportStructure", "reports", codec, tuple)


def _targets(dialect: Dialect) -> Element:
    objects = Choice(
        "objects",
        tuple(
            (f"str:{kind}", _object(dialect, kind), is_of_kind(kind))
            for kind in (*FIXED_TARGETS, IDENTIFIABLE)
        ),
    )
    shape = Shape(MetadataTarget, (_ID,), (objects,), ignored=IGNORED)
    return Element("str:MetadataTarget", "targets", bind(shape, dialect.names), tuple)


def _object(dialect: Dialect, kind: str) -> Codec:
    schemes = tuple(ITEM_CLASSES)
    values = Element("str:LocalRepresentation", "representation", representation(dialect, schemes))

    of = (Attribute("objectType", "object_type"),) if kind == IDENTIFIABLE else ()
    shape = Shape(
        TargetObject,
        (_ID, *of),
        (values,),
        ignored=IGNORED,
        complete=completing(kind),
        dropped=frozenset({"kind"}),
    )
    return bind(shape, dialect.names)
