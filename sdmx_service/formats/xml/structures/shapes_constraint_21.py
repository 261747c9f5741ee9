"""Constraints in SDMX-ML 2.1 that SDMX 3 has not, or in a class of its own: on metadata, and of
what attributes are attached to.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

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
from sdmx_service.formats.xml.structures.building import maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Put,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import ID, TEXT
from sdmx_service.formats.xml.structures.selections import INCLUDE, selection
from sdmx_service.formats.xml.structures.shapes_constraint import (
    INCLUDED,
    attachment,
    calendar,
    data_key,
    key_set,
    reference_period,
    role,
    set_reference,
)
from sdmx_service.formats.xml.structures.structure_parts import time_range
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_OF_REPORT = (Attribute("report", "report"), Attribute("metadataTarget", "target"))
_SIGNS = (
    "str:MetadataKeySet",
    "str:MetadataTargetRegion",
    *(f"str:ConstraintAttachment/str:{name}" for name in TELLING),
)
_TITLES = "com:Annotations/com:Annotation/com:AnnotationTitle"


def attachment_constraint(dialect: Dialect) -> Shape:
    """A constraint that says which keys attributes or metadata are attached to."""
    artefacts = tuple(
        Element(f"str:{name}", "attachment", dialect.reference(artefact), tuple, artefact)
        for artefact, name in ATTACHED.items()
    )
    sources = (
        Element("str:SimpleDataSource", "files", ID, tuple),
        set_reference(dialect, "str:DataSet", "data_sets"),
        set_reference(dialect, "str:MetadataSet", "metadata_sets"),
    )
    parts = (
        Wrapper("str:ConstraintAttachment", (*sources, *artefacts)),
        Element("str:DataKeySet", "key_sets", bind(key_set(dialect), dialect.names), tuple),
        _metadata_key_sets(dialect, "metadata_key_sets"),
    )
    return maintainable(dialect, _A.ATTACHMENT_CONSTRAINT, model.AttachmentConstraint, parts)


def content_constraint(dialect: Dialect, data: Codec) -> Codec:
    """A content constraint on data, for which ``data`` is the codec, or on metadata."""
    metadata = bind(_metadata_content(dialect), dialect.names)

    def read(element: etree._Element) -> Any:
        return (metadata if _is_on_metadata(element, dialect) else data).read(element)

    def write(put: Put, tag: str, value: Any) -> None:
        write_with(put, tag, value, "")

    def write_with(put: Put, tag: str, value: Any, more: str) -> None:
        codec = data
        if isinstance(value, MetadataContent):
            check_content(value)
            codec = metadata
        if codec.write_with is not None:
            codec.write_with(put, tag, value, more)

    return Codec(read, write, write_with)


def _is_on_metadata(element: etree._Element, dialect: Dialect) -> bool:
    names = dict(dialect.names)
    if any(element.find(sign, names) is not None for sign in _SIGNS):
        return True
    return any(says_metadata(title.text) for title in element.findall(_TITLES, names))


def _metadata_content(dialect: Dialect) -> Shape:
    attached = {artefact: f"str:{name}" for artefact, name in ATTACHABLE.items()}
    sets = (set_reference(dialect, "str:MetadataSet", "metadata_sets"),)
    parts = (
        attachment(dialect, attached, sets),
        _metadata_key_sets(dialect, "key_sets"),
        _regions(dialect),
        calendar(dialect),
        reference_period(dialect),
    )
    return maintainable(dialect, _A.DATA_CONSTRAINT, MetadataContent, parts, (role(dialect),))


def _regions(dialect: Dialect) -> Element:
    targets = _targets(dialect, single=False)
    components = Element("com:Attribute", "components", selection(dialect, OF_A_COMPONENT), tuple)
    region = Shape(ReportRegion, (INCLUDE, *_OF_REPORT), (targets, components))
    return Element("str:MetadataTargetRegion", "regions", bind(region, dialect.names), tuple)


def _metadata_key_sets(dialect: Dialect, field: str) -> Element:
    members = _targets(dialect, single=True)
    key = Shape(model.MetadataKey, _OF_REPORT, (members,), ignored={"include": "true"})
    keys = Element("str:Key", "keys", bind(key, dialect.names), tuple)
    held = Shape(model.MetadataKeySet, (INCLUDED,), (keys,))
    return Element("str:MetadataKeySet", field, bind(held, dialect.names), tuple)


def _targets(dialect: Dialect, *, single: bool) -> Element:
    """What metadata are about, by object of the target; ``single``: in a key."""
    plain = bind(_target(dialect), dialect.names)

    def write(put: Put, tag: str, value: model.TargetSelection) -> None:
        check_target(value, single=single)
        plain.write(put, tag, value)

    field = "members" if single else "targets"
    return Element("com:KeyValue", field, Codec(plain.read, write), tuple)


def _target(dialect: Dialect) -> Shape:
    return Shape(
        model.TargetSelection,
        (Attribute("id", "component"), INCLUDE),
        (
            Element("com:Value", "values", TEXT, tuple),
            set_reference(dialect, "com:DataSet", "data_sets"),
            Element("com:DataKey", "data_keys", data_key(dialect), tuple),
            Element("com:Object", "objects", dialect.reference(), tuple),
            Element("com:TimeRange", "time_range", time_range(dialect)),
        ),
    )
