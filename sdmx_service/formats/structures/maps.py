"""Maps out of structure sets of SDMX 2.1; ``structure_sets`` has the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sdmx_service.formats.structures.classes_21 import (
    InnerComponentMap,
    InnerSchemeMap,
    InnerStructureMap,
    StructureSet,
)
from sdmx_service.formats.structures.containers import IN_SET, Part, given_name, named
from sdmx_service.formats.structures.map_classes import MAP_OF_SCHEME, MAPPED_SCHEMES
from sdmx_service.formats.structures.notes_21 import EXTENSION, HYBRID, RELATED, noting
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Annotation,
    ComponentMap,
    ItemMap,
    ItemSchemeMap,
    MappedRepresentation,
    RepresentationMap,
    SourceValue,
    StructureMap,
    TextConversion,
    ValueMapping,
)

_A = ArtefactClass
TEXT = MappedRepresentation(data_type="String")
Map = StructureMap | RepresentationMap | ItemSchemeMap
"""What may be in a structure set."""


def maps(source: StructureSet) -> tuple[Map, ...]:
    """The maps of a structure set; of an empty one (a stub), one that says not of what.

    Raises Refused: a map that another one uses is not there.
    """
    notes = (Annotation(type=RELATED, title=ref.urn) for ref in source.related)
    source = replace(source, about=noting(source.about, *notes), related=())
    if not source.maps:
        return (_stub(source),)
    alone = sum(isinstance(inner, InnerStructureMap) for inner in source.maps) == 1
    alone = alone or len(source.maps) == 1
    found: list[Map] = []
    known: dict[str, Ref] = {}
    for inner in source.maps:
        if isinstance(inner, InnerSchemeMap):
            made = _scheme_map(source, inner, alone=len(source.maps) == 1)
            found.append(made)
            if isinstance(made, RepresentationMap):
                known[inner.id] = made.ref
    for inner in source.maps:
        if isinstance(inner, InnerStructureMap):
            found += _structure_maps(source, inner, known, alone)
    return tuple(found)


def _stub(source: StructureSet) -> Map:
    """A set of no maps: a map that says not of what, of the class that its name may say."""
    given, notes = given_name(source.about.annotations)
    about = replace(source.about, annotations=notes)
    if given is None or given.artefact is _A.STRUCTURE_MAP:
        return StructureMap(ref=given or source.ref, about=about)
    if given.artefact is _A.REPRESENTATION_MAP:
        return RepresentationMap(ref=given, about=about)
    if given.artefact in MAPPED_SCHEMES:
        return ItemSchemeMap(ref=given, about=about)
    raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=given.urn)


def _scheme_map(
    source: StructureSet, inner: InnerSchemeMap, *, alone: bool
) -> RepresentationMap | ItemSchemeMap:
    said = noting(inner.about, Annotation(type=HYBRID)) if inner.is_hybrid else inner.about
    part = Part(holder=source.ref, holder_about=source.about, id=inner.id, about=said)
    kind = _A.REPRESENTATION_MAP if inner.is_hybrid else MAP_OF_SCHEME[inner.source.artefact]
    ref, about = named(part, kind, IN_SET, alone=alone)
    if kind is _A.REPRESENTATION_MAP:
        return RepresentationMap(
            ref=ref,
            about=about,
            sources=(MappedRepresentation(codelist=inner.source),),
            targets=(MappedRepresentation(codelist=inner.target),),
            mappings=tuple(
                ValueMapping(
                    sources=(SourceValue(value=one.source),),
                    targets=(one.target,),
                    about=one.about,
                )
                for one in inner.maps
            ),
        )
    items = tuple(
        ItemMap(source=SourceValue(value=one.source), target=one.target, about=one.about)
        for one in inner.maps
    )
    return ItemSchemeMap(ref=ref, about=about, source=inner.source, target=inner.target, maps=items)


def _structure_maps(
    source: StructureSet, inner: InnerStructureMap, known: Mapping[str, Ref], alone: bool
) -> Iterable[StructureMap | RepresentationMap]:
    """A map of structures and those of the values that it holds itself."""
    said = noting(inner.about, Annotation(type=EXTENSION)) if inner.is_extension else inner.about
    part = Part(holder=source.ref, holder_about=source.about, id=inner.id, about=said)
    ref, about = named(part, _A.STRUCTURE_MAP, IN_SET, alone=alone)
    components = []
    for one in inner.components:
        used = known.get(one.codelist_map or "")
        if one.codelist_map is not None and used is None:
            found = f"{ref.artefact} {ref.short}"
            raise refuse("STRUCTURE_INCOMPLETE", found=found, missing=one.codelist_map)
        if one.values:
            values = _values(ref, one)
            used = values.ref
            yield values
        components.append(
            ComponentMap(
                sources=(one.source.id,),
                targets=(one.target.id,),
                representation_map=used,
                about=one.about,
                to_text=_to_text(one),
            )
        )
    yield StructureMap(
        ref=ref,
        about=about,
        source=inner.source,
        target=inner.target,
        component_maps=tuple(components),
    )


def _to_text(one: InnerComponentMap) -> TextConversion | None:
    if one.text_format is None and one.value_type is None:
        return None
    if one.text_format is None or one.value_type is None:
        found = f"ComponentMap {one.source.id}"
        raise refuse("STRUCTURE_INCOMPLETE", found=found, missing="ToTextFormat, ToValueType")
    return TextConversion(text_format=one.text_format, value_type=one.value_type)


def _values(ref: Ref, one: InnerComponentMap) -> RepresentationMap:
    name = f"{ref.id}_{one.source.id}_{one.target.id}"
    return RepresentationMap(
        ref=replace(ref, artefact=_A.REPRESENTATION_MAP, id=name),
        sources=(TEXT,),
        targets=(TEXT,),
        mappings=tuple(
            ValueMapping(sources=(SourceValue(value=pair.source),), targets=(pair.target,))
            for pair in one.values
        ),
    )
