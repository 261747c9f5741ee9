"""Are the structures sound among themselves? Every fault is a problem, nothing is repaired.

Faults of single annotations are found in ``rules``; data are not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from sdmx_service.i18n.negotiate import LANGUAGES
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Location, Problem
from sdmx_service.model.refs import UNVERSIONED, Ref
from sdmx_service.model.structures import (
    Artefact,
    AttachmentLevel,
    Attribute,
    CubeRegion,
    DataConstraint,
    DataKey,
    DataStructure,
    MemberSelection,
    Organisation,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.model.versions import is_version
from sdmx_service.registry.detail import ITEM_SCHEMES
from sdmx_service.registry.index import Index, index_of, items_of, references
from sdmx_service.registry.reference_metadata import clashing_usages, unknown_usages
from sdmx_service.registry.rules import malformed_annotations
from sdmx_service.registry.selections import prefixes_of, standing_for
from sdmx_service.registry.usage import chain_of, codelists_of, components_of
from sdmx_service.validation.regions import period_of

_COMPONENT_CLASSES = ("DataAttribute", "Dimension", "Measure", "TimeDimension")


def check_structures(artefacts: Iterable[Artefact], problems: ProblemCollector) -> None:
    """Look at every artefact alone and at what they say of each other."""
    artefacts = tuple(artefacts)
    index = index_of(artefacts)
    for problem in chain(_twice(artefacts), *(_faults(index, entry) for entry in artefacts)):
        problems.add(problem)


def _twice(artefacts: tuple[Artefact, ...]) -> Iterator[Problem]:
    for ref, count in Counter(artefact.ref for artefact in artefacts).items():
        for _ in range(count - 1):
            yield Problem("ARTEFACT_TWICE", {"artefact": name_of(ref)})


def _faults(index: Index, artefact: Artefact) -> Iterator[Problem]:
    yield from _version(artefact)
    yield from _translations(artefact)
    yield from _dangling(index, artefact)
    yield from malformed_annotations(index, artefact, name_of(artefact.ref))
    match artefact:
        case DataStructure():
            yield from _components(artefact)
            yield from _metadata_usages(index, artefact)
        case DataConstraint():
            yield from _constraint(index, artefact)
    if isinstance(artefact, ITEM_SCHEMES):
        yield from _items(artefact, index.whole(artefact.ref))


def name_of(ref: Ref) -> str:
    """How an artefact is named to people: its class and short name."""
    return f"{ref.artefact}={ref.short}" + (f".{ref.item}" if ref.item else "")


def _version(artefact: Artefact) -> Iterator[Problem]:
    ref = artefact.ref
    sound = ref.version is None if ref.artefact in UNVERSIONED else is_version(ref.version or "")
    if not sound:
        yield Problem("VERSION_MALFORMED", {"found": ref.version or "", "artefact": name_of(ref)})


def _translations(artefact: Artefact) -> Iterator[Problem]:
    named: list[tuple[str, LocalisedText]] = [(name_of(artefact.ref), artefact.about.names)]
    if isinstance(artefact, ITEM_SCHEMES):
        own = named[0][0]
        for name, item in items_of(artefact):
            named.append((f"{own}.{name}", item.about.names))
            if isinstance(item, Organisation):
                named += [(f"{own}.{name}", texts) for texts in _contact_texts(item)]
    for name, texts in named:
        for language in LANGUAGES:
            if not texts.get(language):
                yield Problem("TRANSLATION_MISSING", {"language": language, "artefact": name})


def _contact_texts(organisation: Organisation) -> Iterator[LocalisedText]:
    for contact in organisation.contacts:
        texts = (contact.names, contact.departments, contact.roles)
        yield from (text for text in texts if text)


def _dangling(index: Index, artefact: Artefact) -> Iterator[Problem]:
    for ref in dict.fromkeys(references(artefact)):
        if not _found(index, ref):
            yield _dangling_to(name_of(ref), artefact)


def _found(index: Index, ref: Ref) -> bool:
    found = index.find(ref)
    if found is None:
        return False
    scheme = index.whole(found)
    if ref.part is not None:
        if not isinstance(scheme, DataStructure) or ref.part not in _COMPONENT_CLASSES:
            return True
        return ref.item in {component.id for component in components_of(scheme)}
    if ref.item is None or not isinstance(scheme, ITEM_SCHEMES):
        return ref.item is None
    return any(name == ref.item for name, _ in items_of(scheme))


def _dangling_to(found: str, artefact: Artefact) -> Problem:
    return Problem("REFERENCE_DANGLING", {"found": found, "artefact": name_of(artefact.ref)})


def _items(scheme: Artefact, whole: Artefact) -> Iterator[Problem]:
    """``whole``: the scheme with the items it inherits, which may be parents too."""
    assert isinstance(scheme, ITEM_SCHEMES)
    assert isinstance(whole, ITEM_SCHEMES)
    artefact = name_of(scheme.ref)
    items = list(items_of(scheme))
    for name, count in Counter(name for name, _ in items).items():
        if count > 1:
            yield Problem("ITEM_TWICE", {"item": name, "artefact": artefact})
    parents = {name: item.parent for name, item in items if hasattr(item, "parent")}
    partial = getattr(scheme, "is_partial", False)
    known = {name for name, _ in items_of(whole)}
    for name, parent in parents.items():
        if parent is not None and parent not in known and not partial:
            yield Problem("PARENT_UNKNOWN", {"item": name, "artefact": artefact})
    for name in _in_cycles(parents):
        yield Problem("PARENT_CYCLE", {"item": name, "artefact": artefact})


def _in_cycles(parents: dict[str, str | None]) -> Iterator[str]:
    """Items that stand above themselves."""
    for name, parent in parents.items():
        above = parent
        seen: set[str] = set()
        while above is not None and above not in seen and above != name:
            seen.add(above)
            above = parents.get(above)
        if above == name:
            yield name


def _components(structure: DataStructure) -> Iterator[Problem]:
    artefact = name_of(structure.ref)
    names = Counter(component.id for component in components_of(structure))
    for name, count in names.items():
        if count > 1:
            yield Problem("COMPONENT_TWICE", {"component": name, "artefact": artefact})
    for attribute in structure.attributes:
        for target in _attached_to(attribute):
            if target not in names and target not in {group.id for group in structure.groups}:
                yield _dangling_to(target, structure)
    for group in structure.groups:
        for dimension in group.dimensions:
            if dimension not in names:
                yield _dangling_to(dimension, structure)


def _metadata_usages(index: Index, structure: DataStructure) -> Iterator[Problem]:
    """Usages of what is not there, on what is not there, or called as a component is."""
    names = {component.id for component in components_of(structure)}
    for path in unknown_usages(index, structure):
        yield _dangling_to(path, structure)
    for usage in structure.metadata_usages:
        relationship = usage.relationship
        group = (relationship.group,) if relationship.level is AttachmentLevel.GROUP else ()
        groups = {one.id for one in structure.groups}
        for target in {*relationship.dimensions} - names | ({*group} - groups):
            yield _dangling_to(target or "", structure)
    for name in clashing_usages(index, structure):
        arguments = {"component": name, "artefact": name_of(structure.ref)}
        yield Problem("COMPONENT_TWICE", arguments)


def _attached_to(attribute: Attribute) -> tuple[str, ...]:
    relationship = attribute.relationship
    if relationship.level is AttachmentLevel.GROUP:
        return (relationship.group or "",)
    return (*relationship.dimensions, *attribute.measures)


def _constraint(index: Index, constraint: DataConstraint) -> Iterator[Problem]:
    keys = [key for key_set in constraint.key_sets for key in key_set.keys]
    areas: tuple[CubeRegion | DataKey, ...] = (*constraint.cube_regions, *keys)
    selections = [one for area in areas for one in (*area.members, *area.components)]
    for text in _limits((*selections, *keys)):
        if period_of(text) is None:
            yield Problem("RULE_MALFORMED", {"found": text, "artefact": name_of(constraint.ref)})
    for attached in constraint.attachment:
        chain_below = chain_of(index, attached)
        if chain_below and isinstance(chain_below[-1], DataStructure):
            for member in dict.fromkeys(selections):
                yield from _member(index, chain_below[-1], constraint, member)


def _limits(said: Iterable[MemberSelection | DataKey]) -> Iterator[str]:
    """Every limit of time that selections and keys give."""
    for one in said:
        details = one.details if isinstance(one, MemberSelection) else ()
        limits = [text for each in (one, *details) for text in (each.valid_from, each.valid_to)]
        if isinstance(one, MemberSelection) and one.time_range is not None:
            limits += [one.time_range.start, one.time_range.end]
        yield from (text for text in limits if text is not None)


def _member(
    index: Index, structure: DataStructure, constraint: DataConstraint, member: MemberSelection
) -> Iterator[Problem]:
    where = Location(component=member.component)
    if member.component not in {component.id for component in components_of(structure)}:
        yield _dangling_to(member.component, constraint)
        return
    if member.component == (structure.time_dimension.id if structure.time_dimension else None):
        for value in member.values:
            if period_of(value) is None:
                arguments = {"found": value, "artefact": name_of(constraint.ref)}
                yield Problem("RULE_MALFORMED", arguments, where)
    lists = codelists_of(index, structure)
    codelist = lists.get(member.component)
    if codelist is None or codelist.is_partial:
        return
    known = {code.id for code in codelist.items}
    for value in standing_for(member, lists, prefixes_of(index, lists)).values:
        if value not in known:
            yield Problem("CODE_UNKNOWN", {"value": value, "codelist": codelist.ref.short}, where)
