"""What a change of structures would leave stored without meaning: counts, and keys to look at.

Counts are of all rows that are current or pending, whoever may read them; keys are only those
that the maintainer reads by its own authorised query (ADR 15). Nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sdmx_service.access.gate import Selection, authorise
from sdmx_service.access.principal import Principal
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.message import Action, DataBatch, StructureUse
from sdmx_service.model.problem import Location, Problem
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import DataStructure, ProvisionAgreement
from sdmx_service.model.versions import line_of
from sdmx_service.registry.check import name_of
from sdmx_service.registry.registry import Registry
from sdmx_service.service.flat import flat_batches
from sdmx_service.service.hub import Hub
from sdmx_service.validation.check import Check
from sdmx_service.validation.codes import check_codes
from sdmx_service.validation.constraints import check_constraints
from sdmx_service.validation.context import CheckContext, context_of
from sdmx_service.validation.rows import Rows

_KEYS = 5
_CODE = "DATA_ORPHANED"


@dataclass(frozen=True, slots=True)
class _Bound:
    """What data of an agreement are bound to, by the newest version of its dataflow."""

    structure: DataStructure
    layout: Layout
    context: CheckContext


@dataclass(frozen=True, slots=True)
class _Claim:
    """A way in which rows may be orphaned. ``found`` names it; ``at``: the artefact it is told
    of; ``check`` reports each row concerned; ``components``: those it looks at."""

    found: str
    at: Ref
    components: tuple[str, ...]
    check: Check
    context: CheckContext


def orphaned(
    hub: Hub, principal: Principal, before: Registry, after: Registry, changed: Collection[Ref]
) -> dict[Ref, list[Problem]]:
    """DATA_ORPHANED by the changed artefact that does it, one for each agreement and way."""
    told: dict[Ref, list[Problem]] = {}
    following = _holders(after)
    for line, agreement in _holders(before).items():
        later = following.get(line)
        bound = before.binding(agreement.ref) | (after.binding(later.ref) if later else set())
        touched = sorted(set(changed) & {agreement.ref, *bound})
        if touched:
            claims = _claims(before, after, agreement, later, touched)
            for claim, problem in _orphaning(hub, principal, before, agreement, claims):
                told.setdefault(claim.at, []).append(problem)
    return told


def _holders(registry: Registry) -> dict[Ref, ProvisionAgreement]:
    """The newest agreement of each line."""
    artefacts = (one for one in registry.artefacts if isinstance(one, ProvisionAgreement))
    return {line_of(agreement.ref): agreement for agreement in artefacts}


def _bound(registry: Registry, agreement: ProvisionAgreement | None) -> _Bound | None:
    """None where there is no agreement, or it leads to no data structure."""
    flow = registry.newest(agreement.dataflow) if agreement else None
    use = registry.structure_use(flow) if flow else None
    if agreement is None or flow is None or use is None:
        return None
    structure = use.data_structure
    context = context_of(
        structure,
        registry.codelists(structure),
        registry.representations(structure),
        registry.constraints_for(agreement.ref, flow),
    )
    return _Bound(structure, layout_of(structure), context)


def _claims(
    before: Registry,
    after: Registry,
    agreement: ProvisionAgreement,
    later: ProvisionAgreement | None,
    touched: list[Ref],
) -> list[_Claim]:
    old, new = _bound(before, agreement), _bound(after, later)
    if old is None:
        return []
    at = agreement.ref if agreement.ref in touched else touched[0]
    if new is None or new.layout.line != old.layout.line or new.layout.key != old.layout.key:
        return [_Claim(name_of(old.structure.ref), at, (), _all_rows, old.context)]
    gone = [name for name in old.layout.columns if name not in new.layout.columns]
    structure_at = next((ref for ref in touched if ref == new.structure.ref), at)
    claims = [_Claim(name, structure_at, (name,), _giving(name), old.context) for name in gone]
    shared = [name for name in old.layout.columns if name in new.context.coded]
    claims += [claim for name in shared for claim in _of_codes(old, new, name, touched)]
    return claims + list(_of_constraints(old, new, touched))


def _of_codes(old: _Bound, new: _Bound, component: str, touched: list[Ref]) -> Iterator[_Claim]:
    rule, known = new.context.coded[component], old.context.coded.get(component)
    lost = set(known.codes.to_pylist()) - set(rule.codes.to_pylist()) if known else {""}
    if lost:
        at = next((ref for ref in touched if ref.short == rule.codelist), touched[0])
        context = replace(new.context, coded={component: rule}, constraints=())
        found = f"{component} {', '.join(sorted(lost)[:_KEYS])}".strip()
        yield _Claim(found, at, (component,), check_codes, context)


def _of_constraints(old: _Bound, new: _Bound, touched: list[Ref]) -> Iterator[_Claim]:
    for rule in new.context.constraints:
        if rule not in old.context.constraints:
            at = next((ref for ref in touched if ref.short == rule.name), touched[0])
            context = replace(new.context, coded={}, constraints=(rule,))
            yield _Claim(rule.name, at, rule.components, check_constraints, context)


def _all_rows(rows: Rows, context: CheckContext) -> None:
    del context
    rows.report(_CODE, np.arange(rows.batch.rows.num_rows), None, lambda _: {})


def _giving(component: str) -> Check:
    """Reports the rows that give anything for a component."""

    def check(rows: Rows, context: CheckContext) -> None:
        del context
        given = np.flatnonzero(~rows.column(component).nulls())
        rows.report(_CODE, given, component, lambda _: {})

    return check


def _orphaning(
    hub: Hub,
    principal: Principal,
    before: Registry,
    agreement: ProvisionAgreement,
    claims: list[_Claim],
) -> Iterator[tuple[_Claim, Problem]]:
    """The claims that stored rows make good, each with its problem."""
    old = _bound(before, agreement)
    if old is None or not claims:
        return
    line = before.policy(agreement).agreement
    counts = _counted(hub.store.held(old.layout, line), old, agreement, claims)
    for claim, count in zip(claims, counts, strict=True):
        if count:
            keys = _keys(hub, principal, before, agreement, claim)
            arguments: dict[str, str | int] = {
                "artefact": name_of(claim.at),
                "agreement": agreement.ref.short,
                "count": count,
                "found": claim.found,
                "keys": ", ".join(keys) or "–",
            }
            yield claim, Problem(_CODE, arguments)


def _counted(
    batches: Iterable[pa.RecordBatch],
    old: _Bound,
    agreement: ProvisionAgreement,
    claims: list[_Claim],
) -> list[int]:
    collected = [ProblemCollector(samples=1) for _ in claims]
    for rows in batches:
        batch = _batch(rows, old, agreement)
        for claim, problems in zip(claims, collected, strict=True):
            concerned = _concerned(batch, claim)
            if concerned.rows.num_rows:
                claim.check(Rows(concerned, problems), claim.context)
    return [sum(one.count for one in problems.report().problems) for problems in collected]


def _concerned(batch: DataBatch, claim: _Claim) -> DataBatch:
    """The observations, and of the rows of attributes above them those the claim looks at."""
    mask = Rows(batch, ProblemCollector()).observations
    if mask is None:
        return batch
    for column in batch.structure.layout.higher_attributes:
        if column.id in claim.components:
            mask = mask | batch.rows.column(column.id).is_valid().to_numpy(zero_copy_only=False)
    return replace(batch, rows=batch.rows.filter(pa.array(mask)))


def _batch(rows: pa.RecordBatch, old: _Bound, agreement: ProvisionAgreement) -> DataBatch:
    """Stored rows as if they were sent."""
    lines = pa.array(np.zeros(rows.num_rows, np.int64))
    use = StructureUse(declared=agreement.ref, data_structure=old.structure, layout=old.layout)
    return DataBatch(
        dataset=0,
        structure=use,
        action=Action.MERGE,
        declared_action=None,
        rows=pa.RecordBatch.from_arrays([*rows.columns, lines], schema=old.layout.schema()),
    )


def _keys(
    hub: Hub,
    principal: Principal,
    before: Registry,
    agreement: ProvisionAgreement,
    claim: _Claim,
) -> list[str]:
    """Keys and periods of some of the rows, as far as the maintainer reads them itself."""
    old, now = _bound(before, agreement), hub.clock.now()
    assert old is not None
    policies = (before.policy(agreement),)
    query = authorise(principal, old.layout, Selection(at=now), policies, now=now)
    if not query.agreements:
        return []
    problems = ProblemCollector(samples=_KEYS)
    for rows in flat_batches(hub.store.scan(query), old.layout):
        claim.check(Rows(_batch(rows, old, agreement), problems), claim.context)
        if any(problems.report().problems):
            break
    samples = (one.location for entry in problems.report().problems for one in entry.samples)
    return [_named(place) for place in samples][:_KEYS]


def _named(place: Location) -> str:
    return f"{place.series_key} {place.period or ''}".strip()
