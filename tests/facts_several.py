"""A structure with several measures, values and languages (SDMX 3.0)."""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.message import StructureContext
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Measure,
    Representation,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText
from tests.facts import CONCEPT, codelist, context_of

OF_SEVERAL = Representation(max_occurs="unbounded")
IN_LANGUAGES = Representation(text_format=TextFormat(data_type="String", is_multilingual=True))
_CODED = Representation(enumeration=Ref(ArtefactClass.CODELIST, "T", "CL_KIND", "1.0"))
_MEASURES = {
    "SECOND": Representation(text_format=TextFormat(data_type="Double")),
    "KIND": _CODED,
    "SHARES": replace(OF_SEVERAL, text_format=TextFormat(data_type="Decimal")),
    "REVISIONS": OF_SEVERAL,
}
_ATTRIBUTES = {
    "FLAGS": (AttachmentLevel.OBSERVATION, replace(_CODED, max_occurs=3)),
    "REMARK": (AttachmentLevel.OBSERVATION, IN_LANGUAGES),
    "NOTES": (AttachmentLevel.DIMENSIONS, OF_SEVERAL),
    "SOURCES": (AttachmentLevel.DIMENSIONS, replace(IN_LANGUAGES, max_occurs=3)),
    "GROUP_FLAGS": (AttachmentLevel.GROUP, replace(_CODED, max_occurs="unbounded")),
    "LICENCE": (AttachmentLevel.DATAFLOW, IN_LANGUAGES),
    "SAID": (AttachmentLevel.DATAFLOW, replace(IN_LANGUAGES, max_occurs="unbounded")),
}


def several_context() -> StructureContext:
    """``context_of`` and: measures SECOND (numbers), KIND (coded), SHARES (several numbers) and
    REVISIONS (several of any kind); attributes of several codes, texts or languages, and of
    several texts in languages, at every level."""
    plain = context_of()
    structure = plain.data_structure
    measures = tuple(
        Measure(id=name, concept=CONCEPT, representation=kind) for name, kind in _MEASURES.items()
    )
    attributes = tuple(_attribute(name, *said) for name, said in _ATTRIBUTES.items())
    return replace(
        plain,
        data_structure=replace(
            structure,
            measures=(*structure.measures, *measures),
            attributes=(*structure.attributes, *attributes),
        ),
        concepts=plain.concepts
        | {
            name: LocalisedText.of({"en": f"{name.title()}, of it", "fr": f"Le {name}"})
            for name in (*_MEASURES, *_ATTRIBUTES)
        },
        codelists=plain.codelists
        | dict.fromkeys(("KIND", "FLAGS", "GROUP_FLAGS"), codelist("KIND")),
    )


def _attribute(name: str, level: AttachmentLevel, representation: Representation) -> Attribute:
    return Attribute(
        id=name,
        concept=CONCEPT,
        representation=representation,
        relationship=AttributeRelationship(
            level=level,
            dimensions=("FREQ", "AREA") if level is AttachmentLevel.DIMENSIONS else (),
            group="Sibling" if level is AttachmentLevel.GROUP else None,
        ),
    )
