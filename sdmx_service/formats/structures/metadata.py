"""Metadata structures and their flows as SDMX 2.1 has them, and back. Decision: ADR 0016.

SDMX 2.1 reports metadata in report structures, each for targets; since SDMX 3.0 a metadata
structure is the attributes alone, and the flow says what they are about. A report becomes a
metadata structure; its id and targets stay as annotations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sdmx_service.formats.structures.classes_21 import (
    Agreement,
    MetadataTarget,
    ReportingStructure,
    ReportStructure,
    TargetObject,
)
from sdmx_service.formats.structures.containers import IN_METADATA, Part, given_name, hold, together
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import (
    About,
    Annotation,
    Metadataflow,
    MetadataProvisionAgreement,
    MetadataStructure,
    ProvisionAgreement,
    Representation,
    TextFormat,
)

ANYTHING = "urn:sdmx:org.sdmx.infomodel.base.Any=*:*(*)"
"""What metadata may be about where nothing narrower is said, as in SDMX 2.1."""
IDENTIFIABLE = "IdentifiableObjectTarget"
FIXED_TARGETS: Mapping[str, tuple[str, str]] = {
    "KeyDescriptorValuesTarget": ("DIMENSION_DESCRIPTOR_VALUES_TARGET", "KeyValues"),
    "DataSetTarget": ("DATA_SET_TARGET", "DataSetReference"),
    "ConstraintContentTarget": ("CONSTRAINT_CONTENT_TARGET", "AttachmentConstraintReference"),
    "ReportPeriodTarget": ("REPORT_PERIOD_TARGET", "ObservationalTimePeriod"),
}
"""Kind of target → its fixed id and the type of its values."""
_A = ArtefactClass
_TARGETS = "METADATA_TARGETS"
_OBJECT = "METADATA_TARGET"
_REFERENCE = Representation(text_format=TextFormat(data_type="IdentifiableReference"))
PLAIN_TARGET = "TARGET"
_PLAIN = MetadataTarget(
    id=PLAIN_TARGET,
    objects=(
        TargetObject(kind=IDENTIFIABLE, id="OBJECT", representation=_REFERENCE, object_type="Any"),
    ),
)
"""The target of a metadata structure that knows none."""


def is_of_kind(kind: str) -> Callable[[TargetObject], bool]:
    """What tells the targets of one kind."""
    return lambda one: one.kind == kind


def completing(kind: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """What makes a target that was read one of its kind, whose id may be fixed."""

    def complete(own: dict[str, Any], _ref: dict[str, Any]) -> None:
        own["kind"] = kind
        if kind in FIXED_TARGETS:
            own.setdefault("id", FIXED_TARGETS[kind][0])

    return complete


def metadata_structures(source: ReportingStructure) -> tuple[MetadataStructure, ...]:
    """A metadata structure of each report; of none (a stub), one without attributes.

    Raises Refused: a target that is not there.
    """
    if not source.reports:
        return (MetadataStructure(ref=source.ref, about=source.about),)
    alone = len(source.reports) == 1
    targets = {target.id: target for target in source.targets}
    used = {name for report in source.reports for name in report.targets}
    spare = tuple(target for target in source.targets if target.id not in used)
    return tuple(_structure(source, report, targets, spare, alone) for report in source.reports)


def _structure(
    source: ReportingStructure,
    report: ReportStructure,
    targets: Mapping[str, MetadataTarget],
    spare: tuple[MetadataTarget, ...],
    alone: bool,
) -> MetadataStructure:
    lacking = next((name for name in report.targets if name not in targets), None)
    if lacking is not None:
        found = f"ReportStructure {report.id}"
        raise refuse("STRUCTURE_INCOMPLETE", found=found, missing=lacking)
    held = tuple(targets[name] for name in report.targets)
    ref, annotations = given_name(report.about.annotations)
    if ref is None:
        name = source.ref.id if alone else f"{source.ref.id}_{report.id}"
        ref = replace(source.ref, id=name)
    notes = () if held == (_PLAIN,) and not spare else tuple(_noted(held, spare))
    if notes or annotations or not ref.id == source.ref.id == report.id:
        mark = Annotation(type=IN_METADATA, id=source.ref.id, title=report.id)
        notes = (mark, *annotations, *notes)
    about = replace(source.about, annotations=(*source.about.annotations, *notes))
    return MetadataStructure(ref=ref, about=about, attributes=report.attributes)


def _noted(held: Sequence[MetadataTarget], spare: Sequence[MetadataTarget]) -> Iterable[Annotation]:
    yield Annotation(type=_TARGETS, title=" ".join(target.id for target in held))
    for target in (*held, *spare):
        for one in target.objects:
            yield _told(target.id, one)


def _told(target: str, one: TargetObject) -> Annotation:
    """What a target is made of, as an annotation. Raises Refused where that cannot say it."""
    listed = one.representation.enumeration
    kind = one.object_type
    if one.kind in FIXED_TARGETS and one.representation.text_format is not None:
        kind = one.representation.text_format.data_type
    title = " ".join(filter(None, (one.kind, one.id, kind)))
    note = Annotation(type=_OBJECT, id=target, title=title, url=listed.urn if listed else None)
    if _object(note) != one:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"MetadataTarget {target} {one.id}")
    return note


def reporting_structures(held: Iterable[MetadataStructure]) -> list[ReportingStructure]:
    """Metadata structures as SDMX 2.1 has them. Raises Refused (FORMAT_CANNOT_CARRY)."""
    held = list(held)
    bare = [one for one in held if not one.attributes]
    full = [(one, _part(one)) for one in held if one.attributes]
    made = [ReportingStructure(ref=one.ref, about=one.about) for one in bare]
    return made + [hold(group, _make, metadata_structures) for group in together(full)]


def _part(source: MetadataStructure) -> Part:
    """The report that a metadata structure is, and what it is a report of."""
    notes = source.about.annotations
    at = next((index for index, note in enumerate(notes) if note.type == IN_METADATA), len(notes))
    mark = notes[at] if at < len(notes) else Annotation()
    return Part(
        holder=replace(source.ref, id=mark.id or source.ref.id),
        holder_about=replace(source.about, annotations=notes[:at]),
        id=mark.title or source.ref.id,
        about=About(annotations=notes[at + 1 :]),
    )


def _make(places: Sequence[tuple[MetadataStructure, Part]]) -> ReportingStructure:
    first = places[0][1]
    targets: dict[str, MetadataTarget] = {}
    reports = []
    for structure, part in places:
        own, known, about = _read_notes(part.about)
        reports.append(
            ReportStructure(id=part.id, targets=own, about=about, attributes=structure.attributes)
        )
        targets |= {target.id: target for target in known}
    return ReportingStructure(
        ref=first.holder,
        about=first.holder_about,
        targets=tuple(targets.values()),
        reports=tuple(reports),
    )


def _read_notes(about: About) -> tuple[tuple[str, ...], tuple[MetadataTarget, ...], About]:
    """The targets of a report, all that are told of, and what else is said of it."""
    notes = about.annotations
    listed = next((note for note in notes if note.type == _TARGETS and note.title), None)
    if listed is None:
        return (_PLAIN.id,), (_PLAIN,), about
    objects: dict[str, tuple[TargetObject, ...]] = {}
    for note in notes:
        if note.type == _OBJECT:
            name = note.id or ""
            objects[name] = (*objects.get(name, ()), _object(note))
    kept = tuple(note for note in notes if note.type not in (_TARGETS, _OBJECT))
    known = tuple(MetadataTarget(id=name, objects=held) for name, held in objects.items())
    return tuple((listed.title or "").split(" ")), known, replace(about, annotations=kept)


def _object(note: Annotation) -> TargetObject:
    """What a target is made of. Raises Refused where the annotation does not say it."""
    words = (note.title or "").split(" ")
    try:
        kind, name, of = words
        if kind in FIXED_TARGETS:
            fixed = Representation(text_format=TextFormat(data_type=of))
            return TargetObject(kind=kind, id=name, representation=fixed)
        listed = Representation(enumeration=parse_urn(note.url)) if note.url else _REFERENCE
    except ValueError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{_OBJECT} {note.title}") from error
    return TargetObject(kind=kind, id=name, representation=listed, object_type=of)


def agreement(source: Agreement) -> ProvisionAgreement | MetadataProvisionAgreement:
    """An agreement on data, or on metadata; the latter is with a data provider in SDMX 2.1."""
    if source.usage.artefact is _A.DATAFLOW:
        return ProvisionAgreement(
            ref=source.ref,
            about=source.about,
            dataflow=source.usage,
            data_provider=source.data_provider,
        )
    return MetadataProvisionAgreement(
        ref=replace(source.ref, artefact=_A.METADATA_PROVISION_AGREEMENT),
        about=source.about,
        metadataflow=source.usage,
        metadata_provider=source.data_provider,
        targets=(ANYTHING,),
    )


def agreement_of_21(source: ProvisionAgreement | MetadataProvisionAgreement) -> Agreement:
    """An agreement as SDMX 2.1 has it. Raises Refused (FORMAT_CANNOT_CARRY): of some targets."""
    if isinstance(source, ProvisionAgreement):
        return Agreement(
            ref=source.ref,
            about=source.about,
            usage=source.dataflow,
            data_provider=source.data_provider,
        )
    check_targets(source.ref, source.targets)
    return Agreement(
        ref=replace(source.ref, artefact=_A.PROVISION_AGREEMENT),
        about=source.about,
        usage=source.metadataflow,
        data_provider=source.metadata_provider,
    )


def about_anything(source: Metadataflow) -> Metadataflow:
    """A metadataflow of SDMX 2.1, which may be about anything."""
    return replace(source, targets=(ANYTHING,))


def without_targets(source: Metadataflow) -> Metadataflow:
    """A metadataflow as SDMX 2.1 has it. Raises Refused (FORMAT_CANNOT_CARRY): of some targets."""
    check_targets(source.ref, source.targets)
    return replace(source, targets=())


def check_targets(ref: Ref, targets: tuple[str, ...]) -> None:
    if targets not in ((), (ANYTHING,)):
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{ref.artefact} {ref.short} Target")
