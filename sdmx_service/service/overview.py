"""What there is to read, and who publishes it: dataflows as one caller sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sdmx_service.access.gate import AgreementPolicy, Selection, authorise, sees
from sdmx_service.access.principal import Principal
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Dataflow, Organisation, OrganisationScheme
from sdmx_service.registry.registry import Registry
from sdmx_service.service.hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A data provider with an agreement the caller may see; when what it published last
    changed, None where it has published nothing yet."""

    provider: Organisation
    last_change: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A dataflow and who contributes to it, in order of precedence."""

    dataflow: Dataflow
    contributions: tuple[Contribution, ...]

    @property
    def last_change(self) -> datetime | None:
        """When anything the caller may see last changed, None where there is nothing."""
        changes = [entry.last_change for entry in self.contributions if entry.last_change]
        return max(changes, default=None)


def overview(hub: Hub, registry: Registry, principal: Principal) -> tuple[Publication, ...]:
    """Every dataflow, in the order of the registry: of each line, whose versions share their data,
    the newest (ADR 15)."""
    now = hub.clock.now()
    flows = (flow for flow in registry.dataflows() if registry.newest(flow.ref) == flow.ref)
    return tuple(_publication(hub, registry, principal, flow, now) for flow in flows)


def _publication(
    hub: Hub, registry: Registry, principal: Principal, flow: Dataflow, now: datetime
) -> Publication:
    layout = layout_of(registry.structure_context(flow.ref).data_structure)
    found = [
        (registry.policy(entry), entry.data_provider) for entry in registry.agreements_of(flow.ref)
    ]
    seen = [(policy, provider) for policy, provider in found if sees(principal, policy)]
    seen.sort(key=lambda pair: (pair[0].rank, pair[0].agreement))
    contributions = (
        Contribution(
            provider=_organisation(registry, provider),
            last_change=_last_change(hub, principal, layout, policy, now),
        )
        for policy, provider in seen
    )
    return Publication(dataflow=flow, contributions=tuple(contributions))


def _last_change(
    hub: Hub, principal: Principal, layout: Layout, policy: AgreementPolicy, now: datetime
) -> datetime | None:
    query = authorise(principal, layout, Selection(at=now), (policy,), now=now)
    return hub.store.last_change(query)


def _organisation(registry: Registry, provider: Ref) -> Organisation:
    """The provider as its scheme describes it; by its id alone where that is missing."""
    scheme = registry.get(provider.maintainable)
    items = scheme.items if isinstance(scheme, OrganisationScheme) else ()
    found = (entry for entry in items if entry.id == provider.item)
    return next(found, Organisation(id=provider.item or ""))
