"""Maps in SDMX-ML: of structures, of representations, of item schemes."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.structures.map_classes import MAPPED_SCHEMES, MAPPED_STRUCTURES
from sdmx_service.formats.xml.structures.building import annotable, identified, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Choice,
    Codec,
    Element,
    Part,
    Put,
    Shape,
)
from sdmx_service.formats.xml.structures.parts import ID, TEXT, boolean, integer, show_true
from sdmx_service.formats.xml.structures.shapes_structure_set import structure_set_shape
from sdmx_service.formats.xml.structures.structure_parts import LISTS
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_VALIDITY = (Attribute("validFrom", "valid_from"), Attribute("validTo", "valid_to"))


def map_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of every class of map."""
    if dialect.is_21:
        return {_A.STRUCTURE_MAP: structure_set_shape(dialect)}
    shapes = {
        artefact: maintainable(
            dialect, artefact, model.ItemSchemeMap, _item_scheme_map(dialect, classes)
        )
        for artefact, classes in MAPPED_SCHEMES.items()
    }
    shapes[_A.STRUCTURE_MAP] = maintainable(
        dialect, _A.STRUCTURE_MAP, model.StructureMap, _structure_map(dialect)
    )
    shapes[_A.REPRESENTATION_MAP] = maintainable(
        dialect, _A.REPRESENTATION_MAP, model.RepresentationMap, _representation_map(dialect)
    )
    return shapes


def _source_value(dialect: Dialect) -> Codec:
    shape = Shape(
        model.SourceValue,
        attributes=(
            Attribute("isRegEx", "is_regular_expression", boolean, show_true),
            Attribute("startIndex", "start_index", integer, str),
            Attribute("endIndex", "end_index", integer, str),
        ),
        text="value",
    )
    return bind(shape, dialect.names)


def _item_scheme_map(dialect: Dialect, classes: tuple[ArtefactClass, ...]) -> tuple[Part, ...]:
    scheme = dialect.reference(classes)
    mapping = annotable(
        dialect,
        model.ItemMap,
        Element("str:SourceValue", "source", _source_value(dialect)),
        Element("str:TargetValue", "target", TEXT),
        attributes=_VALIDITY,
    )
    return (
        Element("str:Source", "source", scheme),
        Element("str:Target", "target", scheme),
        Element("str:ItemMap", "maps", bind(mapping, dialect.names), tuple),
    )


def _structure_map(dialect: Dialect) -> tuple[Part, ...]:
    names = dialect.names
    structure = dialect.reference(MAPPED_STRUCTURES)
    frequency = identified(
        dialect,
        model.FrequencyFormat,
        Element("str:FrequencyId", "frequency", ID),
        Element("str:DatePattern", "pattern", TEXT),
    )
    component = annotable(
        dialect,
        model.ComponentMap,
        Element("str:Source", "sources", ID, tuple),
        Element("str:Target", "targets", ID, tuple),
        Element(
            "str:RepresentationMap", "representation_map", dialect.reference(_A.REPRESENTATION_MAP)
        ),
    )
    fixed = annotable(
        dialect,
        model.FixedValueMap,
        Element("str:Source", "source", ID),
        Element("str:Target", "target", ID),
        Element("str:Value", "values", TEXT, tuple),
    )
    return (
        Element("str:Source", "source", structure),
        Element("str:Target", "target", structure),
        Element("str:EpochMap", "epoch_maps", bind(_epoch_map(dialect), names), tuple),
        Element("str:DatePatternMap", "date_pattern_maps", bind(_pattern(dialect), names), tuple),
        Element("str:FrequencyFormatMapping", "frequency_formats", bind(frequency, names), tuple),
        Element("str:ComponentMap", "component_maps", bind(component, names), tuple),
        Element("str:FixedValueMap", "fixed_values", bind(fixed, names), tuple),
    )


def _epoch_map(dialect: Dialect) -> Shape:
    own = (Attribute("basePeriod", "base_period"), Attribute("epochPeriod", "epoch_period"))
    return _date_map(dialect, model.EpochMap, own)


def _pattern(dialect: Dialect) -> Shape:
    own = (Attribute("sourcePattern", "source_pattern"), Attribute("locale", "locale"))
    return _date_map(dialect, model.DatePatternMap, own)


def _date_map(dialect: Dialect, kind: type[Any], own: tuple[Attribute, ...]) -> Shape:
    """Mapped components are pairs of elements one after the other: each is an end of a pair."""
    ends = Choice(
        "ends",
        (
            ("str:Source", _end("source"), lambda end: end[0] == "source"),
            ("str:Target", _end("target"), lambda end: end[0] == "target"),
        ),
    )
    shape = identified(
        dialect,
        kind,
        ends,
        Element("str:FrequencyDimension", "frequency_dimension", ID),
        Element("str:MappedFrequencies", "mapped_frequencies", ID, tuple),
        Element("str:TargetFrequencyID", "target_frequency", ID),
        attributes=(Attribute("resolvePeriod", "resolve_period"), *own),
    )
    return Shape(
        kind,
        shape.attributes,
        shape.elements,
        ignored=shape.ignored,
        dropped=frozenset({"components"}),
        complete=_paired,
    )


def _end(side: str) -> Codec:
    def write(put: Put, tag: str, value: tuple[str, str]) -> None:
        ID.write(put, tag, value[1])

    return Codec(lambda element: (side, ID.read(element)), write)


def _paired(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """Pairs of ends; an end without its other makes the map incomplete."""
    ends = own.pop("ends", ())
    sides = [side for side, _ in ends]
    if ends and sides == ["source", "target"] * (len(ends) // 2):
        names = [name for _, name in ends]
        pairs = zip(names[::2], names[1::2], strict=True)
        own["components"] = tuple(model.MappedComponent(source=a, target=b) for a, b in pairs)


def _representation_map(dialect: Dialect) -> tuple[Part, ...]:
    mapping = annotable(
        dialect,
        model.ValueMapping,
        Element("str:SourceValue", "sources", _source_value(dialect), tuple),
        Element("str:TargetValue", "targets", TEXT, tuple),
        attributes=_VALIDITY,
    )
    return (
        _mapped(dialect, "Source", "sources"),
        _mapped(dialect, "Target", "targets"),
        Element("str:RepresentationMapping", "mappings", bind(mapping, dialect.names), tuple),
    )


def _mapped(dialect: Dialect, side: str, field: str) -> Choice:
    reference = dialect.reference(LISTS)
    codelist = Codec(
        lambda element: model.MappedRepresentation(codelist=reference.read(element)),
        lambda put, tag, value: reference.write(put, tag, value.codelist),
    )
    data_type = Codec(
        lambda element: model.MappedRepresentation(data_type=ID.read(element)),
        lambda put, tag, value: ID.write(put, tag, value.data_type),
    )
    return Choice(
        field,
        (
            (f"str:{side}Codelist", codelist, lambda value: value.codelist is not None),
            (f"str:{side}DataType", data_type, lambda value: value.data_type is not None),
        ),
    )
