"""What a query of data is asked by: dataflows or agreements, with the agreements that feed each."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.access.gate import AgreementPolicy
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import StructureContext
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import ArtefactSelection, Context, StructureQuery
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Dataflow, ProvisionAgreement
from sdmx_service.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Usage:
    """One data set of the answer: what it is asked by and which agreements feed it."""

    ref: Ref
    context: StructureContext
    layout: Layout
    policies: tuple[AgreementPolicy, ...]


def usages_of(
    registry: Registry, context: Context, artefacts: ArtefactSelection, providers: tuple[str, ...]
) -> list[Usage]:
    """The dataflows, or the agreements where it is asked by those: they are never merged.

    Raises Refused (ARTEFACT_UNKNOWN) where there is none.
    """
    if context is Context.PROVISION_AGREEMENT:
        found = [
            _usage(registry, agreement.ref, (agreement,))
            for agreement in _find(registry, ArtefactClass.PROVISION_AGREEMENT, artefacts)
            if isinstance(agreement, ProvisionAgreement)
        ]
    else:
        found = [
            _usage(registry, flow.ref, _agreements(registry, flow.ref, providers))
            for flow in _dataflows(registry, context, artefacts)
        ]
    if not found:
        raise refuse("ARTEFACT_UNKNOWN", found=_asked(artefacts))
    return found


def _dataflows(
    registry: Registry, context: Context, artefacts: ArtefactSelection
) -> list[Dataflow]:
    if context is not Context.DATA_STRUCTURE:
        found = _find(registry, ArtefactClass.DATAFLOW, artefacts)
        return [flow for flow in found if isinstance(flow, Dataflow)]
    found = _find(registry, ArtefactClass.DATA_STRUCTURE, artefacts)
    flows = (flow for entry in found for flow in registry.dataflows_of(entry.ref))
    return list({flow.ref: flow for flow in flows}.values())


def _find(
    registry: Registry, artefact: ArtefactClass, selection: ArtefactSelection
) -> tuple[Dataflow | ProvisionAgreement, ...]:
    message = registry.select(StructureQuery(classes=(artefact,), artefacts=selection))
    return message.artefacts  # type: ignore[return-value]


def _agreements(
    registry: Registry, dataflow: Ref, providers: tuple[str, ...]
) -> tuple[ProvisionAgreement, ...]:
    agreements = registry.agreements_of(dataflow)
    if not providers:
        return agreements
    wanted = [tuple(provider.split(",")) for provider in providers]
    return tuple(
        agreement
        for agreement in agreements
        if any(_is_provider(agreement.data_provider, parts) for parts in wanted)
    )


def _is_provider(provider: Ref, parts: tuple[str, ...]) -> bool:
    return provider.item == parts[-1] and (len(parts) == 1 or provider.agency == parts[0])


def _usage(registry: Registry, ref: Ref, agreements: tuple[ProvisionAgreement, ...]) -> Usage:
    context = registry.structure_context(ref)
    policies = tuple(registry.policy(agreement) for agreement in agreements)
    return Usage(ref, context, layout_of(context.data_structure), policies)


def _asked(selection: ArtefactSelection) -> str:
    agencies, ids = ",".join(selection.agencies) or "*", ",".join(selection.ids) or "*"
    return f"{agencies}:{ids}({','.join(selection.versions)})"
