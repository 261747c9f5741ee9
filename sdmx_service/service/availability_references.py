"""The artefacts an availability refers to, with only the items that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdmx_service.access.gate import AuthorisedQuery, authorise
from sdmx_service.access.principal import Principal
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    DataConstraint,
    MemberSelection,
    ProvisionAgreement,
)
from sdmx_service.registry.detail import ITEM_SCHEMES, with_items, with_parents
from sdmx_service.registry.extensions import CODE_SCHEMES
from sdmx_service.registry.registry import Registry
from sdmx_service.service.usages import Usage
from sdmx_service.storage.base import Store

Found = Sequence[tuple[Usage, AuthorisedQuery, DataConstraint]]


def referenced(
    store: Store,
    registry: Registry,
    principal: Principal,
    classes: tuple[ArtefactClass, ...],
    found: Found,
) -> tuple[Artefact, ...]:
    """Those of the classes: dataflows and data structures whole, item schemes with what is used.

    Of code lists the codes there are data of and the codes above them, of concept schemes the
    concepts of the dimensions shown, of provider schemes who has provided any of the data.
    """
    whole: dict[Ref, None] = {}
    items: dict[Ref, set[str]] = {}
    for usage, asked, constraint in found:
        whole[usage.context.dataflow.ref] = whole[usage.context.data_structure.ref] = None
        _concepts(usage, constraint, items)
        _codes(registry, usage, constraint, items)
        if ArtefactClass.DATA_PROVIDER_SCHEME in classes:
            _providers(store, registry, principal, usage, asked, items)
    chosen = [registry.get(ref) for ref in whole] + list(_schemes(registry, items))
    return tuple(one for one in chosen if one is not None and one.ref.artefact in classes)


def _concepts(usage: Usage, constraint: DataConstraint, items: dict[Ref, set[str]]) -> None:
    structure = usage.context.data_structure
    time = (structure.time_dimension,) if structure.time_dimension else ()
    shown = {member.component for member in _members(constraint)}
    for dimension in (*structure.dimensions, *time):
        if dimension.id in shown and dimension.concept.item:
            items.setdefault(dimension.concept.maintainable, set()).add(dimension.concept.item)


def _members(constraint: DataConstraint) -> Iterator[MemberSelection]:
    return (member for region in constraint.cube_regions for member in region.members)


def _codes(
    registry: Registry, usage: Usage, constraint: DataConstraint, items: dict[Ref, set[str]]
) -> None:
    representations = registry.representations(usage.context.data_structure)
    for member in _members(constraint):
        enumeration = representations[member.component].enumeration
        if enumeration is not None:
            items.setdefault(enumeration, set()).update(member.values)


def _providers(
    store: Store,
    registry: Registry,
    principal: Principal,
    usage: Usage,
    asked: AuthorisedQuery,
    items: dict[Ref, set[str]],
) -> None:
    """Providers whose agreement alone has any of the data, of those the caller sees."""
    for agreement in _agreements(registry, usage):
        policy = registry.policy(agreement)
        alone = authorise(principal, usage.layout, asked.selection, (policy,), now=asked.now)
        provider = agreement.data_provider
        if alone.agreements and provider.item and store.coverage(alone).num_rows:
            items.setdefault(provider.maintainable, set()).add(provider.item)


def _agreements(registry: Registry, usage: Usage) -> Iterator[ProvisionAgreement]:
    """The agreements that feed a data set."""
    names = {policy.agreement for policy in usage.policies}
    for agreement in registry.agreements_of(usage.context.dataflow.ref):
        if registry.policy(agreement).agreement in names:
            yield agreement


def _schemes(registry: Registry, items: dict[Ref, set[str]]) -> Iterator[Artefact]:
    """Each scheme once, with the items of all that name it."""
    wanted: dict[Ref, set[str]] = {}
    for ref, used in items.items():
        scheme = registry.whole(ref)
        if scheme is not None:
            wanted.setdefault(scheme.ref, set()).update(used)
    for ref, used in wanted.items():
        scheme = registry.whole(ref)
        if isinstance(scheme, CODE_SCHEMES):
            yield with_items(scheme, with_parents(scheme, used))
        elif isinstance(scheme, ITEM_SCHEMES):
            yield with_items(scheme, used)
