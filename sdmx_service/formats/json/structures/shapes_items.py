"""Schemes of items in SDMX-JSON: codes, values, concepts, categories, organisations."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.building import item_scheme, maintainable, silent
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Member,
    Place,
    Shape,
    Texts,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.parts import TEXT, annotable, contact, item, reference
from sdmx_service.formats.json.structures.representation import represented
from sdmx_service.model import structures as model
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, parse_urn

_A = ArtefactClass
_PARENT = Member("parent", "parent", TEXT)
_ORGANISATIONS = {
    _A.AGENCY_SCHEME: "agencies",
    _A.DATA_CONSUMER_SCHEME: "dataConsumers",
    _A.DATA_PROVIDER_SCHEME: "dataProviders",
    _A.METADATA_PROVIDER_SCHEME: "metadataProviders",
    _A.ORGANISATION_UNIT_SCHEME: "organisationUnits",
}


def item_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codec of every item scheme but those of VTL."""
    category = item(dialect, model.Category, Member("categories", "categories", None, many=True))
    codecs = {
        _A.CODELIST: item_scheme(
            dialect,
            _A.CODELIST,
            model.Codelist,
            "codes",
            item(dialect, model.Code, _PARENT),
            *_extensions(dialect),
        ),
        _A.CONCEPT_SCHEME: item_scheme(
            dialect, _A.CONCEPT_SCHEME, model.ConceptScheme, "concepts", _concept(dialect)
        ),
        _A.CATEGORY_SCHEME: item_scheme(
            dialect, _A.CATEGORY_SCHEME, model.CategoryScheme, "categories", category
        ),
        _A.REPORTING_TAXONOMY: item_scheme(
            dialect,
            _A.REPORTING_TAXONOMY,
            model.ReportingTaxonomy,
            "reportingCategories",
            _reporting_category(dialect),
        ),
    }
    codecs |= {
        kind: item_scheme(
            dialect, kind, model.OrganisationScheme, key, _organisation(dialect, kind)
        )
        for kind, key in _ORGANISATIONS.items()
        if not dialect.is_10 or kind is not _A.METADATA_PROVIDER_SCHEME
    }
    return codecs if dialect.is_10 else codecs | _only_since_20(dialect)


def _only_since_20(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    value = annotable(
        dialect,
        model.ValueItem,
        Member("id", "id", TEXT),
        Texts("name", "names", "about.names"),
        Texts("description", "descriptions", "about.descriptions"),
    )
    feature = item(dialect, model.GeoFeatureSetCode, _PARENT, Member("value", "value", TEXT))
    cell = item(dialect, model.GeoGridCode, _PARENT, Member("geoCell", "cell", TEXT))
    return {
        _A.VALUE_LIST: silent(
            maintainable(
                dialect,
                _A.VALUE_LIST,
                model.ValueList,
                Member("valueItems", "items", value, many=True),
            ),
            "isPartial",
        ),
        _A.GEOGRAPHIC_CODELIST: item_scheme(
            dialect,
            _A.GEOGRAPHIC_CODELIST,
            model.GeographicCodelist,
            "geoFeatureSetCodes",
            feature,
            *_extensions(dialect),
            geoType="GeographicCodelist",
        ),
        _A.GEO_GRID_CODELIST: item_scheme(
            dialect,
            _A.GEO_GRID_CODELIST,
            model.GeoGridCodelist,
            "geoGridCodes",
            cell,
            Member("gridDefinition", "grid", TEXT),
            *_extensions(dialect),
            geoType="GeoGridCodelist",
        ),
    }


def _extensions(dialect: Dialect) -> tuple[Member, ...]:
    if dialect.is_10:
        return ()
    shape = Shape(
        model.CodelistExtension,
        (
            Member("prefix", "prefix", TEXT),
            Member("codelist", "codelist", reference(_A.CODELIST)),
            Member("inclusiveCodeSelection", "included", _selection(True)),
            Member("exclusiveCodeSelection", "excluded", _selection(False)),
        ),
        complete=_one_selection,
        dropped=frozenset({"selection"}),
    )
    return (Member("codelistExtensions", "extensions", bind(shape), many=True),)


def _one_selection(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    found = [own.pop(name) for name in ("included", "excluded") if name in own]
    if found:
        own["selection"] = found[0]


def _selection(include: bool) -> Codec:
    def read(value: Any, place: Place) -> model.CodeSelection:
        if not isinstance(value, dict) or value.keys() - {"memberValues", *_WILDCARDS}:
            raise unexpected(place)
        held = [one for key in (*_WILDCARDS, "memberValues") for one in value.get(key, ())]
        members = tuple(_read_member(one, place) for one in held)
        return model.CodeSelection(include=include, members=members)

    def write(selection: model.CodeSelection) -> dict[str, Any]:
        wild = [_write_wildcard(one) for one in selection.members if "%" in one.value]
        plain = [_write_member(one) for one in selection.members if "%" not in one.value]
        held = {"wildcardedMemberValues": wild, "memberValues": plain}
        return {key: values for key, values in held.items() if values}

    return Codec(read, write)


_WILDCARDS = ("wildcardedMemberValues",)


def read_cascade(value: Any) -> model.Cascade:
    """``true``, ``false`` or "excluderoot". Raises ValueError."""
    if isinstance(value, bool):
        return model.Cascade.YES if value else model.Cascade.NO
    return model.Cascade(value)


def show_cascade(cascade: model.Cascade) -> bool | str:
    """The JSON of a cascade."""
    return cascade is model.Cascade.YES if cascade is not model.Cascade.BELOW else str(cascade)


def _read_member(value: Any, place: Place) -> model.MemberValue:
    if isinstance(value, dict):
        if value.keys() - {"value", "cascadeValues"}:
            raise unexpected(place)
        cascade = read_cascade(value.get("cascadeValues", False))
        return model.MemberValue(value=TEXT.read(value.get("value"), place), cascade=cascade)
    return model.MemberValue(value=TEXT.read(value, place))


def _write_member(member: model.MemberValue) -> Any:
    if member.cascade is model.Cascade.NO:
        return member.value
    return {"value": member.value, "cascadeValues": show_cascade(member.cascade)}


def _write_wildcard(member: model.MemberValue) -> str:
    if member.cascade is not model.Cascade.NO:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"cascadeValues {member.value}")
    return member.value


def _concept(dialect: Dialect) -> Codec:
    iso = bind(
        Shape(
            model.IsoConceptReference,
            (
                Member("conceptAgency", "agency", TEXT),
                Member("conceptSchemeID", "scheme", TEXT),
                Member("conceptID", "concept", TEXT),
            ),
        )
    )
    core = represented(dialect, "coreRepresentation", "core_representation")
    if dialect.is_10:
        return item(dialect, model.Concept, _PARENT_OF_10, core)
    return item(
        dialect, model.Concept, _PARENT, core, Member("isoConceptReference", "iso_reference", iso)
    )


def _read_parent(value: Any, place: Place) -> str:
    """SDMX-JSON 1.0 names the parent by its URN; by its id, as some do, it is understood too."""
    text = str(TEXT.read(value, place))
    if not text.startswith("urn:"):
        return text
    return parse_urn(text).item or text


_PARENT_OF_10 = Member("parent", "parent", Codec(_read_parent, TEXT.write))


def _organisation(dialect: Dialect, kind: ArtefactClass) -> Codec:
    reached = Member("contacts", "contacts", contact(dialect), many=True)
    if kind is not _A.ORGANISATION_UNIT_SCHEME:
        return item(dialect, model.Organisation, reached)
    parent = _PARENT_OF_10 if dialect.is_10 else _PARENT
    return item(dialect, model.Organisation, reached, parent)


def _reporting_category(dialect: Dialect) -> Codec:
    structures = reference((_A.DATA_STRUCTURE, _A.METADATA_STRUCTURE))
    flows = reference((_A.DATAFLOW, _A.METADATAFLOW))
    return item(
        dialect,
        model.ReportingCategory,
        Member("reportingCategories", "categories", None, many=True),
        Member("structuralMetadata", "structures", structures, many=True, distinct=True),
        Member("provisioningMetadata", "flows", flows, many=True, distinct=True),
    )
