"""What shapes of SDMX-ML have in common: names, versions, places of artefacts and items."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Element, Part, Shape
from sdmx_service.formats.xml.structures.parts import (
    NAMED,
    annotated,
    boolean,
    linked,
    show_true,
)
from sdmx_service.formats.xml.structures.references import version_of_21
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ITEM_CLASSES, UNVERSIONED, ArtefactClass

IGNORED: dict[str, str | None] = {"urn": None}
URI = Attribute("uri", "about.uri")
IS_PARTIAL = Attribute("isPartial", "is_partial", boolean, show_true)
PLACE = (
    Attribute("serviceURL", "about.service_url"),
    Attribute("structureURL", "about.structure_url"),
)
_PARTIAL_LANGUAGE = Attribute("isPartialLanguage", "about.is_partial_language", boolean, show_true)
_STABLE = re.compile(r"\d+\.\d+\.\d+")


def beside(dialect: Dialect) -> tuple[Part, ...]:
    """Annotations and, since SDMX 3.0, links: what stands before all else."""
    annotations = annotated(dialect.annotation, dialect.names)
    return (annotations,) if dialect.is_21 else (annotations, linked(dialect.names))


def listed(dialect: Dialect, name: str) -> tuple[Part, ...]:
    """The same of a list of components, in fields of what holds it."""
    annotations = annotated(dialect.annotation, dialect.names, f"{name}_annotations")
    links = linked(dialect.names, f"{name}_links")
    return (annotations,) if dialect.is_21 else (annotations, links)


def maintainable(
    dialect: Dialect,
    artefact: ArtefactClass,
    model: type[Any],
    parts: tuple[Part, ...],
    attributes: tuple[Attribute, ...] = (),
) -> Shape:
    """The shape of an artefact: what all have, then its own parts."""
    shape = Shape(
        model,
        attributes=(
            Attribute("id", "ref.id"),
            Attribute("agencyID", "ref.agency"),
            *((_version(dialect, artefact),) if artefact not in UNVERSIONED else ()),
            Attribute("validFrom", "about.valid_from"),
            Attribute("validTo", "about.valid_to"),
            URI,
            *PLACE,
            *((_PARTIAL_LANGUAGE,) if dialect.is_31 else ()),
            *attributes,
        ),
        elements=(*beside(dialect), *NAMED, *parts),
        artefact=artefact,
        ignored={**IGNORED, "isExternalReference": None},
    )
    return _versioning(shape, dialect, artefact)


def item_scheme(
    dialect: Dialect,
    artefact: ArtefactClass,
    model: type[Any],
    item_shape: Shape,
    parts: tuple[Part, ...] = (),
    attributes: tuple[Attribute, ...] = (IS_PARTIAL,),
    tag: str | None = None,
) -> Shape:
    """The shape of a scheme: its items, then its own parts."""
    codec = bind(item_shape, dialect.names)
    items = Element(f"str:{tag or ITEM_CLASSES[artefact]}", "items", codec, tuple)
    return maintainable(dialect, artefact, model, (items, *parts), attributes)


def item(
    dialect: Dialect, model: type[Any], *parts: Part, attributes: tuple[Attribute, ...] = ()
) -> Shape:
    """The shape of an item, or of anything else that is named inside an artefact."""
    return Shape(
        model,
        attributes=(Attribute("id", "id"), URI, *attributes),
        elements=(*beside(dialect), *NAMED, *parts),
        ignored=IGNORED,
    )


def identified(
    dialect: Dialect, model: type[Any], *parts: Part, attributes: tuple[Attribute, ...] = ()
) -> Shape:
    """The shape of what has an id and annotations, and no name."""
    return Shape(
        model,
        attributes=(Attribute("id", "id"), URI, *attributes),
        elements=(*beside(dialect), *parts),
        ignored=IGNORED,
    )


def annotable(
    dialect: Dialect, model: type[Any], *parts: Part, attributes: tuple[Attribute, ...] = ()
) -> Shape:
    """The shape of what has annotations and neither id nor name."""
    annotations = annotated(dialect.annotation, dialect.names)
    return Shape(model, attributes=attributes, elements=(annotations, *parts))


def named_by_concept(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """The id of a component that says none: that of its concept."""
    if "id" not in own and "concept" in own:
        own["id"] = own["concept"].item


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
