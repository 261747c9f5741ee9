"""Constraints in SDMX-ML: attachment, cube regions, key sets, member selections.

What only SDMX 2.1 has of them stands in ``shapes_constraint_21``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sdmx_service.formats.structures.attachment import check_sources
from sdmx_service.formats.structures.availability import (
    ATTACHABLE,
    AVAILABILITY,
    check_available,
    is_actual,
    named_by_attachment,
)
from sdmx_service.formats.structures.selections import (
    IN_A_KEY,
    IN_A_REGION,
    OF_A_COMPONENT,
    OF_A_COMPONENT_IN_A_KEY,
    Place,
)
from sdmx_service.formats.xml.structures.building import annotable, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Part,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import (
    ID,
    TEXT,
    annotated,
    boolean,
    integer,
    show_boolean,
)
from sdmx_service.formats.xml.structures.selections import INCLUDE, VALIDITY, selection
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
INCLUDED = Attribute("isIncluded", "include", boolean, show_boolean)
_DATA = {
    _A.DATA_PROVIDER_SCHEME: "str:DataProvider",
    _A.DATA_STRUCTURE: "str:DataStructure",
    _A.DATAFLOW: "str:Dataflow",
    _A.PROVISION_AGREEMENT: "str:ProvisionAgreement",
}
_METADATA = {
    _A.METADATA_PROVIDER_SCHEME: "str:MetadataProvider",
    _A.METADATA_STRUCTURE: "str:MetadataStructure",
    _A.METADATAFLOW: "str:Metadataflow",
    _A.METADATA_PROVISION_AGREEMENT: "str:MetadataProvisionAgreement",
}
_PROVIDERS = (_A.DATA_PROVIDER_SCHEME, _A.METADATA_PROVIDER_SCHEME)


def constraint_shapes(dialect: Dialect) -> dict[str, Shape]:
    """The shapes of constraints on data (in 2.1 content constraints) and on metadata."""
    parts, attributes = _data_constraint(dialect)
    data = maintainable(dialect, _A.DATA_CONSTRAINT, model.DataConstraint, parts, attributes)
    if dialect.is_21:
        return {_A.DATA_CONSTRAINT: data}
    metadata = maintainable(
        dialect, _A.METADATA_CONSTRAINT, model.MetadataConstraint, _metadata_constraint(dialect)
    )
    if not dialect.is_31:
        return {_A.DATA_CONSTRAINT: data, _A.METADATA_CONSTRAINT: _with_role(metadata)}
    return {
        _A.DATA_CONSTRAINT: data,
        _A.METADATA_CONSTRAINT: metadata,
        AVAILABILITY: _availability(dialect),
    }


def _availability(dialect: Dialect) -> Shape:
    """What is there (SDMX 3.1): it has no name, its attachment says what it is of."""
    attached = {kind: tag for kind, tag in _DATA.items() if kind in ATTACHABLE}
    region = Element(
        "str:CubeRegion", "cube_regions", bind(_cube_region(dialect), dialect.names), tuple
    )
    shape = annotable(
        dialect,
        model.DataConstraint,
        attachment(dialect, attached),
        region,
        attributes=(
            Attribute("seriesCount", "series_count", integer, str),
            Attribute("obsCount", "observation_count", integer, str),
        ),
    )
    return replace(shape, complete=named_by_attachment, dropped=frozenset({"role"}))


def check_constraint(
    constraint: model.DataConstraint | model.MetadataConstraint, dialect: Dialect
) -> None:
    """Refuse what the schema has no place for: attachment to several classes or providers; since
    3.0 more than one region that includes and one that excludes."""
    attachable = _DATA if isinstance(constraint, model.DataConstraint) else _METADATA
    classes = {ref.artefact for ref in constraint.attachment}
    provider = bool(classes & set(_PROVIDERS))
    several = len(classes) > 1 or (provider and len(constraint.attachment) > 1)
    if dialect.is_31 and isinstance(constraint, model.DataConstraint) and is_actual(constraint):
        check_available(constraint)
    sources = bool(constraint.files) + bool(constraint.services and (provider or not classes))
    if several or not classes <= attachable.keys() or (sources and (classes or sources > 1)):
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    if isinstance(constraint, model.DataConstraint):
        check_sources(constraint, single=dialect.is_21)
        regions: tuple[Any, ...] = constraint.cube_regions
    else:
        regions = constraint.regions
    empty = isinstance(constraint, model.DataConstraint) and _empty_key(constraint)
    if dialect.is_21 and empty:
        raise refuse("FORMAT_CANNOT_CARRY", found="Key")
    if not dialect.is_21 and len({region.include for region in regions}) < len(regions):
        raise refuse("FORMAT_CANNOT_CARRY", found="CubeRegion")


def _empty_key(constraint: model.DataConstraint) -> bool:
    """Whether a key names no value, so that it means any; SDMX 2.1 asks for one."""
    return any(not key.members for keys in constraint.key_sets for key in keys.keys)


def _with_role(shape: Shape) -> Shape:
    """SDMX 3.0 asks for a role that can have one value only."""
    ignored = {**(shape.ignored or {}), "role": "Allowed"}
    return Shape(
        shape.model,
        shape.attributes,
        shape.elements,
        shape.artefact,
        ignored,
        complete=shape.complete,
        derived=lambda _: ' role="Allowed"',
    )


def _data_constraint(dialect: Dialect) -> tuple[tuple[Part, ...], tuple[Attribute, ...]]:
    region = bind(_cube_region(dialect), dialect.names)
    content = (
        Element("str:DataKeySet", "key_sets", bind(key_set(dialect), dialect.names), tuple),
        Element("str:CubeRegion", "cube_regions", region, tuple),
    )
    sets = (set_reference(dialect, "str:DataSet", "data_sets"),) if dialect.is_21 else ()
    attached = attachment(dialect, _DATA, sets)
    if dialect.is_21:
        return (attached, *content, calendar(dialect), reference_period(dialect)), (role(dialect),)
    if dialect.is_31:
        return (attached, *content), ()
    return (attached, calendar(dialect), *content), (role(dialect),)


def role(dialect: Dialect) -> Attribute:
    """Whether a constraint is of what may be or of what is."""
    return Attribute("type" if dialect.is_21 else "role", "role", _role, str)


def _role(text: str) -> model.ConstraintRole:
    if text not in set(model.ConstraintRole):
        raise ValueError("ConstraintRole")
    return model.ConstraintRole(text)


def _metadata_constraint(dialect: Dialect) -> tuple[Part, ...]:
    region = Shape(
        model.MetadataTargetRegion,
        attributes=(INCLUDE, *VALIDITY),
        elements=(
            Element("str:Component", "components", selection(dialect, OF_A_COMPONENT), tuple),
        ),
    )
    regions = Element("str:MetadataTargetRegion", "regions", bind(region, dialect.names), tuple)
    attached = attachment(dialect, _METADATA)
    return (attached, regions) if dialect.is_31 else (attached, calendar(dialect), regions)


def set_reference(dialect: Dialect, tag: str, field: str) -> Element:
    """Data sets or metadata sets of SDMX 2.1."""
    provider = dialect.reference(_A.DATA_PROVIDER_SCHEME, item=True)
    elements = (Element("com:DataProvider", "provider", provider), Element("com:ID", "id", ID))
    codec = bind(Shape(model.SetReference, elements=elements), dialect.names)
    return Element(tag, field, codec, tuple)


def attachment(
    dialect: Dialect, attachable: Mapping[ArtefactClass, str], sets: tuple[Element, ...] = ()
) -> Wrapper:
    """What a constraint is attached to; ``sets``: also data sets or metadata sets."""
    artefacts = tuple(
        Element(
            tag,
            "attachment",
            dialect.reference(artefact, item=artefact in _PROVIDERS),
            tuple,
            artefact,
        )
        for artefact, tag in attachable.items()
    )
    if dialect.is_31:
        return Wrapper("str:ConstraintAttachment", artefacts)
    source = Shape(
        model.QueryableSource,
        attributes=(
            Attribute("isRESTDatasource", "is_rest", boolean, show_boolean),
            Attribute("isWebServiceDatasource", "is_web_service", boolean, show_boolean),
        ),
        elements=(
            Element("com:DataURL", "url", ID),
            Element("com:WSDLURL", "wsdl_url", ID),
            Element("com:WADLURL", "wadl_url", ID),
        ),
    )
    services = Element("str:QueryableDataSource", "services", bind(source, dialect.names), tuple)
    files = Element("str:SimpleDataSource", "files", ID, tuple)
    return Wrapper("str:ConstraintAttachment", (files, *sets, *artefacts, services))


def calendar(dialect: Dialect) -> Element:
    """When data or metadata come."""
    shape = Shape(
        model.ReleaseCalendar,
        elements=(
            Element("str:Periodicity", "periodicity", TEXT),
            Element("str:Offset", "offset", TEXT),
            Element("str:Tolerance", "tolerance", TEXT),
        ),
    )
    return Element("str:ReleaseCalendar", "release_calendar", bind(shape, dialect.names))


def reference_period(dialect: Dialect) -> Element:
    """The period that the content is of (SDMX 2.1)."""
    ends = (Attribute("startTime", "start"), Attribute("endTime", "end"))
    codec = bind(Shape(model.ReferencePeriod, ends), dialect.names)
    return Element("str:ReferencePeriod", "reference_period", codec)


def _members(dialect: Dialect, member: Place, other: Place) -> tuple[Element, Element]:
    prefix, component = ("com", "Attribute") if dialect.is_21 else ("str", "Component")
    return (
        Element(f"{prefix}:KeyValue", "members", selection(dialect, member), tuple),
        Element(f"{prefix}:{component}", "components", selection(dialect, other), tuple),
    )


def _cube_region(dialect: Dialect) -> Shape:
    annotations = annotated(dialect.annotation, dialect.names, "annotations")
    beside = () if dialect.is_21 else (annotations,)
    members = _members(dialect, IN_A_REGION, OF_A_COMPONENT)
    return Shape(model.CubeRegion, (INCLUDE,), (*beside, *members))


def key_set(dialect: Dialect) -> Shape:
    """Keys of data that are included, or those that are not."""
    keys = Element("str:Key", "keys", data_key(dialect), tuple)
    return Shape(model.DataKeySet, (INCLUDED,), (keys,))


def data_key(dialect: Dialect) -> Codec:
    """A key of data, whole or partial."""
    members = _members(dialect, IN_A_KEY, OF_A_COMPONENT_IN_A_KEY)
    key = Shape(model.DataKey, (), members[:1], ignored={"include": "true"})
    if not dialect.is_21:
        annotations = annotated(dialect.annotation, dialect.names, "annotations")
        key = Shape(model.DataKey, VALIDITY, (annotations, *members), ignored=key.ignored)
    return bind(key, dialect.names)
