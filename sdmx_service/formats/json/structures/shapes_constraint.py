"""Constraints in SDMX-JSON: attachment, cube regions, key sets, member selections."""

from __future__ import annotations

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
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT, annotated, reference
from sdmx_service.formats.json.structures.shapes_items import read_cascade, show_cascade
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import Cascade, SelectedValue, TimeRange

_A = ArtefactClass
_ENDS = {
    "beforePeriod": "end",
    "afterPeriod": "start",
    "startPeriod": "start",
    "endPeriod": "end",
}
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


def constraint_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codecs of constraints on data (in 1.0 content constraints) and on metadata."""
    role = Member("type" if dialect.is_10 else "role", "role", Codec(_read_role, str))
    regions = Member("cubeRegions", "cube_regions", _cube_region(dialect), many=True)
    key_sets = Member("dataKeySets", "key_sets", _key_set(dialect), many=True)
    attached = _attachment(dialect, _A.DATA_PROVIDER_SCHEME, "dataProvider", _DATA)
    own: tuple[Part, ...] = (attached, key_sets, regions)
    if not dialect.is_21:
        own = (role, *own, _CALENDAR)
    if dialect.is_10:
        own = (*own, _REFERENCE_PERIOD)
    data = {_A.DATA_CONSTRAINT: maintainable(dialect, _A.DATA_CONSTRAINT, _CONSTRAINT, *own)}
    return data if dialect.is_10 else data | _metadata_constraint(dialect)


_CONSTRAINT = model.DataConstraint


def _metadata_constraint(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    region = bind(
        Shape(
            model.MetadataTargetRegion,
            (
                annotated(dialect, "annotations"),
                _INCLUDE,
                *_VALIDITY,
                Member("components", "components", _selection(dialect), many=True),
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
        Member(name, "attachment", reference(artefact), many=True, artefact=artefact)
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
_INCLUDE = Member("include", "include", BOOLEAN)
_VALIDITY = (Member("validFrom", "valid_from", TEXT), Member("validTo", "valid_to", TEXT))


def _read_role(value: Any, _place: Place) -> model.ConstraintRole:
    return model.ConstraintRole(value)


def _cube_region(dialect: Dialect) -> Codec:
    selection = _selection(dialect)
    if dialect.is_10:
        members: tuple[Part, ...] = (
            Member("isIncluded", "include", BOOLEAN),
            Member("keyValues", "members", selection, many=True),
            Member("attributes", "components", selection, many=True),
        )
        return bind(Shape(model.CubeRegion, members))
    return bind(
        Shape(
            model.CubeRegion,
            (
                annotated(dialect, "annotations"),
                _INCLUDE,
                Member("keyValues", "members", selection, many=True),
                Member("components", "components", selection, many=True),
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
            Member("components", "components", _selection(dialect), many=True),
            *_VALIDITY,
        )
    key = bind(Shape(model.DataKey, members, ignored=frozenset({"include"})))
    return bind(
        Shape(
            model.DataKeySet,
            (Member("isIncluded", "include", BOOLEAN), Member("keys", "keys", key, many=True)),
        )
    )


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


def _selection(dialect: Dialect) -> Codec:
    """Values and what is said of them are one list in JSON, two in the model."""
    times = Member("timeRange", "time_range", Codec(_read_time_range, _write_time_range))
    dropped = frozenset({"values", "details"})
    if dialect.is_10:
        values: tuple[Part, ...] = (
            Member("id", "component", TEXT),
            Member("values", "plain", Codec(_read_value, _write_plain), many=True),
            Member("cascadeValues", "cascading", _CASCADING, many=True),
            times,
        )
        shape = Shape(model.MemberSelection, values, complete=_apart, dropped=dropped)
        return bind(shape)
    values = (
        Member("id", "component", TEXT),
        _INCLUDE,
        Member("removePrefix", "remove_prefix", BOOLEAN, shown=bool),
        Member("values", "selected", Codec(_read_value, _write_value), many=True),
        times,
        *_VALIDITY,
    )
    return bind(Shape(model.MemberSelection, values, complete=_apart, dropped=dropped))


def _apart(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """The texts of the values, and those of which more is said."""
    selected = tuple(
        one for name in ("selected", "plain", "cascading") for one in own.pop(name, ())
    )
    own["values"] = tuple(one.value for one in selected)
    own["details"] = tuple(one for one in selected if one != SelectedValue(value=one.value))


_DETAILS = {"lang": "language", "validFrom": "valid_from", "validTo": "valid_to"}


def _read_value(value: Any, place: Place) -> SelectedValue:
    """A text, or an object that says more of it."""
    if not isinstance(value, dict):
        return SelectedValue(value=TEXT.read(value, place))
    if value.keys() - {"value", "cascadeValues", *_DETAILS}:
        raise unexpected(place)
    more = {name: TEXT.read(value[key], place) for key, name in _DETAILS.items() if key in value}
    cascade = read_cascade(value.get("cascadeValues", False))
    return SelectedValue(value=TEXT.read(value.get("value"), place), cascade=cascade, **more)


def _write_value(value: SelectedValue) -> Any:
    if value == SelectedValue(value=value.value):
        return value.value
    written: dict[str, Any] = {"value": value.value}
    if value.cascade is not Cascade.NO:
        written["cascadeValues"] = show_cascade(value.cascade)
    held = {key: getattr(value, name) for key, name in _DETAILS.items()}
    return written | {key: text for key, text in held.items() if text is not None}


def _write_plain(value: SelectedValue) -> str:
    if value != SelectedValue(value=value.value):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Value {value.value}")
    return value.value


def _read_cascading(value: Any, place: Place) -> SelectedValue:
    return SelectedValue(value=TEXT.read(value, place), cascade=Cascade.YES)


def _write_cascading(value: SelectedValue) -> str:
    if value != SelectedValue(value=value.value, cascade=Cascade.YES):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Value {value.value}")
    return value.value


_CASCADING = Codec(_read_cascading, _write_cascading)


def _read_time_range(value: Any, place: Place) -> TimeRange:
    if not isinstance(value, dict):
        raise unexpected(place)
    found: dict[str, Any] = {}
    for key, held in value.items():
        end = _ENDS.get(key)
        if end is None or end in found or not isinstance(held, dict):
            raise unexpected(place.at(key))
        if "period" not in held or held.keys() - {"period", "isInclusive"}:
            raise unexpected(place.at(key))
        found[end] = TEXT.read(held["period"], place)
        found[f"{end}_inclusive"] = BOOLEAN.read(held.get("isInclusive", True), place)
    return TimeRange(**found)


def _write_time_range(value: TimeRange) -> dict[str, Any]:
    start = {"period": value.start, "isInclusive": value.start_inclusive}
    end = {"period": value.end, "isInclusive": value.end_inclusive}
    if value.start is not None and value.end is not None:
        return {"startPeriod": start, "endPeriod": end}
    if value.start is not None:
        return {"afterPeriod": start}
    if value.end is not None:
        return {"beforePeriod": end}
    raise refuse("FORMAT_CANNOT_CARRY", found="timeRange")
