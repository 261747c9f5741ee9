"""Every class of structures as it stands in SDMX-ML, one shape each, for 2.1, 3.0 and 3.1.

A new class is a new shape here and a row in ``message``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import (
    CONTACT,
    NAMED,
    annotated,
    boolean,
    show_true,
)
from sdmx_service.formats.xml.structures.references import version_of_21
from sdmx_service.formats.xml.structures.shapes_constraint import data_constraint_parts
from sdmx_service.formats.xml.structures.shapes_data_structure import data_structure_parts
from sdmx_service.formats.xml.structures.structure_parts import representation
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ITEM_CLASSES, UNVERSIONED, ArtefactClass
from sdmx_service.model.structures import (
    Categorisation,
    Category,
    CategoryScheme,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    DataConstraint,
    Dataflow,
    DataStructure,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
)

_NAME: dict[str, str | None] = {"urn": None, "uri": None}
_PLACE = {**_NAME, "isExternalReference": None, "serviceURL": None, "structureURL": None}
_STABLE = re.compile(r"\d+\.\d+\.\d+")
_IS_PARTIAL = Attribute("isPartial", "is_partial", boolean, show_true)


def codecs(dialect: Dialect) -> dict[ArtefactClass, Codec]:
    """The codec of every class in one version of SDMX-ML."""
    plain: Mapping[ArtefactClass, tuple[type[Any], tuple[Element | Wrapper, ...]]] = {
        ArtefactClass.CATEGORISATION: (Categorisation, _categorisation(dialect)),
        ArtefactClass.DATAFLOW: (Dataflow, _dataflow(dialect)),
        ArtefactClass.DATA_STRUCTURE: (DataStructure, data_structure_parts(dialect)),
        ArtefactClass.PROVISION_AGREEMENT: (ProvisionAgreement, _provision_agreement(dialect)),
    }
    shapes = {
        artefact: _maintainable(dialect, artefact, model, parts)
        for artefact, (model, parts) in plain.items()
    }
    attributes, parts = data_constraint_parts(dialect)
    constraint = ArtefactClass.DATA_CONSTRAINT
    shapes[constraint] = _maintainable(dialect, constraint, DataConstraint, parts, attributes)
    shapes |= {artefact: _item_scheme(dialect, artefact) for artefact in ITEM_CLASSES}
    return {artefact: bind(shape, dialect.names) for artefact, shape in shapes.items()}


def _maintainable(
    dialect: Dialect,
    artefact: ArtefactClass,
    model: type[Any],
    parts: tuple[Element | Wrapper, ...],
    attributes: tuple[Attribute, ...] = (),
) -> Shape:
    shape = Shape(
        model,
        attributes=(
            Attribute("id", "ref.id"),
            Attribute("agencyID", "ref.agency"),
            *((_version(dialect, artefact),) if artefact not in UNVERSIONED else ()),
            Attribute("validFrom", "about.valid_from"),
            Attribute("validTo", "about.valid_to"),
            *attributes,
        ),
        elements=(annotated(dialect.annotation, dialect.names), *NAMED, *parts),
        artefact=artefact,
        ignored=_PLACE,
    )
    return _versioning(shape, dialect, artefact)


def _versioning(shape: Shape, dialect: Dialect, artefact: ArtefactClass) -> Shape:
    """Organisation schemes have no version, or 1.0; SDMX 2.1 takes none for 1.0."""
    ignored = dict(shape.ignored or {})
    if artefact in UNVERSIONED:
        ignored["version"] = "1.0"
    if dialect.is_31 and artefact is ArtefactClass.CATEGORISATION:
        return replace(shape, ignored=ignored, complete=_first_version)
    if not dialect.is_21:
        return replace(shape, ignored=ignored)
    ignored["isFinal"] = None  # what is stable, the form of the version says since SDMX 3.0
    if artefact in UNVERSIONED:
        return replace(shape, ignored=ignored, derived=lambda _: ' version="1.0"')
    return replace(shape, ignored=ignored, derived=_is_final, complete=_first_version)


def _version(dialect: Dialect, artefact: ArtefactClass) -> Attribute:
    if dialect.is_31 and artefact is ArtefactClass.CATEGORISATION:
        return Attribute("version", "ref.version", str, _no_version)
    return Attribute("version", "ref.version", str, version_of_21 if dialect.is_21 else str)


def _is_final(artefact: Any) -> str:
    if artefact.ref.version is None:
        raise refuse("FORMAT_CANNOT_CARRY", found=artefact.ref.short)
    return ' isFinal="true"' if _STABLE.fullmatch(artefact.ref.version) else ""


def _no_version(version: str) -> None:
    """SDMX 3.1 gives categorisations no version, 1.0 in their URN."""
    if version != "1.0":
        raise refuse("FORMAT_CANNOT_CARRY", found=f"Categorisation {version}")


def _first_version(_own: dict[str, Any], ref: dict[str, Any]) -> None:
    ref.setdefault("version", "1.0")


def _item_scheme(dialect: Dialect, artefact: ArtefactClass) -> Shape:
    items: Mapping[ArtefactClass, tuple[type[Any], Callable[[Dialect], Shape]]] = {
        ArtefactClass.CATEGORY_SCHEME: (CategoryScheme, _category),
        ArtefactClass.CODELIST: (Codelist, _code),
        ArtefactClass.CONCEPT_SCHEME: (ConceptScheme, _concept),
    }
    model, item = items.get(artefact, (OrganisationScheme, _organisation))
    codec = bind(item(dialect), dialect.names)
    tag = f"str:{ITEM_CLASSES[artefact]}"
    parts = (Element(tag, "items", codec, tuple),)
    return _maintainable(dialect, artefact, model, parts, (_IS_PARTIAL,))


def _item(dialect: Dialect, model: type[Any], *parts: Element | Wrapper) -> Shape:
    return Shape(
        model,
        attributes=(Attribute("id", "id"),),
        elements=(annotated(dialect.annotation, dialect.names), *NAMED, *parts),
        ignored=_NAME,
    )


def _code(dialect: Dialect) -> Shape:
    return _item(dialect, Code, Element("str:Parent", "parent", dialect.local))


def _concept(dialect: Dialect) -> Shape:
    core = Element("str:CoreRepresentation", "core_representation", representation(dialect))
    return _item(dialect, Concept, Element("str:Parent", "parent", dialect.local), core)


def _category(dialect: Dialect) -> Shape:
    return _item(dialect, Category, Element("str:Category", "categories", None, tuple))


def _organisation(dialect: Dialect) -> Shape:
    contact = bind(CONTACT, dialect.names)
    return _item(dialect, Organisation, Element("str:Contact", "contacts", contact, tuple))


def _categorisation(dialect: Dialect) -> tuple[Element, ...]:
    category = dialect.reference(ArtefactClass.CATEGORY_SCHEME, item=True)
    return (
        Element("str:Source", "source", dialect.reference()),
        Element("str:Target", "target", category),
    )


def _dataflow(dialect: Dialect) -> tuple[Element, ...]:
    return (Element("str:Structure", "structure", dialect.reference(ArtefactClass.DATA_STRUCTURE)),)


def _provision_agreement(dialect: Dialect) -> tuple[Element, ...]:
    dataflow = dialect.reference(ArtefactClass.DATAFLOW)
    provider = dialect.reference(ArtefactClass.DATA_PROVIDER_SCHEME, item=True)
    tag = "str:StructureUsage" if dialect.is_21 else "str:Dataflow"
    return (
        Element(tag, "dataflow", dataflow, needed=True),
        Element("str:DataProvider", "data_provider", provider, needed=True),
    )
