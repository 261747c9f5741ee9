"""Data constraints in SDMX-ML: attachment, cube regions, member selections."""

from __future__ import annotations

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import boolean, show_boolean
from sdmx_service.formats.xml.structures.structure_parts import constraint_value, time_range
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.regions import CubeRegion, MemberSelection
from sdmx_service.model.structures import ConstraintRole, DataConstraint

_INCLUDE = Attribute("include", "include", boolean, show_boolean)
_ATTACHABLE = {
    ArtefactClass.DATA_PROVIDER_SCHEME: "str:DataProvider",
    ArtefactClass.DATA_STRUCTURE: "str:DataStructure",
    ArtefactClass.DATAFLOW: "str:Dataflow",
    ArtefactClass.PROVISION_AGREEMENT: "str:ProvisionAgreement",
}


def data_constraint_parts(
    dialect: Dialect,
) -> tuple[tuple[Attribute, ...], tuple[Element | Wrapper, ...]]:
    """The attributes and elements of a data constraint (in 2.1 a content constraint)."""
    role = Attribute("type" if dialect.is_21 else "role", "role", _role, str)
    region = bind(_cube_region(dialect), dialect.names)
    attachment = tuple(
        Element(tag, "attachment", _attachment(dialect, artefact), tuple, artefact)
        for artefact, tag in _ATTACHABLE.items()
    )
    return (role,), (
        Wrapper("str:ConstraintAttachment", attachment),
        Element("str:CubeRegion", "cube_regions", region, tuple),
    )


def check_constraint(constraint: DataConstraint, dialect: Dialect) -> None:
    """Refuse what the schema has no place for: attachment to several classes or providers; in 3.0
    more than one region that includes and one that excludes."""
    classes = {ref.artefact for ref in constraint.attachment}
    single = ArtefactClass.DATA_PROVIDER_SCHEME in classes and len(constraint.attachment) > 1
    if len(classes) > 1 or single or not classes <= _ATTACHABLE.keys():
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    kinds = {region.include for region in constraint.cube_regions}
    if not dialect.is_21 and len(kinds) < len(constraint.cube_regions):
        raise refuse("FORMAT_CANNOT_CARRY", found="CubeRegion")


def _role(text: str) -> ConstraintRole:
    if text not in set(ConstraintRole):
        raise ValueError("ConstraintRole")
    return ConstraintRole(text)


def _attachment(dialect: Dialect, artefact: ArtefactClass) -> Codec:
    return dialect.reference(artefact, item=artefact is ArtefactClass.DATA_PROVIDER_SCHEME)


def _cube_region(dialect: Dialect) -> Shape:
    component = "Attribute" if dialect.is_21 else "Component"
    prefix = "com" if dialect.is_21 else "str"
    selection = bind(_member_selection(dialect, prefix), dialect.names)
    return Shape(
        CubeRegion,
        attributes=(_INCLUDE,),
        elements=(
            Element(f"{prefix}:KeyValue", "members", selection, tuple),
            Element(f"{prefix}:{component}", "components", selection, tuple),
        ),
    )


def _member_selection(dialect: Dialect, prefix: str) -> Shape:
    return Shape(
        MemberSelection,
        attributes=(Attribute("id", "component"), _INCLUDE),
        elements=(
            Element(f"{prefix}:Value", "values", constraint_value(), tuple),
            Element(f"{prefix}:TimeRange", "time_range", time_range(dialect)),
        ),
        ignored={"removePrefix": "false"},
    )
