"""Under which provision agreement a data set is sent, and what is checked for it."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.access.gate import may_send
from sdmx_service.access.principal import Principal
from sdmx_service.model.message import StructureUse
from sdmx_service.model.problem import Refused, refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import ProvisionAgreement
from sdmx_service.registry.registry import Registry
from sdmx_service.validation.context import CheckContext, context_of


@dataclass(frozen=True, slots=True)
class Target:
    """An agreement the principal may send under; ``agreement`` is ``AGENCY:ID(VERSION)``,
    ``line`` the same of its line, which the rows are kept under. ``dataflow``: the newest version
    of its line."""

    agreement: str
    line: str
    dataflow: Ref
    context: CheckContext


class Agreements:
    """Finds the target of each data set of one message; the same answer for the same name."""

    def __init__(self, registry: Registry, principal: Principal) -> None:
        self._registry = registry
        self._principal = principal
        self._targets: dict[Ref, Target] = {}

    def target(self, use: StructureUse) -> Target:
        """The target of a data set. Raises Refused where the principal has none for it."""
        if use.declared not in self._targets:
            self._targets[use.declared] = self._find(use)
        return self._targets[use.declared]

    def _find(self, use: StructureUse) -> Target:
        registry, agreement = self._registry, self._agreement(use.declared)
        policy = registry.policy(agreement)
        if not may_send(self._principal, policy):
            raise self._refusal("AGREEMENT_OTHERS", use.declared)
        declares_flow = use.declared.artefact is ArtefactClass.DATAFLOW
        context = context_of(
            use.data_structure,
            registry.codelists(use.data_structure),
            registry.representations(use.data_structure),
            registry.constraints_for(agreement.ref, use.declared if declares_flow else None),
        )
        flow = registry.newest(agreement.dataflow)
        return Target(agreement.ref.short, policy.agreement, flow, context)

    def _agreement(self, declared: Ref) -> ProvisionAgreement:
        if declared.artefact is ArtefactClass.PROVISION_AGREEMENT:
            found = self._registry.get(declared)
            if isinstance(found, ProvisionAgreement):
                return found
        if declared.artefact is ArtefactClass.DATAFLOW:
            return self._only(declared, (declared,))
        flows = self._registry.dataflows_of(declared)
        return self._only(declared, tuple(flow.ref for flow in flows))

    def _only(self, declared: Ref, dataflows: tuple[Ref, ...]) -> ProvisionAgreement:
        """The principal's one agreement for these dataflows; several would be a guess."""
        provider = self._principal.provider or ""
        found = [self._registry.agreement_for(dataflow, provider) for dataflow in dataflows]
        agreements = [agreement for agreement in found if agreement is not None]
        if len(agreements) != 1:
            raise self._refusal("AGREEMENT_NONE", declared)
        return agreements[0]

    def _refusal(self, code: str, declared: Ref) -> Refused:
        return refuse(code, found=declared.short, provider=self._principal.id)
