"""The structure message around the artefacts: header, containers, stubs."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from lxml import etree

from sdmx_service.formats.structures.attachment import check_attached
from sdmx_service.formats.structures.availability import (
    AVAILABILITY,
    annotate_counts,
    is_actual,
    read_counts,
)
from sdmx_service.formats.structures.by_kind import by_kind
from sdmx_service.formats.structures.complete import check_complete, check_ends
from sdmx_service.formats.structures.data_structures import check_lists
from sdmx_service.formats.structures.held import check_held, lead
from sdmx_service.formats.structures.model_21 import from_21, to_21
from sdmx_service.formats.xml.safe import parse_tree
from sdmx_service.formats.xml.structures.dialect import ML_21, ML_30, ML_31, Dialect
from sdmx_service.formats.xml.structures.engine import Codec, Put, full_tag, place_of, unexpected
from sdmx_service.formats.xml.structures.shapes import codecs
from sdmx_service.formats.xml.structures.shapes_constraint import check_constraint
from sdmx_service.formats.xml.structures.shapes_hierarchy import check_hierarchy
from sdmx_service.formats.xml.structures.text import attribute_text, element_text, to_bytes
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    AttachmentConstraint,
    DataConstraint,
    Hierarchy,
    MetadataConstraint,
    StructureMessage,
)
from sdmx_service.model.text import LocalisedText

_A = ArtefactClass
_CONTAINERS_30: Mapping[str, tuple[str, ...]] = {
    "str:AgencySchemes": (_A.AGENCY_SCHEME,),
    "str:Categorisations": (_A.CATEGORISATION,),
    "str:CategorySchemeMaps": (_A.CATEGORY_SCHEME_MAP,),
    "str:CategorySchemes": (_A.CATEGORY_SCHEME,),
    "str:Codelists": (_A.CODELIST,),
    "str:ConceptSchemeMaps": (_A.CONCEPT_SCHEME_MAP,),
    "str:ConceptSchemes": (_A.CONCEPT_SCHEME,),
    "str:CustomTypeSchemes": (_A.CUSTOM_TYPE_SCHEME,),
    "str:DataConstraints": (_A.DATA_CONSTRAINT,),
    "str:DataConsumerSchemes": (_A.DATA_CONSUMER_SCHEME,),
    "str:Dataflows": (_A.DATAFLOW,),
    "str:DataProviderSchemes": (_A.DATA_PROVIDER_SCHEME,),
    "str:DataStructures": (_A.DATA_STRUCTURE,),
    "str:GeographicCodelists": (_A.GEOGRAPHIC_CODELIST,),
    "str:GeoGridCodelists": (_A.GEO_GRID_CODELIST,),
    "str:Hierarchies": (_A.HIERARCHY,),
    "str:HierarchyAssociations": (_A.HIERARCHY_ASSOCIATION,),
    "str:MetadataConstraints": (_A.METADATA_CONSTRAINT,),
    "str:Metadataflows": (_A.METADATAFLOW,),
    "str:MetadataProviderSchemes": (_A.METADATA_PROVIDER_SCHEME,),
    "str:MetadataProvisionAgreements": (_A.METADATA_PROVISION_AGREEMENT,),
    "str:MetadataStructures": (_A.METADATA_STRUCTURE,),
    "str:NamePersonalisationSchemes": (_A.NAME_PERSONALISATION_SCHEME,),
    "str:OrganisationSchemeMaps": (_A.ORGANISATION_SCHEME_MAP,),
    "str:OrganisationUnitSchemes": (_A.ORGANISATION_UNIT_SCHEME,),
    "str:Processes": (_A.PROCESS,),
    "str:ProvisionAgreements": (_A.PROVISION_AGREEMENT,),
    "str:ReportingTaxonomies": (_A.REPORTING_TAXONOMY,),
    "str:ReportingTaxonomyMaps": (_A.REPORTING_TAXONOMY_MAP,),
    "str:RepresentationMaps": (_A.REPRESENTATION_MAP,),
    "str:RulesetSchemes": (_A.RULESET_SCHEME,),
    "str:StructureMaps": (_A.STRUCTURE_MAP,),
    "str:TransformationSchemes": (_A.TRANSFORMATION_SCHEME,),
    "str:UserDefinedOperatorSchemes": (_A.USER_DEFINED_OPERATOR_SCHEME,),
    "str:ValueLists": (_A.VALUE_LIST,),
    "str:VtlMappingSchemes": (_A.VTL_MAPPING_SCHEME,),
}
_CONTAINERS_21: Mapping[str, tuple[str, ...]] = {
    "str:OrganisationSchemes": (
        _A.AGENCY_SCHEME,
        _A.DATA_CONSUMER_SCHEME,
        _A.DATA_PROVIDER_SCHEME,
        _A.ORGANISATION_UNIT_SCHEME,
    ),
    "str:Dataflows": (_A.DATAFLOW,),
    "str:Metadataflows": (_A.METADATAFLOW,),
    "str:CategorySchemes": (_A.CATEGORY_SCHEME,),
    "str:Categorisations": (_A.CATEGORISATION,),
    "str:Codelists": (_A.CODELIST,),
    "str:HierarchicalCodelists": (_A.HIERARCHY,),
    "str:Concepts": (_A.CONCEPT_SCHEME,),
    "str:MetadataStructures": (_A.METADATA_STRUCTURE,),
    "str:DataStructures": (_A.DATA_STRUCTURE,),
    "str:StructureSets": (_A.STRUCTURE_MAP,),
    "str:ReportingTaxonomies": (_A.REPORTING_TAXONOMY,),
    "str:Processes": (_A.PROCESS,),
    "str:Constraints": (_A.ATTACHMENT_CONSTRAINT, _A.DATA_CONSTRAINT),
    "str:ProvisionAgreements": (_A.PROVISION_AGREEMENT,),
    "str:CustomTypes": (_A.CUSTOM_TYPE_SCHEME,),
    "str:VtlMappings": (_A.VTL_MAPPING_SCHEME,),
    "str:NamePersonalisations": (_A.NAME_PERSONALISATION_SCHEME,),
    "str:Rulesets": (_A.RULESET_SCHEME,),
    "str:Transformations": (_A.TRANSFORMATION_SCHEME,),
    "str:UserDefinedOperators": (_A.USER_DEFINED_OPERATOR_SCHEME,),
}
_CONTAINERS_31 = {**_CONTAINERS_30, "str:AvailabilityConstraints": (AVAILABILITY,)}
_CONTAINERS = {"2.1": _CONTAINERS_21, "3.0": _CONTAINERS_30, "3.1": _CONTAINERS_31}


def _placed(dialect: Dialect) -> dict[str, Codec]:
    """The codecs of the classes that have a place in the message, and of no others."""
    known = codecs(dialect)
    return {
        kind: known[kind] for classes in _CONTAINERS[dialect.version].values() for kind in classes
    }


_CODECS = {dialect.version: _placed(dialect) for dialect in (ML_21, ML_30, ML_31)}
_DIALECTS = {dialect.names["mes"]: dialect for dialect in (ML_21, ML_30, ML_31)}


def read(source: bytes, limits: Limits, known: Iterable[Artefact] = ()) -> StructureMessage:
    """Read a structure message of SDMX-ML 2.1, 3.0 or 3.1; its header and footer are not kept.

    ``known``: hierarchies that the message may refer to by what SDMX 2.1 held them in.

    Raises Refused where it is malformed or holds what the model cannot.
    """
    root = parse_tree(source, limits)
    name = etree.QName(root)
    if name.localname != "Structure":
        raise refuse("XML_ROOT_UNKNOWN", place_of(root), found=name.localname)
    dialect = _DIALECTS.get(name.namespace or "")
    if dialect is None:
        place = place_of(root)
        raise refuse("XML_NAMESPACE_UNKNOWN", place, found=name.namespace or "")
    artefacts: list[Artefact] = []
    stubs: set[Ref] = set()
    with _no_collection():
        for container in _containers(root, dialect):
            _read_container(container, dialect, artefacts, stubs)
    if dialect.is_21:
        artefacts = [*lead(artefacts, known)]
        check_held(artefacts)
    return StructureMessage(artefacts=tuple(artefacts), stubs=frozenset(stubs))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave the garbage collector off: it would walk the growing artefacts again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _containers(root: etree._Element, dialect: Dialect) -> list[etree._Element]:
    around = {full_tag("mes:Header", dialect.names)}
    found: list[etree._Element] = []
    for part in root:
        if part.tag == full_tag("mes:Structures", dialect.names):
            found += list(part)
        elif part.tag not in around and etree.QName(part).localname != "Footer":
            raise unexpected(part)
    return found


def _read_container(
    container: etree._Element, dialect: Dialect, artefacts: list[Artefact], stubs: set[Ref]
) -> None:
    tags = {full_tag(tag, dialect.names): tag for tag in _CONTAINERS[dialect.version]}
    if container.tag not in tags:
        raise unexpected(container)
    classes = _CONTAINERS[dialect.version][tags[str(container.tag)]]
    known = {full_tag(_tag(one, dialect), dialect.names): one for one in classes}
    for element in container:
        if element.tag not in known:
            raise unexpected(element)
        read = _CODECS[dialect.version][known[str(element.tag)]].read(element)
        made = from_21(read) if dialect.is_21 else (read,)
        artefacts += made if dialect.is_31 else map(read_counts, made)
        if element.get("isExternalReference") in ("true", "1"):
            stubs |= {artefact.ref for artefact in made}
        else:
            check_complete(made)


def _tag(kind: str, dialect: Dialect) -> str:
    return f"str:{_TAGS_OF_21.get(kind, kind) if dialect.is_21 else kind}"


_TAGS_OF_21: Mapping[str, str] = {
    _A.DATA_CONSTRAINT: "ContentConstraint",
    _A.HIERARCHY: "HierarchicalCodelist",
    _A.STRUCTURE_MAP: "StructureSet",
}


def _kind(artefact: Artefact, dialect: Dialect) -> str:
    return AVAILABILITY if dialect.is_31 and is_actual(artefact) else artefact.ref.artefact


def write_31(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-ML 3.1, where what is there has no name and categorisations have no version.

    Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing.
    """
    return _write(header, message, ML_31)


def write_30(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-ML 3.0. Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing."""
    return _write(header, message, ML_30)


def write_21(header: Header, message: StructureMessage) -> bytes:
    """Write SDMX-ML 2.1, which has one measure, no annotation values and no version extensions.

    Raises Refused (FORMAT_CANNOT_CARRY) where it cannot hold a thing.
    """
    return _write(header, message, ML_21)


def _write(header: Header, message: StructureMessage, dialect: Dialect) -> bytes:
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure']
    pieces += [f' xmlns:{prefix}="{uri}"' for prefix, uri in dialect.names.items()]
    pieces.append(">")
    _write_header(pieces.append, header)
    known = _CODECS[dialect.version]
    artefacts, stubs = to_21(message) if dialect.is_21 else (message.artefacts, message.stubs)
    by_class = by_kind(artefacts, lambda artefact: _kind(artefact, dialect), known)
    pieces.append("<mes:Structures>")
    for container, classes in _CONTAINERS[dialect.version].items():
        held = [artefact for one in classes for artefact in by_class.get(one, ())]
        if held:
            pieces.append(f"\n<{container}>")
            for artefact in held:
                _write_artefact(pieces.append, artefact, artefact.ref in stubs, dialect)
            pieces.append(f"\n</{container}>")
    pieces.append("\n</mes:Structures></mes:Structure>\n")
    return to_bytes(pieces)


def _write_artefact(put: Put, artefact: Artefact, stub: bool, dialect: Dialect) -> None:
    kind = _kind(artefact, dialect)
    codec: Codec = _CODECS[dialect.version][kind]
    tag = _tag(kind, dialect)
    put("\n")
    check_lists(artefact)
    if isinstance(artefact, AttachmentConstraint):
        check_attached(artefact)
    if isinstance(artefact, DataConstraint | MetadataConstraint):
        check_constraint(artefact, dialect)
    if not dialect.is_31:
        artefact = annotate_counts(artefact)
    if isinstance(artefact, Hierarchy) and not dialect.is_21:
        check_hierarchy(artefact)
    if not dialect.is_21:
        check_ends(artefact)
    if stub and codec.write_with:
        codec.write_with(put, tag, artefact, ' isExternalReference="true"')
    else:
        codec.write(put, tag, artefact)


def _write_header(put: Put, header: Header) -> None:
    prepared = header.prepared or datetime.now(UTC)
    put(f"\n<mes:Header><mes:ID>{element_text(header.id or 'STRUCTURES')}</mes:ID>")
    put(f"<mes:Test>{'true' if header.test else 'false'}</mes:Test>")
    put(f"<mes:Prepared>{prepared.isoformat()}</mes:Prepared>")
    put(f'<mes:Sender id="{attribute_text(header.sender or "unknown")}"/>')
    for receiver in header.receivers:
        put(f'<mes:Receiver id="{attribute_text(receiver)}"/>')
    _write_texts(put, "com:Name", header.names)
    _write_texts(put, "mes:Source", header.sources)
    put("</mes:Header>\n")


def _write_texts(put: Put, tag: str, texts: LocalisedText) -> None:
    for language, text in texts:
        put(f'<{tag} xml:lang="{attribute_text(language)}">{element_text(text)}</{tag}>')
