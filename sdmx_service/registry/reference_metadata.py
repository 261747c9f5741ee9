"""Reference metadata that travel with data: metadata attributes in use, as attributes.

A data structure says on what of the data a metadata attribute of its metadata structure is; what
the attribute is stands there. Here both become one attribute, whose id is the path in the metadata
structure (``CONTACT.NAME``); columns, checks and formats then know no other (ADR 11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    ConceptScheme,
    DataStructure,
    MetadataAttribute,
    MetadataAttributeUsage,
    MetadataStructure,
    Representation,
)
from sdmx_service.registry.index import Index


@dataclass(frozen=True, slots=True)
class _Placed:
    """A metadata attribute and its path; ``repeated``: one above it may stand there again."""

    path: str
    attribute: MetadataAttribute
    repeated: bool


def with_metadata_attributes(index: Index, structure: DataStructure) -> DataStructure:
    """The data structure with the metadata attributes in use behind its own.

    A usage brings what stands below; of two for the same the nearer counts. What only holds
    others is no attribute, nor is what stands below one that repeats (``repeated_paths``). In the
    result every usage names a whole path.
    """
    used = dict(_used(index, structure))
    if not used:
        return structure
    attributes = tuple(
        _attribute(index, placed, usage)
        for placed, usage in used.values()
        if not placed.repeated and _has_value(index, placed.attribute)
    )
    usages = tuple(replace(usage, metadata_attribute=path) for path, (_, usage) in used.items())
    return replace(
        structure, attributes=(*structure.attributes, *attributes), metadata_usages=usages
    )


def repeated_paths(index: Index, structure: DataStructure) -> frozenset[str]:
    """The metadata attributes in use for which there is no column: one above them repeats."""
    used = _used(index, structure)
    return frozenset(path for path, (placed, _) in used if placed.repeated)


def unknown_usages(index: Index, structure: DataStructure) -> tuple[str, ...]:
    """Usages of what the metadata structure does not have; none where it is not here."""
    tree = _tree(index, structure)
    named = (usage.metadata_attribute for usage in structure.metadata_usages)
    return tuple(name for name in named if tree and _path(tree, name) is None)


def clashing_usages(index: Index, structure: DataStructure) -> tuple[str, ...]:
    """Usages of what is called as a component is: they can be no column beside it."""
    tree, own = _tree(index, structure), _component_ids(structure)
    named = (usage.metadata_attribute for usage in structure.metadata_usages)
    return tuple(name for name in named if (_path(tree, name) or name).partition(".")[0] in own)


def _component_ids(structure: DataStructure) -> set[str]:
    time = structure.time_dimension
    found = {one.id for one in structure.dimensions} | {one.id for one in structure.measures}
    return found | {one.id for one in structure.attributes} | ({time.id} if time else set())


def _tree(index: Index, structure: DataStructure) -> dict[str, _Placed]:
    """Every metadata attribute of the metadata structure by its path, parents first."""
    found = index.find(structure.metadata) if structure.metadata else None
    artefact = index.artefacts[found] if found else None
    if not isinstance(artefact, MetadataStructure):
        return {}
    return {one.path: one for one in _walk(artefact.attributes, "", repeated=False)}


def _walk(
    attributes: tuple[MetadataAttribute, ...], above: str, *, repeated: bool
) -> Iterator[_Placed]:
    for attribute in attributes:
        path = above + attribute.id
        yield _Placed(path, attribute, repeated)
        again = repeated or _repeats(attribute)
        yield from _walk(attribute.attributes, f"{path}.", repeated=again)


def _repeats(attribute: MetadataAttribute) -> bool:
    return attribute.max_occurs not in (None, 0, 1)


def _path(tree: dict[str, _Placed], name: str) -> str | None:
    """The path that a usage names: whole, or by an id that one attribute alone has."""
    if name in tree:
        return name
    found = [path for path in tree if path.rpartition(".")[2] == name]
    return found[0] if len(found) == 1 else None


def _used(
    index: Index, structure: DataStructure
) -> Iterator[tuple[str, tuple[_Placed, MetadataAttributeUsage]]]:
    """Path → attribute and usage, in the order of the metadata structure."""
    tree = _tree(index, structure) if structure.metadata_usages else {}
    groups = {group.id for group in structure.groups}
    own = _component_ids(structure)
    usages = {
        _path(tree, usage.metadata_attribute): usage
        for usage in structure.metadata_usages
        if _is_sound(usage.relationship, groups)
    }
    for path, placed in tree.items():
        parts = path.split(".")
        nearer = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        named = next((one for one in nearer if one in usages), None)
        if named is not None and parts[0] not in own:
            yield path, (placed, usages[named])


def _is_sound(relationship: AttributeRelationship, groups: set[str]) -> bool:
    return relationship.level is not AttachmentLevel.GROUP or relationship.group in groups


def _has_value(index: Index, attribute: MetadataAttribute) -> bool:
    if attribute.is_presentational:
        return False
    return not attribute.attributes or _representation(index, attribute) is not None


def _representation(index: Index, attribute: MetadataAttribute) -> Representation | None:
    """Its own representation, else its concept's."""
    own = attribute.representation
    if own and (own.enumeration or own.text_format):
        return own
    return _core(index, attribute.concept)


def _core(index: Index, concept: Ref) -> Representation | None:
    found = index.find(concept)
    scheme = index.artefacts.get(found) if found else None
    if not isinstance(scheme, ConceptScheme):
        return None
    return next((one.core_representation for one in scheme.items if one.id == concept.item), None)


def _attribute(index: Index, placed: _Placed, usage: MetadataAttributeUsage) -> Attribute:
    attribute = placed.attribute
    represented = _representation(index, attribute) or Representation()
    return Attribute(
        id=placed.path,
        concept=attribute.concept,
        relationship=usage.relationship,
        about=attribute.about,
        representation=replace(
            represented, min_occurs=attribute.min_occurs, max_occurs=attribute.max_occurs
        ),
    )
