"""Which constraints bind data, and which codes of a component they leave.

Rows are not looked at: ``validation.constraints`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sdmx_service.model.columns import layout_of
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.schema import ALL_DIMENSIONS, DataSchema
from sdmx_service.model.structures import (
    Artefact,
    Codelist,
    ConstraintRole,
    DataConstraint,
    Dataflow,
    DataStructure,
    MemberSelection,
    ProvisionAgreement,
)
from sdmx_service.model.versions import line_of
from sdmx_service.registry.index import Index, ref_order
from sdmx_service.registry.selections import prefixes_of, stands_for_several, with_codes
from sdmx_service.registry.usage import chain_of, codelists_of, representations_of

Constraints = tuple[tuple[str, DataConstraint], ...]
"""Constraints with the code of the problem that breaking each is."""


def data_schema_of(
    index: Index, usage: Ref, dimension_at_observation: str | None, *, deletion: bool
) -> DataSchema:
    """What data of a dataflow, agreement or data structure may hold, all constraints applied.

    Raises Refused: STRUCTURE_UNKNOWN; QUERY_COMPONENT_UNKNOWN where no dimension is so called.
    """
    chain = chain_of(index, usage)
    structure = chain[-1] if chain else None
    if not isinstance(structure, DataStructure):
        raise refuse("STRUCTURE_UNKNOWN", found=usage.short)
    layout = layout_of(structure)
    at = dimension_at_observation or layout.time or ALL_DIMENSIONS
    if at not in (*layout.key, ALL_DIMENSIONS):
        place = Location(parameter="dimensionAtObservation")
        raise refuse("QUERY_COMPONENT_UNKNOWN", place, component=at)
    constraints = constraints_of(index, usage)
    formats = representations_of(index, structure)
    return DataSchema(
        usage=chain[0].ref,
        data_structure=structure,
        layout=layout,
        codes={
            component: codes_left(constraints, component, codelist)
            for component, codelist in codelists_of(index, structure).items()
        },
        formats={name: entry.text_format for name, entry in formats.items() if entry.text_format},
        dimension_at_observation=at,
        deletion=deletion,
    )


def shares_codes(index: Index, usage: Ref) -> bool:
    """Whether constraints leave two components of the same list different codes, or one only a
    part of a value list, which has no way to say that it is a part."""
    chain = chain_of(index, usage)
    if not chain or not isinstance(chain[-1], DataStructure):
        return False
    constraints = constraints_of(index, usage)
    left: dict[Ref, set[tuple[str, ...]]] = {}
    for component, codelist in codelists_of(index, chain[-1]).items():
        found = left.setdefault(codelist.ref, set())
        found.add(codes_left(constraints, component, codelist))
        if codelist.ref.artefact is ArtefactClass.VALUE_LIST:
            found.add(tuple(value.id for value in codelist.items))
    return any(len(codes) > 1 for codes in left.values())


def codes_left(constraints: Constraints, component: str, codelist: Codelist) -> tuple[str, ...]:
    """The codes of a component that the constraints leave, in the order of the list."""
    allowed = allowed_codes(constraints, component, {code.id: code for code in codelist.items})
    return tuple(code.id for code in codelist.items if code.id in allowed)


_CONSTRAINT_CODES = {
    ProvisionAgreement: "CONSTRAINT_AGREEMENT",
    Dataflow: "CONSTRAINT_DATAFLOW",
    DataStructure: "CONSTRAINT_DATA_STRUCTURE",
}


def constraints_of(index: Index, usage: Ref, dataflow: Ref | None = None) -> Constraints:
    """Allowed content that binds data of a dataflow or agreement, the data structure's first; of
    one constraint the newest version of its line.

    ``dataflow``: in place of the version that an agreement refers to.
    """
    found: dict[Ref, tuple[str, DataConstraint]] = {}
    chain = chain_of(index, usage)
    if dataflow is not None:
        chain = (*chain[:1], *chain_of(index, dataflow))
    for artefact in reversed(chain):
        code = next(name for kind, name in _CONSTRAINT_CODES.items() if isinstance(artefact, kind))
        attached = sorted(_attached(index, artefact), key=lambda one: ref_order(one.ref))
        newest = {line_of(constraint.ref): constraint for constraint in attached}
        for constraint in newest.values():
            found.setdefault(constraint.ref, (code, constraint))
    structure = next((one for one in chain if isinstance(one, DataStructure)), None)
    if structure is None or not any(stands_for_several(one) for _, one in found.values()):
        return tuple(found.values())
    lists = codelists_of(index, structure)
    prefixes = prefixes_of(index, lists)
    return tuple((code, with_codes(one, lists, prefixes)) for code, one in found.values())


def allowed_codes(
    constraints: Constraints, component: str, codes: Mapping[str, object]
) -> set[str]:
    """Codes of a component that the constraints leave; all where none speaks of it.

    A constraint is read one component at a time: of what its regions and key sets include the
    union, less what one takes away for ever that speaks of this component alone.
    """
    left = set(codes)
    for _, constraint in constraints:
        including = [_member_codes(one, component, codes) for one in _areas(constraint, True)]
        if including:
            left &= set().union(*including)
        for members in _areas(constraint, False):
            alone = {member.component for member in members} == {component}
            if alone and not any(_is_dated(member) for member in members):
                left -= _member_codes(members, component, codes)
    return left


def _areas(constraint: DataConstraint, include: bool) -> Iterator[tuple[MemberSelection, ...]]:
    """What each region and each key of this kind says."""
    for region in constraint.cube_regions:
        if region.include is include:
            yield (*region.members, *region.components)
    for key_set in constraint.key_sets:
        for key in key_set.keys if key_set.include is include else ():
            yield key.selections


def _is_dated(member: MemberSelection) -> bool:
    """Whether something of the selection is not for ever."""
    return member.is_dated or any(one.is_dated for one in member.details)


def _member_codes(
    members: tuple[MemberSelection, ...], component: str, codes: Mapping[str, object]
) -> set[str]:
    left = set(codes)
    for member in members:
        if member.component == component and member.values:
            if member.include:
                left &= set(member.values)
            elif not _is_dated(member):
                left -= set(member.values)
    return left


def _attached(index: Index, artefact: Artefact) -> Iterator[DataConstraint]:
    names = {artefact.ref}
    if isinstance(artefact, ProvisionAgreement):
        names.add(artefact.data_provider)
        provider = index.find(artefact.data_provider)
        parents = (*index.parents[artefact.ref], *(index.parents[provider] if provider else ()))
    else:
        parents = index.parents[artefact.ref]
    for ref in dict.fromkeys(parents):
        constraint = index.artefacts[ref]
        if isinstance(constraint, DataConstraint) and constraint.role is ConstraintRole.ALLOWED:
            resolved = {_resolved(index, attached) for attached in constraint.attachment}
            if resolved & names:
                yield constraint


def _resolved(index: Index, ref: Ref) -> Ref:
    found = index.find(ref)
    return ref if found is None or ref.item else found
