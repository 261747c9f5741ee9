"""Data constraints in SDMX-JSON 2.0: attachment, cube regions, member selections."""

from __future__ import annotations

from typing import Any

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
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT, reference
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.regions import CubeRegion, MemberSelection, TimeRange
from sdmx_service.model.structures import ConstraintRole, DataConstraint

_ENDS = {
    "beforePeriod": "end",
    "afterPeriod": "start",
    "startPeriod": "start",
    "endPeriod": "end",
}


def check_constraint(constraint: DataConstraint) -> None:
    """Refuse what the schema has no place for: several classes or providers, three regions."""
    classes = {ref.artefact for ref in constraint.attachment}
    provider = ArtefactClass.DATA_PROVIDER_SCHEME in classes and len(constraint.attachment) > 1
    attachable = {part.artefact for part in _ATTACHMENT}
    if len(classes) > 1 or provider or not classes <= attachable:
        raise refuse("FORMAT_CANNOT_CARRY", found="constraintAttachment")
    if len(constraint.cube_regions) > 2:
        raise refuse("FORMAT_CANNOT_CARRY", found="cubeRegions")


def _read_role(value: Any, _place: Place) -> ConstraintRole:
    return ConstraintRole(value)


def _read_value(value: Any, place: Place) -> str:
    """A text, or an object that says no more than it."""
    if isinstance(value, dict) and value.get("cascadeValues", False) is False:
        if value.keys() - {"value", "cascadeValues"}:
            raise unexpected(place)
        value = value.get("value")
    return str(TEXT.read(value, place))


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


_A = ArtefactClass
_PROVIDER = reference(_A.DATA_PROVIDER_SCHEME, item=True)
_ATTACHMENT = (
    Member("dataProvider", "attachment", _PROVIDER, True, _A.DATA_PROVIDER_SCHEME, bare=True),
    *(
        Member(key, "attachment", reference(artefact), many=True, artefact=artefact)
        for key, artefact in (
            ("dataStructures", _A.DATA_STRUCTURE),
            ("dataflows", _A.DATAFLOW),
            ("provisionAgreements", _A.PROVISION_AGREEMENT),
        )
    ),
)
_INCLUDE = Member("include", "include", BOOLEAN)
_SELECTION = bind(
    Shape(
        MemberSelection,
        (
            Member("id", "component", TEXT),
            _INCLUDE,
            Member("values", "values", Codec(_read_value, lambda value: value), many=True),
            Member("timeRange", "time_range", Codec(_read_time_range, _write_time_range)),
        ),
    )
)
_REGION = bind(
    Shape(
        CubeRegion,
        (
            _INCLUDE,
            Member("keyValues", "members", _SELECTION, many=True),
            Member("components", "components", _SELECTION, many=True),
        ),
    )
)
DATA_CONSTRAINT: tuple[Part, ...] = (
    Member("role", "role", Codec(_read_role, str)),
    Nest("constraintAttachment", _ATTACHMENT),
    Member("cubeRegions", "cube_regions", _REGION, many=True),
)
