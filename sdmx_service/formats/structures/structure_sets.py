"""Maps as structure sets of SDMX 2.1. Decision: ADR 0016.

A map of structures and the maps of representations it uses make one structure set; every other
map makes one of its own, unless it came out of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sdmx_service.formats.structures.classes_21 import (
    Association,
    InnerComponentMap,
    InnerSchemeMap,
    InnerStructureMap,
    MappedEnd,
    StructureSet,
    ValuePair,
)
from sdmx_service.formats.structures.containers import IN_SET, Part, hold, part_of, together
from sdmx_service.formats.structures.map_classes import HYBRID_ENDS, MAP_OF_SCHEME
from sdmx_service.formats.structures.maps import TEXT, Map, maps
from sdmx_service.formats.structures.notes_21 import EXTENSION, HYBRID, RELATED, apart
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import (
    Artefact,
    ComponentMap,
    Dataflow,
    DataStructure,
    ItemSchemeMap,
    MappedRepresentation,
    RepresentationMap,
    StructureMap,
)

_A = ArtefactClass
Components = Mapping[Ref, Mapping[str, MappedEnd]]
"""Of each data structure and dataflow, its components by id."""


def structure_sets(held: Iterable[Map], around: Iterable[Artefact]) -> list[StructureSet]:
    """Structure sets of maps; ``around``: what else travels, to tell the class of a component.

    Raises Refused (FORMAT_CANNOT_CARRY) where the way back would give other maps.
    """
    known = {one.ref: one for one in held}
    components = _components(around)
    places: list[tuple[Map, Part]] = []
    inside: set[Ref] = set()
    for one in known.values():
        if isinstance(one, StructureMap):
            part = _place(one)
            places.append((one, part))
            for ref in _used(one):
                places.append((_there(known, ref), _beside(part, _there(known, ref))))
                inside.add(ref)
    places += [
        (one, _place(one))
        for one in known.values()
        if not isinstance(one, StructureMap) and one.ref not in inside
    ]
    groups = together(sorted(dict.fromkeys(places), key=_turn))
    return [hold(group, lambda places: _make(places, components), maps) for group in groups]


def _turn(place: tuple[Map, Part]) -> int:
    """A map of structures is named after those it uses; maps of texts are named after it."""
    if isinstance(place[0], StructureMap):
        return 1
    return 2 if _is_of_texts(place[0]) else 0


def _place(one: Map) -> Part:
    part = part_of(one.ref, one.about, IN_SET)
    return replace(part, holder=replace(part.holder, artefact=_A.STRUCTURE_MAP))


def _used(source: StructureMap) -> tuple[Ref, ...]:
    return tuple(one.representation_map for one in source.component_maps if one.representation_map)


def _there(known: Mapping[Ref, Map], ref: Ref) -> Map:
    if ref not in known:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{ref.artefact} {ref.short}")
    return known[ref]


def _beside(part: Part, used: Map) -> Part:
    """The place of a map of representations in the structure set of the map that uses it."""
    own = _place(used)
    if (own.holder, own.holder_about) == (part.holder, part.holder_about):
        return own
    return Part(
        holder=part.holder, holder_about=part.holder_about, id=used.ref.id, about=used.about
    )


def _components(around: Iterable[Artefact]) -> Components:
    artefacts = list(around)
    found: dict[Ref, Mapping[str, MappedEnd]] = {
        one.ref: _parts(one) for one in artefacts if isinstance(one, DataStructure)
    }
    return found | {
        one.ref: found[one.structure]
        for one in artefacts
        if isinstance(one, Dataflow) and one.structure in found
    }


def _parts(structure: DataStructure) -> Mapping[str, MappedEnd]:
    time = (structure.time_dimension,) if structure.time_dimension else ()
    kinds = (
        ("Dimension", structure.dimensions),
        ("TimeDimension", time),
        ("DataAttribute", structure.attributes),
        ("Measure", structure.measures),
    )
    return {
        one.id: MappedEnd(id=one.id, kind=kind, structure=structure.ref)
        for kind, components in kinds
        for one in components
    }


def _make(places: Sequence[tuple[Map, Part]], components: Components) -> StructureSet:
    first = places[0][1]
    inner = {one.ref: part.id for one, part in places}
    used = {ref for one, _ in places if isinstance(one, StructureMap) for ref in _used(one)}
    texts = {one.ref: one for one, _ in places if one.ref in used and _is_of_texts(one)}
    made: list[InnerSchemeMap | InnerStructureMap] = []
    for one, part in places:
        if isinstance(one, StructureMap):
            if one.source is None or one.target is None or not one.component_maps:
                raise _cannot_carry(one)
            ends = (one.source, one.target)
            mapped = tuple(
                _component_map(ends, each, inner, texts, components) for each in one.component_maps
            )
            about, extends = apart(part.about, EXTENSION)
            made.append(
                InnerStructureMap(
                    id=part.id,
                    about=about,
                    source=one.source,
                    target=one.target,
                    components=mapped,
                    is_extension=bool(extends),
                )
            )
        elif one.ref not in texts:
            made.append(_inner_scheme_map(one, part))
    return related(StructureSet(ref=first.holder, about=first.holder_about, maps=tuple(made)))


def related(made: StructureSet) -> StructureSet:
    """The same with what its annotations say of structures it is about in its place.

    Raises Refused: one says no name.
    """
    about, notes = apart(made.about, RELATED)
    try:
        named = tuple(parse_urn(note.title or "") for note in notes)
    except ValueError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=RELATED) from error
    return replace(made, about=about, related=named)


def _is_of_texts(one: Map) -> bool:
    return isinstance(one, RepresentationMap) and one.sources == one.targets == (TEXT,)


def _inner_scheme_map(one: Map, part: Part) -> InnerSchemeMap:
    match one:
        case ItemSchemeMap(source=Ref() as source, target=Ref() as target):
            pairs = tuple(
                Association(source=each.source.value, target=each.target or "", about=each.about)
                for each in one.maps
            )
        case RepresentationMap(
            sources=(MappedRepresentation(codelist=Ref() as source),),
            targets=(MappedRepresentation(codelist=Ref() as target),),
        ):
            pairs = tuple(
                Association(
                    source=each.sources[0].value,
                    target=each.targets[0] if each.targets else "",
                    about=each.about,
                )
                for each in one.mappings
            )
        case _:
            raise _cannot_carry(one)
    about, hybrid = apart(part.about, HYBRID)
    known = dict.fromkeys(HYBRID_ENDS, _A.REPRESENTATION_MAP) if hybrid else MAP_OF_SCHEME
    kinds = {known.get(end.artefact) for end in (source, target)}
    if not pairs or kinds != {one.ref.artefact}:
        raise _cannot_carry(one)
    return InnerSchemeMap(
        id=part.id,
        about=about,
        source=source,
        target=target,
        maps=pairs,
        is_hybrid=bool(hybrid),
    )


def _cannot_carry(one: Map) -> Refused:
    """The problem of a map of which SDMX 2.1 has no form: of other schemes, of nothing."""
    return refuse("FORMAT_CANNOT_CARRY", found=f"{one.ref.artefact} {one.ref.short}")


def _component_map(
    ends: tuple[Ref, Ref],
    one: ComponentMap,
    inner: Mapping[Ref, str],
    texts: Mapping[Ref, Map],
    components: Components,
) -> InnerComponentMap:
    if len(one.sources) != 1 or len(one.targets) != 1:
        found = " ".join(("ComponentMap", *one.sources, *one.targets))
        raise refuse("FORMAT_CANNOT_CARRY", found=found)
    used = one.representation_map
    values = texts.get(used) if used else None
    pairs = values.mappings if isinstance(values, RepresentationMap) else ()
    return InnerComponentMap(
        source=_component(ends[0], one.sources[0], components),
        target=_component(ends[1], one.targets[0], components),
        about=one.about,
        codelist_map=inner[used] if used and not values else None,
        text_format=one.to_text.text_format if one.to_text else None,
        value_type=one.to_text.value_type if one.to_text else None,
        values=tuple(
            ValuePair(source=each.sources[0].value, target=each.targets[0] if each.targets else "")
            for each in pairs
        ),
    )


def _component(structure: Ref, name: str, components: Components) -> MappedEnd:
    """A component of a data structure; where that is not there, it is taken for a dimension."""
    if structure.artefact not in (_A.DATA_STRUCTURE, _A.DATAFLOW):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{structure.artefact} {structure.short}")
    named = structure if structure.artefact is _A.DATA_STRUCTURE else None
    return components.get(structure, {}).get(name, MappedEnd(id=name, structure=named))
