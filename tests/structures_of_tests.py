"""Data structures that tests read and write messages of, and a resolver that knows them."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.columns import layout_of
from sdmx_service.model.message import ResolveStructure, StructureUse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    DataStructure,
    Dimension,
    Group,
    Measure,
    Representation,
)


def concept(name: str) -> Ref:
    return Ref(ArtefactClass.CONCEPT_SCHEME, "TEST", "CS", "1.0", name)


def attribute(
    name: str,
    level: AttachmentLevel,
    dimensions: tuple[str, ...] = (),
    group: str | None = None,
    *,
    coded: bool = False,
) -> Attribute:
    codelist = Ref(ArtefactClass.CODELIST, "TEST", f"CL_{name}", "1.0")
    return Attribute(
        id=name,
        concept=concept(name),
        relationship=AttributeRelationship(level=level, dimensions=dimensions, group=group),
        representation=Representation(enumeration=codelist) if coded else None,
    )


def data_structure(
    name: str,
    dimensions: Iterable[str],
    attributes: Iterable[Attribute],
    measures: Iterable[str] = ("OBS_VALUE",),
    groups: Iterable[Group] = (),
) -> DataStructure:
    return DataStructure(
        ref=Ref(ArtefactClass.DATA_STRUCTURE, "TEST", name, "1.0"),
        dimensions=tuple(Dimension(id=item, concept=concept(item)) for item in dimensions),
        time_dimension=Dimension(id="TIME_PERIOD", concept=concept("TIME_PERIOD")),
        groups=tuple(groups),
        measures=tuple(Measure(id=item, concept=concept(item)) for item in measures),
        attributes=tuple(attributes),
    )


SMALL = data_structure(
    "SMALL",
    ("FREQ", "REF_AREA", "INDICATOR"),
    (
        attribute("COMPILER", AttachmentLevel.DATAFLOW),
        attribute("SOURCE_GROUP", AttachmentLevel.GROUP, group="SIBLING"),
        attribute("CONTACT", AttachmentLevel.DIMENSIONS, ("REF_AREA",)),
        attribute(
            "UNIT", AttachmentLevel.DIMENSIONS, ("FREQ", "REF_AREA", "INDICATOR"), coded=True
        ),
        attribute("OBS_STATUS", AttachmentLevel.OBSERVATION, coded=True),
        attribute("COMMENT", AttachmentLevel.OBSERVATION),
    ),
    groups=(Group(id="SIBLING", dimensions=("REF_AREA", "INDICATOR")),),
)
"""Three dimensions, an attribute at each level, a group."""

_SERIES = tuple(f"DIM_{number}" for number in range(1, 9))
WIDE = data_structure(
    "WIDE",
    _SERIES,
    (
        attribute("TITLE", AttachmentLevel.DIMENSIONS, _SERIES),
        attribute("UNIT_MEASURE", AttachmentLevel.DIMENSIONS, _SERIES),
        attribute("DECIMALS", AttachmentLevel.DIMENSIONS, _SERIES),
        attribute("OBS_STATUS", AttachmentLevel.OBSERVATION),
        attribute("CONF_STATUS", AttachmentLevel.OBSERVATION),
        attribute("COMMENT_OBS", AttachmentLevel.OBSERVATION),
    ),
)
"""Nine dimensions with time, six attributes: what speed is measured on."""


def knows(*structures: DataStructure) -> ResolveStructure:
    """A resolver that finds these structures by id, whatever artefact class names them."""
    by_id = {structure.ref.id: structure for structure in structures}

    def resolve(ref: Ref) -> StructureUse | None:
        found = by_id.get(ref.id)
        if found is None or ref.version not in (None, found.ref.version):
            return None
        return StructureUse(declared=ref, data_structure=found, layout=layout_of(found))

    return resolve
