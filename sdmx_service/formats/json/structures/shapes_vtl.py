"""The schemes of the Validation and Transformation Language in SDMX-JSON 2."""

from __future__ import annotations

from typing import Any

from sdmx_service.formats.json.structures.building import item_scheme
from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Nest, Place, Shape, bind
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT, item, reference
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_VERSION = Member("vtlVersion", "vtl_version", TEXT)
_MAPPING_SCHEME = Member("vtlMappingScheme", "mapping_scheme", reference(_A.VTL_MAPPING_SCHEME))
_RULESET_SCHEMES = Member(
    "rulesetSchemes", "ruleset_schemes", reference(_A.RULESET_SCHEME), many=True, distinct=True
)


def vtl_codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codec of each VTL scheme; SDMX-JSON 1.0 has none."""
    if dialect.is_10:
        return {}
    return {
        _A.TRANSFORMATION_SCHEME: _transformations(dialect),
        _A.RULESET_SCHEME: _rulesets(dialect),
        _A.USER_DEFINED_OPERATOR_SCHEME: _operators(dialect),
        _A.CUSTOM_TYPE_SCHEME: _custom_types(dialect),
        _A.NAME_PERSONALISATION_SCHEME: _personalisations(dialect),
        _A.VTL_MAPPING_SCHEME: item_scheme(
            dialect,
            _A.VTL_MAPPING_SCHEME,
            model.VtlMappingScheme,
            "vtlMappings",
            _mapping(dialect),
        ),
    }


def _transformations(dialect: Dialect) -> Codec:
    each = item(
        dialect,
        model.Transformation,
        Member("expression", "expression", TEXT),
        Member("result", "result", TEXT),
        Member("isPersistent", "is_persistent", BOOLEAN),
    )
    personal = reference(_A.NAME_PERSONALISATION_SCHEME)
    operators = reference(_A.USER_DEFINED_OPERATOR_SCHEME)
    return item_scheme(
        dialect,
        _A.TRANSFORMATION_SCHEME,
        model.TransformationScheme,
        "transformations",
        each,
        _VERSION,
        _MAPPING_SCHEME,
        Member("namePersonalisationScheme", "personalisation_scheme", personal),
        Member("customTypeScheme", "custom_type_scheme", reference(_A.CUSTOM_TYPE_SCHEME)),
        _RULESET_SCHEMES,
        Member(
            "userDefinedOperatorSchemes", "operator_schemes", operators, many=True, distinct=True
        ),
    )


def _rulesets(dialect: Dialect) -> Codec:
    each = item(
        dialect,
        model.Ruleset,
        Member("rulesetDefinition", "definition", TEXT),
        Member("rulesetType", "type", TEXT),
        Member("rulesetScope", "scope", TEXT),
    )
    own = (_VERSION, _MAPPING_SCHEME)
    return item_scheme(dialect, _A.RULESET_SCHEME, model.RulesetScheme, "rulesets", each, *own)


def _operators(dialect: Dialect) -> Codec:
    definition = Member("operatorDefinition", "definition", TEXT)
    return item_scheme(
        dialect,
        _A.USER_DEFINED_OPERATOR_SCHEME,
        model.UserDefinedOperatorScheme,
        "userDefinedOperators",
        item(dialect, model.UserDefinedOperator, definition),
        _VERSION,
        _MAPPING_SCHEME,
        _RULESET_SCHEMES,
    )


def _custom_types(dialect: Dialect) -> Codec:
    each = item(
        dialect,
        model.CustomType,
        Member("vtlScalarType", "vtl_scalar_type", TEXT),
        Member("dataType", "data_type", TEXT),
        Member("vtlLiteralFormat", "literal_format", TEXT),
        Member("outputFormat", "output_format", TEXT),
        Member("nullValue", "null_value", TEXT),
    )
    kind = model.CustomTypeScheme
    return item_scheme(dialect, _A.CUSTOM_TYPE_SCHEME, kind, "customTypes", each, _VERSION)


def _personalisations(dialect: Dialect) -> Codec:
    each = item(
        dialect,
        model.NamePersonalisation,
        Member("vtlDefaultName", "default_name", TEXT),
        Member("personalisedName", "personalised_name", TEXT),
        Member("vtlArtefact", "vtl_artefact", TEXT),
    )
    return item_scheme(
        dialect,
        _A.NAME_PERSONALISATION_SCHEME,
        model.NamePersonalisationScheme,
        "namePersonalisations",
        each,
        _VERSION,
    )


def _mapping(dialect: Dialect) -> Codec:
    return item(
        dialect,
        model.VtlMapping,
        Member("alias", "alias", TEXT),
        Member("dataflow", "dataflow", reference(_A.DATAFLOW)),
        Member("genericDataflow", "is_generic_dataflow", _PRESENT, shown=bool),
        Member("codelist", "codelist", reference(_A.CODELIST)),
        Member("concept", "concept", reference(_A.CONCEPT_SCHEME, item=True)),
        Member("toVtlMapping", "to_vtl", _method("toVtlSubSpace")),
        Member("fromVtlMapping", "from_vtl", _method("fromVtlSuperSpace")),
    )


def _method(space: str) -> Codec:
    keys = Nest(space, (Member("keys", "keys", TEXT, many=True, distinct=True),))
    return bind(Shape(model.VtlMethod, (keys, Member("method", "method", TEXT))))


def _read_present(value: Any, _place: Place) -> bool:
    if value != {}:
        raise ValueError("genericDataflow")
    return True


def _write_present(_value: bool) -> dict[str, Any]:
    return {}


_PRESENT = Codec(_read_present, _write_present)
