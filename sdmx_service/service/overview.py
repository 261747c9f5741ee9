"""What there is to read, and who publishes it: dataflows as one caller sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sdmx_service.access.gate import AgreementPolicy, Selection, authorise, sees
from sdmx_service.access.principal import Principal
from sdmx_service.model.columns import layout_of
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Dataflow, Organisation, OrganisationScheme
from sdmx_service.service.hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A dataflow; the data providers whose figures in it the caller may see, in order of
    precedence; when such figures last changed, None where there are none."""

    dataflow: Dataflow
    providers: tuple[Organisation, ...]
    last_change: datetime | None


def overview(hub: Hub, principal: Principal) -> tuple[Publication, ...]:
    """Every dataflow, in the order of the registry."""
    return tuple(_publication(hub, principal, flow) for flow in hub.registry.dataflows())


def _publication(hub: Hub, principal: Principal, flow: Dataflow) -> Publication:
    agreements = hub.registry.agreements_of(flow.ref)
    policies = {entry.data_provider: hub.registry.policy(entry) for entry in agreements}
    seen = {ref: policy for ref, policy in policies.items() if sees(principal, policy)}
    ordered = sorted(seen, key=lambda ref: (seen[ref].rank, seen[ref].agreement))
    return Publication(
        dataflow=flow,
        providers=tuple(_organisation(hub, ref) for ref in ordered),
        last_change=_last_change(hub, principal, flow, tuple(seen.values())),
    )


def _last_change(
    hub: Hub, principal: Principal, flow: Dataflow, policies: tuple[AgreementPolicy, ...]
) -> datetime | None:
    now = hub.clock.now()
    layout = layout_of(hub.registry.structure_context(flow.ref).data_structure)
    query = authorise(principal, layout, Selection(at=now), policies, now=now)
    return hub.store.last_change(query) if query.agreements else None


def _organisation(hub: Hub, provider: Ref) -> Organisation:
    """The provider as its scheme describes it; by its id alone where that is missing."""
    scheme = hub.registry.get(provider.maintainable)
    items = scheme.items if isinstance(scheme, OrganisationScheme) else ()
    found = (entry for entry in items if entry.id == provider.item)
    return next(found, Organisation(id=provider.item or ""))
