"""What follows from a publication: totals, as submissions of the hub's own.

They are computed in the transaction that publishes their inputs, at its instant and at every
later one at which something pending opens, so that no reader ever sees a stale total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa

from sdmx_service.access.gate import AgreementPolicy, Selection, Tier, authorise
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.merge.aggregate import totals
from sdmx_service.merge.declared import AggregationRule, rule_of
from sdmx_service.merge.timeline import Change, State, changes_of
from sdmx_service.model.columns import LINE, layout_of
from sdmx_service.model.message import Action, DataBatch, StructureUse
from sdmx_service.model.query import Key
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import DataStructure, ProvisionAgreement
from sdmx_service.model.submission import Submission, Verdict
from sdmx_service.registry.registry import Registry
from sdmx_service.service.flat import flat_rows
from sdmx_service.service.hub import Hub
from sdmx_service.storage.base import WriteTransaction


def derive(
    hub: Hub,
    registry: Registry,
    transaction: WriteTransaction,
    dataflow: Ref,
    *,
    caused_by: Submission,
    at: datetime,
    now: datetime,
) -> None:
    """Bring every total of a dataflow up to date, at ``at`` and at each pending release."""
    for agreement, rule in _rules(registry, dataflow):
        structure = registry.structure_context(dataflow).data_structure
        layout = layout_of(structure)
        instants = sorted({at, *transaction.releases(layout)})
        total = _Total(hub, registry, transaction, agreement, rule, structure, now)
        total.bring_up_to_date(instants, caused_by)


def _rules(
    registry: Registry, dataflow: Ref
) -> Iterator[tuple[ProvisionAgreement, AggregationRule]]:
    for agreement in registry.agreements_of(dataflow):
        rule = rule_of(agreement.about)
        if rule is not None:
            yield agreement, rule


class _Total:
    """One rule, inside one transaction."""

    def __init__(
        self,
        hub: Hub,
        registry: Registry,
        transaction: WriteTransaction,
        agreement: ProvisionAgreement,
        rule: AggregationRule,
        structure: DataStructure,
        now: datetime,
    ) -> None:
        self._hub, self._registry = hub, registry
        self._transaction, self._agreement = transaction, agreement
        self._rule, self._now = rule, now
        # What producers say of their methods and contacts is not said of the total.
        self._structure, self._layout = structure, layout_of(structure).without_metadata()
        self._policy = registry.policy(agreement)

    def bring_up_to_date(self, instants: Sequence[datetime], caused_by: Submission) -> None:
        """One submission writes at every instant: what another had pending of the same totals
        goes with the first of its writes, so all of it is written anew."""
        states = [State(at, self._kept(at), self._wanted(at)) for at in instants]
        changes = changes_of(self._kept(self._now), states, self._layout)
        if changes:
            self._publish(changes, caused_by)

    def _wanted(self, at: datetime) -> pa.Table:
        agreements = self._registry.agreements_of(self._agreement.dataflow)
        policies = [self._registry.policy(agreement) for agreement in agreements]
        inputs = self._read(_audience(self._policy), policies, self._rule.inputs, at)
        return totals(inputs, self._layout, self._rule)

    def _kept(self, at: datetime) -> pa.Table:
        owner = Principal(id="hub", kind=PrincipalKind.HUB, provider=self._policy.provider)
        return self._read(owner, [self._policy], self._rule.outputs, at)

    def _read(
        self,
        principal: Principal,
        policies: list[AgreementPolicy],
        codes: dict[str, frozenset[str]],
        at: datetime,
    ) -> pa.Table:
        """Rows as a reader at that instant sees them: its CONF_STATUS is the current one then."""
        key: Key = tuple(codes.get(name) for name in self._layout.dimensions)
        selection = Selection(at=at, keys=(key,))
        query = authorise(principal, self._layout, selection, policies, now=at)
        return flat_rows(self._transaction.scan(query), self._layout)

    def _publish(self, changes: Sequence[Change], caused_by: Submission) -> None:
        number = self._transaction.number
        observations = sum(self._apply(change, number) for change in changes)
        submission = self._submission(caused_by, number, changes[0].instant, observations)
        self._transaction.record(submission)

    def _apply(self, change: Change, number: int) -> int:
        """Write one change; the number of observations it names."""
        stage = self._hub.store.stage(self._layout)
        try:
            parts = ((Action.REPLACE, change.renewed), (Action.DELETE, change.gone))
            for dataset, (action, rows) in enumerate(parts):
                for batch in self._batches(dataset, action, rows):
                    stage.add(batch)
            self._transaction.apply(
                stage, self._policy.agreement, number, change.instant, now=self._now
            )
            return stage.observations
        finally:
            stage.close()

    def _batches(self, dataset: int, action: Action, rows: pa.Table) -> Iterator[DataBatch]:
        use = StructureUse(
            declared=self._agreement.ref, data_structure=self._structure, layout=self._layout
        )
        lines = pa.array(range(1, rows.num_rows + 1), pa.int64())
        for batch in rows.append_column(LINE, lines).combine_chunks().to_batches():
            yield DataBatch(
                dataset=dataset, structure=use, action=action, declared_action=None, rows=batch
            )

    def _submission(
        self, caused_by: Submission, number: int, first: datetime, observations: int
    ) -> Submission:
        return Submission(
            id=self._hub.new_id(),
            number=number,
            principal=self._policy.provider,
            agreements=(self._policy.agreement,),
            verdict=Verdict.ACCEPTED,
            received_at=caused_by.received_at,
            published_at=self._now,
            release_at=first if first > self._now else None,
            format="derived",
            message_sha256="",
            message_bytes=0,
            report='{"verdict": "accepted", "problems": []}',
            observations=observations,
            derived_from=caused_by.number,
        )


def _audience(policy: AgreementPolicy) -> Principal:
    """Someone who sees just what the least of those who see this agreement sees."""
    region_only = "" if policy.tier is not Tier.PUBLIC else None
    return Principal(id="audience", kind=PrincipalKind.ANONYMOUS, country=region_only)
