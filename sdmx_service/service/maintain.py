"""Structures on the way in: message → what each artefact becomes → checked → kept, whole or not.

Source: SDMX REST 2.2.2, structure maintenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sdmx_service.access.gate import may_maintain
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.model.columns import Layout
from sdmx_service.model.maintenance import ArtefactOutcome, Became, MaintenanceAction, is_error
from sdmx_service.model.problem import Problem, Refused, refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Artefact, StructureMessage
from sdmx_service.model.versions import is_stable
from sdmx_service.registry.check import name_of
from sdmx_service.registry.integrity import new_faults
from sdmx_service.registry.merging import is_item_scheme, merged, without_item
from sdmx_service.registry.published import changes_of, with_changes
from sdmx_service.registry.registry import Registry
from sdmx_service.registry.versioning import version_problem
from sdmx_service.service.hub import Hub
from sdmx_service.service.orphans import orphaned
from sdmx_service.service.places import with_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One artefact (or item of it: ``named``) before and after; None = not there."""

    named: Ref
    action: MaintenanceAction
    before: Artefact | None
    after: Artefact | None
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def ref(self) -> Ref:
        return self.named.maintainable


def post_structures(
    hub: Hub,
    principal: Principal,
    source: bytes,
    action: MaintenanceAction = MaintenanceAction.REPLACE,
    classes: tuple[ArtefactClass, ...] = (),
) -> tuple[ArtefactOutcome, ...]:
    """Do with the artefacts of a message as the action says, in one transaction.

    ``classes``: the only ones the message may hold, empty = any. Raises Refused where the
    message cannot be read or the principal maintains nothing at all; what is wrong with an
    artefact is in its outcome, and then nothing was kept.
    """
    _require_maintainer(principal)
    outcomes = maintain(hub, principal, _read(hub, source), action, classes)
    return with_lines(source, outcomes)


def maintain(
    hub: Hub,
    principal: Principal,
    message: StructureMessage,
    action: MaintenanceAction = MaintenanceAction.REPLACE,
    classes: tuple[ArtefactClass, ...] = (),
) -> tuple[ArtefactOutcome, ...]:
    """As ``post_structures``, of a message that has been read."""
    with hub.published.maintenance() as registry:
        steps = [
            _of_class(_planned(registry, artefact, message, action), classes)
            for artefact in message.artefacts
        ]
        return _carry_out(hub, principal, registry, _told_once(steps))


def put_structure(
    hub: Hub, principal: Principal, source: bytes, ref: Ref
) -> tuple[ArtefactOutcome, ...]:
    """Put exactly one artefact in the place of the one named.

    Raises as ``post_structures``, and Refused (ARTEFACT_UNKNOWN) where there is none, or
    (URL_BODY_MISMATCH) where the message holds anything else.
    """
    _require_maintainer(principal)
    message = _read(hub, source)
    found = ", ".join(name_of(artefact.ref) for artefact in message.artefacts)
    if [artefact.ref for artefact in message.artefacts] != [ref]:
        raise refuse("URL_BODY_MISMATCH", found=found, expected=name_of(ref))
    with hub.published.maintenance() as registry:
        if _standing(registry, ref) is None:
            raise refuse("ARTEFACT_UNKNOWN", found=name_of(ref))
        action = MaintenanceAction.REPLACE
        step = _planned(registry, message.artefacts[0], message, action)
        return with_lines(source, _carry_out(hub, principal, registry, [step]))


def delete_structure(hub: Hub, principal: Principal, ref: Ref) -> tuple[ArtefactOutcome, ...]:
    """Delete one artefact, or one item of it. Raises as ``put_structure``."""
    _require_maintainer(principal)
    with hub.published.maintenance() as registry:
        before = _standing(registry, ref.maintainable)
        after = without_item(before, ref.item) if before is not None and ref.item else None
        if before is None or (ref.item and after is None):
            raise refuse("ARTEFACT_UNKNOWN", found=name_of(ref))
        action = MaintenanceAction.DELETE
        step = Step(named=ref, action=action, before=before, after=after)
        return _carry_out(hub, principal, registry, [step])


def _require_maintainer(principal: Principal) -> None:
    if principal.kind is PrincipalKind.ANONYMOUS:
        raise refuse("KEY_MISSING")
    if principal.kind is not PrincipalKind.AGENCY:
        raise refuse("NOT_ALLOWED")


def _read(hub: Hub, source: bytes) -> StructureMessage:
    message = read_structures(source, hub.limits, hub.registry.artefacts)
    if not message.artefacts:
        raise refuse("MESSAGE_EMPTY")
    return message


def _standing(registry: Registry, ref: Ref) -> Artefact | None:
    """The artefact of exactly this name and version."""
    found = registry.get(ref)
    return found if found is not None and found.ref == ref else None


def _planned(
    registry: Registry, artefact: Artefact, message: StructureMessage, action: MaintenanceAction
) -> Step:
    """What an artefact of a message is to become."""
    ref = artefact.ref
    before = _standing(registry, ref)
    if action is MaintenanceAction.DELETE:
        lost = () if before else (Problem("ARTEFACT_UNKNOWN", {"found": name_of(ref)}),)
        return Step(named=ref, action=action, before=before, after=None, problems=lost)
    problems = []
    if ref in message.stubs:
        problems.append(Problem("ARTEFACT_STUB", {"artefact": name_of(ref)}))
    if action is MaintenanceAction.APPEND and before is not None and before != artefact:
        problems.append(Problem("ARTEFACT_EXISTS", {"artefact": name_of(ref)}))
    in_part = action is MaintenanceAction.MERGE or getattr(artefact, "is_partial", False)
    if before is not None and in_part and is_item_scheme(artefact):
        artefact = merged(before, artefact)
    return Step(named=ref, action=action, before=before, after=artefact, problems=tuple(problems))


def _of_class(step: Step, classes: tuple[ArtefactClass, ...]) -> Step:
    if not classes or step.ref.artefact in classes:
        return step
    expected = ", ".join(classes)
    problem = Problem("URL_BODY_MISMATCH", {"found": name_of(step.ref), "expected": expected})
    return replace(step, problems=(*step.problems, problem))


def _told_once(steps: Sequence[Step]) -> list[Step]:
    """Of two artefacts of one name the first, with the problem that there is another."""
    told: dict[Ref, Step] = {}
    for step in steps:
        if step.ref in told:
            twice = Problem("ARTEFACT_TWICE", {"artefact": name_of(step.ref)})
            step = replace(told[step.ref], problems=(*told[step.ref].problems, twice))  # noqa: PLW2901
        told[step.ref] = step
    return list(told.values())


def _carry_out(
    hub: Hub, principal: Principal, registry: Registry, steps: list[Step]
) -> tuple[ArtefactOutcome, ...]:
    """Check the steps together; keep them where nothing is wrong."""
    steps = [_allowed(principal, registry, step) for step in steps]
    # Where someone else's artefacts are touched, nothing more is said of them.
    if _failed(steps):
        return tuple(_undone(step) for step in steps)
    kept = [step for step in steps if step.changes]
    if not kept:
        return tuple(_done(step) for step in steps)
    changed = [step.after for step in kept if step.after is not None]
    removed = [step.before for step in kept if step.after is None and step.before is not None]
    following = with_changes(registry, changed, removed)
    steps = _checked(registry, following, steps)
    steps = _orphaning_nothing(hub, principal, registry, following, steps)
    try:
        changes = changes_of(changed, removed)
    except Refused as refused:
        steps[0] = replace(steps[0], problems=(*steps[0].problems, refused.problem))
    else:
        steps = _with_room(hub, registry, following, steps)
    if _failed(steps):
        return tuple(_undone(step) for step in steps)
    hub.published.publish(changes, following, principal.id, hub.clock.now())
    return tuple(_done(step) for step in steps)


def _allowed(principal: Principal, registry: Registry, step: Step) -> Step:
    """The step with what forbids it, whatever else is in the message."""
    ref, found = step.ref, list(step.problems)
    if not may_maintain(principal, ref.agency):
        arguments = {"artefact": name_of(ref), "principal": principal.id}
        return replace(step, problems=(Problem("AGENCY_OTHERS", arguments),))
    if step.before is not None and step.after is None and is_stable(ref.version):
        found.append(Problem("ARTEFACT_STABLE", {"artefact": name_of(ref)}))
    version = version_problem(registry, step.after) if step.after is not None else None
    return replace(step, problems=(*found, *([version] if version else [])))


def _checked(registry: Registry, following: Registry, steps: list[Step]) -> list[Step]:
    """The steps with what they would break, in themselves and around them."""
    faults = new_faults(registry, following, [step.ref for step in steps if step.changes])
    return [replace(step, problems=(*step.problems, *faults.get(step.ref, ()))) for step in steps]


def _orphaning_nothing(
    hub: Hub, principal: Principal, registry: Registry, following: Registry, steps: list[Step]
) -> list[Step]:
    """The steps with what they would leave stored without meaning; sound ones only are asked."""
    if _failed(steps):
        return steps
    refs = [step.ref for step in steps if step.changes]
    told = orphaned(hub, principal, registry, following, refs)
    return [replace(step, problems=(*step.problems, *told.get(step.ref, ()))) for step in steps]


def _with_room(hub: Hub, registry: Registry, following: Registry, steps: list[Step]) -> list[Step]:
    """Make tables for the observations of the data structures whose columns change, by themselves
    or by their metadata structures, or say why there can be none.

    Tables that no structure names yet, because the hub stopped here, harm nobody.
    """
    if _failed(steps):
        return steps
    roomy = list(steps)
    for structure in following.of_class(ArtefactClass.DATA_STRUCTURE):
        layout = _layout(following, structure.ref)
        if layout is None or layout == _layout(registry, structure.ref):
            continue
        try:
            hub.store.prepare(layout)
        except ValueError:
            problem = Problem("LAYOUT_CHANGED", {"artefact": name_of(structure.ref)})
            named = (number for number, step in enumerate(steps) if step.ref == structure.ref)
            place = next(named, 0)
            roomy[place] = replace(roomy[place], problems=(*roomy[place].problems, problem))
    return roomy


def _layout(registry: Registry, structure: Ref) -> Layout | None:
    """The columns of exactly this data structure."""
    found = registry.get(structure)
    use = registry.structure_use(structure) if found and found.ref == structure else None
    return use.layout if use else None


def _failed(steps: Iterable[Step]) -> bool:
    return any(is_error(problem) for step in steps for problem in step.problems)


def _undone(step: Step) -> ArtefactOutcome:
    problems = step.problems
    if not any(is_error(problem) for problem in problems):
        problems = (Problem("MAINTENANCE_UNDONE"), *problems)
    return ArtefactOutcome(
        ref=step.named, action=step.action, became=Became.FAILED, problems=problems
    )


def _done(step: Step) -> ArtefactOutcome:
    if not step.changes:
        became = Became.UNCHANGED
    elif step.before is None:
        became = Became.CREATED
    else:
        became = Became.DELETED if step.named.item or step.after is None else Became.UPDATED
    return ArtefactOutcome(
        ref=step.named, action=step.action, became=became, problems=step.problems
    )
