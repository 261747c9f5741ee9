"""Schemes of items in SDMX-ML: codes of every kind, values, concepts, categories, organisations."""

from __future__ import annotations

from sdmx_service.formats.xml.structures.building import (
    annotable,
    item,
    item_scheme,
)
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Choice,
    Codec,
    Element,
    Shape,
)
from sdmx_service.formats.xml.structures.parts import CONTACT, TEXT, texts
from sdmx_service.formats.xml.structures.structure_parts import representation
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_CASCADE = Attribute(
    "cascadeValues",
    "cascade",
    lambda text: model.Cascade({"1": "true", "0": "false"}.get(text, text)),
    lambda cascade: None if cascade is model.Cascade.NO else str(cascade),
)
_ORGANISATIONS = (
    _A.AGENCY_SCHEME,
    _A.DATA_CONSUMER_SCHEME,
    _A.DATA_PROVIDER_SCHEME,
    _A.METADATA_PROVIDER_SCHEME,
    _A.ORGANISATION_UNIT_SCHEME,
)


def item_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of every item scheme but those of VTL."""
    parent = Element("str:Parent", "parent", dialect.local)
    code = item(dialect, model.Code, parent)
    shapes = {
        _A.CODELIST: item_scheme(dialect, _A.CODELIST, model.Codelist, code, _extended(dialect)),
        _A.CONCEPT_SCHEME: item_scheme(
            dialect, _A.CONCEPT_SCHEME, model.ConceptScheme, _concept(dialect, parent)
        ),
        _A.CATEGORY_SCHEME: item_scheme(
            dialect,
            _A.CATEGORY_SCHEME,
            model.CategoryScheme,
            item(dialect, model.Category, Element("str:Category", "categories", None, tuple)),
        ),
        _A.REPORTING_TAXONOMY: item_scheme(
            dialect, _A.REPORTING_TAXONOMY, model.ReportingTaxonomy, _reporting_category(dialect)
        ),
    }
    shapes |= {
        artefact: item_scheme(
            dialect, artefact, model.OrganisationScheme, _organisation(dialect, artefact)
        )
        for artefact in _ORGANISATIONS
    }
    return shapes if dialect.is_21 else shapes | _only_since_30(dialect)


def _only_since_30(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    parent = Element("str:Parent", "parent", dialect.local)
    value = annotable(
        dialect,
        model.ValueItem,
        texts("com:Name", "about.names"),
        texts("com:Description", "about.descriptions"),
        attributes=(Attribute("id", "id"),),
    )
    feature = item(
        dialect, model.GeoFeatureSetCode, parent, attributes=(Attribute("value", "value"),)
    )
    cell = item(dialect, model.GeoGridCode, parent, Element("str:GeoCell", "cell", TEXT))
    geographic = item_scheme(
        dialect,
        _A.GEOGRAPHIC_CODELIST,
        model.GeographicCodelist,
        feature,
        _extended(dialect),
        tag="GeoFeatureSetCode",
    )
    grid = item_scheme(
        dialect,
        _A.GEO_GRID_CODELIST,
        model.GeoGridCodelist,
        cell,
        (*_extended(dialect), Element("str:GridDefinition", "grid", TEXT)),
        tag="GeoGridCode",
    )
    return {
        _A.VALUE_LIST: item_scheme(dialect, _A.VALUE_LIST, model.ValueList, value, attributes=()),
        _A.GEOGRAPHIC_CODELIST: _geographic(geographic, "GeographicCodelist"),
        _A.GEO_GRID_CODELIST: _geographic(grid, "GeoGridCodelist"),
    }


def _geographic(shape: Shape, kind: str) -> Shape:
    ignored = {**(shape.ignored or {}), "geoType": kind}
    return Shape(
        shape.model,
        shape.attributes,
        shape.elements,
        shape.artefact,
        ignored,
        complete=shape.complete,
        derived=lambda _: f' geoType="{kind}"',
    )


def _extended(dialect: Dialect) -> tuple[Element, ...]:
    if dialect.is_21:
        return ()
    shape = Shape(
        model.CodelistExtension,
        attributes=(Attribute("prefix", "prefix"),),
        elements=(
            Element("str:Codelist", "codelist", dialect.reference(_A.CODELIST)),
            Choice(
                "selections",
                (
                    ("str:InclusiveCodeSelection", _selection(dialect, True), _includes),
                    ("str:ExclusiveCodeSelection", _selection(dialect, False), _excludes),
                ),
            ),
        ),
        dropped=frozenset({"selection"}),
        complete=_one_selection,
    )
    codec = bind(shape, dialect.names)
    return (Element("str:CodelistExtension", "extensions", codec, tuple),)


def _includes(selection: model.CodeSelection) -> bool:
    return selection.include


def _excludes(selection: model.CodeSelection) -> bool:
    return not selection.include


def _one_selection(own: dict[str, object], _ref: dict[str, object]) -> None:
    found = own.pop("selections", ())
    if isinstance(found, tuple) and found:
        own["selection"] = found[0]


def _selection(dialect: Dialect, include: bool) -> Codec:
    member = bind(Shape(model.MemberValue, (_CASCADE,), text="value"), dialect.names)
    shape = Shape(
        model.CodeSelection,
        elements=(Element("str:MemberValue", "members", member, tuple),),
        dropped=frozenset({"include"}),
        complete=lambda own, _: own.update(include=include),
    )
    return bind(shape, dialect.names)


def _concept(dialect: Dialect, parent: Element) -> Shape:
    reference = Shape(
        model.IsoConceptReference,
        elements=(
            Element("str:ConceptAgency", "agency", TEXT),
            Element("str:ConceptSchemeID", "scheme", TEXT),
            Element("str:ConceptID", "concept", TEXT),
        ),
    )
    return item(
        dialect,
        model.Concept,
        parent,
        Element("str:CoreRepresentation", "core_representation", representation(dialect)),
        Element("str:ISOConceptReference", "iso_reference", bind(reference, dialect.names)),
    )


def _organisation(dialect: Dialect, artefact: ArtefactClass) -> Shape:
    contact = Element("str:Contact", "contacts", bind(CONTACT, dialect.names), tuple)
    if artefact is not _A.ORGANISATION_UNIT_SCHEME:
        return item(dialect, model.Organisation, contact)
    parent = Element("str:Parent", "parent", dialect.local)
    return item(dialect, model.Organisation, parent, contact)


def _reporting_category(dialect: Dialect) -> Shape:
    structures = dialect.reference((_A.DATA_STRUCTURE, _A.METADATA_STRUCTURE))
    flows = dialect.reference((_A.DATAFLOW, _A.METADATAFLOW))
    return item(
        dialect,
        model.ReportingCategory,
        Element("str:ReportingCategory", "categories", None, tuple),
        Element("str:StructuralMetadata", "structures", structures, tuple),
        Element("str:ProvisioningMetadata", "flows", flows, tuple),
    )
