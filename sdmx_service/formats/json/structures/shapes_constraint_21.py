"""Constraints in SDMX-JSON 1.0 that SDMX 3 has not, or in a class of its own: on metadata, and of
what attributes are attached to.
"""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.building import maintainable
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Nest, Place, Shape, bind
from sdmx_service.formats.json.structures.keys import INCLUDED, data_key, key_set
from sdmx_service.formats.json.structures.parts import TEXT, any_reference, reference
from sdmx_service.formats.json.structures.selections import INCLUDE, TIMES, selection
from sdmx_service.formats.json.structures.shapes_constraint import (
    CALENDAR,
    REFERENCE_PERIOD,
    attachment,
    roles,
    set_reference,
)
from sdmx_service.formats.json.structures.shapes_metadata_21 import wire
from sdmx_service.formats.structures.attachment import ATTACHED
from sdmx_service.formats.structures.classes_21 import MetadataContent, ReportRegion
from sdmx_service.formats.structures.metadata_constraints import (
    ATTACHABLE,
    TELLING,
    check_content,
    check_target,
    says_metadata,
)
from sdmx_service.formats.structures.selections import OF_A_COMPONENT
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_OF_REPORT = (Member("report", "report", TEXT), Member("metadataTarget", "target", TEXT))
_PARTS = frozenset({"metadataKeySets", "metadataTargetRegions"})


def _plural(name: str) -> str:
    return f"{wire(name)}s"


_ATTACHED = frozenset(wire(name) if name.endswith("Set") else _plural(name) for name in TELLING)


def attachment_constraint(dialect: Dialect) -> Codec:
    """A constraint that says which keys attributes or metadata are attached to."""
    attached = tuple(
        Member(_plural(name), "attachment", reference(artefact), True, artefact)
        for artefact, name in ATTACHED.items()
    )
    sources = (
        set_reference("dataSets", "data_sets"),
        set_reference("metadataSets", "metadata_sets"),
        Member("simpleDataSources", "files", TEXT, many=True),
    )
    kind = _A.ATTACHMENT_CONSTRAINT
    within = Nest("constraintAttachment", (*attached, *sources))
    key_sets = Member("dataKeySets", "key_sets", key_set(dialect), many=True)
    keys = _metadata_key_sets(dialect, "metadata_key_sets")
    return maintainable(dialect, kind, model.AttachmentConstraint, within, key_sets, keys)


def content_constraint(dialect: Dialect, data: Codec) -> Codec:
    """A content constraint on data, for which ``data`` is the codec, or on metadata."""
    metadata = _metadata_content(dialect)

    def read(value: Any, place: Place) -> Any:
        return (metadata if _is_on_metadata(value) else data).read(value, place)

    def write(value: Any) -> Any:
        if not isinstance(value, MetadataContent):
            return data.write(value)
        check_content(value)
        return metadata.write(value)

    return Codec(read, write)


def _is_on_metadata(value: Any) -> bool:
    match value:
        case {"constraintAttachment": {**attached}} if _ATTACHED & attached.keys():
            return True
        case {"annotations": [*notes]}:
            titles = (note.get("title") for note in notes if isinstance(note, dict))
            if any(isinstance(title, str) and says_metadata(title) for title in titles):
                return True
    return isinstance(value, dict) and bool(_PARTS & value.keys())


def _metadata_content(dialect: Dialect) -> Codec:
    attachable: dict[ArtefactClass, str] = {
        artefact: _plural(name)
        for artefact, name in ATTACHABLE.items()
        if artefact is not _A.DATA_PROVIDER_SCHEME
    }
    sets = (set_reference("metadataSet", "metadata_sets", bare=True),)
    return maintainable(
        dialect,
        _A.DATA_CONSTRAINT,
        MetadataContent,
        *roles(dialect),
        attachment(dialect, _A.DATA_PROVIDER_SCHEME, "dataProvider", attachable, sets),
        _metadata_key_sets(dialect, "key_sets"),
        _regions(dialect),
        CALENDAR,
        REFERENCE_PERIOD,
    )


def _regions(dialect: Dialect) -> Member:
    targets = Member("keyValues", "targets", _target(dialect), many=True)
    components = Member("attributes", "components", selection(dialect, OF_A_COMPONENT), many=True)
    region = bind(Shape(ReportRegion, (INCLUDE, *_OF_REPORT, components, targets)))
    return Member("metadataTargetRegions", "regions", region, many=True)


def _metadata_key_sets(dialect: Dialect, field: str) -> Member:
    members = Member("keyValues", "members", _target(dialect, single=True), many=True)
    key = bind(Shape(model.MetadataKey, (*_OF_REPORT, members)))
    keys = Member("keys", "keys", key, many=True)
    held = bind(Shape(model.MetadataKeySet, (INCLUDED, keys)))
    return Member("metadataKeySets", field, held, many=True)


def _target(dialect: Dialect, *, single: bool = False) -> Codec:
    """What metadata are about, by object of the target; ``single``: in a key."""
    end = "" if single else "s"
    members = (
        Member("id", "component", TEXT),
        Member(f"value{end}", "values", TEXT, many=True, bare=single),
        set_reference(f"dataSet{end}", "data_sets", bare=single),
        Member(f"dataKey{end}", "data_keys", data_key(dialect), many=True, bare=single),
        Member(f"object{end}", "objects", any_reference(dialect), many=True, bare=single),
        *(() if single else (TIMES,)),
    )
    plain = bind(Shape(model.TargetSelection, members))

    def write(value: model.TargetSelection) -> Any:
        check_target(value, single=single)
        return plain.write(value)

    return Codec(plain.read, write)
