"""The schemes of the Validation and Transformation Language: expressions as text, never run."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformation:
    id: str
    expression: str
    result: str
    is_persistent: bool
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformationScheme:
    ref: Ref
    about: About = About()
    items: tuple[Transformation, ...] = ()
    is_partial: bool = False
    vtl_version: str | None = None
    mapping_scheme: Ref | None = None
    personalisation_scheme: Ref | None = None
    custom_type_scheme: Ref | None = None
    ruleset_schemes: tuple[Ref, ...] = ()
    operator_schemes: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    id: str
    definition: str
    type: str
    scope: str
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetScheme:
    ref: Ref
    about: About = About()
    items: tuple[Ruleset, ...] = ()
    is_partial: bool = False
    vtl_version: str | None = None
    mapping_scheme: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDefinedOperator:
    id: str
    definition: str
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDefinedOperatorScheme:
    ref: Ref
    about: About = About()
    items: tuple[UserDefinedOperator, ...] = ()
    is_partial: bool = False
    vtl_version: str | None = None
    mapping_scheme: Ref | None = None
    ruleset_schemes: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomType:
    id: str
    vtl_scalar_type: str
    data_type: str
    about: About = About()
    literal_format: str | None = None
    output_format: str | None = None
    null_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomTypeScheme:
    ref: Ref
    about: About = About()
    items: tuple[CustomType, ...] = ()
    is_partial: bool = False
    vtl_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePersonalisation:
    id: str
    default_name: str
    personalised_name: str
    vtl_artefact: str
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePersonalisationScheme:
    ref: Ref
    about: About = About()
    items: tuple[NamePersonalisation, ...] = ()
    is_partial: bool = False
    vtl_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VtlMethod:
    """How data go to or from VTL; ``keys``: the sub- or superspace, None where none is named."""

    method: str | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VtlMapping:
    """A name in expressions for a dataflow (or any of them), a code list or a concept."""

    id: str
    alias: str
    about: About = About()
    dataflow: Ref | None = None
    is_generic_dataflow: bool = False
    codelist: Ref | None = None
    concept: Ref | None = None
    to_vtl: VtlMethod | None = None
    from_vtl: VtlMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VtlMappingScheme:
    ref: Ref
    about: About = About()
    items: tuple[VtlMapping, ...] = ()
    is_partial: bool = False
