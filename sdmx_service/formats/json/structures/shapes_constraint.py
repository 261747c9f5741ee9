"""Constraints in SDMX-JSON: attachment, cube regions, key sets, member selections."""

from __future__ import annotations

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
    unexpected,
)
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    INTEGER,
    TEXT,
    annotated,
    reference,
    unwritten,
)
from sdmx_service.formats.json.structures.selections import INCLUDE, VALIDITY, selection
from sdmx_service.formats.structures.availability import (
    AVAILABILITY,
    check_available,
    is_actual,
    named_by_attachment,
)
from sdmx_service.formats.structures.selections import (
    IN_A_REGION,
    OF_A_COMPONENT,
    OF_A_COMPONENT_IN_A_KEY,
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


_INCLUDED = Member("isIncluded", "include", BOOLEAN)


def constraint_codecs(dialect: Dialect) -> dict[str, Codec]:
    """The codecs of constraints on data (in 1.0 content constraints) and on metadata."""
    role = Member("type" if dialect.is_10 else "role", "role", Codec(_read_role, str))
    regions = Member("cubeRegions", "cube_regions", _cube_region(dialect), many=True)
    key_sets = Member("dataKeySets", "key_sets", _key_set(dialect), many=True)
    attached = _attachment(dialect, _A.DATA_PROVIDER_SCHEME, "dataProvider", _DATA)
    own: tuple[Part, ...] = (attached, key_sets, regions)
    if not dialect.is_21:
        other = "role" if dialect.is_10 else "type"
        own = (role, replace(role, key=other, shown=unwritten), *own, _CALENDAR)
    if dialect.is_10:
        own = (*own, _REFERENCE_PERIOD)
    kind = _A.DATA_CONSTRAINT
    codecs: dict[str, Codec] = {kind: maintainable(dialect, kind, model.DataConstraint, *own)}
    if not dialect.is_10:
        codecs |= _metadata_constraint(dialect)
    return codecs | {AVAILABILITY: _availability(dialect)} if dialect.is_21 else codecs


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
        _attachment(dialect, _A.METADATA_PROVIDER_SCHEME, "metadataProvider", _METADATA),
        Member("metadataTargetRegions", "regions", region, many=True),
    )
    kind, made = _A.METADATA_CONSTRAINT, model.MetadataConstraint
    if dialect.is_21:
        return {kind: maintainable(dialect, kind, made, *own)}
    return {kind: maintainable(dialect, kind, made, *own, _CALENDAR, role="Allowed")}


def check_constraint(
    constraint: model.DataConstraint | model.MetadataConstraint, dialect: Dialect
) -> None:
    """Refuse what the schema has no place for: several classes or providers, three regions."""
    if dialect.is_21 and isinstance(constraint, model.DataConstraint) and is_actual(constraint):
        check_available(constraint)
    if isinstance(constraint, model.DataConstraint):
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


def _attachment(
    dialect: Dialect,
    provider: ArtefactClass,
    key: str,
    attachable: dict[ArtefactClass, str],
) -> Nest:
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
    return Nest("constraintAttachment", (member, *artefacts, files, services))


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
_CALENDAR = Member(
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
_REFERENCE_PERIOD = Member(
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
            _INCLUDED,
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
                replace(_INCLUDED, shown=unwritten),
                Member("keyValues", "members", inside, many=True),
                Member("components", "components", beside, many=True),
            ),
        )
    )


def _key_set(dialect: Dialect) -> Codec:
    member = Codec(_read_key_value, _write_key_values if dialect.is_21 else _write_key_value)
    members: tuple[Part, ...] = (Member("keyValues", "members", member, many=True),)
    if not dialect.is_10:
        members = (
            annotated(dialect, "annotations"),
            *members,
            Member(
                "components", "components", selection(dialect, OF_A_COMPONENT_IN_A_KEY), many=True
            ),
            *VALIDITY,
        )
    key = bind(Shape(model.DataKey, members, ignored=frozenset({"include"})))
    keys = Member("keys", "keys", _with_values(key) if dialect.is_10 else key, many=True)
    return bind(Shape(model.DataKeySet, (_INCLUDED, keys)))


def _with_values(key: Codec) -> Codec:
    """SDMX 2.1 asks a key for a value, and has no prefixes."""

    def write(value: model.DataKey) -> Any:
        if not value.members or any(member.remove_prefix for member in value.members):
            raise refuse("FORMAT_CANNOT_CARRY", found="keys")
        return key.write(value)

    return Codec(key.read, write)


def _read_key_value(value: Any, place: Place) -> model.MemberSelection:
    match value:
        case {"id": str(component), **rest} if rest.keys() <= _OF_A_KEY and rest:
            texts = rest.get("values", [rest.get("value")])
            if isinstance(texts, list) and rest.get("include", True) is True:
                return model.MemberSelection(
                    component=component,
                    values=tuple(TEXT.read(text, place) for text in texts),
                    remove_prefix=BOOLEAN.read(rest.get("removePrefix", False), place),
                )
    raise unexpected(place)


_OF_A_KEY = frozenset({"value", "values", "include", "removePrefix"})


def _write_key_value(value: model.MemberSelection) -> dict[str, Any]:
    plain = model.MemberSelection(
        component=value.component, values=value.values, remove_prefix=value.remove_prefix
    )
    if value != plain or len(value.values) != 1:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Key {value.component}")
    prefix = {"removePrefix": True} if value.remove_prefix else {}
    return {"id": value.component, "value": value.values[0], **prefix}


def _write_key_values(value: model.MemberSelection) -> dict[str, Any]:
    if len(value.values) < 2:
        return _write_key_value(value)
    first = model.MemberSelection(
        component=value.component, values=value.values[:1], remove_prefix=value.remove_prefix
    )
    if value.details or value.time_range or not value.include:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Key {value.component}")
    written = _write_key_value(first)
    del written["value"]
    return {**written, "values": list(value.values)}
