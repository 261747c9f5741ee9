"""References: URNs in SDMX-ML 3.0, ``Ref`` elements in 2.1. Nothing is resolved here."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from sdmx_service.formats.xml.structures.engine import (
    Codec,
    Put,
    check_attributes,
    place_of,
    unexpected,
)
from sdmx_service.formats.xml.structures.parts import content
from sdmx_service.formats.xml.structures.text import attribute_text, element_text
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import (
    ITEM_CLASSES,
    PACKAGES,
    PART_OF_21,
    UNVERSIONED,
    ArtefactClass,
    Ref,
    parse_urn,
    parse_urn_of_21,
)

Classes = ArtefactClass | tuple[ArtefactClass, ...] | None
"""What a reference may name: one class, one of several, or anything."""

_A = ArtefactClass
CLASSES_IN_21 = frozenset(ArtefactClass) - {
    _A.GEOGRAPHIC_CODELIST,
    _A.GEO_GRID_CODELIST,
    _A.HIERARCHY_ASSOCIATION,
    _A.METADATA_CONSTRAINT,
    _A.METADATA_PROVIDER_SCHEME,
    _A.METADATA_PROVISION_AGREEMENT,
    _A.REPRESENTATION_MAP,
    _A.CATEGORY_SCHEME_MAP,
    _A.CONCEPT_SCHEME_MAP,
    _A.ORGANISATION_SCHEME_MAP,
    _A.REPORTING_TAXONOMY_MAP,
    _A.VALUE_LIST,
}
"""Classes that SDMX 2.1 has by the same meaning, or that are held in one of the same name."""

_NAMES_OF_21 = {
    _A.DATA_CONSTRAINT: "ContentConstraint",
    _A.HIERARCHY: "HierarchicalCodelist",
    _A.STRUCTURE_MAP: "StructureSet",
}
_PACKAGES_OF_21 = {**PACKAGES, _A.STRUCTURE_MAP: "mapping"}
_CLASSES_OF_21 = {
    **{artefact.value: artefact for artefact in ArtefactClass},
    **{item: scheme for scheme, item in ITEM_CLASSES.items()},
    "Code": ArtefactClass.CODELIST,
    **{name: artefact for artefact, name in _NAMES_OF_21.items()},
}
_VERSION_OF_21 = re.compile(r"[0-9]+(\.[0-9]+)*")
_ATTRIBUTES_OF_21 = frozenset(
    {"agencyID", "id", "version", "class", "package", "local"}
    | {"maintainableParentID", "maintainableParentVersion"}
)
_LOCAL_ATTRIBUTES_OF_21 = frozenset({"id", "class", "package", "local", "containerID"})


def name_of_21(artefact: ArtefactClass) -> str:
    """The class name of SDMX 2.1."""
    return _NAMES_OF_21.get(artefact, artefact.value)


def version_of_21(version: str | None) -> str | None:
    """A version as SDMX 2.1 writes it: numbers and dots only. Raises Refused."""
    if version is not None and not _VERSION_OF_21.fullmatch(version):
        raise refuse("FORMAT_CANNOT_CARRY", found=version)
    return version


def urn_reference(artefact: Classes = None, *, item: bool = False) -> Codec:
    """A reference of SDMX-ML 3.0; ``item``: to an item of a scheme."""

    def read(element: etree._Element) -> Ref:
        check_attributes(element)
        return _of_class(_named(element, content(element), parse_urn), artefact, item, element)

    return Codec(read, _checked(_write_urn, artefact))


def element_reference(artefact: Classes = None, *, item: bool = False) -> Codec:
    """A reference of SDMX-ML 2.1: an unqualified ``Ref``, or a ``URN``, or both."""

    def read(element: etree._Element) -> Ref:
        check_attributes(element)
        inside = {str(child.tag): child for child in element}
        stray = next((child for child in element if child.tag not in ("Ref", "URN")), None)
        if stray is not None:
            raise unexpected(stray)
        if "Ref" in inside:
            ref = _read_ref(inside["Ref"], artefact)
        elif "URN" in inside:
            ref = _named(element, content(inside["URN"]), parse_urn_of_21)
        else:
            raise _malformed(element, etree.QName(element).localname)
        return _of_class(ref, artefact, item, element)

    return Codec(read, _checked(_write_ref, artefact))


def _checked(
    write: Callable[[Put, str, Ref], None], artefact: Classes
) -> Callable[[Put, str, Ref], None]:
    """The same, refusing what names another class than may stand there."""
    if artefact is None:
        return write
    allowed = artefact if isinstance(artefact, tuple) else (artefact,)

    def write_checked(put: Put, tag: str, value: Ref) -> None:
        if value.artefact not in allowed:
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{tag[4:]} {value.artefact}={value.short}")
        write(put, tag, value)

    return write_checked


def local_reference() -> Codec:
    """A reference by id within the artefact: ``<X><Ref id="…"/></X>``, of SDMX-ML 2.1."""

    def read(element: etree._Element) -> str:
        ref = element[0] if len(element) == 1 else element
        name = ref.get("id")
        if ref.tag != "Ref" or not name:
            raise _malformed(element, etree.QName(element).localname)
        if len(ref.attrib) > 1:
            check_attributes(ref, _LOCAL_ATTRIBUTES_OF_21)
        return name

    def write(put: Put, tag: str, value: str) -> None:
        put(f'<{tag}><Ref id="{attribute_text(value)}"/></{tag}>')

    return Codec(read, write)


def _malformed(element: etree._Element, found: str) -> Refused:
    place = place_of(element)
    return refuse("STRUCTURE_REFERENCE_MALFORMED", place, found=found)


def _named(element: etree._Element, urn: str, parse: Callable[[str], Ref]) -> Ref:
    try:
        return parse(urn)
    except ValueError as error:
        raise _malformed(element, urn.strip()) from error


def _of_class(ref: Ref, artefact: Classes, item: bool, element: etree._Element) -> Ref:
    if artefact is not None:
        allowed = artefact if isinstance(artefact, tuple) else (artefact,)
        if ref.artefact not in allowed or (ref.item is not None) != item:
            raise _malformed(element, ref.short)
    if ref.item is not None and ref.part is None and ref.artefact not in ITEM_CLASSES:
        raise _malformed(element, ref.short)
    return ref


def _write_urn(put: Put, tag: str, value: Ref) -> None:
    if value.version is None and value.artefact not in UNVERSIONED:
        raise refuse("FORMAT_CANNOT_CARRY", found=value.short)
    put(f"<{tag}>{element_text(value.urn)}</{tag}>")


def _read_ref(element: etree._Element, artefact: Classes) -> Ref:
    check_attributes(element, _ATTRIBUTES_OF_21)
    name = element.get("class")
    default = artefact[0] if isinstance(artefact, tuple) else artefact
    found = _CLASSES_OF_21.get(name) if name else default
    parent, agency, own = (element.get(key) for key in ("maintainableParentID", "agencyID", "id"))
    if found is None or not agency or not own:
        raise _malformed(element, name or own or "Ref")
    version = element.get("maintainableParentVersion" if parent else "version", "1.0")
    kept = None if found in UNVERSIONED else version
    if not parent:
        return Ref(found, agency, own, kept)
    return Ref(found, agency, parent, kept, own, PART_OF_21 if name == PART_OF_21 else None)


def _write_ref(put: Put, tag: str, value: Ref) -> None:
    version = "1.0" if value.artefact in UNVERSIONED else version_of_21(value.version)
    stray = value.part not in (None, PART_OF_21) or value.artefact not in CLASSES_IN_21
    if version is None or stray:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{value.artefact}={value.short}")
    if value.item is None:
        name = {"id": value.id, "version": version, "class": name_of_21(value.artefact)}
    else:
        parent = {"maintainableParentID": value.id, "maintainableParentVersion": version}
        name = {**parent, "id": value.item, "class": value.part or ITEM_CLASSES[value.artefact]}
    attributes = {"agencyID": value.agency, **name, "package": _PACKAGES_OF_21[value.artefact]}
    text = "".join(f' {key}="{attribute_text(held)}"' for key, held in attributes.items())
    put(f"<{tag}><Ref{text}/></{tag}>")
