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

MULTILINGUAL = TextFormat(data_type="String", is_multilingual=True)


def several_context() -> StructureContext:
    """``context_of`` and: measures SECOND (numbers), KIND (coded), SHARES (several numbers);
    attributes FLAGS (several codes), NOTES (several texts), REMARK (a text in languages), SAID
    (several texts in languages)."""
    plain = context_of()
    structure = plain.data_structure
    codes = Ref(ArtefactClass.CODELIST, "T", "CL_KIND", "1.0")
    coded = Representation(enumeration=codes)
    several = Representation(max_occurs="unbounded")
    more = {
        "FLAGS": (replace(coded, max_occurs=3), AttachmentLevel.OBSERVATION),
        "NOTES": (several, AttachmentLevel.DIMENSIONS),
        "REMARK": (Representation(text_format=MULTILINGUAL), AttachmentLevel.OBSERVATION),
        "SAID": (replace(several, text_format=MULTILINGUAL), AttachmentLevel.DATAFLOW),
    }
    return replace(
        plain,
        data_structure=replace(
            structure,
            measures=(
                *structure.measures,
                _measure("SECOND", Representation(text_format=TextFormat(data_type="Double"))),
                _measure("KIND", coded),
                _measure("SHARES", replace(several, text_format=TextFormat(data_type="Decimal"))),
            ),
            attributes=(
                *structure.attributes,
                *(_attribute(name, kind, level) for name, (kind, level) in more.items()),
            ),
        ),
        concepts=plain.concepts
        | {
            name: LocalisedText.of({"en": f"{name.title()}, of it", "fr": f"Le {name}"})
            for name in ("SECOND", "KIND", "SHARES", *more)
        },
        codelists=plain.codelists | {"KIND": codelist("KIND"), "FLAGS": codelist("KIND")},
    )


def _measure(name: str, representation: Representation) -> Measure:
    return Measure(id=name, concept=CONCEPT, representation=representation)


def _attribute(name: str, representation: Representation, level: AttachmentLevel) -> Attribute:
    dimensions = ("FREQ", "AREA") if level is AttachmentLevel.DIMENSIONS else ()
    return Attribute(
        id=name,
        concept=CONCEPT,
        representation=representation,
        relationship=AttributeRelationship(level=level, dimensions=dimensions),
    )
