"""Classes of SDMX 2.1 in SDMX-JSON 1.0: hierarchical code lists, structure sets, reports.

SDMX-JSON 1.0 names by URN what stands in the same artefact: of such a name only the id is read,
and ``name_locals`` writes it when the artefact is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from sdmx_service.formats.json.structures.representation import represented, text_format
from sdmx_service.formats.json.structures.shapes_flows import metadata_attribute
from sdmx_service.formats.structures.classes_21 import (
    Association,
    HierarchicalCodelist,
    IncludedCodelist,
    InnerComponentMap,
    InnerHierarchy,
    InnerSchemeMap,
    InnerStructureMap,
    MappedEnd,
    MetadataTarget,
    PlacedCode,
    ReportingStructure,
    ReportStructure,
    StructureSet,
    TargetObject,
    ValuePair,
)
from sdmx_service.formats.structures.metadata import FIXED_TARGETS, IDENTIFIABLE
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ITEM_CLASSES, ArtefactClass, Ref

_A = ArtefactClass
_URN = "urn:sdmx:org.sdmx.infomodel"
_STRUCTURE = reference((_A.DATA_STRUCTURE, _A.DATAFLOW, _A.METADATA_STRUCTURE, _A.METADATAFLOW))
_SCHEME_MAPS: tuple[tuple[str, str, tuple[ArtefactClass, ...]], ...] = (
    (
        "organisationSchemeMaps",
        "organisationMaps",
        (
            _A.AGENCY_SCHEME,
            _A.DATA_CONSUMER_SCHEME,
            _A.DATA_PROVIDER_SCHEME,
            _A.ORGANISATION_UNIT_SCHEME,
        ),
    ),
    ("categorySchemeMaps", "categoryMaps", (_A.CATEGORY_SCHEME,)),
    ("codelistMaps", "codeMaps", (_A.CODELIST,)),
    ("conceptSchemeMaps", "conceptMaps", (_A.CONCEPT_SCHEME,)),
    ("reportingTaxonomyMaps", "reportingCategoryMaps", (_A.REPORTING_TAXONOMY,)),
)
"""Of each kind of map: its member, that of its items, the schemes it may be of."""


def codecs_of_21(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codecs of what only SDMX 2.1 has, by the class of the model that it becomes."""
    metadata = Nest("metadataStructureComponents", _metadata(dialect))
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


def _inside(urn: Any) -> str:
    """The last part of a URN, by which something in an artefact is named. Raises ValueError."""
    if not isinstance(urn, str):
        raise ValueError("urn")
    _, ends, name = urn.rpartition(").")
    if not ends or not name:
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=urn)
    return name


_LOCAL = Codec(lambda value, _place: _inside(value), lambda name: name)


def _read_level(value: Any, _place: Place) -> str:
    """A level is named by its hierarchy and its own path."""
    name = _inside(value)
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
        Member(key, "maps", _scheme_map(dialect, items, classes), many=True, shown=_of(classes))
        for key, items, classes in _SCHEME_MAPS
    )
    return (*schemes, structures)


def _of(classes: tuple[ArtefactClass, ...]) -> Callable[[Any], bool]:
    return lambda held: isinstance(held, InnerSchemeMap) and held.source.artefact in classes


def _scheme_map(dialect: Dialect, key: str, classes: tuple[ArtefactClass, ...]) -> Codec:
    pair = annotable(
        dialect,
        Association,
        Member("source", "source", _LOCAL),
        Member("target", "target", _LOCAL),
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
                one[side] = Ref(
                    scheme.artefact, scheme.agency, scheme.id, scheme.version, one[side]
                ).urn
        return written

    return Codec(plain.read, write)


def _structure_map(dialect: Dialect) -> Codec:
    pair = bind(
        Shape(ValuePair, (Member("source", "source", TEXT), Member("target", "target", TEXT)))
    )
    end = Codec(lambda value, _place: MappedEnd(id=_inside(value)), _write_end)
    values = Member("valueMappings", "values", pair, many=True)
    mapping = Nest(
        "representationMapping",
        (Member("codelistMap", "codelist_map", _LOCAL), Nest("valueMap", (values,))),
    )
    component = annotable(
        dialect,
        InnerComponentMap,
        Member("source", "source", end),
        Member("target", "target", end),
        mapping,
    )
    plain = item(
        dialect,
        InnerStructureMap,
        Member("source", "source", _STRUCTURE),
        Member("target", "target", _STRUCTURE),
        Member("componentMaps", "components", component, many=True),
    )

    def read(value: Any, place: Place) -> Any:
        if isinstance(value, dict) and value.get("isExtension") is False:  # what silence means
            value = {key: held for key, held in value.items() if key != "isExtension"}
        return plain.read(value, place)

    return Codec(read, plain.write)


def _write_end(end: MappedEnd) -> str:
    if end.structure is None:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"ComponentMap {end.id}")
    kind = "PrimaryMeasure" if end.kind == "Measure" else end.kind
    return f"{_URN}.datastructure.{kind}={end.structure.short}.{end.id}"


def _metadata(dialect: Dialect) -> tuple[Part, ...]:
    targets = bind(Shape(MetadataTarget, (_ID, *_objects(dialect))))
    report = annotable(
        dialect,
        ReportStructure,
        _ID,
        Member("metadataAttributes", "attributes", metadata_attribute(dialect), many=True),
        Member("metadataTargets", "targets", _LOCAL, many=True),
    )
    return (
        Member("metadataTargets", "targets", targets, many=True),
        Member("reportStructures", "reports", report, many=True),
    )


_ID = Member("id", "id", TEXT)


def _objects(dialect: Dialect) -> Iterable[Member]:
    for kind in (*FIXED_TARGETS, IDENTIFIABLE):
        key = f"{kind[0].lower()}{kind[1:]}s"
        yield Member(key, "objects", _object(dialect, kind), many=True, shown=_is(kind))


def _is(kind: str) -> Callable[[TargetObject], bool]:
    return lambda one: one.kind == kind


def _object(dialect: Dialect, kind: str) -> Codec:
    schemes = tuple(ITEM_CLASSES)
    values = represented(dialect, "localRepresentation", "representation", enumerable=schemes)

    def complete(own: dict[str, Any], _ref: dict[str, Any]) -> None:
        own["kind"] = kind
        if kind in FIXED_TARGETS:
            own.setdefault("id", FIXED_TARGETS[kind][0])

    of = (Member("objectType", "object_type", TEXT),) if kind == IDENTIFIABLE else ()
    shape = Shape(TargetObject, (_ID, values, *of), complete=complete, dropped=frozenset({"kind"}))
    return bind(shape)


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
