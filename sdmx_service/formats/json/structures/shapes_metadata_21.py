"""Metadata structures of SDMX 2.1 in SDMX-JSON 1.0: targets and reports; and names by URN."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Part, Shape, bind
from sdmx_service.formats.json.structures.parts import TEXT, annotable
from sdmx_service.formats.json.structures.representation import represented
from sdmx_service.formats.json.structures.shapes_flows import metadata_attribute
from sdmx_service.formats.structures.classes_21 import MetadataTarget, ReportStructure, TargetObject
from sdmx_service.formats.structures.metadata import (
    FIXED_TARGETS,
    IDENTIFIABLE,
    completing,
    is_of_kind,
)
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ITEM_CLASSES


def inside(urn: Any) -> str:
    """The last part of a URN, by which something in an artefact is named. Raises ValueError."""
    if not isinstance(urn, str):
        raise ValueError("urn")
    _, ends, name = urn.rpartition(").")
    if not ends or not name:
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=urn)
    return name


LOCAL = Codec(lambda value, _place: inside(value), lambda name: name)


def wire(name: str) -> str:
    """The name of a class as members are named."""
    return f"{name[0].lower()}{name[1:]}"


def reporting_structure(dialect: Dialect) -> tuple[Part, ...]:
    """The members of the components of a metadata structure."""
    targets = bind(Shape(MetadataTarget, (_ID, *_objects(dialect))))
    report = annotable(
        dialect,
        ReportStructure,
        _ID,
        Member("metadataAttributes", "attributes", metadata_attribute(dialect), many=True),
        Member("metadataTargets", "targets", LOCAL, many=True),
    )
    return (
        Member("metadataTargets", "targets", targets, many=True),
        Member("reportStructures", "reports", report, many=True),
    )


_ID = Member("id", "id", TEXT)


def _objects(dialect: Dialect) -> Iterable[Member]:
    for kind in (*FIXED_TARGETS, IDENTIFIABLE):
        yield Member(
            f"{wire(kind)}s", "objects", _object(dialect, kind), many=True, shown=is_of_kind(kind)
        )


def _object(dialect: Dialect, kind: str) -> Codec:
    schemes = tuple(ITEM_CLASSES)
    values = represented(dialect, "localRepresentation", "representation", enumerable=schemes)

    of = (Member("objectType", "object_type", TEXT),) if kind == IDENTIFIABLE else ()
    shape = Shape(
        TargetObject, (_ID, values, *of), complete=completing(kind), dropped=frozenset({"kind"})
    )
    return bind(shape)
