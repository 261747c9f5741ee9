"""Constraints in SDMX-JSON: attachment, cube regions, key sets, member selections.

What only SDMX 2.1 has of them stands in ``shapes_constraint_21``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sdmx_service.formats.json.structures.building import maintainable
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Nest,
    Part,
    Place,
    Shape,
    bind,
)
from sdmx_service.formats.json.structures.keys import INCLUDED, key_set
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    INTEGER,
    TEXT,
    annotated,
    reference,
    unwritten,
)
from sdmx_service.formats.json.structures.selections import INCLUDE, VALIDITY, selection
from sdmx_service.formats.structures.attachment import check_sources
from sdmx_service.formats.structures.availability import (
    AVAILABILITY,
    check_available,
    is_actual,
    named_by_attachment,
)
from sdmx_service.formats.structures.selections import (
    IN_A_REGION,
    OF_A_COMPONENT,
)
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_DATA = {
    _A.DATA_STRUCTURE: "dataStructures",
    _A.DATAFLOW: "dataflows",
    _A.PROVISION_AGREEMENT: "provisionAgreements",
}
_METADATA = {
    _A.METADATA_STRUCTURE: "metadataStructures",
    _A.METADATAFLOW: "metadataflows",
    _A.METADATA_PROVISION_AGREEMENT: "metadataProvisionAgreements",
}


def constraint_codecs(dialect: Dialect) -> dict[str, Codec]:
    """The codecs of constraints on data (in 1.0 content constraints) and on metadata."""
    regions = Member("cubeRegions", "cube_regions", _cube_region(dialect), many=True)
    key_sets = Member("dataKeySets", "key_sets", key_set(dialect), many=True)
    sets = (set_reference("dataSet", "data_sets", bare=True),) if dialect.is_10 else ()
    attached = attachment(dialect, _A.DATA_PROVIDER_SCHEME, "dataProvider", _DATA, sets)
    own: tuple[Part, ...] = (attached, key_sets, regions)
    if not dialect.is_21:
        own = (*roles(dialect), *own, CALENDAR)
    if dialect.is_10:
        own = (*own, REFERENCE_PERIOD)
    kind = _A.DATA_CONSTRAINT
    codecs: dict[str, Codec] = {kind: maintainable(dialect, kind, model.DataConstraint, *own)}
    if dialect.is_10:
        return codecs
    codecs |= _metadata_constraint(dialect)
    return codecs | {AVAILABILITY: _availability(dialect)} if dialect.is_21 else codecs


def roles(dialect: Dialect) -> tuple[Member, Member]:
    """Whether a constraint is of what may be or of what is, by its own name and another's."""
    role = Member("type" if dialect.is_10 else "role", "role", Codec(_read_role, str))
    return role, replace(role, key="role" if dialect.is_10 else "type", shown=unwritten)


def set_reference(key: str, field: str, *, bare: bool = False) -> Member:
    """Data sets or metadata sets of SDMX 2.1."""
    provider = Member("dataProvider", "provider", reference(_A.DATA_PROVIDER_SCHEME, item=True))
    codec = bind(Shape(model.SetReference, (provider, Member("id", "id", TEXT))))
    return Member(key, field, codec, many=True, bare=bare)


def _availability(dialect: Dialect) -> Codec:
    """What is there (SDMX 3.1): it has no name, its attachment says what it is of."""
    attached = tuple(
        Member(key, "attachment", reference(artefact), True, artefact, bare=True)
        for artefact, key in _AVAILABLE.items()
    )
    members = (
        annotated(dialect),
        Nest("constraintAttachment", attached),
        Member("cubeRegion", "cube_regions", _cube_region(dialect), many=True, bare=True),
        Member("seriesCount", "series_count", INTEGER),
        Member("obsCount", "observation_count", INTEGER),
    )
    shape = Shape(
        model.DataConstraint,
        members,
        complete=named_by_attachment,
        dropped=frozenset({"role"}),
    )
    return bind(shape)


_AVAILABLE = {
    _A.DATA_STRUCTURE: "dataStructure",
    _A.DATAFLOW: "dataflow",
    _A.PROVISION_AGREEMENT: "provisionAgreement",
}


def _metadata_constraint(dialect: Dialect) -> dict[str, Codec]:
    region = bind(
        Shape(
            model.MetadataTargetRegion,
            (
                annotated(dialect, "annotations"),
                INCLUDE,
                *VALIDITY,
                Member("components", "components", selection(dialect, OF_A_COMPONENT), many=True),
            ),
        )
    )
    own: tuple[Part, ...] = (
        attachment(dialect, _A.METADATA_PROVIDER_SCHEME, "metadataProvider", _METADATA),
        Member("metadataTargetRegions", "regions", region, many=True),
    )
    kind, made = _A.METADATA_CONSTRAINT, model.MetadataConstraint
    if dialect.is_21:
        return {kind: maintainable(dialect, kind, made, *own)}
    return {kind: maintainable(dialect, kind, made, *own, CALENDAR, role="Allowed")}


def check_constraint(
    constraint: model.DataConstraint | model.MetadataConstraint, dialect: Dialect
) -> None:
    """Refuse what the schema has no place for: several classes or providers, three regions."""
    if dialect.is_21 and isinstance(constraint, model.DataConstraint) and is_actual(constraint):
        check_available(constraint)
    if isinstance(constraint, model.DataConstraint):
        check_sources(constraint, single=dialect.is_10)
        provider, attachable, regions = _A.DATA_PROVIDER_SCHEME, _DATA, constraint.cube_regions
    else:
        provider, attachable, regions = _A.METADATA_PROVIDER_SCHEME, _METADATA, ()
    classes = {ref.artefact for ref in constraint.attachment}
    several = len(classes) > 1 or (provider in classes and len(constraint.attachment) > 1)
    if several or not classes <= {provider, *attachable} or (constraint.files and classes):
        raise refuse("FORMAT_CANNOT_CARRY", found="constraintAttachment")
    if constraint.services and (constraint.files or provider in classes or not classes):
        raise refuse("FORMAT_CANNOT_CARRY", found="constraintAttachment")
    if len(regions) > 2 and not dialect.is_10:
        raise refuse("FORMAT_CANNOT_CARRY", found="cubeRegions")


def attachment(
    dialect: Dialect,
    provider: ArtefactClass,
    key: str,
    attachable: Mapping[ArtefactClass, str],
    sets: tuple[Member, ...] = (),
) -> Nest:
    """What a constraint is attached to; ``sets``: also data sets or metadata sets."""
    member = Member(key, "attachment", reference(provider, item=True), True, provider, bare=True)
    artefacts = tuple(
        Member(name, "attachment", reference(artefact), True, artefact, distinct=True)
        for artefact, name in attachable.items()
    )
    if dialect.is_21:
        return Nest("constraintAttachment", (member, *artefacts))
    files = Member("simpleDataSources", "files", TEXT, many=True)
    if dialect.is_10:
        files = Member("simpleDataSource", "files", TEXT, many=True, bare=True)
    services = Member("queryableDataSources", "services", _SERVICE, many=True)
    return Nest("constraintAttachment", (member, *artefacts, files, *sets, services))


_SERVICE = bind(
    Shape(
        model.QueryableSource,
        (
            Member("dataURL", "url", TEXT),
            Member("wsdlURL", "wsdl_url", TEXT),
            Member("wadlURL", "wadl_url", TEXT),
            Member("isRESTDatasource", "is_rest", BOOLEAN),
            Member("isWebServiceDatasource", "is_web_service", BOOLEAN),
        ),
    )
)
CALENDAR = Member(
    "releaseCalendar",
    "release_calendar",
    bind(
        Shape(
            model.ReleaseCalendar,
            (
                Member("periodicity", "periodicity", TEXT),
                Member("offset", "offset", TEXT),
                Member("tolerance", "tolerance", TEXT),
            ),
        )
    ),
)
REFERENCE_PERIOD = Member(
    "referencePeriod",
    "reference_period",
    bind(
        Shape(
            model.ReferencePeriod,
            (Member("startTime", "start", TEXT), Member("endTime", "end", TEXT)),
        )
    ),
)


def _read_role(value: Any, place: Place) -> model.ConstraintRole:
    """FMR writes it small."""
    return model.ConstraintRole(TEXT.read(value, place).capitalize())


def _cube_region(dialect: Dialect) -> Codec:
    inside, beside = selection(dialect, IN_A_REGION), selection(dialect, OF_A_COMPONENT)
    if dialect.is_10:
        members: tuple[Part, ...] = (
            INCLUDED,
            Member("keyValues", "members", inside, many=True),
            Member("attributes", "components", beside, many=True),
        )
        return bind(Shape(model.CubeRegion, members))
    return bind(
        Shape(
            model.CubeRegion,
            (
                annotated(dialect, "annotations"),
                INCLUDE,
                replace(INCLUDED, shown=unwritten),
                Member("keyValues", "members", inside, many=True),
                Member("components", "components", beside, many=True),
            ),
        )
    )
