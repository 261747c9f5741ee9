"""Maps and processes in SDMX-JSON."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.building import maintainable
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Part, Shape, Texts, bind
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    INTEGER,
    TEXT,
    annotable,
    any_reference,
    identified,
    item,
    reference,
)
from sdmx_service.formats.json.structures.representation import LISTS
from sdmx_service.formats.json.structures.shapes_21 import codecs_of_21
from sdmx_service.formats.structures.map_classes import MAPPED_SCHEMES, MAPPED_STRUCTURES
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_STRUCTURE = reference(MAPPED_STRUCTURES)
_VALIDITY = (Member("validFrom", "valid_from", TEXT), Member("validTo", "valid_to", TEXT))
_SOURCE_VALUE = bind(
    Shape(
        model.SourceValue,
        (
            Member("value", "value", TEXT),
            Member("isRegEx", "is_regular_expression", BOOLEAN, shown=bool),
            Member("startIndex", "start_index", INTEGER),
            Member("endIndex", "end_index", INTEGER),
        ),
    )
)
_MAPPED = bind(
    Shape(
        model.MappedRepresentation,
        (
            Member("codelist", "codelist", reference(LISTS)),
            Member("dataType", "data_type", TEXT),
        ),
    )
)
_COMPONENT = bind(
    Shape(
        model.MappedComponent,
        (Member("source", "source", TEXT), Member("target", "target", TEXT)),
    )
)


def map_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codec of every class of map, and of a process."""
    process = maintainable(dialect, _A.PROCESS, model.Process, _steps(dialect))
    if dialect.is_10:
        return {_A.PROCESS: process, **codecs_of_21(dialect)}
    codecs = {
        artefact: maintainable(
            dialect, artefact, model.ItemSchemeMap, *_item_scheme_map(dialect, classes)
        )
        for artefact, classes in MAPPED_SCHEMES.items()
    }
    return codecs | {
        _A.PROCESS: process,
        _A.STRUCTURE_MAP: maintainable(
            dialect, _A.STRUCTURE_MAP, model.StructureMap, *_structure_map(dialect)
        ),
        _A.REPRESENTATION_MAP: maintainable(
            dialect, _A.REPRESENTATION_MAP, model.RepresentationMap, *_representation_map(dialect)
        ),
    }


def _item_scheme_map(dialect: Dialect, classes: tuple[ArtefactClass, ...]) -> tuple[Part, ...]:
    mapping = annotable(
        dialect,
        model.ItemMap,
        Member("sourceValue", "source", _SOURCE_VALUE),
        Member("targetValue", "target", TEXT),
        *_VALIDITY,
    )
    return (
        Member("source", "source", reference(classes)),
        Member("target", "target", reference(classes)),
        Member("itemMaps", "maps", mapping, many=True),
    )


def _representation_map(dialect: Dialect) -> tuple[Part, ...]:
    mapping = annotable(
        dialect,
        model.ValueMapping,
        Member("sourceValues", "sources", _SOURCE_VALUE, many=True),
        Member("targetValues", "targets", TEXT, many=True),
        *_VALIDITY,
    )
    return (
        Member("source", "sources", _MAPPED, many=True),
        Member("target", "targets", _MAPPED, many=True),
        Member("representationMappings", "mappings", mapping, many=True),
    )


def _structure_map(dialect: Dialect) -> tuple[Part, ...]:
    frequency = identified(
        dialect,
        model.FrequencyFormat,
        Member("frequencyId", "frequency", TEXT),
        Member("datePattern", "pattern", TEXT),
    )
    component = annotable(
        dialect,
        model.ComponentMap,
        Member("source", "sources", TEXT, many=True),
        Member("target", "targets", TEXT, many=True),
        Member("representationMap", "representation_map", reference(_A.REPRESENTATION_MAP)),
    )
    fixed = annotable(
        dialect,
        model.FixedValueMap,
        Member("source", "source", TEXT),
        Member("target", "target", TEXT),
        Member("values", "values", TEXT, many=True),
    )
    return (
        Member("source", "source", _STRUCTURE),
        Member("target", "target", _STRUCTURE),
        Member("epochMaps", "epoch_maps", _date_map(dialect, model.EpochMap, *_EPOCH), many=True),
        Member(
            "datePatternMaps",
            "date_pattern_maps",
            _date_map(dialect, model.DatePatternMap, *_PATTERN),
            many=True,
        ),
        Member("frequencyFormatMappings", "frequency_formats", frequency, many=True),
        Member("componentMaps", "component_maps", component, many=True),
        Member("fixedValueMaps", "fixed_values", fixed, many=True),
    )


_EPOCH = (Member("basePeriod", "base_period", TEXT), Member("epochPeriod", "epoch_period", TEXT))
_PATTERN = (Member("sourcePattern", "source_pattern", TEXT), Member("locale", "locale", TEXT))


def _date_map(dialect: Dialect, kind: type[Any], *own: Member) -> Codec:
    return identified(
        dialect,
        kind,
        Member("mappedComponents", "components", _COMPONENT, many=True),
        Member("frequencyDimension", "frequency_dimension", TEXT),
        Member("mappedFrequencies", "mapped_frequencies", TEXT, many=True),
        Member("targetFrequencyID", "target_frequency", TEXT),
        Member("resolvePeriod", "resolve_period", TEXT),
        *own,
    )


def _steps(dialect: Dialect) -> Member:
    local = Member("localID", "local_id", TEXT)
    meant = Member("objectReference", "object", any_reference(dialect))
    moved = annotable(dialect, model.InputOutput, local, meant)
    computation = annotable(
        dialect,
        model.Computation,
        local,
        Member("softwarePackage", "software_package", TEXT),
        Member("softwareLanguage", "software_language", TEXT),
        Member("softwareVersion", "software_version", TEXT),
        Texts("description", "descriptions", "about.descriptions", needed=True),
    )
    transition = identified(
        dialect,
        model.Transition,
        local,
        Member("targetStep", "target_step", TEXT),
        Texts("condition", "conditions", "condition", needed=True),
    )
    step = item(
        dialect,
        model.ProcessStep,
        Member("inputs", "inputs", moved, many=True),
        Member("outputs", "outputs", moved, many=True),
        Member("computation", "computation", computation),
        Member("transitions", "transitions", transition, many=True),
        Member("processSteps", "steps", None, many=True),
    )
    return Member("processSteps", "steps", step, many=True)
