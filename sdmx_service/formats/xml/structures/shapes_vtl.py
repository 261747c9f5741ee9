"""The schemes of the Validation and Transformation Language in SDMX-ML."""

from __future__ import annotations

from typing import Any

from lxml import etree

from sdmx_service.formats.xml.structures.building import IS_PARTIAL, item, item_scheme
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Part,
    Put,
    Shape,
    Wrapper,
    check_attributes,
    unexpected,
)
from sdmx_service.formats.xml.structures.parts import ID, TEXT, boolean, show_boolean
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass, Ref

_A = ArtefactClass
_VERSION = Attribute("vtlVersion", "vtl_version")


def vtl_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of each VTL scheme."""
    return {
        _A.TRANSFORMATION_SCHEME: _transformations(dialect),
        _A.RULESET_SCHEME: _rulesets(dialect),
        _A.USER_DEFINED_OPERATOR_SCHEME: _operators(dialect),
        _A.CUSTOM_TYPE_SCHEME: _custom_types(dialect),
        _A.NAME_PERSONALISATION_SCHEME: _personalisations(dialect),
        _A.VTL_MAPPING_SCHEME: item_scheme(
            dialect, _A.VTL_MAPPING_SCHEME, model.VtlMappingScheme, _mapping(dialect)
        ),
    }


def _scheme(
    dialect: Dialect, artefact: ArtefactClass, kind: type[Any], each: Shape, *parts: Part
) -> Shape:
    return item_scheme(dialect, artefact, kind, each, parts, (IS_PARTIAL, _VERSION))


def _one(dialect: Dialect, tag: str, field: str, artefact: ArtefactClass) -> Element:
    return Element(f"str:{tag}", field, dialect.reference(artefact))


def _several(dialect: Dialect, tag: str, field: str, artefact: ArtefactClass) -> Element:
    return Element(f"str:{tag}", field, dialect.reference(artefact), _once)


def _once(schemes: list[Ref]) -> tuple[Ref, ...]:
    """What is referred to twice, as some write, is referred to."""
    return tuple(dict.fromkeys(schemes))


def _mapping_scheme(dialect: Dialect) -> Element:
    return _one(dialect, "VtlMappingScheme", "mapping_scheme", _A.VTL_MAPPING_SCHEME)


def _ruleset_schemes(dialect: Dialect) -> Element:
    return _several(dialect, "RulesetScheme", "ruleset_schemes", _A.RULESET_SCHEME)


def _transformations(dialect: Dialect) -> Shape:
    each = item(
        dialect,
        model.Transformation,
        Element("str:Expression", "expression", TEXT),
        Element("str:Result", "result", TEXT),
        attributes=(Attribute("isPersistent", "is_persistent", boolean, show_boolean),),
    )
    personal = _A.NAME_PERSONALISATION_SCHEME
    return _scheme(
        dialect,
        _A.TRANSFORMATION_SCHEME,
        model.TransformationScheme,
        each,
        _mapping_scheme(dialect),
        _one(dialect, "NamePersonalisationScheme", "personalisation_scheme", personal),
        _one(dialect, "CustomTypeScheme", "custom_type_scheme", _A.CUSTOM_TYPE_SCHEME),
        _ruleset_schemes(dialect),
        _several(
            dialect,
            "UserDefinedOperatorScheme",
            "operator_schemes",
            _A.USER_DEFINED_OPERATOR_SCHEME,
        ),
    )


def _rulesets(dialect: Dialect) -> Shape:
    each = item(
        dialect,
        model.Ruleset,
        Element("str:RulesetDefinition", "definition", TEXT),
        attributes=(Attribute("rulesetType", "type"), Attribute("rulesetScope", "scope")),
    )
    schemes = _mapping_scheme(dialect)
    return _scheme(dialect, _A.RULESET_SCHEME, model.RulesetScheme, each, schemes)


def _operators(dialect: Dialect) -> Shape:
    definition = Element("str:OperatorDefinition", "definition", TEXT)
    each = item(dialect, model.UserDefinedOperator, definition)
    return _scheme(
        dialect,
        _A.USER_DEFINED_OPERATOR_SCHEME,
        model.UserDefinedOperatorScheme,
        each,
        _mapping_scheme(dialect),
        _ruleset_schemes(dialect),
    )


def _custom_types(dialect: Dialect) -> Shape:
    each = item(
        dialect,
        model.CustomType,
        Element("str:VtlScalarType", "vtl_scalar_type", TEXT),
        Element("str:DataType", "data_type", TEXT),
        Element("str:VtlLiteralFormat", "literal_format", TEXT),
        Element("str:OutputFormat", "output_format", TEXT),
        Element("str:NullValue", "null_value", TEXT),
    )
    return _scheme(dialect, _A.CUSTOM_TYPE_SCHEME, model.CustomTypeScheme, each)


def _personalisations(dialect: Dialect) -> Shape:
    each = item(
        dialect,
        model.NamePersonalisation,
        Element("str:VtlDefaultName", "default_name", TEXT),
        Element("str:PersonalisedName", "personalised_name", TEXT),
        attributes=(Attribute("vtlArtefact", "vtl_artefact"),),
    )
    kind = model.NamePersonalisationScheme
    return _scheme(dialect, _A.NAME_PERSONALISATION_SCHEME, kind, each)


def _mapping(dialect: Dialect) -> Shape:
    concept = dialect.reference(_A.CONCEPT_SCHEME, item=True)
    return item(
        dialect,
        model.VtlMapping,
        _one(dialect, "Dataflow", "dataflow", _A.DATAFLOW),
        Element("str:GenericDataflow", "is_generic_dataflow", _PRESENT),
        Element("str:ToVtlMapping", "to_vtl", _method(dialect, "ToVtlSubSpace")),
        Element("str:FromVtlMapping", "from_vtl", _method(dialect, "FromVtlSuperSpace")),
        _one(dialect, "Codelist", "codelist", _A.CODELIST),
        Element("str:Concept", "concept", concept),
        attributes=(Attribute("alias", "alias"),),
    )


def _method(dialect: Dialect, space: str) -> Codec:
    keys = Wrapper(f"str:{space}", (Element("str:Key", "keys", ID, tuple),))
    shape = Shape(model.VtlMethod, (Attribute("method", "method"),), (keys,))
    return bind(shape, dialect.names)


def _read_present(element: etree._Element) -> bool:
    check_attributes(element)
    if len(element):
        raise unexpected(element[0])
    return True


def _write_present(put: Put, tag: str, value: bool) -> None:
    if value:
        put(f"<{tag}/>")


_PRESENT = Codec(_read_present, _write_present)
