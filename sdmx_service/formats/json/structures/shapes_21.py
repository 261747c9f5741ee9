"""Classes of SDMX 2.1 in SDMX-JSON 1.0: hierarchical code lists, structure sets, reports.

SDMX-JSON 1.0 names by URN what stands in the same artefact: of such a name only the id is read,
and ``name_locals`` writes it when the artefact is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sdmx_service.formats.json.structures.building import maintainable
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Nest,
    Part,
    Place,
    Shape,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    TEXT,
    annotable,
    identified,
    item,
    reference,
)
from sdmx_service.formats.json.structures.representation import text_format
from sdmx_service.formats.json.structures.shapes_metadata_21 import (
    LOCAL,
    inside,
    reporting_structure,
    wire,
)
from sdmx_service.formats.structures.classes_21 import (
    Association,
    HierarchicalCodelist,
    IncludedCodelist,
    InnerComponentMap,
    InnerHierarchy,
    InnerSchemeMap,
    InnerStructureMap,
    MappedEnd,
    PlacedCode,
    ReportingStructure,
    StructureSet,
    ValuePair,
    is_hybrid,
)
from sdmx_service.formats.structures.map_classes import (
    HYBRID_ENDS,
    MAPPED_STRUCTURES,
    MAPS_OF_21,
)
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_URN = "urn:sdmx:org.sdmx.infomodel"
_STRUCTURE = reference(MAPPED_STRUCTURES)


def codecs_of_21(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codecs of what only SDMX 2.1 has, by the class of the model that it becomes."""
    metadata = Nest("metadataStructureComponents", reporting_structure(dialect))
    return {
        _A.HIERARCHY: maintainable(
            dialect, _A.HIERARCHY, HierarchicalCodelist, *_hierarchical_codelist(dialect)
        ),
        _A.METADATA_STRUCTURE: maintainable(
            dialect, _A.METADATA_STRUCTURE, ReportingStructure, metadata
        ),
        _A.STRUCTURE_MAP: maintainable(
            dialect, _A.STRUCTURE_MAP, StructureSet, *_structure_set(dialect)
        ),
    }


def _read_level(value: Any, _place: Place) -> str:
    """A level is named by its hierarchy and its own path."""
    name = inside(value)
    return name.partition(".")[2] or name


def _hierarchical_codelist(dialect: Dialect) -> tuple[Part, ...]:
    level = item(
        dialect,
        model.Level,
        Member("codingFormat", "coding_format", text_format(dialect)),
        Member("level", "level", None),
    )
    code = identified(
        dialect,
        PlacedCode,
        Member("code", "code", reference(_A.CODELIST, item=True)),
        Member("codelistAliasRef", "alias", TEXT),
        Member("codeID", "code_id", TEXT),
        Member("hierarchicalCodes", "codes", None, many=True),
        Member("level", "level", Codec(_read_level, lambda name: name)),
        Member("validFrom", "about.valid_from", TEXT),
        Member("validTo", "about.valid_to", TEXT),
    )
    inner = item(
        dialect,
        InnerHierarchy,
        Member("leveled", "is_leveled", BOOLEAN, shown=bool),
        Member("hierarchicalCodes", "codes", code, many=True),
        Member("level", "level", level),
    )
    return (
        Member("includedCodelists", "included", Codec(_read_included, _write_included), shown=bool),
        Member("hierarchies", "hierarchies", inner, many=True),
    )


def _read_included(value: Any, place: Place) -> tuple[IncludedCodelist, ...]:
    if not isinstance(value, dict):
        raise unexpected(place)
    codelist = reference(_A.CODELIST)
    return tuple(
        IncludedCodelist(alias=alias, codelist=codelist.read(urn, place.at(alias)))
        for alias, urn in value.items()
    )


def _write_included(included: Iterable[IncludedCodelist]) -> dict[str, str]:
    codelist = reference(_A.CODELIST)
    return {one.alias or one.codelist.id: codelist.write(one.codelist) for one in included}


def _structure_set(dialect: Dialect) -> tuple[Part, ...]:
    structures = Member(
        "structureMaps",
        "maps",
        _structure_map(dialect),
        many=True,
        shown=lambda held: isinstance(held, InnerStructureMap),
    )
    schemes = (
        Member(
            f"{wire(name)}s",
            "maps",
            _scheme_map(dialect, f"{wire(pair)}s", schemes),
            many=True,
            shown=_of(schemes),
        )
        for name, pair, _, schemes in MAPS_OF_21
    )
    hybrid = _scheme_map(dialect, "hybridCodeMaps", HYBRID_ENDS)
    hybrids = Member("hybridCodelistMaps", "maps", _hybrid(hybrid), many=True, shown=is_hybrid)
    related = Member("relatedStructures", "related", _STRUCTURE, many=True)
    return (related, *schemes, hybrids, structures)


def _of(classes: tuple[ArtefactClass, ...]) -> Callable[[Any], bool]:
    return lambda held: (
        isinstance(held, InnerSchemeMap) and held.source.artefact in classes and not held.is_hybrid
    )


def _hybrid(plain: Codec) -> Codec:
    """A map of codes of any lists."""

    def read(value: Any, place: Place) -> InnerSchemeMap:
        held: InnerSchemeMap = plain.read(value, place)
        return replace(held, is_hybrid=True)

    return Codec(read, lambda held: plain.write(replace(held, is_hybrid=False)))


def _scheme_map(dialect: Dialect, key: str, classes: tuple[ArtefactClass, ...]) -> Codec:
    pair = annotable(
        dialect,
        Association,
        Member("source", "source", LOCAL),
        Member("target", "target", LOCAL),
    )
    plain = item(
        dialect,
        InnerSchemeMap,
        Member("source", "source", reference(classes)),
        Member("target", "target", reference(classes)),
        Member(key, "maps", pair, many=True),
    )

    def write(value: InnerSchemeMap) -> dict[str, Any]:
        written = dict(plain.write(value))
        for one in written.get(key, ()):
            for side, scheme in (("source", value.source), ("target", value.target)):
                part = "HierarchicalCode" if scheme.artefact is _A.HIERARCHY else None
                one[side] = replace(scheme, item=one[side], part=part).urn
        return written

    return Codec(plain.read, write)


def _structure_map(dialect: Dialect) -> Codec:
    pair = bind(
        Shape(ValuePair, (Member("source", "source", TEXT), Member("target", "target", TEXT)))
    )
    end = Codec(lambda value, _place: MappedEnd(id=inside(value)), _write_end)
    values = Member("valueMappings", "values", pair, many=True)
    mapping = Nest(
        "representationMapping",
        (
            Member("codelistMap", "codelist_map", LOCAL),
            Member("toTextFormat", "text_format", text_format(dialect)),
            Member("toValueType", "value_type", TEXT),
            Nest("valueMap", (values,)),
        ),
    )
    component = annotable(
        dialect,
        InnerComponentMap,
        Member("source", "source", end),
        Member("target", "target", end),
        mapping,
    )
    return item(
        dialect,
        InnerStructureMap,
        Member("source", "source", _STRUCTURE),
        Member("target", "target", _STRUCTURE),
        Member("componentMaps", "components", component, many=True),
        Member("isExtension", "is_extension", BOOLEAN, shown=bool),
    )


def _write_end(end: MappedEnd) -> str:
    if end.structure is None:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"ComponentMap {end.id}")
    kind = "PrimaryMeasure" if end.kind == "Measure" else end.kind
    return f"{_URN}.datastructure.{kind}={end.structure.short}.{end.id}"


def name_locals(artefact: Any, written: dict[str, Any]) -> None:
    """Write the names of what stands in the artefact as URNs."""
    short = artefact.ref.short
    for hierarchy in written.get("hierarchies", ()):
        levels = f"{_URN}.codelist.Level={short}.{hierarchy['id']}"
        _name_levels(hierarchy["hierarchicalCodes"], levels)
    for one in written.get("structureMaps", ()):
        for component in one["componentMaps"]:
            mapping = component.get("representationMapping", {})
            if "codelistMap" in mapping:
                name = mapping["codelistMap"]
                mapping["codelistMap"] = f"{_URN}.mapping.CodelistMap={short}.{name}"
    for report in written.get("metadataStructureComponents", {}).get("reportStructures", ()):
        target = f"{_URN}.metadatastructure.MetadataTarget={short}"
        report["metadataTargets"] = [f"{target}.{name}" for name in report["metadataTargets"]]


def _name_levels(codes: list[dict[str, Any]], levels: str) -> None:
    for code in codes:
        if "level" in code:
            code["level"] = f"{levels}.{code['level']}"
        _name_levels(code.get("hierarchicalCodes", []), levels)
