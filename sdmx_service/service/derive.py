"""What follows from a publication: totals, as submissions of the hub's own.

They are computed in the transaction that publishes their inputs, at its instant and at every
later one at which something pending opens, so that no reader ever sees a stale total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.access.gate import AgreementPolicy, Selection, Tier, authorise
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.merge.aggregate import AggregationRule, rule_of, totals
from sdmx_service.model.columns import LINE, Layout, layout_of
from sdmx_service.model.message import Action, DataBatch, StructureUse
from sdmx_service.model.query import Key
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import ProvisionAgreement
from sdmx_service.model.submission import Submission, Verdict
from sdmx_service.service.flat import flat_rows
from sdmx_service.service.hub import Hub
from sdmx_service.storage.base import WriteTransaction


def derive(
    hub: Hub,
    transaction: WriteTransaction,
    dataflow: Ref,
    *,
    caused_by: Submission,
    at: datetime,
    now: datetime,
) -> None:
    """Bring every total of a dataflow up to date, at ``at`` and at each pending release."""
    for agreement, rule in _rules(hub, dataflow):
        layout = layout_of(hub.registry.structure_context(dataflow).data_structure)
        later = [instant for instant in transaction.releases(layout) if instant > at]
        for instant in [at, *later]:
            work = _Total(hub, transaction, agreement, rule, layout, instant, now)
            work.bring_up_to_date(caused_by)


def _rules(hub: Hub, dataflow: Ref) -> Iterator[tuple[ProvisionAgreement, AggregationRule]]:
    for agreement in hub.registry.agreements_of(dataflow):
        rule = rule_of(agreement.about)
        if rule is not None:
            yield agreement, rule


class _Total:
    """One rule at one instant, inside one transaction."""

    def __init__(
        self,
        hub: Hub,
        transaction: WriteTransaction,
        agreement: ProvisionAgreement,
        rule: AggregationRule,
        layout: Layout,
        instant: datetime,
        now: datetime,
    ) -> None:
        self._hub, self._transaction, self._agreement = hub, transaction, agreement
        self._rule, self._layout, self._instant, self._now = rule, layout, instant, now
        self._policy = hub.registry.policy(agreement)

    def bring_up_to_date(self, caused_by: Submission) -> None:
        agreements = self._hub.registry.agreements_of(self._agreement.dataflow)
        policies = [self._hub.registry.policy(agreement) for agreement in agreements]
        inputs = self._read(_audience(self._policy), policies, self._rule.inputs)
        owner = Principal(id="hub", kind=PrincipalKind.HUB, provider=self._policy.provider)
        kept = self._read(owner, [self._policy], self._rule.outputs)
        wanted = totals(inputs, self._layout, self._rule)
        changes = _changes(kept, wanted, self._layout)
        if any(rows.num_rows for _, rows in changes):
            self._publish(changes, caused_by)

    def _read(
        self,
        principal: Principal,
        policies: list[AgreementPolicy],
        codes: dict[str, frozenset[str]],
    ) -> pa.Table:
        key: Key = tuple(codes.get(name) for name in self._layout.dimensions)
        selection = Selection(at=self._instant, keys=(key,))
        query = authorise(principal, self._layout, selection, policies, now=self._now)
        return flat_rows(self._transaction.scan(query), self._layout)

    def _publish(self, changes: list[tuple[Action, pa.Table]], caused_by: Submission) -> None:
        stage = self._hub.store.stage(self._layout)
        try:
            for dataset, (action, rows) in enumerate(changes):
                for batch in self._batches(dataset, action, rows):
                    stage.add(batch)
            submission = self._submission(caused_by, stage.observations)
            self._transaction.apply(
                stage,
                self._policy.agreement,
                submission.number,
                self._instant,
                now=self._now,
            )
            self._transaction.record(submission)
        finally:
            stage.close()

    def _batches(self, dataset: int, action: Action, rows: pa.Table) -> Iterator[DataBatch]:
        structure = self._hub.registry.structure_context(self._agreement.ref).data_structure
        use = StructureUse(
            declared=self._agreement.ref, data_structure=structure, layout=self._layout
        )
        lines = pa.array(range(1, rows.num_rows + 1), pa.int64())
        for batch in rows.append_column(LINE, lines).combine_chunks().to_batches():
            yield DataBatch(
                dataset=dataset, structure=use, action=action, declared_action=None, rows=batch
            )

    def _submission(self, caused_by: Submission, observations: int) -> Submission:
        pending = self._instant > self._now
        return Submission(
            id=self._hub.new_id(),
            number=self._transaction.number,
            principal=self._policy.provider,
            agreements=(self._policy.agreement,),
            verdict=Verdict.ACCEPTED,
            received_at=caused_by.received_at,
            published_at=self._now,
            release_at=self._instant if pending else None,
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


def _changes(kept: pa.Table, wanted: pa.Table, layout: Layout) -> list[tuple[Action, pa.Table]]:
    """What turns the totals that are kept into those that are wanted."""
    renewed = wanted.filter(_absent(wanted, kept, layout.columns))
    gone = kept.filter(_absent(kept, wanted, layout.key))
    schema = layout.schema(lines=False)
    deleted = [
        gone[field.name] if field.name in layout.key else pa.nulls(gone.num_rows, field.type)
        for field in schema
    ]
    return [(Action.REPLACE, renewed), (Action.DELETE, pa.table(deleted, schema=schema))]


def _absent(rows: pa.Table, others: pa.Table, names: Sequence[str]) -> pa.Array:
    """Which rows have no twin among the others, comparing these columns."""
    return pc.invert(pc.is_in(_print(rows, names), value_set=_print(others, names)))


def _print(rows: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    columns = [rows[name].cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(
        *columns, "\x1f", null_handling="replace", null_replacement="\x00"
    )
